import AuditCore
import AuditStore
import Foundation

/// `metadata.jsonl` of a Hugging Face image folder: `file_name`, what was there before, and `audit_` columns.
///
/// An existing file is merged by `file_name` and never written to: its lines keep their order and their other values to
/// the byte; `audit_` values of an earlier merge are replaced.
struct HuggingFaceMetadata {
  private static let fixed = ["verdict", "skew", "weight", "pull_squared", "pull_absolute"]

  private let export: Export
  private let existing: String?
  /// Columns of view `samples` that become `audit_` members.
  private let numbers: [String]

  init(_ export: Export) throws {
    self.export = export
    numbers = HuggingFaceMetadata.fixed.dropFirst() + export.store.metrics.filter(\.headline).map(\.name)
    let usual = export.run.dataset + "/metadata.jsonl"
    existing = export.request.existing ?? (FileManager.default.fileExists(atPath: usual) ? usual : nil)
    if let output = export.request.output, FileManager.default.fileExists(atPath: output) {
      throw AuditError.other("'\(output)' is there, and a metadata file is never overwritten; give a new -o")
    }
  }

  private var columns: String {
    (["id", "issues"] + numbers).map { "samples.\"\($0)\"" }.joined(separator: ", ")
  }

  func write(to output: Output) throws -> ExportOutcome {
    var outcome = ExportOutcome()
    var tally = Tally()
    if let existing { try merge(existing, output, &tally) }
    try addRest(output, &tally)
    try output.finish()
    outcome.images = tally.merged + tally.added
    if let existing {
      outcome.notes.append(
        "merged with '\(existing)': \(tally.merged.formattedWithCommas) of its lines are of this run, "
          + "\(tally.foreign.formattedWithCommas) are kept as they are, \(tally.left.formattedWithCommas) left out by "
          + "the selection; \(tally.added.formattedWithCommas) new")
    }
    if tally.unnameable > 0 {
      outcome.notes.append("\(counted(tally.unnameable, "name")) not UTF-8, which JSON cannot hold; left out")
    }
    return outcome
  }

  private struct Tally {
    var merged = 0
    var foreign = 0
    var left = 0
    var added = 0
    var unnameable = 0
    var seen = SeenRows()
  }

  private func merge(_ path: String, _ output: Output, _ tally: inout Tally) throws {
    var reader = try LineReader(path: path)
    var number = 0
    let condition = export.selection.sql(run: export.run)
    let sql =
      "\(ExportRow.select(columns + ", (\(condition)) AS audit_chosen")) WHERE run_id = \(export.run.id) AND path = ?"
    try export.store.withLookup(sql) { rows in
      while let line = try reader.next() {
        number += 1
        if line.allSatisfy({ $0 == UInt8(ascii: " ") }) { continue }
        guard let object = JSONMembers(line) else {
          throw AuditError.other("line \(number) of '\(path)' is no JSON object; mend it and run the same command")
        }
        try add(object, of: line, from: rows, to: output, &tally)
        try output.flushIfFull()
      }
    }
  }

  private func add(
    _ object: JSONMembers, of line: [UInt8], from rows: Lookup, to output: Output, _ tally: inout Tally
  ) throws {
    let name = object["file_name"]?.text.map { $0.hasPrefix("./") ? String($0.dropFirst(2)) : $0 }
    guard let name, let row = try rows.first(.text(name)) else {
      tally.foreign += 1
      output.text.add(line)
      return output.text.add("\n")
    }
    tally.seen.insert(row["id"].integer ?? 0)
    guard row["audit_chosen"].integer == 1 else {
      tally.left += 1
      return
    }
    tally.merged += 1
    output.text.add("{")
    for member in object.members where !member.key.hasPrefix("audit_") {
      output.text.add(Array(member.whole))
      output.text.add(",")
    }
    addMembers(of: ExportRow(row), to: &output.text)
  }

  private func addRest(_ output: Output, _ tally: inout Tally) throws {
    let sql = "\(ExportRow.select(columns)) WHERE \(export.selection.sql(run: export.run)) ORDER BY path, id"
    try export.store.forEachRow(sql) { values in
      if tally.seen.contains(values["id"].integer ?? 0) { return }
      let row = ExportRow(values)
      guard row.path.isText else {
        tally.unnameable += 1
        return
      }
      tally.added += 1
      output.text.add("{\"file_name\":")
      output.text.addJSON(row.path.text)
      output.text.add(",")
      addMembers(of: row, to: &output.text)
      try output.flushIfFull()
    }
  }

  private func addMembers(of row: ExportRow, to text: inout TextBuffer) {
    text.add("\"audit_verdict\":\"\(row.verdict.rawValue)\"")
    for name in numbers {
      text.add(",\"audit_\(name)\":")
      text.addJSON(row[name])
    }
    text.add(",\"audit_issues\":")
    text.addJSONList(row.issues)
    text.add("}\n")
  }
}

/// Which rows were met: one bit each, in words that are only made where a row was met, whatever its number.
private struct SeenRows {
  private var words: [Int: UInt64] = [:]

  mutating func insert(_ id: Int) { words[id >> 6, default: 0] |= SeenRows.bit(id) }
  func contains(_ id: Int) -> Bool { words[id >> 6, default: 0] & SeenRows.bit(id) != 0 }

  private static func bit(_ id: Int) -> UInt64 { 1 << UInt64(id & 63) }
}
