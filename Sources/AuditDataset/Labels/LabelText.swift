import AuditCore

/// Reads lists of lines: CelebA's `identity_CelebA.txt` and `list_eval_partition.txt` (a name, blanks, a value), and tables
/// with commas or tabs whose first line may name the columns.
struct LabelText {
  private enum Column { case name, identity, split, other }

  /// What columns are called, in lower case.
  private static let columns: [String: Column] = [
    "image_id": .name, "image": .name, "img": .name, "filename": .name, "file_name": .name, "file": .name,
    "path": .name, "name": .name, "image_path": .name, "img_path": .name, "filepath": .name,
    "identity": .identity, "identity_id": .identity, "id": .identity, "person": .identity, "person_id": .identity,
    "subject": .identity, "label": .identity, "class": .identity, "celeb_id": .identity,
    "split": .split, "partition": .split, "subset": .split, "set": .split, "category": .split,
  ]

  /// Names of files whose values are told by the name, without the ending and in lower case.
  private static let known: [String: LabelKind] = [
    "identity_celeba": .identity, "list_eval_partition": .split, "identity_celeba_hq": .identity,
  ]

  private let file: String
  private let asked: LabelKind?
  private var builder = LabelTable.Builder()
  private var number = 0
  private var separator: UInt8?
  /// Places of the columns that are read.
  private var places: (name: Int, identity: Int?, split: Int?)?
  /// Whether the first line said what the values are.
  private var hasHeader = false

  /// - Parameters:
  ///   - file: its path, for words and for what its name tells.
  ///   - kind: what a person says of the values.
  private init(file: String, kind: LabelKind?) { (self.file, asked) = (file, kind) }

