import AuditCore
import AuditStore

/// One metadata file: the rows of the one that is there with `audit_` columns, then the images that it does not name.
///
/// A class, since the closures that go over rows also count them.
final class MetadataMerge {
  struct Tally {
    var merged = 0
    var foreign = 0
    var left = 0
    var added = 0
    var unnameable = 0
  }

  private static let fixed = ["verdict", "skew", "weight", "pull_squared", "pull_absolute"]

  private let export: Export
  private let layout: HuggingFaceLayout
  private let place: HuggingFaceLayout.Place
  /// Columns of view `samples` that become `audit_` members; in a row they stand from `firstNumber` on.
  private let numbers: [String]
  private static let firstNumber = 2
  /// What stands before the value of each number in a JSON object.
  private let keys: [[UInt8]]
  private var seen = SeenRows()
  private(set) var tally = Tally()

  init(_ export: Export, layout: HuggingFaceLayout, place: HuggingFaceLayout.Place) {
    self.export = export
    self.layout = layout
    self.place = place
    numbers = MetadataMerge.fixed.dropFirst() + export.store.metrics.filter(\.headline).map(\.name)
    keys = numbers.map { Array(",\"audit_\($0)\":".utf8) }
  }

  func write(to output: Output) throws {
    switch layout.kind {
    case .jsonLines:
      if let existing = place.existing { try mergeLines(existing, output) }
      try addRest(output) { row, name, text in
        text.add("{\"file_name\":")
        text.addJSON(utf8: Array(name))
        text.add(",")
        addMembers(of: row, to: &text)
      }
    case .csv: try mergeTable(output)
    }
  }

  var notes: [String] {
    var notes: [String] = []
    if let existing = place.existing {
      notes.append(
        "merged with '\(existing)': \(tally.merged.formattedWithCommas) of its lines \(tally.merged == 1 ? "is" : "are") of this run, "
          + "\(tally.foreign.formattedWithCommas) kept as \(tally.foreign == 1 ? "it is" : "they are"), \(tally.left.formattedWithCommas) left out by "
          + "the selection; \(tally.added.formattedWithCommas) new")
    }
    if tally.unnameable > 0 {
      notes.append("\(counted(tally.unnameable, "name")) not UTF-8, which JSON and CSV cannot hold; left out")
    }
    return notes
  }

  private var query: ExportQuery { export.query((["id", "issues"] + numbers).map { .named($0) }) }

  private func issues(of row: ExportRow) -> [String] { ExportRow.issues(row[1]) }

  /// What became of a row of the existing file.
  private enum Found {
    case foreign
    case leftOut
    case image(ExportRow)
  }

  private func find(_ name: String?, in rows: OrderedSampleFinder) throws -> Found {
    guard let name, let path = MetadataMerge.path(name, from: place.folder),
      let row = try rows.first(path)
    else {
      tally.foreign += 1
      return .foreign
    }
    seen.insert(row[0].integer ?? 0)
    guard row.isChosen else {
      tally.left += 1
      return .leftOut
    }
    tally.merged += 1
    return .image(row)
  }

  /// The path in the dataset that a name leads to; nil where it leads out of its folder.
  private static func path(_ name: String, from folder: SamplePath) -> String? {
    // Most names are as they are in the dataset, and there may be millions.
    if folder.bytes.isEmpty, isPlain(name) { return name }
    let bytes = Array(name.utf8)
    guard bytes.first != UInt8(ascii: "/") else { return nil }
    let parts = bytes.split(separator: UInt8(ascii: "/")).filter { !$0.elementsEqual(".".utf8) }
    guard !parts.contains(where: { $0.elementsEqual("..".utf8) }) else { return nil }
    return SamplePath(bytes: FilePath.joined(folder.bytes, Array(parts.joined(separator: [UInt8(ascii: "/")])))).text
  }

  /// Whether no part of a path is empty or begins with a dot.
  private static func isPlain(_ name: String) -> Bool {
    var isStart = true
    for byte in name.utf8 {
      if isStart, byte == UInt8(ascii: ".") || byte == UInt8(ascii: "/") { return false }
      isStart = byte == UInt8(ascii: "/")
    }
    return !isStart
  }

  /// Images of this place that the existing file did not name. Mostly there are none, and going over all would take long.
  private func addRest(
    _ output: Output, _ write: (ExportRow, ArraySlice<UInt8>, inout TextBuffer) -> Void
  ) throws {
    if seen.count == (try export.store.sampleCount(of: export.run.id)) { return }
    let isTop = place.folder.bytes.isEmpty
    let prefix = isTop ? 0 : place.folder.bytes.count + 1
    try export.store.forEachSelected(query, inFolder: isTop ? nil : place.folder) { row in
      if seen.contains(row[0].integer ?? 0) { return }
      guard row.isText else {
        tally.unnameable += 1
        return
      }
      guard layout.places.count == 1 || layout.place(of: row.path) == place.folder else { return }
      guard row.path.bytes.count > prefix else { return }
      tally.added += 1
      write(row, row.path.bytes[prefix...], &output.text)
      try output.flushIfFull()
    }
  }
}

