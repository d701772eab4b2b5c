import AuditCore

/// A run that has not reached its end: what every command that speaks of it has to say.
package struct UnfinishedRun: Codable, Sendable, Equatable {
  /// What has to be done for it to be complete.
  package enum Kind: String, Codable, Sendable {
    case scan
    /// Verdicts hang on the whole: parts are put together.
    case part
    /// A plan, whose models are to be made and whose parts are to be scored.
    case plan
    /// A plan whose models are made.
    case fittedPlan = "fitted_plan"
  }

  package let kind: Kind
  package let name: String
  /// `running` or `interrupted`, as the store has it.
  package let status: String
  /// Samples that have a row.
  package let done: Int
  package let planned: Int

  /// - Returns: nil where the run is complete.
  package init?(name: String, status: String, done: Int, planned: Int, kind: Kind) {
    guard status != "complete" else { return nil }
    self.kind = kind
    self.name = name
    self.status = status
    self.done = done
    self.planned = planned
  }

  /// "stopped at 912 of 5,000", or how far it is where it runs, or was killed.
  package var place: String {
    let figures = "\(done.formattedWithCommas) of \(planned.formattedWithCommas)"
    return switch kind {
    case .part where done == planned: "is part \(shard?.text ?? "") of a plan: \(counted(done, "image"))"
    case .plan, .fittedPlan: "is a plan of \(counted(planned, "image"))"
    default: status == "interrupted" ? "stopped at \(figures)" : "is not finished: \(figures) so far"
    }
  }

  /// Which part of a plan it is.
  package var shard: Shard? { kind == .part ? Shard(runName: name) : nil }

  /// How far what is told of it can be trusted, without a full stop.
  package var caution: String { done > 0 ? "\(place): what follows is of those alone" : place }

  /// What is to be done, as the end of a sentence.
  package var remedy: String {
    switch kind {
    case .scan: "the same scan command goes on"
    case .part: "verdicts come with the whole, when the parts are merged"
    case .plan: "its models are to be made, its parts scored and merged"
    case .fittedPlan: "its parts are to be scored and merged"
    }
  }

  /// One sentence without its full stop.
  package var sentence: String { "run \"\(name)\" \(place); \(remedy)" }

  /// The sentence where it stands alone.
  package var capitalised: String { "R\(sentence.dropFirst())." }
}

extension Store {
  /// - Parameter name: nil for the run that the views speak of.
  /// - Returns: nil where the run is complete, or there is none.
  package func unfinishedRun(named name: String? = nil) throws -> UnfinishedRun? {
    let fitted =
      try names(.tables).contains("plan") ? "(SELECT is_fitted FROM plan WHERE run_id = r.id)" : "NULL"
    let columns = """
      SELECT name, status, planned, (SELECT count(*) FROM sample WHERE run_id = r.id) AS done, \(fitted) AS is_fitted
      """
    let found =
      try name.map { try rows("\(columns) FROM run AS r WHERE name = ?", .text($0)) }
      ?? rows("\(columns) FROM current_run AS r")
    return found.first.flatMap {
      let name = $0["name"].text ?? ""
      let other = Shard(runName: name) == nil ? UnfinishedRun.Kind.scan : .part
      return UnfinishedRun(
        name: name, status: $0["status"].text ?? "", done: $0["done"].integer ?? 0,
        planned: $0["planned"].integer ?? 0,
        kind: $0["is_fitted"].integer.map { $0 == 1 ? .fittedPlan : .plan } ?? other)
    }
  }
}
