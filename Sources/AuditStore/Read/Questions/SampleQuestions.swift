package import AuditCore

/// What is asked about single samples.
extension Store {
  /// Everything that view `all_samples` has of a sample.
  package func facts(ofSample id: Int64) throws -> SQLRow? {
    try rows("SELECT * FROM all_samples WHERE id = ?", .integer(id)).first
  }

  /// Its file and what it was compared with: `path`, `path_raw`, `sha256`, `identity`, `paired_path`.
  package func file(ofSample id: Int64) throws -> SQLRow? {
    try rows("SELECT path, path_raw, sha256, identity, paired_path FROM sample WHERE id = ?", .integer(id)).first
  }

  /// Name of the run that a sample belongs to; nil where there is no such sample.
  package func runName(ofSample id: Int64) throws -> String? {
    try rows("SELECT name FROM run WHERE id = (SELECT run_id FROM sample WHERE id = ?)", .integer(id))
      .first?["name"].text
  }

  /// When its file was changed last as the scan saw it, in nanoseconds since 1970.
  package func modified(ofSample id: Int64) throws -> Int64? {
    try rows("SELECT modified_ns FROM sample WHERE id = ?", .integer(id)).first?.values[0].wide
  }

  /// Other files of its run with the same content, by path: `id`, `path`.
  package func equalFiles(ofSample id: Int64, most: Int) throws -> [SQLRow] {
    try rows(
      """
      SELECT id, path FROM sample
      WHERE (sha256, run_id) = (SELECT sha256, run_id FROM sample WHERE id = ?1) AND id <> ?1 ORDER BY path LIMIT ?2
      """, .integer(id), .integer(Int64(most)))
  }

  /// What runs say of the files at its path, the newest first: `run`, `name`, `finished_at`, `verdict`, `skew`.
  package func history(ofSample id: Int64) throws -> [SQLRow] {
    try rows(
      """
      SELECT run.id AS run, name, finished_at, s.verdict, s.skew FROM run
      JOIN all_samples AS s ON s.run_id = run.id AND s.path = (SELECT path FROM sample WHERE sample.id = ?)
      ORDER BY run.id DESC
      """, .integer(id))
  }

  /// What was decided about its content and stands, the newest first: `verdict`, `at`, `by`, `reason`.
  package func decisions(onSample id: Int64, most: Int) throws -> [SQLRow] {
    try rows(
      """
      SELECT verdict, at, who AS by, reason FROM decision
      WHERE sha256 = (SELECT sha256 FROM sample WHERE id = ?) AND undone_at IS NULL ORDER BY id DESC LIMIT ?
      """, .integer(id), .integer(Int64(most)))
  }

  /// Text of the paths by sample id.
  package func paths(of ids: [Int64]) throws -> [Int64: String] {
    let rows = try rows(
      "SELECT id, path FROM sample WHERE id IN (SELECT value FROM json_each(?))", .identifiers(ids))
    let pairs = rows.compactMap { row -> (Int64, String)? in
      guard case .integer(let id) = row["id"], let path = row["path"].text else { return nil }
      return (id, path)
    }
    return Dictionary(pairs) { first, _ in first }
  }

  /// Share of the squared residual by region; empty where nothing was scored.
  package func regionShares(ofSample id: Int64) throws -> [String: Double] {
    let rows = try rows("SELECT region, share_se FROM region WHERE sample_id = ?", .integer(id))
    return Dictionary(rows.map { ($0["region"].text ?? "", $0["share_se"].real ?? 0) }) { first, _ in first }
  }

  /// `code`, `severity`, `detail` and `confidence` of its issues, by code.
  package func issues(ofSample id: Int64) throws -> [SQLRow] {
    let confidence = try hasColumn("confidence", in: "issue") ? "confidence" : "NULL AS confidence"
    return try rows(
      "SELECT code, severity, detail, \(confidence) FROM issue WHERE sample_id = ? ORDER BY code", .integer(id))
  }

