import AuditCore
import AuditStore

/// One image of an export.
struct ExportRow {
  private let row: SQLRow
  let path: SamplePath
  /// The verdict in force.
  let verdict: Selection.Word

  /// The hidden columns that an export adds at the end of its query.
  static let hidden = ["audit_path", "audit_path_raw", "audit_effective"]

  /// The selected columns, then the hidden ones.
  static func select(_ columns: String) -> String {
    """
    SELECT \(columns), samples.path AS audit_path,
      (SELECT path_raw FROM sample WHERE sample.id = samples.id) AS audit_path_raw,
      \(Selection.effective) AS audit_effective
    FROM all_samples AS samples
    """
  }

  init(_ row: SQLRow) {
    self.row = row
    let end = row.values.count
    if case .blob(let raw) = row.values[end - 2] {
      path = SamplePath(bytes: raw)
    } else {
      path = SamplePath(row.values[end - 3].text ?? "")
    }
    verdict = Selection.Word(rawValue: row.values[end - 1].text ?? "") ?? .unreadable
  }

  /// Values of the selected columns, in order.
  var values: ArraySlice<SQLValue> { row.values.dropLast(ExportRow.hidden.count) }

  subscript(_ column: String) -> SQLValue { row[column] }

  /// SHA-256 of the file as the scan read it, in hexadecimal digits; nil where it never did.
  var contentHash: String? { row["sha256"].text.flatMap { $0.isEmpty ? nil : $0 } }

  /// Whether the path would lead out of the dataset. The database may have been made by anybody.
  var leadsOut: Bool { !FilePath.staysInside(path.bytes) }

  static func leadingOut(_ count: Int) -> [String] {
    count == 0 ? [] : ["\(counted(count, "path")) in the database that would lead out of the dataset; left out"]
  }

  /// Codes of the sample's issues.
  var issues: [String] { row["issues"].text?.split(separator: " ").map(String.init) ?? [] }

}
