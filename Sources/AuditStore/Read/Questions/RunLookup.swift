import AuditCore

extension Store {
  /// The row of table `run` that a command speaks of.
  ///
  /// - Parameter name: nil takes the run that the views speak of.
  /// - Throws: `AuditError` with the nearest names, or where the database holds no run.
  package func runRow(named name: String?) throws -> SQLRow {
    let found =
      try name.map { try rows("SELECT * FROM run WHERE name = ?", .text($0)) } ?? rows("SELECT * FROM current_run")
    guard let row = found.first, row["id"].integer != nil else { throw try noRun(named: name) }
    return row
  }

  private func noRun(named name: String?) throws -> AuditError {
    guard let name else { return .wrongFile(path: path, finding: "holds no run", remedy: "scan a folder first") }
    let names = try rows("SELECT name FROM run ORDER BY id").compactMap(\.values[0].text)
    let near = Spelling.nearest(to: name, in: names)
    return .unknownName(
      "no run \"\(name)\" in '\(path)'", near: near, known: names, remedy: names.isEmpty ? "it holds none" : nil)
  }
}