  /// The decision on its content that stands: `verdict`, `reason`, `who`, `at`.
  package func decision(onSample id: Int64) throws -> SQLRow? {
    try rows(
      """
      SELECT verdict, reason, who, at FROM decision WHERE undone_at IS NULL
        AND sha256 = (SELECT sha256 FROM sample WHERE id = ?) ORDER BY id DESC LIMIT 1
      """, .integer(id)
    ).first
  }

  /// Of a number of a sample: how many samples of the run have one, how many have a worse one, and whether they differ.
  package typealias PlaceCounts = (all: Int, worse: Int, differs: Bool)

  /// Ids at equal distances from the first to the last of a run: about so many, fewer where others lie between.
  package func spread(of run: Int64, count: Int) throws -> [Int64] {
    let range = try rows("SELECT min(id), max(id) FROM sample WHERE run_id = ?", .integer(run)).first?.values
    guard let low = range?[0].wide, let high = range?[1].wide else { return [] }
    // The numbers are the database's, which anybody can have made: their distance need not fit in an Int64.
    let step = max(1, UInt64(bitPattern: high &- low) / UInt64(max(1, count)))
    return (0...UInt64(count)).map { low &+ Int64(bitPattern: $0 &* step) }.filter { (low...high).contains($0) }
  }

  /// The places of a sample's numbers, all in one pass over the run.
  ///
  /// - Parameter ids: the samples that it is compared with; nil for all of the run.
  package func placeCounts(
    of known: [(info: MetricInfo, value: Double)], in run: Int64, among ids: [Int64]? = nil
  ) throws -> [PlaceCounts] {
    guard !known.isEmpty else { return [] }
    let terms = known.enumerated().map { index, item in
      let column = "\"\(item.info.name)\""
      let argument = "?\(index + 2)"
      let worse =
        switch item.info.direction {
        case .lower, .none: "\(column) > \(argument)"
        case .higher: "\(column) < \(argument)"
        case .zero: "abs(\(column)) > abs(\(argument))"
        }
      return "count(\(column)), sum(\(worse)), min(\(column)) < max(\(column))"
    }
    var counts: [SQLValue] = []
    try forEachRow(
      """
      SELECT \(terms.joined(separator: ", ")) FROM all_samples WHERE \(ids == nil ? "" : "+")run_id = ?1
      \(ids == nil ? "" : "AND id IN (SELECT value FROM json_each(?\(known.count + 2)))")
      """,
      [.integer(run)] + known.map { .real($0.value) } + (ids.map { [.identifiers($0)] } ?? [])
    ) { counts = $0.values }
    return known.indices.map { index in
      (counts[3 * index].integer ?? 0, counts[3 * index + 1].integer ?? 0, counts[3 * index + 2].integer == 1)
    }
  }

  /// Which of these samples are marked keep.
  package func kept(among ids: [Int64]) throws -> [Int64] {
    try rows(
      "SELECT id FROM all_samples WHERE verdict = 'keep' AND id IN (SELECT value FROM json_each(?))",
      .identifiers(ids)
    ).compactMap { $0["id"].wide }
  }

  /// Samples of a run whose paths end in a name: `id` and `path` of at most six, by path.
  package func samples(of run: Int64, endingIn name: String) throws -> [SQLRow] {
    try rows(
      """
      SELECT id, path FROM sample WHERE run_id = ?1 AND (path = ?2 OR substr(path, -length(?2) - 1) = '/' || ?2)
      ORDER BY path LIMIT 6
      """, .integer(run), .text(name))
  }

  /// Paths of a run in order, of one folder where it is named.
  package func paths(of run: Int64, inFolder folder: String? = nil, most: Int) throws -> [String] {
    try rows(
      "SELECT path FROM sample WHERE run_id = ?1 AND (?2 IS NULL OR folder = ?2) ORDER BY path LIMIT ?3", .integer(run),
      folder.map { .text($0) } ?? .null, .integer(Int64(most))
    ).compactMap { $0["path"].text }
  }
}

extension SQLValue {
  /// Many ids as one argument, for `json_each(?)`.
  package static func identifiers(_ ids: [Int64]) -> SQLValue {
    .text("[" + ids.map { "\($0)" }.joined(separator: ",") + "]")
  }
}
