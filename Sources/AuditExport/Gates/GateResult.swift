import AuditCore
import AuditQuality
package import AuditStore

/// What became of a gate.
package struct GateResult: Sendable, Equatable, Codable {
  /// The gate as it was written.
  package let gate: String
  /// What was measured: a count, or a share of 0...1.
  package let value: Double
  /// In the same unit.
  package let limit: Double
  package let isCrossed: Bool
  /// For a person: "flagged is 1.9 % (223 of 11,842)".
  package let sentence: String
}

extension Gate {
  /// Measures the gate in a run.
  ///
  /// - Parameter baseline: the run that `new_flagged` and `new_drop` compare with: `schema.all_samples` of it.
  /// - Throws: `AuditError.other` where the run does not have what the gate is about.
  package func result(in store: Store, run: StoredRun, baseline: GateBaseline? = nil) throws -> GateResult {
    switch quantity {
    case .count(let count):
      return try counted(try number(of: count, store, run, baseline), count.words, store, run)
    case .issue(let code):
      try Gate.checkCode(code, store, gate: text)
      let rows = try store.rows(
        """
        SELECT count(DISTINCT sample_id) FROM issue JOIN sample ON sample.id = sample_id
        WHERE run_id = ? AND lower(code) = ?
        """, run.key, .text(code))
      return try counted(rows.first?.values[0].integer ?? 0, "samples with \(code)", store, run)
    case .topSkew(let share):
      return try top(share, of: "pull_squared", by: "skew DESC", "squared pull", store, run)
    case .topMetric(let name, let share):
      guard let metric = store.metrics.first(where: { $0.name == name }) else {
        let near = Spelling.nearest(to: name, in: store.metrics.map(\.name) + ["skew"])
        throw AuditError.other(
          "--fail-on '\(text)': no metric '\(name)' in the run"
            + (near.isEmpty ? "" : "; did you mean " + near.joined(separator: ", ") + "?"))
      }
      guard metric.direction == .lower else {
        throw AuditError.other(
          "--fail-on '\(text)': \(name) has no total that samples could own; give a loss such as mse")
      }
      return try top(share, of: "\"\(name)\"", by: "\"\(name)\" DESC", name, store, run)
    case .damaged:
      guard let share = try store.figures(of: run.id)["damaged_share"], (0...1).contains(share) else {
        throw AuditError.other(
          "--fail-on '\(text)': how much of the run is damaged was not estimated; it takes 100 pictures, and a scan "
            + "without --no-quality")
      }
      let all = try Gate.one(store, "SELECT count(*) FROM sample WHERE run_id = ? AND status = 'ok'", run.key)
      let images = (share * Double(all)).rounded()
      return measured(
        isShare ? share : images,
        "about \(percent(share)) of the set is damaged (\(Int(images).formattedWithCommas) of \(all.formattedWithCommas))"
      )
    case .leaks:
      guard try store.knowsCopies(of: run.id) else {
        throw AuditError.other(
          "--fail-on '\(text)': nobody has looked for copies in this run; scan the folder again, without --no-quality")
      }
      // A database that no newer audit has written to since does not have the second table.
      let foreign =
        try store.hasColumn("database", in: "foreign_copy") ? " UNION SELECT sample_id FROM foreign_copy" : ""
      let leaks = try Gate.one(
        store,
        """
        SELECT count(*) FROM (SELECT sample_id FROM split_leak\(foreign))
        JOIN sample ON sample.id = sample_id WHERE run_id = ?
        """, run.key)
      return try counted(leaks, "pictures with a copy in another part or set", store, run)
    case .gain:
      let rows = try store.rows(
        "SELECT name, gain FROM remedy WHERE run_id = ? ORDER BY recommended DESC, gain DESC LIMIT 1", run.key)
      guard let remedy = rows.first, let gain = remedy["gain"].real else {
        throw AuditError.other("--fail-on '\(text)': the run has estimated no gain; it needs more images or a model")
      }
      if let change = try store.currency(of: .estimate, run: run.id).change {
        throw AuditError.other(
          "--fail-on '\(text)': the gain that is stored is out of date: \(change); audit scan computes it again")
      }
      return measured(gain, "\(remedy["name"].text ?? "") would save \(percent(gain)) of the squared loss")
    }
  }

  private func counted(_ count: Int, _ words: String, _ store: Store, _ run: StoredRun) throws -> GateResult {
    let all = try Gate.one(store, "SELECT count(*) FROM sample WHERE run_id = ?", run.key)
    let share = all == 0 ? 0 : Double(count) / Double(all)
    let sentence = "\(words): \(count.formattedWithCommas) of \(all.formattedWithCommas) (\(percent(share)))"
    return measured(isShare ? share : Double(count), sentence)
  }

