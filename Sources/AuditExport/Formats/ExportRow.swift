import AuditCore
import AuditStore

/// One image of an export.
struct ExportRow {
  private let row: SQLRow
  let path: SamplePath
  /// Whether the path is UTF-8.
  let isText: Bool
  /// The verdict in force.
  let verdict: Selection.Word

  /// The hidden columns that an export adds at the end of its query.
  static let hidden = ["audit_path", "audit_path_raw", "audit_effective"]

  /// The selected columns, then the hidden ones. Bytes that are not UTF-8 are shown as `\xE9` in a path, so that the
  /// other rows are not looked up a second time.
  static func select(_ columns: String) -> String {
    """
    SELECT \(columns), samples.path AS audit_path,
      iif(instr(samples.path, '\\x') > 0, (SELECT path_raw FROM sample WHERE sample.id = samples.id), NULL)
        AS audit_path_raw,
      \(Selection.effective) AS audit_effective
    FROM all_samples AS samples
    """
  }

  init(_ row: SQLRow) {
    self.row = row
    let end = row.values.count
    if case .blob(let raw) = row.values[end - 2] {
      path = SamplePath(bytes: raw)
      isText = path.isText
    } else {
      path = SamplePath(row.values[end - 3].text ?? "")
      isText = true
    }
    verdict = Selection.Word(rawValue: row.values[end - 1].text ?? "") ?? .unreadable
  }

  /// Values of the selected columns, in order.
  var values: ArraySlice<SQLValue> { row.values.dropLast(ExportRow.hidden.count) }

  subscript(_ column: String) -> SQLValue { row[column] }

  /// The value of a selected column by its place.
  subscript(_ position: Int) -> SQLValue { row.values[position] }

  /// SHA-256 of the file as the scan read it, in hexadecimal digits; nil where it never did.
  var contentHash: String? { row["sha256"].text.flatMap { $0.isEmpty ? nil : $0 } }

  /// Whether the path would lead out of the dataset. The database may have been made by anybody.
  var leadsOut: Bool { !FilePath.staysInside(path.bytes) }

  static func leadingOut(_ count: Int) -> [String] {
    count == 0 ? [] : ["\(counted(count, "path")) in the database that would lead out of the dataset; left out"]
  }

  /// Codes of the sample's issues.
  var issues: [String] { ExportRow.issues(row["issues"]) }

  /// Codes of a value of column `issues`.
  static func issues(_ value: SQLValue) -> [String] {
    value.text?.utf8.split(separator: UInt8(ascii: " ")).map { String($0) ?? "" } ?? []
  }
}
