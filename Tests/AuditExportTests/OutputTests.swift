import AuditCore
import AuditStore
import Foundation
import Testing

@testable import AuditExport

/// What writes the files of others.
struct OutputTests {
  private func json(_ value: SQLValue) -> String {
    var text = TextBuffer()
    text.addJSON(value)
    return String(decoding: text.bytes, as: UTF8.self)
  }

  private func csv(_ value: SQLValue) -> String {
    var text = TextBuffer()
    text.addCSV(value)
    return String(decoding: text.bytes, as: UTF8.self)
  }

  @Test func valuesAreWrittenAsEachFormHasThem() {
    let values: [(SQLValue, json: String, csv: String)] = [
      (.null, "null", ""), (.integer(-7), "-7", "-7"), (.integer(.min), "-9223372036854775808", "-9223372036854775808"),
      (.real(0.1), "0.1", "0.1"), (.real(1e-5), "1e-05", "1e-05"), (.real(-0.0), "-0.0", "-0.0"),
      (.real(.infinity), "null", "inf"), (.text(""), "\"\"", ""), (.text("a b"), "\"a b\"", "a b"),
      (.text("é, \"x\"\n"), "\"é, \\\"x\\\"\\n\"", "\"é, \"\"x\"\"\n\""), (.blob([0, 255]), "\"00ff\"", "00ff"),
    ]
    for (value, inJSON, inCSV) in values {
      #expect(json(value) == inJSON)
      #expect(csv(value) == inCSV)
    }
  }

  /// Whatever a name holds, a reader of JSON gets it back; plain names go another way than the rest.
  @Test func everyTextComesBackFromJSON() throws {
    var random = SplitMix64(seed: 3)
    let alphabet = "abc/_-.~ \"\\\u{0}\u{1F}\u{7F}é\u{1F600}\u{2028}\n".unicodeScalars.map { Character($0) }
    for round in 0..<2000 {
      let most = round % 2 == 0 ? 9 : alphabet.count
      let text = String((0..<random.integer(below: 12)).map { _ in alphabet[random.integer(below: most)] })
      let line = Data("[\(json(.text(text)))]".utf8)
      let read = try #require(try JSONSerialization.jsonObject(with: line) as? [String])
      #expect(read == [text])
      var bytes = TextBuffer()
      bytes.addJSON(utf8: Array(text.utf8))
      #expect(String(decoding: bytes.bytes, as: UTF8.self) == json(.text(text)))
    }
  }

  @Test func aFileGetsItsNameOnlyWhenItIsWhole() throws {
    let scratch = try ScratchFile()
    try FileManager.default.removeItem(atPath: scratch.path)
    do {
      let output = try Output(path: scratch.path)
      output.text.add("half")
      try output.flush()
      #expect(!FileManager.default.fileExists(atPath: scratch.path))
    }
    let folder = URL(fileURLWithPath: scratch.path).deletingLastPathComponent().path
    let name = URL(fileURLWithPath: scratch.path).lastPathComponent
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).allSatisfy { !$0.contains(name) })
    let output = try Output(path: scratch.path)
    output.text.add("whole")
    try output.finish()
    #expect(try scratch.bytes == Array("whole".utf8))
  }

  /// The layout of NumPy's format 1.0, by hand: magic, version, length of the header, a dictionary, the numbers.
  @Test func aNumPyFileHasTheHeaderOfItsFormat() throws {
    let scratch = try ScratchFile()
    let file = try NumPyFile(path: scratch.path, .float64)
    for value in [1.0, -2.5] { try file.append(value) }
    try file.finish()
    let bytes = try scratch.bytes
    #expect(Array(bytes.prefix(10)) == [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0, 118, 0])
    let head = String(decoding: bytes[10..<128], as: UTF8.self)
    #expect(head.hasPrefix("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }") && head.hasSuffix(" \n"))
    #expect(Array(bytes[128...]) == [0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0, 0, 0, 0, 0, 0, 4, 0xC0])
    let pairs = try NumPyFile(path: scratch.path, .uint64Pair)
    try pairs.append(high: 1, low: 2)
    try pairs.finish()
    #expect(try Array(scratch.bytes[128...]) == [1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0])
  }
}

struct JournalEntryTests {
  private static let digest = String(repeating: "0f", count: 32)

  @Test(arguments: [
    JournalEntry.folder(path: Array("/a b/\"c\"".utf8)), .folder(path: [0x2F, 0xE9, 0x0A]),
    .file(path: Array("é.png".utf8), .init(bytes: 12, modified: -1, sha256: digest)),
    .file(path: [0xFF], .init(bytes: .max, modified: .min, sha256: digest)),
  ])
  func aStepComesBackAsItWasWritten(entry: JournalEntry) {
    #expect(JournalEntry(line: entry.line.dropLast()) == entry)
  }

  @Test func aCutOrChangedLineIsNoneOrAStep() {
    let line = JournalEntry.file(path: Array("a.png".utf8), .init(bytes: 12, modified: 1, sha256: Self.digest)).line
    for length in 0..<(line.count - 2) { #expect(JournalEntry(line: Array(line.prefix(length))) == nil) }
    var random = SplitMix64(seed: 2)
    for _ in 0..<2000 {
      var changed = line
      changed[random.integer(below: line.count)] = UInt8(random.integer(below: 256))
      if case .file(_, let file)? = JournalEntry(line: changed) { #expect(file.sha256.utf8.count >= 64) }
    }
  }
}

struct SelectionTests {
  @Test func wordsAreTakenWithBlanksAndOthersAreNamed() throws {
    #expect(try Selection.words("keep, review") == [.keep, .review])
    #expect(try Selection.words("all") == Selection.Word.allCases)
    let wrong = #expect(throws: AuditError.self) { try Selection.words("keep,dorp") }
    #expect(wrong?.description.hasSuffix("got 'dorp'; did you mean drop?") == true)
    #expect(throws: AuditError.self) { try Selection.words("") }
  }

  @Test(arguments: [
    "skew > 2", "path = ')'", "\"a)\" > 1", "a > 1 -- )", "x IN (1, (2))", "/* ) */ 1", "[a)] = 1", "a = 'it''s )'",
  ])
  func oneExpressionIsTaken(condition: String) { #expect(SQLExpression.complaint(condition) == nil) }

  @Test(arguments: [
    "", " ", "-- only", "1) OR (1", "((1)", "1; DROP TABLE run", "path = 'x", "\"a", "/* 1", "a = ?", "a = :b",
    "a = @b",
    "a = $b",
  ])
  func whatGetsOutOfParenthesesIsRefused(condition: String) { #expect(SQLExpression.complaint(condition) != nil) }
}

struct SeenRowsTests {
  @Test func eachRowCountsOnceWhateverItsNumber() {
    var seen = SeenRows()
    for id in [1, 64, 63, 1, Int(Int64.max), -1, Int(Int64.min), 64] { seen.insert(id) }
    #expect(seen.count == 6)
    for id in [1, 63, 64, -1, Int.max, Int.min] { #expect(seen.contains(id)) }
    for id in [0, 2, 65, -2] { #expect(!seen.contains(id)) }
  }
}
