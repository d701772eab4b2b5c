import AuditCore
import AuditStore
import Foundation

/// Lines of `IDENTITY/IMAGE`, the form in which cleaned lists of MS-Celeb-1M are passed on.
struct IdentityLines: RowFormat {
  private var outside = 0

  /// - Throws: `AuditError` where a line could not hold a name.
  init(_ export: Export) throws { try export.refuseLineEnds("rename the file, and scan again") }

  var columns: [ExportColumn] { [.named("id")] }

  var notes: [String] {
    outside == 0
      ? []
      : ["left out: \(counted(outside, "image")) not in the folder of an identity; scan the folder that holds those"]
  }

  mutating func add(_ row: ExportRow, to text: inout TextBuffer) -> Bool {
    guard row.path.components.count == 2 else {
      outside += 1
      return false
    }
    text.add(row.path.bytes)
    text.add("\n")
    return true
  }
}

/// Indices of records in a RecordIO file (`train.rec`) whose pictures were unpacked under their numbers: the number that
/// a file's stem is, in ascending order, one a line.
struct RecordIndices {
  private let export: Export

  init(_ export: Export) { self.export = export }

  /// - Throws: `AuditError` where two images have one number; nothing is written then.
  func write(to output: Output) throws -> ExportOutcome {
    var numbers: [UInt64] = []
    var unnumbered = 0
    try export.store.forEachSelected(export.query()) { row in
      let stem = FilePath.stem(of: row.path.components.last ?? [])
      let isNumber = !stem.isEmpty && stem.allSatisfy { (0x30...0x39).contains($0) }
      if isNumber, let number = UInt64(String(decoding: stem, as: UTF8.self)) {
        numbers.append(number)
      } else {
        unnumbered += 1
      }
    }
    numbers.sort()
    if let twice = zip(numbers, numbers.dropFirst()).first(where: { $0.0 == $0.1 })?.0 {
      throw AuditError.lacking("two images have the number \(twice) as their name, and a record is one image")
    }
    for number in numbers {
      output.text.add("\(number)\n")
      try output.flushIfFull()
    }
    try output.finish()
    var outcome = ExportOutcome(images: numbers.count)
    if unnumbered > 0 {
      outcome.notes.append("left out: \(counted(unnumbered, "image")) whose name is not the number of a record")
    }
    return outcome
  }
}

/// The uids of DataComp and img2dataset: a sorted array of NumPy's `u8,u8`.
///
/// The uid is the file's stem where that is 32 hexadecimal digits, else `uid` in the JSON file beside it.
struct UniqueIdentifiers {
  private struct UID: Comparable {
    let high: UInt64
    let low: UInt64

    /// nil where the text is not 32 hexadecimal digits.
    init?(_ text: some StringProtocol) {
      guard text.utf8.count == 32, text.utf8.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
        let high = UInt64(text.prefix(16), radix: 16), let low = UInt64(text.suffix(16), radix: 16)
      else { return nil }
      (self.high, self.low) = (high, low)
    }

    static func < (left: UID, right: UID) -> Bool { (left.high, left.low) < (right.high, right.low) }
  }

  private static let mostBytes = 1 << 20

  private let export: Export
  private let output: String
  private let contained = ContainedFiles()

  init(_ export: Export) throws {
    self.export = export
    output = export.request.output ?? ""
    guard output.hasSuffix(".npy") else {
      throw AuditError.usage("--format uid-npy writes a .npy file", remedy: "give -o subset.npy (got '\(output)')")
    }
  }

  func write() throws -> ExportOutcome {
    var uids: [UID] = []
    var unknown = 0
    try export.store.forEachSelected(export.query()) { row in
      if let uid = uid(of: row.path) { uids.append(uid) } else { unknown += 1 }
    }
    guard !uids.isEmpty else {
      throw AuditError.lacking(
        "no image has a uid: neither is its name 32 hexadecimal digits, nor has a .json beside it the "
          + "member uid")
    }
    uids.sort()
    let file = try NumPyFile(path: output, .uint64Pair)
    var outcome = ExportOutcome()
    for (index, uid) in uids.enumerated() where index == 0 || uid != uids[index - 1] {
      try file.append(high: uid.high, low: uid.low)
      outcome.images += 1
    }
    try file.finish()
    let twice = uids.count - outcome.images
    if twice > 0 { outcome.notes.append("\(counted(twice, "image")) had a uid that was there already") }
    if unknown > 0 { outcome.notes.append("left out: \(counted(unknown, "image")) without a uid") }
    return outcome
  }

  private func uid(of path: SamplePath) -> UID? {
    let stem = FilePath.stem(of: path.bytes)
    let name = stem.lastIndex(of: UInt8(ascii: "/")).map { stem[($0 + 1)...] } ?? stem[...]
    if name.count == 32, let text = String(validating: name, as: UTF8.self), let uid = UID(text) { return uid }
    let beside = FilePath.joined(PathText.bytes(of: export.run.dataset), stem + Array(".json".utf8))
    return (try? contained.withPath(of: beside, UniqueIdentifiers.uid(inJSON:))) ?? nil
  }

  private static func uid(inJSON file: [UInt8]) -> UID? {
    guard let facts = FileFactsOnDisk(following: file), facts.isRegular, facts.bytes <= UniqueIdentifiers.mostBytes,
      let text = String(validating: file, as: UTF8.self), let content = FileManager.default.contents(atPath: text),
      let member = JSONMembers(content)?["uid"]?.text
    else { return nil }
    return UID(member)
  }
}

struct IdentityListFormat: ExportFormat {
  let name = "ms1m-list"
  let meaning = "lines of IDENTITY/IMAGE, as clean lists of MS1M have them"

  func usualSelection(hasCondition: Bool) -> [Selection.Word] { .staying }

  func write(_ export: Export, standardOutput: Int32) throws -> ExportOutcome {
    try export.stream(try IdentityLines(export), to: export.output(standardOutput))
  }
}

struct RecordIndexFormat: ExportFormat {
  let name = "rec-idx"
  let meaning = "numbers of RecordIO records, from the files' names"

  func usualSelection(hasCondition: Bool) -> [Selection.Word] { .staying }

  func write(_ export: Export, standardOutput: Int32) throws -> ExportOutcome {
    try RecordIndices(export).write(to: export.output(standardOutput))
  }
}

struct UniqueIdentifierFormat: ExportFormat {
  let name = "uid-npy"
  let meaning = "-o NAME.npy: sorted 128-bit uids of DataComp, img2dataset"
  let place = ExportPlace.files

  func usualSelection(hasCondition: Bool) -> [Selection.Word] { .staying }

  func write(_ export: Export, standardOutput: Int32) throws -> ExportOutcome {
    try UniqueIdentifiers(export).write()
  }
}
