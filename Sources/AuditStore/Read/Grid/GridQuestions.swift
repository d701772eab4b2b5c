import AuditCore

/// What a person who looks through the samples of a run asks.
extension Store {
  /// The columns of view `samples` that samples can be sorted by, in the order of the view.
  package func sampleColumns() throws -> [SampleColumn] {
    let known = try rows("SELECT name, unit, meaning FROM metric")
    let metrics = Dictionary(known.map { ($0["name"].text ?? "", $0) }) { first, _ in first }
    return try rows("SELECT name, type FROM pragma_table_info('all_samples')").compactMap { row in
      guard let name = row["name"].text, name != "run_id" else { return nil }
      let metric = metrics[name]
      let isNumber = metric != nil || ["INTEGER", "REAL", "INT"].contains(row["type"].text?.uppercased() ?? "")
      return SampleColumn(
        name: name, kind: isNumber ? .number : .text, unit: metric?["unit"].text ?? "",
        meaning: metric?["meaning"].text ?? "")
    }
  }

  /// Hands on the id of each sample that a filter takes and its number in a column, NaN where it has none, in the order of
  /// the paths.
  package func forEachNumber(
    of column: String, in run: Int64, _ filter: SampleFilter, _ body: (Int64, Double) throws -> Void
  ) throws {
    let (condition, arguments) = filter.sql(run: run, columns: try columnNames())
    try forEachNumber(
      """
      SELECT id, \(SampleFilter.quoted(column)) FROM all_samples AS samples WHERE \(condition) ORDER BY path
      """, arguments, body)
  }

  /// Hands on the ids of the samples that a filter takes, in an order that the database makes.
  ///
  /// - Parameter most: only the first of them; nil for all.
  package func forEachSample(
    in run: Int64, _ filter: SampleFilter, by sorting: SampleSorting, most: Int? = nil, _ body: (Int64) throws -> Void
  ) throws {
    let (condition, arguments) = filter.sql(run: run, columns: try columnNames())
    let column = SampleFilter.quoted(sorting.column)
    let order =
      sorting.column == "path"
      ? "path\(sorting.isDescending ? " DESC" : "")"
      : "\(column)\(sorting.isDescending ? " DESC" : "") NULLS LAST, path"
    try forEachRow(
      """
      SELECT id FROM all_samples AS samples WHERE \(condition) ORDER BY \(order)\(most.map { " LIMIT \($0)" } ?? "")
      """, arguments
    ) { row in
      if let id = row.values[0].wide { try body(id) }
    }
  }

  /// How many samples a filter takes.
  package func count(in run: Int64, _ filter: SampleFilter) throws -> Int {
    let (condition, arguments) = filter.sql(run: run, columns: try columnNames())
    var count = 0
    try forEachRow("SELECT count(*) FROM all_samples AS samples WHERE \(condition)", arguments) {
      count = $0.values[0].integer ?? 0
    }
    return count
  }

  /// What a tile shows of these samples: `id`, `path`, `verdict`, `proposal`, `decision`, `skew`, `damage`, `mse`, `value`,
  /// `reason`, `issues`, `near_group`, `width`, `height`, `status`, `sha256`. In no order.
  ///
  /// By the ids and not by the run, of which SQLite would look at each sample: hence the +.
  ///
  /// - Parameter column: what `value` is.
  package func tileRows(of ids: [Int64], in run: Int64, value column: String) throws -> [SQLRow] {
    let known = try columnNames()
    func named(_ name: String) -> String { known.contains(name) ? name : "NULL AS \(name)" }
    return try rows(
      """
      SELECT id, path, verdict, \(named("proposal")), \(named("skew")), \(named("damage")), \(named("mse")),
        \(known.contains(column) ? SampleFilter.quoted(column) : "NULL") AS value, \(named("reason")), issues,
        \(named("near_group")), width, height, status, sha256,
        (SELECT d.verdict FROM sample AS f JOIN decision AS d ON d.sha256 = f.sha256 AND d.undone_at IS NULL
          WHERE f.id = samples.id ORDER BY d.id DESC LIMIT 1) AS decision
      FROM all_samples AS samples WHERE +run_id = ? AND id IN (SELECT value FROM json_each(?))
      """, .integer(run), .identifiers(ids))
  }

  /// Saved questions that say by a column `path` which samples are meant, and that the rows of the run can answer.
  package func questionsAboutSamples() throws -> [String] {
    let isExcerpt = try rows("SELECT id FROM current_run").first?["id"].wide.map { try excerpt(of: $0) != nil } ?? false
    return try rows(
      """
      SELECT s.name FROM sqlite_schema AS s JOIN pragma_table_info(s.name) AS c
      WHERE s.type = 'view' AND s.name LIKE 'q\\_%' ESCAPE '\\' AND c.name = 'path' ORDER BY s.name
      """
    ).compactMap(\.values[0].text).filter { !isExcerpt || Excerpt.answers(String($0.dropFirst(2))) }
  }

  /// Everything that changes what is seen of a run while its rows stay: `status`, `finished_at`, `digest`, and the number and
  /// the newest of all decisions and of those that were taken back.
  package func seenState(of run: Int64) throws -> SQLRow? {
    try rows(
      """
      SELECT status, finished_at, digest, (SELECT count(*) FROM decision) AS decisions,
        (SELECT max(id) FROM decision) AS newest, (SELECT count(undone_at) FROM decision) AS undone
      FROM run WHERE id = ?
      """, .integer(run)
    ).first
  }

  private func columnNames() throws -> Set<String> {
    Set(try rows("SELECT name FROM pragma_table_info('all_samples')").compactMap(\.values[0].text))
  }
}
