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

/// A decision that stands.
package struct StandingDecision: Sendable {
  package let id: Int64
  /// SHA-256 of the file that it is about.
  package let content: [UInt8]
}

/// What the keeping of decisions asks.
extension Store {
  package func decidable(sample id: Int64) throws -> DecidableSample? {
    try rows(
      """
      SELECT path, sha256, error_code, standing.verdict AS proposal
      FROM sample LEFT JOIN standing ON standing.sample_id = sample.id WHERE sample.id = ?
      """, .integer(id)
    ).first.map {
      DecidableSample(
        path: $0["path"].text ?? "", content: $0["sha256"].blob, errorCode: $0["error_code"].text,
        proposal: $0["proposal"].text)
    }
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
