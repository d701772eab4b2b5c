import AuditCore
import AuditStore
import Foundation

/// Every column of view `samples`, comma-separated; `path_b64` holds the bytes of a name that is not UTF-8.
struct CSVRows: RowFormat {
  var columns: [ExportColumn] { [.everything] }
  private let escaping: Escaping
  private var shown: [Int] = []

  /// - Parameter isRaw: text stays as it is also where a spreadsheet would take it for a formula.
  init(isRaw: Bool) { escaping = isRaw ? .csv : .spreadsheet }

  mutating func begin(_ text: inout TextBuffer, columns: [String]) {
    shown = columns.indices.filter { columns[$0] != "run_id" }
    for index in shown {
      text.addCSV(columns[index])
      text.add(",")
    }
    text.add("path_b64\r\n")
  }

  func add(_ row: ExportRow, to text: inout TextBuffer) -> Bool {
    let values = row.values
    for index in shown {
      text.addCSV(values[index], text: escaping)
      text.add(",")
    }
    if !row.isText { text.add(base64(row.path)) }
    text.add("\r\n")
    return true
  }
}

/// Every column of view `samples`, one JSON object per line, keys in the order of the view.
struct JSONRows: RowFormat {
  var columns: [ExportColumn] { [.everything] }
  private var shown: [(index: Int, key: String, isList: Bool)] = []

  mutating func begin(_ text: inout TextBuffer, columns: [String]) {
    shown = columns.enumerated().filter { $0.element != "run_id" }.map { index, name in
      var key = TextBuffer()
      key.addJSON(name)
      return (index, "," + String(decoding: key.bytes, as: UTF8.self) + ":", name == "issues")
    }
  }

  func add(_ row: ExportRow, to text: inout TextBuffer) -> Bool {
    text.add("{\"schema\":1")
    let values = row.values
    for (index, key, isList) in shown {
      text.add(key)
      if isList { text.addJSONList(row.issues) } else { text.addJSON(values[index]) }
    }
    if !row.isText {
      text.add(",\"path_b64\":")
      text.addJSON(base64(row.path))
    }
    text.add("}\n")
    return true
  }
}

/// The bytes of a path, for names that are not UTF-8.
func base64(_ path: SamplePath) -> String { Data(path.bytes).base64EncodedString() }

extension TextBuffer {
  mutating func addJSONList(_ texts: [String]) {
    add("[")
    for (index, text) in texts.enumerated() {
      if index > 0 { add(",") }
      addJSON(text)
    }
    add("]")
  }
}

struct CSVFormat: ExportFormat {
  let name = "csv"
  let meaning = "every column of view samples, for pandas, spreadsheets"
  let options: Set<ExportOption> = [.raw]

  func write(_ export: Export, standardOutput: Int32) throws -> ExportOutcome {
    try export.stream(CSVRows(isRaw: export.request.isRaw), to: export.output(standardOutput))
  }
}

struct JSONLinesFormat: ExportFormat {
  let name = "jsonl"
  let meaning = "one JSON object per image; for jq and scripts"

  func write(_ export: Export, standardOutput: Int32) throws -> ExportOutcome {
    try export.stream(JSONRows(), to: export.output(standardOutput))
  }
}
