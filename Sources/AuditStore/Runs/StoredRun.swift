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

  /// - Parameter name: nil takes the run that the views speak of.
  /// - Throws: `AuditError` with the nearest names, or where the database holds no run.
  package init(in store: Store, named name: String? = nil) throws {
    self.init(try store.runRow(named: name))
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
  package func lying(in folder: String) -> StoredRun {
    var run = self
    run.dataset = folder
    return run
  }
}
