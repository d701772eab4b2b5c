import AuditCore

/// Samples that are counted under one name.
package enum CountedSamples: Sendable {
  case all
  /// Those to review or to drop.
  case flagged
  case drop, review
  /// Those without scores.
  case errors
  /// Files with the content of another.
  case copies
}

/// A number of the samples whose worst part may own much of its total.
package enum OwnedTotal: Sendable {
  /// Influence under squared error; the worst are those of highest skew.
  case pull
  /// A loss; the worst are those with most of it.
  case loss(name: String)
}

/// What gates ask of a run.
extension Store {
  /// Whether issues of pictures were looked for in a run: the scan was not asked to leave them out, and pictures were
  /// measured, or there are none.
  package func knowsIssues(of run: StoredRun) throws -> Bool {
    guard try StoredSettings.decoded(run.settings, run: run.name).choices?.quality ?? true else { return false }
    let scored = "SELECT 1 FROM sample WHERE run_id = ?1 AND status = 'ok'"
    guard try hasTable("quality") else { return false }
    return try !rows(
      "SELECT 1 WHERE NOT EXISTS (\(scored)) OR EXISTS (\(scored) AND id IN (SELECT sample_id FROM quality))",
      .integer(run.id)
    ).isEmpty
  }

  /// Whether a ranking has given images of a run their verdicts.
  package func hasVerdicts(of run: Int64) throws -> Bool { try hasStanding(of: run, where: "verdict IS NOT NULL") }

  /// Whether a ranking has given images of a run other training weights than 1.
  package func hasWeights(of run: Int64) throws -> Bool { try hasStanding(of: run, where: "weight <> 1") }

  private func hasStanding(of run: Int64, where condition: String) throws -> Bool {
    try !rows(
      "SELECT 1 FROM sample JOIN standing ON sample_id = sample.id WHERE run_id = ? AND \(condition) LIMIT 1",
      .integer(run)
    ).isEmpty
  }

  /// Samples whose scores are stored.
  package func scoredCount(of run: Int64) throws -> Int {
    try rows(.scored, of: run).first?.values[0].integer ?? 0
  }

  /// - Parameter baseline: a run of this or an attached database; what was counted there by its path or by its content is
  ///   left out. nil leaves nothing out.
  package func count(_ counted: CountedSamples, of run: Int64, notIn baseline: RunSide? = nil) throws -> Int {
    var sql = "SELECT count(*) FROM all_samples AS samples WHERE run_id = ? AND \(counted.sql(of: "samples"))"
    if let baseline {
      let before = "\(baseline.schema).all_samples AS before WHERE before.run_id = \(baseline.run)"
      sql += """
         AND NOT EXISTS (SELECT 1 FROM \(before) AND before.path = samples.path AND \(counted.sql(of: "before")))
         AND (samples.sha256 IS NULL OR samples.sha256 NOT IN (
          SELECT before.sha256 FROM \(before) AND before.sha256 IS NOT NULL AND \(counted.sql(of: "before"))))
        """
    }
    return try whole(sql, .integer(run))
  }

  /// Samples with an issue.
  ///
  /// - Parameter code: in small letters; compared without case.
  package func count(withIssue code: String, of run: Int64) throws -> Int {
    try whole(
      """
      SELECT count(DISTINCT sample_id) FROM issue JOIN sample ON sample.id = sample_id WHERE run_id = ? AND lower(code) = ?
      """, .integer(run), .text(code))
  }

  /// The codes of all issues in the database, in small letters.
  package func issueCodes() throws -> [String] {
    try rows("SELECT DISTINCT lower(code) FROM issue").compactMap(\.values[0].text)
  }

  /// Pictures with a copy in another part of the set, or in another set.
  package func leakCount(of run: Int64) throws -> Int {
    // A database that no newer audit has written to since does not have the second table.
    let foreign = try hasColumn("database", in: "foreign_copy") ? " UNION SELECT sample_id FROM foreign_copy" : ""
    return try whole(
      """
      SELECT count(*) FROM (SELECT sample_id FROM split_leak\(foreign)) JOIN sample ON sample.id = sample_id
      WHERE run_id = ?
      """, .integer(run))
  }

  /// The remedy that is recommended, else the better one; nil where no gain was estimated.
  package func firstRemedy(of run: Int64) throws -> (name: String, gain: Double)? {
    let row = try rows(
      "SELECT name, gain FROM remedy WHERE run_id = ? ORDER BY recommended DESC, gain DESC LIMIT 1", .integer(run)
    ).first
    return row.flatMap { row in row["gain"].real.map { (row["name"].text ?? "", $0) } }
  }

  /// How many scored samples have the number.
  package func valueCount(of total: OwnedTotal, in run: Int64) throws -> Int {
    try whole("SELECT count(\(total.column)) FROM all_samples WHERE run_id = ? AND status = 'ok'", .integer(run))
  }

  /// The part of a total, 0...1, that the worst samples own; 0 where there is none.
  package func share(ofWorst count: Int, of total: OwnedTotal, in run: Int64) throws -> Double {
    try rows(
      """
      SELECT sum(value) FILTER (WHERE place <= ?2) / nullif(sum(value), 0) FROM (
        SELECT \(total.column) AS value, row_number() OVER (ORDER BY \(total.order) DESC, id) AS place FROM all_samples
        WHERE run_id = ?1 AND \(total.column) IS NOT NULL)
      """, .integer(run), .integer(Int64(count))
    ).first?.values[0].real ?? 0
  }

  private func whole(_ sql: String, _ arguments: SQLValue...) throws -> Int {
    var found: Int?
    try forEachRow(sql, arguments) { if found == nil { found = $0.values[0].integer } }
    return found ?? 0
  }
}

extension CountedSamples {
  fileprivate func sql(of table: String) -> String {
    switch self {
    case .all: "1"
    case .flagged: "\(table).verdict IN ('drop', 'review')"
    case .drop: "\(table).verdict = 'drop'"
    case .review: "\(table).verdict = 'review'"
    case .errors: "\(table).status <> 'ok'"
    case .copies: "\(table).duplicate_of IS NOT NULL"
    }
  }
}

extension OwnedTotal {
  fileprivate var column: String {
    switch self {
    case .pull: "pull_squared"
    case .loss(let name): "\"\(name.replacing("\"", with: "\"\""))\""
    }
  }

  fileprivate var order: String {
    switch self {
    case .pull: "skew"
    case .loss: column
    }
  }
}
