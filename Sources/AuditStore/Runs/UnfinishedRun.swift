import AuditCore

/// A run that has not reached its end: what every command that speaks of it has to say.
package struct UnfinishedRun: Sendable, Equatable {
  package let name: String
  /// `running` or `interrupted`, as the store has it.
  package let status: String
  /// Samples that have a row.
  package let done: Int
  package let planned: Int

  /// - Returns: nil where the run is complete.
  package init?(name: String, status: String, done: Int, planned: Int) {
    guard status != "complete" else { return nil }
    self.name = name
    self.status = status
    self.done = done
    self.planned = planned
  }

  /// "stopped at 912 of 5,000", or how far it is where it runs, or was killed.
  package var place: String {
    let figures = "\(done.formattedWithCommas) of \(planned.formattedWithCommas)"
    return status == "interrupted" ? "stopped at \(figures)" : "is not finished: \(figures) so far"
  }

  /// One sentence without its full stop.
  package var sentence: String { "run \"\(name)\" \(place); the same scan command goes on" }

  /// The sentence where it stands alone.
  package var capitalised: String { "R\(sentence.dropFirst())." }
}

extension Store {
  /// - Parameter name: nil for the run that the views speak of.
  /// - Returns: nil where the run is complete, or there is none.
  package func unfinishedRun(named name: String? = nil) throws -> UnfinishedRun? {
    let columns = "SELECT name, status, planned, (SELECT count(*) FROM sample WHERE run_id = r.id) AS done"
    let found =
      try name.map { try rows("\(columns) FROM run AS r WHERE name = ?", .text($0)) }
      ?? rows("\(columns) FROM current_run AS r")
    return found.first.flatMap {
      UnfinishedRun(
        name: $0["name"].text ?? "", status: $0["status"].text ?? "", done: $0["done"].integer ?? 0,
        planned: $0["planned"].integer ?? 0)
    }
  }
}