  private func measured(_ value: Double, _ sentence: String) -> GateResult {
    GateResult(
      gate: text, value: value, limit: limit, isCrossed: comparison.holds(value, limit), sentence: sentence)
  }

  private func number(of count: Count, _ store: Store, _ run: StoredRun, _ baseline: GateBaseline?) throws -> Int {
    let condition =
      switch count {
      case .flagged: "verdict IN ('drop', 'review')"
      case .drop, .review: "verdict = '\(count.rawValue)'"
      case .errors: "status <> 'ok'"
      case .copies: "duplicate_of IS NOT NULL"
      case .samples: "1"
      case .newFlagged: "verdict IN ('drop', 'review')"
      case .newDrop: "verdict = 'drop'"
      }
    var sql = "SELECT count(*) FROM all_samples AS samples WHERE run_id = ? AND \(condition)"
    if count.needsBaseline {
      guard let baseline else {
        throw AuditError.other("--fail-on '\(text)' compares with an earlier run; name it with --baseline RUN")
      }
      // The same picture, by path or by content, that was flagged before is nothing new.
      let before = condition.replacing("verdict", with: "before.verdict")
      sql += """
         AND NOT EXISTS (SELECT 1 FROM \(baseline.schema).all_samples AS before WHERE before.run_id = \(baseline.run.id)
          AND before.path = samples.path AND \(before))
         AND (samples.sha256 IS NULL OR samples.sha256 NOT IN (SELECT before.sha256 FROM \(baseline.schema).all_samples AS before
          WHERE before.run_id = \(baseline.run.id) AND before.sha256 IS NOT NULL AND \(before)))
        """
    }
    return try Gate.one(store, sql, run.key)
  }

  private func top(
    _ share: Double, of column: String, by order: String, _ name: String, _ store: Store, _ run: StoredRun
  ) throws -> GateResult {
    let count = try Gate.one(
      store, "SELECT count(\(column)) FROM all_samples WHERE run_id = ? AND status = 'ok'", run.key)
    guard count > 0 else { throw AuditError.other("--fail-on '\(text)': no image of the run has \(name)") }
    let worst = max(1, Int((share * Double(count)).rounded()))
    let rows = try store.rows(
      """
      SELECT sum(value) FILTER (WHERE place <= ?2) / nullif(sum(value), 0) FROM (
        SELECT \(column) AS value, row_number() OVER (ORDER BY \(order), id) AS place FROM all_samples
        WHERE run_id = ?1 AND \(column) IS NOT NULL)
      """, run.key, .integer(Int64(worst)))
    let owned = rows.first?.values[0].real ?? 0
    return measured(
      owned,
      "the worst \(worst.formattedWithCommas) of \(count.formattedWithCommas) have \(percent(owned)) of the \(name)")
  }

  private static func checkCode(_ code: String, _ store: Store, gate: String) throws {
    let known =
      IssueCatalogue.all.map { $0.code.lowercased() }
      + (try store.rows("SELECT DISTINCT lower(code) FROM issue").compactMap(\.values[0].text))
    guard !known.contains(code) else { return }
    let near = Spelling.nearest(to: code, in: Array(Set(known)).sorted())
    throw AuditError.other(
      "--fail-on '\(gate)': no issue code '\(code)'; "
        + (near.isEmpty
          ? "there are " + Set(known).sorted().joined(separator: ", ")
          : "did you mean "
            + near.joined(separator: ", ") + "?"))
  }

  private static func one(_ store: Store, _ sql: String, _ key: SQLValue) throws -> Int {
    try store.rows(sql, key).first?.values[0].integer ?? 0
  }
}

extension Gate.Count {
  fileprivate var words: String {
    switch self {
    case .newFlagged: "newly flagged"
    case .newDrop: "newly marked drop"
    case .errors: "not readable"
    case .copies: "copies of another file"
    case .flagged, .drop, .review, .samples: rawValue
    }
  }
}

/// The run that a gate compares with: of the same database, or of another that is attached.
package struct GateBaseline: Sendable {
  package let run: StoredRun
  /// `main`, or the name that the other database is attached by.
  let schema: String

  /// - Parameter name: a run of the database, or the path of another database.
  package init(_ name: String, for store: Store) throws {
    let isRun = try !store.rows("SELECT 1 FROM run WHERE name = ?", .text(name)).isEmpty
    if !isRun, name.contains("/") || name.hasSuffix(".db") {
      let other = try Store(reading: name)
      run = try StoredRun(in: other)
      schema = "baseline"
      try store.attach(other, as: schema)
    } else {
      run = try StoredRun(in: store, named: name)
      schema = "main"
    }
  }
}