extension MetadataMerge {
  private func mergeLines(_ path: String, _ output: Output) throws {
    var reader = try LineReader(path: path)
    var number = 0
    try export.store.withSamplesInOrder(query) { rows in
      while var line = try reader.next() {
        number += 1
        // A byte order mark begins a file of some editors, and is no part of the first object.
        if number == 1, line.starts(with: MetadataMerge.byteOrderMark) { line.removeFirst(3) }
        if line.allSatisfy({ $0 == UInt8(ascii: " ") }) { continue }
        guard let object = JSONMembers(line) else {
          throw AuditError.wrongLine(
            file: path, line: number, finding: "is no JSON object", remedy: "mend it and run the same command")
        }
        try add(object, of: line, from: rows, to: output)
        try output.flushIfFull()
      }
    }
  }

  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  private func add(_ object: JSONMembers, of line: [UInt8], from rows: OrderedSampleFinder, to output: Output) throws {
    let name = object["file_name"] ?? object.members.first { $0.key.hasSuffix("_file_name") }
    switch try find(name?.text, in: rows) {
    case .leftOut: return
    case .foreign:
      output.text.add(line)
      output.text.add("\n")
    case .image(let row):
      output.text.add("{")
      for member in object.members where !member.key.hasPrefix("audit_") {
        output.text.add(member.whole)
        output.text.add(",")
      }
      addMembers(of: row, to: &output.text)
    }
  }

  private func addMembers(of row: ExportRow, to text: inout TextBuffer) {
    text.add("\"audit_verdict\":\"")
    text.add(row.verdict.rawValue)
    text.add("\"")
    for (index, key) in keys.enumerated() {
      text.add(key)
      text.addJSON(row[MetadataMerge.firstNumber + index])
    }
    text.add(",\"audit_issues\":")
    text.addJSONList(issues(of: row))
    text.add("}\n")
  }
}

extension MetadataMerge {
  private func mergeTable(_ output: Output) throws {
    let added = ["audit_verdict"] + numbers.map { "audit_" + $0 } + ["audit_issues"]
    guard let existing = place.existing else {
      output.text.add((["file_name"] + added).joined(separator: ",") + "\n")
      return try addRest(output) { row, name, text in
        text.addCSV(utf8: Array(name))
        addFields(of: row, to: &text)
      }
    }
    var records = try CSVRecords(path: existing)
    guard var header = try records.next() else {
      throw AuditError.wrongFile(path: existing, finding: "is empty", remedy: "remove it or write its header")
    }
    if header[0].starts(with: MetadataMerge.byteOrderMark) { header[0] = header[0].dropFirst(3) }
    let names = header.map { CSVRecords.text($0) ?? "" }
    guard let key = names.firstIndex(of: "file_name") ?? names.firstIndex(where: { $0.hasSuffix("_file_name") }) else {
      throw AuditError.wrongFile(
        path: existing,
        finding: "has no column file_name in its first line\(names.count == 1 ? " (fields end with commas)" : "")")
    }
    // Columns of an earlier merge are made anew.
    let kept = names.indices.filter { !names[$0].hasPrefix("audit_") }
    output.text.add(fields: kept.map { header[$0] })
    output.text.add("," + added.joined(separator: ",") + "\n")
    try export.store.withSamplesInOrder(query) { rows in
      while let record = try records.next() {
        guard record.count == names.count else {
          throw AuditError.wrongLine(
            file: existing, line: records.line, finding: "has \(record.count) fields, its first line \(names.count)",
            remedy: "mend it and run the same command")
        }
        try add(record, kept, name: CSVRecords.text(record[key]), columns: added.count, from: rows, to: output)
        try output.flushIfFull()
      }
    }
    try addRest(output) { row, name, text in
      for (index, column) in kept.enumerated() {
        if index > 0 { text.add(",") }
        if column == key { text.addCSV(utf8: Array(name)) }
      }
      addFields(of: row, to: &text)
    }
  }

  private func add(
    _ record: [ArraySlice<UInt8>], _ kept: [Int], name: String?, columns: Int, from rows: OrderedSampleFinder,
    to output: Output
  ) throws {
    switch try find(name, in: rows) {
    case .leftOut: return
    case .foreign:
      output.text.add(fields: kept.map { record[$0] })
      output.text.add(String(repeating: ",", count: columns) + "\n")
    case .image(let row):
      output.text.add(fields: kept.map { record[$0] })
      addFields(of: row, to: &output.text)
    }
  }

  private func addFields(of row: ExportRow, to text: inout TextBuffer) {
    text.add("," + row.verdict.rawValue)
    for index in numbers.indices {
      text.add(",")
      text.addCSV(row[MetadataMerge.firstNumber + index])
    }
    text.add(",")
    text.addCSV(issues(of: row).joined(separator: " "))
    text.add("\n")
  }
}

extension TextBuffer {
  fileprivate mutating func add(fields: [ArraySlice<UInt8>]) {
    for (index, field) in fields.enumerated() {
      if index > 0 { add(",") }
      add(field)
    }
  }
}
