package import AuditCore

/// What exports ask of a run, image by image.
extension Store {
  /// Hands on the chosen images one by one; memory does not grow with them.
  ///
  /// - Parameters:
  ///   - folder: only what lies in it or below; nil for all.
  ///   - onColumns: told the names of the columns before the first image, also where there is none.
  package func forEachSelected(
    _ query: ExportQuery, inFolder folder: SamplePath? = nil, onColumns: ([String]) throws -> Void = { _ in },
    _ body: (ExportRow) throws -> Void
  ) throws {
    try forEachRow(
      query.selected(knowsHeaders: try knowsFaceHeaders(), isOfFolder: folder != nil),
      folder.map { [.text($0.text + "/"), .text($0.text + "0")] } ?? [],
      onColumns: { try onColumns(Array($0.names.dropLast(ExportRow.hidden.count))) }, { try body(ExportRow($0)) })
  }

  /// Hands on every image of the run; `ExportRow.isChosen` tells whether the selection takes it.
  package func forEachSample(_ query: ExportQuery, _ body: (ExportRow) throws -> Void) throws {
    try forEachRow(query.all(knowsHeaders: try knowsFaceHeaders())) { try body(ExportRow($0)) }
  }

  /// Lends the chosen images together with what others of the run are.
  package func withSelected<Result>(_ query: ExportQuery, _ body: (SelectedWalk) throws -> Result) throws -> Result {
    let sql = query.selected(knowsHeaders: try knowsFaceHeaders())
    return try asking { database in
      try body(SelectedWalk(PreparedRows(sql, in: database), Lookup(query.choice, in: database)))
    }
  }

  /// Lends what finds images of the run by their paths.
  package func withSamples<Result>(_ query: ExportQuery, _ body: (SampleFinder) throws -> Result) throws -> Result {
    let condition = "path = ?1 AND (SELECT path_raw FROM sample WHERE sample.id = samples.id) IS ?2"
    return try withLookup(query.all(knowsHeaders: try knowsFaceHeaders(), where: condition)) {
      try body(SampleFinder($0))
    }
  }

  /// Lends what finds images of the run by their paths, fast where they are asked for in order.
  package func withSamplesInOrder<Result>(
    _ query: ExportQuery, _ body: (OrderedSampleFinder) throws -> Result
  ) throws -> Result {
    let sql = query.all(knowsHeaders: try knowsFaceHeaders(), where: "path >= ?")
    return try withOrderedLookup(sql, key: ExportRow.hidden[0]) { try body(OrderedSampleFinder($0)) }
  }

  /// The first of the chosen images whose path holds a line end.
  package func firstWithLineEnd(_ selection: Selection, of run: Int64) throws -> SamplePath? {
    try rows(
      """
      SELECT path, (SELECT path_raw FROM sample WHERE sample.id = samples.id) AS path_raw FROM all_samples AS samples
      WHERE \(selection.sql(run: run)) AND (instr(path, char(10)) > 0 OR instr(path, char(13)) > 0)
      ORDER BY path, id LIMIT 1
      """
    ).first?.samplePath
  }

  /// How many of the chosen images have which verdict in force; `unreadable` for those without scores.
  package func verdictCounts(_ selection: Selection = Selection(), of run: Int64) throws -> [String: Int] {
    if selection == Selection(), let counts = try countedVerdicts(of: run) { return counts }
    let rows = try rows(
      """
      SELECT \(Selection.effective) AS word, count(*) FROM all_samples AS samples WHERE \(selection.sql(run: run))
      GROUP BY word
      """)
    return Dictionary(rows.map { ($0.values[0].text ?? "", $0.values[1].integer ?? 0) }, uniquingKeysWith: +)
  }

  /// The same of all images, as the ranking counted them and people decided since; nil where nobody counted.
  private func countedVerdicts(of run: Int64) throws -> [String: Int]? {
    guard let facets = try storedFacets(of: run), let statuses = facets.counts[.status] else { return nil }
    var counts = facets.proposals
    let proposed = counts.values.reduce(0, +)
    for status in statuses {
      let word = Selection.word(status: status.value)
      counts[word.rawValue, default: 0] += status.images - (word == .keep ? proposed : 0)
    }
    for row in try decided(in: run) {
      let (images, status) = (row["images"].integer ?? 0, row["status"].text ?? "")
      counts[row["proposal"].text ?? Selection.word(status: status).rawValue, default: 0] -= images
      counts[row["verdict"].text ?? Selection.word(status: status).rawValue, default: 0] += images
    }
    return counts.filter { $0.value > 0 }
  }

  /// Lends what tells whether the run has a path, by its text.
  package func withPaths<Result>(
    of run: Int64, _ body: (@escaping (SamplePath) throws -> Bool) throws -> Result
  ) throws -> Result {
    try withLookup("SELECT 1 FROM sample WHERE run_id = ?1 AND path = ?2") { known in
      try body { try known.first(.integer(run), .text($0.text)) != nil }
    }
  }