  /// - Throws: `AuditError` with the line that is none, or where nobody can know what the values are.
  static func read(_ bytes: [UInt8], file: String, kind: LabelKind? = nil) throws(AuditError) -> LabelTable {
    var text = LabelText(file: file, kind: kind)
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    var start = bytes.starts(with: mark) ? mark.count : 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      text.number += 1
      var line = bytes[start..<end]
      if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
      if !line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { try text.take(line) }
      start = end + 1
    }
    return try text.finish()
  }

  private mutating func take(_ line: ArraySlice<UInt8>) throws(AuditError) {
    if places == nil {
      separator = [UInt8(ascii: ","), 0x09].first { line.contains($0) }
      if try takeHeader(fields(line)) { return }
    }
    let fields = try fields(line)
    guard let places else { return }
    let needed = max(places.name, places.identity ?? 0, places.split ?? 0)
    guard fields.count > needed else { throw wrong("has no value behind its name") }
    guard hasHeader || fields.count == 2 else {
      throw wrong("has \(counted(fields.count, "column")), where the lines before have a name and a value")
    }
    var label = SampleLabel(identity: places.identity.flatMap { LabelText.identity(fields[$0]) })
    if let place = places.split {
      guard let split = LabelText.split(String(decoding: fields[place], as: UTF8.self)) else {
        throw wrong("says '\(SamplePath(bytes: fields[place]).printable)', which is no part of a set", parts)
      }
      label.split = split
    }
    guard builder.add(fields[places.name], label) else { throw wrong("has no name that a picture can have") }
  }

  /// Finds out which columns there are, by the first line that is not empty.
  ///
  /// - Returns: whether that line says no more than this.
  private mutating func takeHeader(_ first: [[UInt8]]) throws(AuditError) -> Bool {
    // CelebA's lists with a header have their length on a line before it.
    if first.count == 1, number == 1, Int(String(decoding: first[0], as: UTF8.self)) != nil { return true }
    let columns = first.map { LabelText.columns[String(decoding: $0, as: UTF8.self).lowercased()] ?? .other }
    guard let name = columns.firstIndex(of: .name), columns.count > 1 else {
      guard first.count == 2 else {
        throw wrong(
          "has \(counted(first.count, "column"))",
          "a list has a name and a value on each line, or commas and a first line that names its columns, such as "
            + "file_name,identity,split")
      }
      places = (0, 1, nil)
      return false
    }
    var (identity, split) = (columns.firstIndex(of: .identity), columns.firstIndex(of: .split))
    if identity == nil, split == nil, columns.count == 2 { identity = 1 - name }
    switch asked {
    case .identity: (identity, split) = (identity ?? split, nil)
    case .split: (identity, split) = (nil, split ?? identity)
    case nil: break
    }
    guard identity != nil || split != nil else {
      throw wrong("names no column for people (identity) or parts of the set (split)")
    }
    places = (name, identity, split)
    hasHeader = true
    return true
  }

  private func fields(_ line: ArraySlice<UInt8>) throws(AuditError) -> [[UInt8]] {
    guard let separator else {
      return line.split { $0 == 0x20 || $0 == 0x09 }.map { Array($0) }
    }
    guard line.contains(UInt8(ascii: "\"")) else {
      return line.split(separator: separator, omittingEmptySubsequences: false).map(LabelText.trimmed)
    }
    var (fields, field, rest) = ([[UInt8]](), [UInt8](), line)
    var isQuoted = false
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "\"") {
        // Two of them in a quoted field are one of its text.
        if isQuoted, rest.first == byte, let same = rest.popFirst() { field.append(same) } else { isQuoted.toggle() }
      } else if byte == separator, !isQuoted {
        fields.append(LabelText.trimmed(field[...]))
        field = []
      } else {
        field.append(byte)
      }
    }
    guard !isQuoted else { throw wrong("has a quote that does not end") }
    return fields + [LabelText.trimmed(field[...])]
  }

  private static func trimmed(_ field: ArraySlice<UInt8>) -> [UInt8] {
    let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
    return Array(field.drop(while: isBlank).reversed().drop(while: isBlank).reversed())
  }

  private static func identity(_ value: [UInt8]) -> ByteKey? {
    value.isEmpty ? nil : ByteKey(SamplePath(bytes: value).distinctText)
  }

  /// Of CelebA's numbers, or a word.
  private static func split(_ text: String) -> SplitName? {
    Int(text).flatMap { SplitName(rawValue: $0) } ?? SplitName(word: text)
  }

  private var parts: String { "parts are train, validation and test, or 0, 1 and 2" }

  private func wrong(_ finding: String, _ remedy: String? = nil) -> AuditError {
    .wrongLine(file: file, line: number, finding: finding, remedy: remedy)
  }

  private consuming func finish() throws(AuditError) -> LabelTable {
    guard !builder.values.isEmpty else { throw .wrongFile(path: file, finding: "names no picture") }
    guard !hasHeader, try kind() == .split else { return builder.finish() }
    for value in builder.values where LabelText.split(value.identity?.text ?? "") == nil {
      throw .wrongFile(
        path: file,
        finding: "says '\(Escaping.terminal.text(value.identity?.text ?? ""))', which is no part of a set",
        remedy: parts)
    }
    return builder.finish { SampleLabel(split: LabelText.split($0.identity?.text ?? "")) }
  }

  /// What the values of a list without a header are.
  private func kind() throws(AuditError) -> LabelKind {
    let stem = String(decoding: FilePath.stem(of: SamplePath(file).name.bytes), as: UTF8.self).lowercased()
    if let kind = asked ?? LabelText.known[stem] { return kind }
    let values = builder.values.map { $0.identity?.text ?? "" }
    if values.allSatisfy({ SplitName(word: $0) != nil }) { return .split }
    guard values.allSatisfy({ LabelText.split($0) != nil }) else { return .identity }
    let shown = quotedFile(file)
    throw .wrongFile(
      path: file, finding: "has no other values than 0, 1 and 2, which may be people or parts of the set",
      remedy: "say what they are: --labels split:\(shown), or --labels identity:\(shown)")
  }
}
