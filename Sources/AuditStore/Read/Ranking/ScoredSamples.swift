package import AuditCore

/// A sample that was scored and ranked.
package struct ScoredSample: Sendable {
  package let id: Int64
  package let path: SamplePath
  package let sha256: [UInt8]
  package let identity: String?
  /// nil where it has none.
  package let skew: Double?
  package let weight: Double?
  /// What holds for it: a person's decision, or else the proposal.
  package let verdict: Verdict?
  /// What was proposed.
  package let proposal: Verdict?
  /// What a person decided about its content, where they did.
  package let decided: Verdict?
}

extension Store {
  /// Hands on the samples of a run that have scores, in the order of their paths.
  ///
  /// - Parameter identity: only those of this folder.
  package func forEachScored(of run: Int64, identity: String? = nil, _ body: (ScoredSample) throws -> Void) throws {
    try forEachRow(
      """
      SELECT s.id, s.path, s.path_raw, s.sha256, s.identity, a.verdict, a.proposal, a.skew, a.weight,
        (SELECT decision.verdict FROM decision WHERE decision.sha256 = s.sha256 AND undone_at IS NULL
         ORDER BY decision.id DESC LIMIT 1) AS decided
      FROM sample AS s JOIN all_samples AS a ON a.id = s.id
      WHERE s.run_id = ?1 AND s.status = 'ok' AND (?2 IS NULL OR s.identity = ?2) ORDER BY s.path, s.id
      """, [.integer(run), identity.map { .text($0) } ?? .null]
    ) { row in
      guard let path = row.samplePath, let id = row["id"].wide else { return }
      try body(
        ScoredSample(
          id: id, path: path, sha256: row["sha256"].blob ?? [], identity: row["identity"].text, skew: row["skew"].real,
          weight: row["weight"].real, verdict: row["verdict"].text.flatMap(Verdict.init),
          proposal: row["proposal"].text.flatMap(Verdict.init), decided: row["decided"].text.flatMap(Verdict.init)))
    }
  }

  /// Hands on id and path of every sample of a run that has scores.
  package func forEachScoredPath(of run: Int64, _ body: (Int64, SamplePath) throws -> Void) throws {
    try forEachRow("SELECT id, path, path_raw FROM sample WHERE run_id = ? AND status = 'ok'", [.integer(run)]) {
      guard let path = $0.samplePath, let id = $0["id"].wide else { return }
      try body(id, path)
    }
  }

  /// How many samples of a run have scores, by folder; the empty name stands for those without one.
  package func scoredCounts(of run: Int64) throws -> [ByteKey: Int] {
    let rows = try rows(
      "SELECT identity, count(*) AS images FROM sample WHERE run_id = ? AND status = 'ok' GROUP BY identity",
      .integer(run))
    return rows.reduce(into: [:]) { $0[ByteKey($1["identity"].text ?? ""), default: 0] += $1["images"].integer ?? 0 }
  }
}
