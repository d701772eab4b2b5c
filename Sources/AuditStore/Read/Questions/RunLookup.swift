import AuditCore

extension Store {
  /// The row of table `run` that a command speaks of.
  ///
  /// - Parameter name: nil takes the run that the views speak of.
  /// - Throws: `AuditError.other` with the nearest names, or where the database holds no run.
  package func runRow(named name: String?) throws -> SQLRow {
    let found =
      try name.map { try rows("SELECT * FROM run WHERE name = ?", .text($0)) } ?? rows("SELECT * FROM current_run")
    guard let row = found.first, row["id"].integer != nil else { throw try noRun(named: name) }
    return row
  }

  private func noRun(named name: String?) throws -> AuditError {
    guard let name else { return .other("'\(path)' holds no run; scan a folder first") }
    let names = try rows("SELECT name FROM run ORDER BY id").compactMap(\.values[0].text)
    let near = Spelling.nearest(to: name, in: names)
    let hint =
      near.isEmpty ? "there are " + names.joined(separator: ", ") : "did you mean " + near.joined(separator: ", ") + "?"
    return .other("no run \"\(name)\" in '\(path)'; \(names.isEmpty ? "it holds none" : hint)")
  }
}
