import AuditCore

/// A file of a run as decisions see it.
package struct DecidableSample: Sendable {
  package let path: String
  /// SHA-256 of the file; nil where it was never read.
  package let content: [UInt8]?
  /// Why it has no scores; nil where it has.
  package let errorCode: String?
  /// What audit proposes.
  package let proposal: String?
}

extension DecidableSample {
  fileprivate init(_ row: SQLRow) {
    self.init(
      path: row["path"].text ?? "", content: row["sha256"].blob, errorCode: row["error_code"].text,
      proposal: row["proposal"].text)
  }
}

/// A decision that stands.
package struct StandingDecision: Sendable {
  package let id: Int64
  /// SHA-256 of the file that it is about.
  package let content: [UInt8]
}

/// What the keeping of decisions asks.
extension Store {
  /// These samples of a run, in no order; ids that it does not have are left out.
  package func decidable(samples ids: [Int64], in run: Int64) throws -> [Int64: DecidableSample] {
    let rows = try rows(
      """
      SELECT sample.id, path, sha256, error_code, standing.verdict AS proposal
      FROM sample LEFT JOIN standing ON standing.sample_id = sample.id
      WHERE +run_id = ? AND sample.id IN (SELECT value FROM json_each(?))
      """, .integer(run), .identifiers(ids))
    return Dictionary(rows.compactMap { row in row["id"].wide.map { ($0, DecidableSample(row)) } }) { first, _ in first
    }
  }

  /// Decisions as they were made, in no order.
  package func decisions(_ ids: [Int64]) throws -> [Int64: NewDecision] {
    let rows = try rows(
      """
      SELECT id, sha256, path, verdict, reason, who, at FROM decision WHERE id IN (SELECT value FROM json_each(?))
      """, .identifiers(ids))
    return Dictionary(
      rows.compactMap { row in
        guard let id = row["id"].wide, let content = row["sha256"].blob,
          let verdict = row["verdict"].text.flatMap(Verdict.init)
        else { return nil }
        return (
          id,
          NewDecision(
            sha256: content, path: row["path"].text ?? "", verdict: verdict, reason: row["reason"].text ?? "",
            who: row["who"].text ?? "", at: row["at"].text)
        )
      }
    ) { first, _ in first }
  }

  /// The decisions that stand, the newest first: `path`, `sha256` in hexadecimal digits, `verdict`, `at`, `by`, `reason`, and
  /// `holds`: 1 for the newest about its content, 0 for one that it outranks.
  package func standingDecisions(from offset: Int, most: Int) throws -> [SQLRow] {
    try rows(
      """
      SELECT path, lower(hex(sha256)) AS sha256, verdict, at, who AS by, reason, id = (
        SELECT max(newest.id) FROM decision AS newest
        WHERE newest.sha256 = decision.sha256 AND newest.undone_at IS NULL) AS holds
      FROM decision WHERE undone_at IS NULL ORDER BY id DESC LIMIT ? OFFSET ?
      """, .integer(Int64(most)), .integer(Int64(offset)))
  }

  package func decidable(sample id: Int64) throws -> DecidableSample? {
    try rows(
      """
      SELECT path, sha256, error_code, standing.verdict AS proposal
      FROM sample LEFT JOIN standing ON standing.sample_id = sample.id WHERE sample.id = ?
      """, .integer(id)
    ).first.map(DecidableSample.init)
  }

  /// The path of a file of a run with that content; nil where there is none.
  package func path(ofContent hash: [UInt8], in run: Int64) throws -> String? {
    try rows("SELECT path FROM sample WHERE sha256 = ? AND run_id = ? LIMIT 1", .blob(hash), .integer(run))
      .first.map { $0["path"].text ?? "" }
  }

  package func fileCount(ofContent hash: [UInt8], in run: Int64) throws -> Int {
    try rows("SELECT count(*) FROM sample WHERE run_id = ? AND sha256 = ?", .integer(run), .blob(hash))
      .first?.values[0].integer ?? 0
  }

  package func standingDecisionCount() throws -> Int {
    try rows("SELECT count(*) FROM decision WHERE undone_at IS NULL").first?.values[0].integer ?? 0
  }

  /// Images of a run that people decided about, by verdict.
  package func decidedCounts(of run: Int64) throws -> [String: Int] { try marks(of: run, proposals: [:]).decided }

  /// All decisions about that content that stand.
  package func standingDecisions(about hash: [UInt8]) throws -> [Int64] {
    try rows("SELECT id FROM decision WHERE undone_at IS NULL AND sha256 = ? ORDER BY id", .blob(hash))
      .compactMap(\.values[0].wide)
  }

  /// The newest decision that stands, about that content or about any.
  package func newestDecision(about hash: [UInt8]? = nil) throws -> StandingDecision? {
    let about = hash == nil ? "?1 IS NULL" : "sha256 = ?1"
    let row = try rows(
      "SELECT id, sha256 FROM decision WHERE undone_at IS NULL AND \(about) ORDER BY id DESC LIMIT 1",
      hash.map { .blob($0) } ?? .null
    ).first
    return row.flatMap { row in row["id"].wide.map { StandingDecision(id: $0, content: row["sha256"].blob ?? []) } }
  }

  /// Path, verdict in force and proposal of the first file of a run with that content.
  package func standing(
    ofContent hash: [UInt8], in run: Int64
  ) throws -> (path: String, verdict: String?, proposal: String?)? {
    try rows(
      """
      SELECT path, verdict, proposal FROM all_samples WHERE id = (
        SELECT id FROM sample WHERE run_id = ? AND sha256 = ? ORDER BY path LIMIT 1)
      """, .integer(run), .blob(hash)
    ).first.map { ($0["path"].text ?? "", $0["verdict"].text, $0["proposal"].text) }
  }

  /// Paths of a run about as long as a text, at most 5,000: only those can be alike, and more no person waits for.
  ///
  /// - Parameter folder: whose files alone are meant; nil for all.
  package func paths(of run: Int64, aboutAsLongAs text: String, inFolder folder: String?) throws -> [String] {
    try rows(
      """
      SELECT path FROM sample WHERE run_id = ?1 AND abs(length(path) - length(?2)) <= length(?2) / 3
        AND (?3 IS NULL OR folder = ?3) LIMIT 5000
      """, .integer(run), .text(text), folder.map { .text($0) } ?? .null
    ).compactMap(\.values[0].text)
  }
}
