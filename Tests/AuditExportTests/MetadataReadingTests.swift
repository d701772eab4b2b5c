import AuditCore
import Foundation
import Testing

@testable import AuditExport

/// What reads the files of others: metadata in JSON lines and CSV.
struct MetadataReadingTests {
  private func members(_ text: String) -> [String]? {
    JSONMembers(text.utf8)?.members.map { String(decoding: $0.whole, as: UTF8.self) }
  }

  @Test func membersKeepTheBytesThatTheyWereWrittenWith() throws {
    let line = "{ \"a\" : 1.50 ,\"b\\u0041\":[1, {\"c\":\"}\"}],\"n\":NaN,\"m\":-Infinity, \"t\":\"x\\\"y\"}"
    #expect(
      members(line) == [
        "\"a\" : 1.50", "\"b\\u0041\":[1, {\"c\":\"}\"}]", "\"n\":NaN", "\"m\":-Infinity", "\"t\":\"x\\\"y\"",
      ])
    let object = try #require(JSONMembers(line.utf8))
    #expect(object["bA"]?.text == nil && object["t"]?.text == "x\"y")
    #expect(JSONMembers("{\"a\":1,\"a\":\"last\"}".utf8)?["a"]?.text == "last")
  }

  @Test(arguments: [
    "", "{", "[]", "{\"a\":1} x", "{\"a\" 1}", "{\"a\":}", "{\"a\":tru}", "{a:1}", "{\"a\":\"\n\"}", "{\"a\":1,}",
    "{\"a\":-}", "{\"a\":1e5f}",
  ])
  func whatIsNoObjectIsRefused(text: String) { #expect(members(text) == nil) }

  @Test func deepNestingIsRefusedAndNeverACrash() {
    for depth in [200, 300, 100_000] {
      let text = "{\"a\":" + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "}"
      #expect((members(text) != nil) == (depth == 200), "depth \(depth)")
    }
  }

  /// What Foundation takes for an object is one here too; what is no JSON at all may be either, and ends.
  @Test func randomlyChangedObjectsAreReadAsFoundationReadsThem() {
    var random = SplitMix64(seed: 5)
    let seed = Array("{\"file_name\":\"a/1.png\",\"text\":\"é \\u00e9\",\"n\":[1,-2.5e3,null,{\"k\":true}]}".utf8)
    var objects = 0
    for _ in 0..<4000 {
      var line = seed
      for _ in 0...random.integer(below: 3) {
        let place = random.integer(below: line.count)
        switch random.integer(below: 3) {
        case 0: line[place] = random.choice(Array("{}[]\",:\\0e-. ".utf8))
        case 1: line.remove(at: place)
        default: line.insert(UInt8(random.integer(below: 256)), at: place)
        }
      }
      let known = try? JSONSerialization.jsonObject(with: Data(line)) as? [String: Any]
      let found = JSONMembers(line)
      guard let known else { continue }
      objects += 1
      #expect(Set(found?.members.map(\.key) ?? []) == Set(known.keys), "\(String(decoding: line, as: UTF8.self))")
    }
    #expect(objects > 100, "only \(objects) of 4,000 were still objects")
  }

  private func records(_ text: String) throws -> [[String?]] {
    let scratch = try ScratchFile(Array(text.utf8))
    var records = try CSVRecords(path: scratch.path)
    var found: [[String?]] = []
    while let record = try records.next() { found.append(record.map { CSVRecords.text($0) }) }
    return found
  }

  @Test func fieldsAreThoseOfRFC4180() throws {
    #expect(
      try records("a,\"b,c\",\r\n\n\"line\nend\",\"say \"\"no\"\"\",x\nlast,,")
        == [["a", "b,c", ""], ["line\nend", "say \"no\"", "x"], ["last", "", ""]])
    #expect(try records("\"two\r\nlines\",b\r\n\r\nc") == [["two\r\nlines", "b"], ["c"]])
    #expect(try records("") == [])
    #expect(throws: AuditError.self) { try records("a,\"never\nends\n") }
  }

  /// The fields of a record are the whole record: nothing is lost between them.
  @Test func theFieldsOfRandomBytesAreTheWholeRecord() throws {
    var random = SplitMix64(seed: 9)
    var count = 0
    for _ in 0..<300 {
      let bytes = (0..<random.integer(below: 60)).map { _ in random.choice(Array("ab,\"\n\0".utf8) + [0xE9]) }
      let scratch = try ScratchFile(bytes)
      var records = try CSVRecords(path: scratch.path)
      var rest = bytes[...]
      while let record = try? records.next() {
        let whole = Array(record.joined(separator: [UInt8(ascii: ",")]))
        rest = rest.drop { $0 == UInt8(ascii: "\n") }
        #expect(rest.starts(with: whole), "\(bytes)")
        rest = rest.dropFirst(whole.count)
        count += 1
      }
    }
    #expect(count > 300, "only \(count) records were read")
  }

  @Test func linesEndInEveryWay() throws {
    let long = String(repeating: "x", count: 600_000)
    let scratch = try ScratchFile(Array("a\r\n\n\(long)\nlast".utf8))
    var reader = try LineReader(path: scratch.path)
    var lines: [String] = []
    while let line = try reader.next() { lines.append(String(decoding: line, as: UTF8.self)) }
    #expect(lines == ["a", "", long, "last"])
    #expect(throws: AuditError.self) { _ = try LineReader(path: scratch.path + ".missing") }
  }
}

/// A file of its own for one test, gone with it.
final class ScratchFile {
  let path: String

  init(_ bytes: [UInt8] = []) throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("audit-export-\(UUID().uuidString)").path
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var bytes: [UInt8] {
    get throws { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }
  }
}
