import AuditCore
package import AuditStore

/// A run that a command speaks of.
package struct StoredRun: Sendable {
  package let id: Int64
  package let name: String
  /// Absolute path of the folder that was scanned.
  package private(set) var dataset: String
  package let status: String
  package let version: String
  package let settings: String
  package let seed: Int
  package let digest: String?
  package let planned: Int
  package let started: String
  /// `id` as a value of a query.
  package var key: SQLValue { .integer(id) }

  /// - Parameter name: nil takes the run that the views speak of.
  /// - Throws: `AuditError.other` with the nearest names, or where the database holds no run.
  package init(in store: Store, named name: String? = nil) throws {
    let found =
      try name.map { try store.rows("SELECT * FROM run WHERE name = ?", .text($0)) }
      ?? store.rows("SELECT * FROM current_run")
    guard let row = found.first else { throw try StoredRun.missing(name, in: store) }
    self.init(row)
  }

  /// - Parameter row: of table `run`.
  init(_ row: SQLRow) {
    id = Int64(row["id"].integer ?? 0)
    self.name = row["name"].text ?? ""
    dataset = row["dataset"].text ?? ""
    status = row["status"].text ?? ""
    version = row["version"].text ?? ""
    settings = row["settings"].text ?? "{}"
    seed = row["seed"].integer ?? 0
    digest = row["digest"].text
    planned = row["planned"].integer ?? 0
    started = row["started_at"].text ?? ""
  }

  /// The same run, whose files lie elsewhere now.
  func lying(in folder: String) -> StoredRun {
    var run = self
    run.dataset = folder
    return run
  }

  private static func missing(_ name: String?, in store: Store) throws -> AuditError {
    guard let name else { return .other("'\(store.path)' holds no run; scan a folder first") }
    let names = try store.rows("SELECT name FROM run ORDER BY id").compactMap(\.values[0].text)
    let near = Spelling.nearest(to: name, in: names)
    let hint =
      near.isEmpty ? "there are " + names.joined(separator: ", ") : "did you mean " + near.joined(separator: ", ") + "?"
    return .other("no run \"\(name)\" in '\(store.path)'; \(names.isEmpty ? "it holds none" : hint)")
  }
}