  /// Hands on the path of every file of a run.
  package func forEachPath(of run: Int64, _ body: (SamplePath) throws -> Void) throws {
    try forEachRow("SELECT path, path_raw FROM sample WHERE run_id = ?", [.integer(run)]) { row in
      if let path = row.samplePath { try body(path) }
    }
  }

  /// Refuses a condition on the columns of view `samples` that SQLite does not understand.
  ///
  /// - Throws: `AuditError` with SQLite's words, and the nearest name that exists.
  package func checkCondition(_ condition: String) throws {
    // On lines of its own, so that a comment at its end does not reach the parenthesis.
    try withLookup("SELECT 1 FROM samples WHERE (\n\(condition)\n)") { _ in }
  }
}

/// What exports ask of a run as a whole.
extension Store {
  /// The path of a PNG of each folder that holds some, of at most two folders.
  package func pngOfEachFolder(of run: Int64) throws -> [SamplePath?] {
    try rows(
      "SELECT path, path_raw FROM sample WHERE run_id = ? AND path LIKE '%.png' GROUP BY folder LIMIT 2",
      .integer(run)
    ).map(\.samplePath)
  }

  /// The folders of all files whose paths are text.
  package func foldersWithTextPaths(of run: Int64) throws -> [SamplePath] {
    try rows("SELECT DISTINCT folder FROM sample WHERE run_id = ? AND path_raw IS NULL", .integer(run))
      .compactMap { $0.values[0].text.map { SamplePath($0) } }
  }

  /// Whether any file lies below the top.
  package func hasFolders(_ run: Int64) throws -> Bool {
    try rows("SELECT 1 FROM sample WHERE run_id = ? AND folder <> '' LIMIT 1", .integer(run)).first != nil
  }

  /// How many images have a skew, and how many a proposed verdict.
  package func rankedAndJudged(of run: Int64) throws -> (ranked: Int, judged: Int) {
    let row = try rows(
      "SELECT count(skew), count(verdict) FROM standing JOIN sample ON sample.id = sample_id WHERE run_id = ?",
      .integer(run)
    ).first
    return (row?.values[0].integer ?? 0, row?.values[1].integer ?? 0)
  }

  /// Whether it is known of any picture how likely it is damaged.
  package func knowsDamage(of run: Int64) throws -> Bool {
    try hasColumn("confidence", in: "all_samples")
      && !rows(
        "SELECT 1 FROM all_samples WHERE run_id = ? AND confidence IS NOT NULL LIMIT 1", .integer(run)
      ).isEmpty
  }

  /// Whether it is known which of a group of copies is the best.
  package func knowsBestCopies(of run: Int64) throws -> Bool {
    try hasColumn("near_best", in: "all_samples") && knowsCopies(of: run)
  }

  /// Whether headers of face programs were looked for.
  package func knowsFaceHeaders() throws -> Bool { try hasColumn("header", in: "sample") }

  /// `images`, `unreadable`, `copies`, `identities`, `keep`, `review`, `drop` and `overruled`, the last against the
  /// proposal.
  package func cardCounts(of run: Int64) throws -> [String: Int] {
    let row = try rows(
      """
      SELECT count(*) AS images, sum(status <> 'ok') AS unreadable, sum(duplicate_of IS NOT NULL) AS copies,
        count(DISTINCT identity) AS identities,
        sum(verdict = 'keep') AS keep, sum(verdict = 'review') AS review, sum(verdict = 'drop') AS "drop",
        sum(verdict IS NOT proposal) AS overruled
      FROM all_samples WHERE run_id = ?
      """, .integer(run)
    ).first
    guard let row else { return [:] }
    return Dictionary(uniqueKeysWithValues: zip(row.columns.names, row.values.map { $0.integer ?? 0 }))
  }

  /// Mean and worst value of each headline metric over the run; nil where no image has one.
  package func headlineValues(of run: Int64) throws -> [(metric: MetricInfo, mean: Double?, worst: Double?)] {
    let headlines = metrics.filter(\.headline)
    if headlines.isEmpty { return [] }
    let terms = headlines.map { metric -> String in
      let name = "\"\(metric.name)\""
      let worst =
        switch metric.direction {
        case .higher: "min(\(name))"
        case .zero: "max(abs(\(name)))"
        case .lower, .none: "max(\(name))"
        }
      return "avg(\(name)), \(worst)"
    }
    let row = try rows(
      """
      SELECT \(terms.joined(separator: ", ")) FROM score JOIN sample ON sample.id = sample_id WHERE run_id = ?
      """, .integer(run)
    ).first
    return headlines.enumerated().map { ($1, row?.values[2 * $0].real, row?.values[2 * $0 + 1].real) }
  }
}
