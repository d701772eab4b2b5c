import AuditCore
import AuditDigest
package import AuditStore

/// Prints the rows of a query one by one in a chosen format; memory does not grow with the answer.
package struct RowPrinter {
  package enum Format: String, CaseIterable, Sendable {
    /// Columns lined up, for a person.
    case table
    /// Tab-separated, for a pipe.
    case tsv
    /// RFC 4180, NULL empty; `'` before text that a spreadsheet would take for a formula.
    case csv
    /// One array of objects.
    case json
    /// One object a line.
    case nl
    /// A Markdown table.
    case md
  }

  /// Rows by which a table's column widths are set; later rows flow past them.
  private static let measured = 500

  private let format: Format
  private let header: Bool
  /// Columns of the terminal; nil where nothing limits a table.
  private let width: Int?
  private let field: Escaping
  private let emit: (String) -> Void
  private var names: [String] = []
  private var count = 0
  private var pending: [[String]] = []
  private var widths: [Int] = []
  /// Whether each row is a block of lines, for want of room.
  private var isStacked = false
  private var isNumeric: [Bool] = []

  /// - Parameters:
  ///   - width: columns that a table is fitted to; nil gives every value whole.
  ///   - isRaw: text in CSV stays as it is, also where a spreadsheet would take it for a formula.
  ///   - emit: takes text as it is to be written, line ends included.
  package init(
    format: Format, header: Bool = true, width: Int? = nil, isRaw: Bool = false, emit: @escaping (String) -> Void
  ) {
    field = isRaw ? .csv : .spreadsheet
    self.format = format
    self.header = header
    self.width = width
    self.emit = emit
  }

  package mutating func begin(_ columns: SQLColumns) {
    names = columns.names
    isNumeric = names.map { _ in true }
    switch format {
    case .table, .json, .nl: break
    case .tsv: if header { emit(names.map(Escaping.tab.text).joined(separator: "\t") + "\n") }
    case .csv: if header { emit(record(names.map(SQLValue.text))) }
    case .md:
      emit("| " + names.map(Escaping.markdown.text).joined(separator: " | ") + " |\n")
      emit("|" + names.map { _ in " --- |" }.joined() + "\n")
    }
  }

  package mutating func row(_ row: SQLRow) {
    let values = row.values
    switch format {
    case .table: tableRow(values)
    case .tsv: emit(values.map { Escaping.tab.text(RowPrinter.plain($0)) }.joined(separator: "\t") + "\n")
    case .csv: emit(record(values))
    case .json: emit((count == 0 ? "[" : ",\n ") + object(values))
    case .nl: emit(object(values) + "\n")
    case .md: emit("| " + values.map { Escaping.markdown.text(RowPrinter.plain($0)) }.joined(separator: " | ") + " |\n")
    }
    count += 1
  }

  package mutating func end() {
    switch format {
    case .table: flushTable()
    case .json: emit(count == 0 ? "[]\n" : "]\n")
    case .tsv, .csv, .nl, .md: break
    }
  }

  /// A line of CSV. An empty line would be no row, so that a single empty field has quotes.
  private func record(_ values: [SQLValue]) -> String {
    var text = TextBuffer()
    for (index, value) in values.enumerated() {
      if index > 0 { text.add(",") }
      text.addCSV(value, text: field)
    }
    if text.bytes.isEmpty { text.add("\"\"") }
    text.add("\r\n")
    return String(decoding: text.bytes, as: UTF8.self)
  }

  private mutating func tableRow(_ values: [SQLValue]) {
    let cells = values.map { SamplePath(RowPrinter.rounded($0)).printable }
    for (index, value) in values.enumerated() {
      if value != .null && value.real == nil { isNumeric[index] = false }
    }
    if widths.isEmpty, !isStacked {
      pending.append(cells)
      if pending.count == RowPrinter.measured { flushTable() }
    } else {
      emit(line(cells))
    }
  }

  private mutating func flushTable() {
    guard widths.isEmpty, !isStacked, !names.isEmpty else { return }
    let heads = names.map(Escaping.terminal.text)
    let natural = names.indices.map { column in
      max(header ? TextLayout.width(heads[column]) : 0, pending.map { TextLayout.width($0[column]) }.max() ?? 0)
    }
    if let fitted = TextTable.fitted(natural, names.indices.map(kind), into: width) {
      widths = fitted
    } else {
      isStacked = true
    }
    if header, !isStacked {
      emit(line(heads))
      emit(widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ") + "\n")
    }
    for cells in pending { emit(line(cells)) }
    pending = []
  }

  private func kind(_ column: Int) -> TextTable.Column {
    TextTable.Column(names[column], isNumeric[column] ? .number : .path)
  }

  private func line(_ cells: [String]) -> String {
    if isStacked { return stacked(cells) }
    let padded = cells.enumerated().map { column, cell in
      let isLast = column == cells.count - 1
      if isNumeric[column] { return cell.padded(left: widths[column]) }
      // Later rows may be wider than those that were measured.
      let shown = width == nil ? cell : TextLayout.shortened(path: cell, to: widths[column])
      return isLast ? shown : shown + String(repeating: " ", count: max(0, widths[column] - TextLayout.width(shown)))
    }
    return padded.joined(separator: "  ") + "\n"
  }

  /// A row of more columns than the terminal has room for: a line for each.
  private func stacked(_ cells: [String]) -> String {
    let widest = names.map(TextLayout.width).max() ?? 0
    let lines = zip(names, cells).flatMap { name, cell -> [String] in
      let room = max(10, (width ?? 80) - widest - 2)
      return TextLayout.wrapped(cell, width: room, hanging: 0).enumerated().map { place, piece in
        (place == 0 ? name : "").padded(widest) + "  " + piece
      }
    }
    return lines.joined(separator: "\n") + "\n\n"
  }

  private func object(_ values: [SQLValue]) -> String {
    var text = TextBuffer()
    text.add("{")
    for (index, value) in values.enumerated() {
      if index > 0 { text.add(",") }
      text.addJSON(names[index])
      text.add(":")
      text.addJSON(value)
    }
    text.add("}")
    return String(decoding: text.bytes, as: UTF8.self)
  }

  /// Six digits are enough for an eye; `--json` and the rest give all.
  private static func rounded(_ value: SQLValue) -> String {
    guard case .real(let number) = value else { return plain(value) }
    return significant(number, 6)
  }

  private static func plain(_ value: SQLValue) -> String {
    switch value {
    case .null: ""
    case .integer(let number): "\(number)"
    case .real(let number): "\(number)"
    case .text(let text): text
    case .blob(let bytes): hexadecimal(bytes)
    }
  }
}
