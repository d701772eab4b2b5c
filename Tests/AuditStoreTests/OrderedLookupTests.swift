import Foundation
import Testing

@testable import AuditStore

struct OrderedLookupTests {
  /// `é` composed and decomposed are two keys; the order is that of the bytes.
  private static let names = ["", "B", "a", "a/b", "ab", "cafe\u{301}", "caf\u{E9}", "d", "d", "zz"]
  private static let absent = ["0", "a.", "aa", "caf", "cafe", "e", "zzz"]

  private static let asked: [[String]] = [
    names + absent, (names + absent).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }, names.reversed() + absent,
    ["zzz", "zzz", "zz", "zz", "a", "a", "ab", "e", "d", "d", "cafe\u{301}", "caf\u{E9}", "cafe\u{301}"],
  ]

  @Test(arguments: asked) func aRowIsFoundInWhateverOrderItIsAskedFor(wanted: [String]) throws {
    let scratch = try Scratch()
    let store = try Store.scanning(scratch.database)
    let values = Self.names.enumerated().map { "('\($0.element)', \($0.offset))" }.joined(separator: ", ")
    let sql = "SELECT column1 AS name, column2 AS number FROM (VALUES \(values)) WHERE name >= ? ORDER BY name, number"
    try store.withOrderedLookup(sql, key: "name") { rows in
      for name in wanted {
        let place = Self.names.firstIndex { $0.utf8.elementsEqual(name.utf8) }
        let found = try rows.first(name)?["number"].integer
        #expect(found == place, "'\(name)' in \(wanted)")
      }
    }
  }

  @Test func aQueryWithAMistakeIsExplained() throws {
    let scratch = try Scratch()
    let store = try Store.scanning(scratch.database)
    #expect(throws: (any Error).self) {
      try store.withOrderedLookup("SELECT skwe FROM samples WHERE path >= ?", key: "path") { _ in }
    }
  }
}
