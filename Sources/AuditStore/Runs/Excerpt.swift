package import AuditCore

/// What a database holds of a run that has more samples than it keeps: the rows that somebody will ask for.
package struct Excerpt: Codable, Sendable, Equatable {
  /// Samples that have a row here.
  package let rows: Int
  /// Samples of the run.
  package let samples: Int
  /// Absolute path of the Parquet file that has a row of each.
  package let place: String

  /// What is here, without a full stop.
  package var words: String {
    "\(rows.formattedWithCommas) of \(samples.formattedWithCommas) rows are here: errors, and what is flagged, has an "
      + "issue, is a copy or is shown in the report; all rows are in '\(SamplePath(place).printable)'"
  }

  /// The saved questions whose answer lies in these rows; the others ask of all samples.
  private static let answered: Set<String> = [
    "skew", "reasons", "remedies", "errors", "duplicates", "near", "leaks", "issues", "unpaired", "decisions",
    "regions",
  ]

  /// - Parameter question: the name of a saved one.
  package static func answers(_ question: String) -> Bool { answered.contains(question) }

  /// Why something cannot be had of these rows.
  ///
  /// - Parameter what: that is asked for, such as "a probe".
  package func refusal(of what: String) -> AuditError {
    .lacking(
      "\(what) takes all samples of the run, and \(words)",
      remedy: "ask that file, such as: duckdb -c \(quoted("SELECT path, verdict FROM \(source) LIMIT 10"))")
  }

  /// The file as DuckDB reads it.
  package var source: String { "'\(place.replacing("'", with: "''"))'" }
}

extension Store {
  /// Rows of a run that are here.
  package func rowCount(of run: Int64) throws -> Int {
    try rows("SELECT count(*) FROM sample WHERE run_id = ?", .integer(run)).first?.values[0].integer ?? 0
  }

  /// - Returns: nil where all rows of the run are here.
  package func excerpt(of run: Int64) throws -> Excerpt? {
    guard let kept = try kept(of: run) else { return nil }
    return Excerpt(rows: try rowCount(of: run), samples: kept.samples, place: kept.place)
  }

  /// Samples of a run, wherever their rows are.
  package func sampleCount(of run: Int64) throws -> Int { try kept(of: run)?.samples ?? rowCount(of: run) }

  private func kept(of run: Int64) throws -> (samples: Int, place: String)? {
    guard try hasTable("excerpt"),
      let row = try rows("SELECT samples, place FROM excerpt WHERE run_id = ?", .integer(run)).first
    else { return nil }
    guard let samples = row["samples"].integer, Store.storedCounts.contains(samples) else {
      throw AuditError.databaseDamaged(path: path, cause: "it does not say how many samples the run has")
    }
    return (samples, row["place"].text ?? "")
  }

  /// - Throws: `AuditError` where rows of the run lie elsewhere.
  package func requireAllRows(of run: Int64, for what: String) throws {
    if let excerpt = try excerpt(of: run) { throw excerpt.refusal(of: what) }
  }

  /// What a report draws of all samples, as it was kept when they were here.
  package func keptCurves(of run: Int64) throws -> String? {
    guard try hasTable("excerpt") else { return nil }
    return try rows("SELECT curves FROM excerpt WHERE run_id = ?", .integer(run)).first?["curves"].text
  }
}
