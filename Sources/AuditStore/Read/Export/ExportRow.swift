package import AuditCore

/// One image of an export.
package struct ExportRow {
  private let row: SQLRow
  package let path: SamplePath
  /// Whether the path is UTF-8.
  package let isText: Bool
  /// The verdict in force.
  package let verdict: Selection.Word
  /// Whether the selection takes it.
  package let isChosen: Bool

  /// The columns that stand behind those that an export asks for.
  static let hidden = ["audit_path", "audit_path_raw", "audit_effective", "audit_chosen"]

  init(_ row: SQLRow) {
    self.row = row
    let end = row.values.count
    if case .blob(let raw) = row.values[end - 3] {
      path = SamplePath(bytes: raw)
      isText = path.isText
    } else {
      path = SamplePath(row.values[end - 4].text ?? "")
      isText = true
    }
    verdict = Selection.Word(rawValue: row.values[end - 2].text ?? "") ?? .unreadable
    isChosen = row.values[end - 1].integer == 1
  }

  /// Values of the selected columns, in order.
  package var values: ArraySlice<SQLValue> { row.values.dropLast(ExportRow.hidden.count) }

  package subscript(_ column: String) -> SQLValue { row[column] }

  /// The value of a selected column by its place.
  package subscript(_ position: Int) -> SQLValue { row.values[position] }

  /// SHA-256 of the file as the scan read it, in hexadecimal digits; nil where it never did.
  package var contentHash: String? { row["sha256"].text.flatMap { $0.isEmpty ? nil : $0 } }

  /// Whether the path would lead out of the dataset. The database may have been made by anybody.
  package var leadsOut: Bool { !FilePath.staysInside(path.bytes) }

  package static func leadingOut(_ count: Int) -> [String] {
    count == 0 ? [] : ["\(counted(count, "path")) in the database that would lead out of the dataset; left out"]
  }

  /// Codes of the sample's issues.
  package var issues: [String] { ExportRow.issues(row["issues"]) }

  /// Codes of a value of column `issues`.
  package static func issues(_ value: SQLValue) -> [String] {
    value.text?.utf8.split(separator: UInt8(ascii: " ")).map { String($0) ?? "" } ?? []
  }
}
