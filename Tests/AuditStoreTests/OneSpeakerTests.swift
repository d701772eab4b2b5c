import Foundation
import Testing

/// That nobody but `AuditStore` (and the schema) speaks SQL to our tables.
struct OneSpeakerTests {
  private static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Sources").path

  /// The lines of a file that hold SQL, or hand it on.
  static func speaking(_ text: String) -> [String] {
    let verbs = ["SELECT ", "INSERT ", "REPLACE INTO", "DELETE FROM", "UPDATE ", "CREATE TABLE", "ATTACH ", "PRAGMA "]
    let ways = [
      "import GRDB", ".rows(\"", ".rows(sql", ".forEachRow(", "withLookup(", "withOrderedLookup(", ".check(\"",
    ]
    return text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter { line in
      // A command that is printed for a person holds that person's question.
      guard !line.hasPrefix("//"), !line.contains("audit sql"), !line.contains("\"duckdb ") else { return false }
      return (verbs + ways).contains { line.contains($0) }
    }
  }

  @Test func noOtherModuleSpeaksSQL() throws {
    // What a person asks with `audit sql` is handed on as it is.
    let allowed = [
      "try store.forEachRow(try question(store, excerpt), onColumns: { printer.begin($0) }) { printer.row($0) }"
    ]
    var found: [String] = []
    var files = 0
    for case let name as String in try #require(FileManager.default.enumerator(atPath: Self.sources))
    where name.hasSuffix(".swift") && !name.hasPrefix("AuditStore/") {
      files += 1
      let text = try String(contentsOfFile: Self.sources + "/" + name, encoding: .utf8)
      found += Self.speaking(text).filter { !allowed.contains($0) }.map { "\(name): \($0)" }
    }
    #expect(files > 300)
    #expect(found.isEmpty, "make it a named function of AuditStore: \(found.joined(separator: "\n"))")
  }

  @Test(arguments: [
    "let rows = try store.rows(\"SELECT count(*) FROM sample\")", "  SELECT path, skew", "import GRDB",
    "UPDATE decision SET undone_at = 1", "try store.forEachRow(sql) {",
  ])
  func aLineThatSpeaksIsSeen(line: String) { #expect(Self.speaking("let a = 1\n\(line)\n").count == 1) }

  @Test(arguments: ["// SELECT is a word", "\"audit sql \\(database) \\\"SELECT path FROM samples\\\"\""])
  func aRemarkAndAPrintedCommandDoNot(line: String) { #expect(Self.speaking(line).isEmpty) }
}
