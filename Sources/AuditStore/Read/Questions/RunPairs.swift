/// A run of this database, or of one that is attached.
package struct RunSide: Sendable, Equatable {
  package static let own = "main"

  /// `main`, or the name by which its database is attached.
  package let schema: String
  package let run: Int64

  package init(schema: String = RunSide.own, run: Int64) { (self.schema, self.run) = (schema, run) }
}

/// A sample of one run, and what became of it in another.
package struct PairedSample: Sendable {
  /// What a run holds of it.
  package struct Facts: Sendable {
    /// The verdict in force, or `unreadable`.
    package let word: String
    package let skew: Double?
  }

  package let path: String
  package let before: Facts
  /// nil where the later run has no sample of that path.
  package let after: Facts?
  /// Whether both have the same content.
  package let isSameContent: Bool
  /// Of one that is gone: whether its content lies in the later run under a path that is new there, each of which is
  /// taken by one that is gone, in the order of the paths.
  package let isRenamed: Bool
}

/// What a comparison asks of two runs.
extension Store {
  /// Hands on each sample of the earlier run, in the order of the paths, with what it is in the later one.
  ///
  /// Of the tables: view `all_samples` on both sides would be worked out whole before the first pair. Copies that are
  /// gone are numbered once: to look each up among all others takes minutes of a million links.
  package func forEachPair(
    _ before: RunSide, _ after: RunSide, _ body: (PairedSample) throws -> Void
  ) throws {
    try forEachRow(
      """
      WITH gone AS (
        SELECT s.id, s.sha256, row_number() OVER (PARTITION BY s.sha256 ORDER BY s.path) AS place
        FROM \(before.schema).sample AS s
        WHERE s.run_id = \(before.run) AND s.sha256 IS NOT NULL AND \(after.lacks("s"))),
      new AS (
        SELECT s.sha256, count(*) AS files FROM \(after.schema).sample AS s
        WHERE s.run_id = \(after.run) AND s.sha256 IS NOT NULL AND \(before.lacks("s")) GROUP BY s.sha256)
      SELECT b.path, \(before.word(of: "b", "earlier")), earlier.skew,
        a.id, \(after.word(of: "a", "later")), later.skew, b.sha256 IS a.sha256,
        b.id IN (SELECT gone.id FROM gone JOIN new ON new.sha256 = gone.sha256 WHERE gone.place <= new.files)
      FROM \(before.schema).sample AS b LEFT JOIN \(before.schema).standing AS earlier ON earlier.sample_id = b.id
      LEFT JOIN \(after.schema).sample AS a ON a.run_id = \(after.run) AND a.path = b.path
      LEFT JOIN \(after.schema).standing AS later ON later.sample_id = a.id
      WHERE b.run_id = \(before.run) ORDER BY b.path
      """
    ) { row in
      let values = row.values
      let now = PairedSample.Facts(word: values[4].text ?? "", skew: values[5].real)
      try body(
        PairedSample(
          path: values[0].text ?? "", before: .init(word: values[1].text ?? "", skew: values[2].real),
          after: values[3] == .null ? nil : now, isSameContent: values[6].integer == 1,
          isRenamed: values[7].integer == 1))
    }
  }

  /// How many samples of the later run have a path that the earlier one does not, by their verdict.
  package func newCounts(_ after: RunSide, since before: RunSide) throws -> [String: Int] {
    let rows = try rows(
      """
      SELECT \(after.word(of: "a", "later")) AS word, count(*)
      FROM \(after.schema).sample AS a LEFT JOIN \(after.schema).standing AS later ON later.sample_id = a.id
      WHERE a.run_id = \(after.run) AND \(before.lacks("a"))
      GROUP BY word
      """)
    return Dictionary(rows.map { ($0.values[0].text ?? "", $0.values[1].integer ?? 0) }, uniquingKeysWith: +)
  }

  /// The newest complete runs, the newest first.
  package func completeRuns(most: Int) throws -> [StoredRun] {
    try rows("SELECT * FROM run WHERE status = 'complete' ORDER BY id DESC LIMIT ?", .integer(Int64(most)))
      .map(StoredRun.init)
  }
}

extension RunSide {
  /// Whether no sample of this run has the path of that one.
  fileprivate func lacks(_ sample: String) -> String {
    "NOT EXISTS (SELECT 1 FROM \(schema).sample AS p WHERE p.run_id = \(run) AND p.path = \(sample).path)"
  }

  /// The verdict in force of a sample, or `unreadable`: as `Selection.effective` over `all_samples`.
  fileprivate func word(of sample: String, _ standing: String) -> String {
    """
    coalesce(
      (SELECT made.verdict FROM \(schema).decision AS made
        WHERE made.sha256 = \(sample).sha256 AND made.undone_at IS NULL ORDER BY made.id DESC LIMIT 1),
      \(standing).verdict, iif(\(sample).status = 'ok', 'keep', 'unreadable'))
    """
  }
}
