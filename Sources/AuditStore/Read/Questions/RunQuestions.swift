package import AuditCore

/// What is asked about a run as a whole.
extension Store {
  /// Its name, and its settings as the JSON that is kept; empty where there is no such run.
  package func nameAndSettings(of run: Int64) throws -> (name: String, settings: String) {
    let row = try rows("SELECT name, settings FROM run WHERE id = ?", .integer(run)).first
    return (row?["name"].text ?? "", row?["settings"].text ?? "{}")
  }

  /// `kind`, `rank`, `fitted_on` and `digest` of a model; nil where there is none.
  ///
  /// - Parameter id: of a run's column `model_id`.
  package func modelFacts(_ id: SQLValue) throws -> SQLRow? {
    try rows("SELECT kind, rank, fitted_on, digest FROM model WHERE id = ?", id).first
  }

  /// The cuts of a folder's own model; nil where it has none.
  package func cuts(of run: Int64, identity: String) throws -> (orthogonal: Double?, score: Double?)? {
    try rows(
      """
      SELECT cut_od, cut_sd FROM identity_model JOIN model ON model.id = model_id WHERE run_id = ? AND identity = ?
      """, .integer(run), .text(identity)
    ).first.map { ($0["cut_od"].real, $0["cut_sd"].real) }
  }

  /// The same of the model of a run; nil where nothing was fitted.
  package func modelFacts(ofRun run: Int64) throws -> SQLRow? {
    try rows(
      """
      SELECT kind, rank, fitted_on, digest FROM model WHERE id = (SELECT model_id FROM run WHERE id = ?)
      """, .integer(run)
    ).first
  }

  /// What remedies are estimated to be worth, by name: every column of table `remedy`.
  package func remedies(of run: Int64) throws -> [SQLRow] {
    try rows("SELECT * FROM remedy WHERE run_id = ? ORDER BY name", .integer(run))
  }

  /// `share`, `images`, `gain`, `low` and `high`, from the smallest share up.
  package func gainCurve(of run: Int64) throws -> [SQLRow] {
    try rows("SELECT share, images, gain, low, high FROM gain_curve WHERE run_id = ? ORDER BY share", .integer(run))
  }

  /// What trainings with each remedy ended at: every column of view `probe_comparison`.
  package func probeComparison(of run: Int64) throws -> [SQLRow] {
    try rows("SELECT * FROM probe_comparison WHERE run_id = ?", .integer(run))
  }

  /// Mean held-out squared error by remedy and epoch of those trainings: `name`, `epoch`, `error`, by epoch.
  package func comparedEpochs(of run: Int64) throws -> [SQLRow] {
    try rows(
      """
      SELECT name, epoch, avg(probe_epoch.held_out_mse) AS error FROM probe_epoch
      JOIN probe_training ON probe_training.id = training_id
      WHERE run_id = ? AND purpose = 'compare' AND probe_epoch.held_out_mse IS NOT NULL
      GROUP BY name, epoch ORDER BY epoch
      """, .integer(run))
  }
}

/// How many images are marked what.
package struct RunMarks: Sendable, Equatable {
  /// Those that people decided about, by what they decided.
  package let decided: [String: Int]
  /// All that have a verdict, by the one in force.
  package let inForce: [String: Int]
}

/// What a report counts and lists.
extension Store {
  /// Whether the database has a table; those of older audits lack some.
  func hasTable(_ name: String) throws -> Bool {
    try rows("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", .text(name)).first != nil
  }

  /// Whether it is the run that the views speak of.
  package func isCurrentRun(_ id: Int64) throws -> Bool {
    try rows("SELECT id FROM current_run").first?["id"].wide == id
  }

  /// Every column of table `run`; nil where there is no run of that name.
  package func run(named name: String) throws -> SQLRow? {
    try rows("SELECT * FROM run WHERE name = ?", .text(name)).first
  }

  /// Folders of the first level, or what else names a person.
  package func identityCount(of run: Int64) throws -> Int {
    try rows(.identities, of: run).first?.values[0].integer ?? 0
  }

  /// How many files each part of the set has, of those that belong to one.
  package func splitCounts(of run: Int64) throws -> [String: Int] {
    Dictionary(
      try rows(.splits, of: run).compactMap { row in row["split"].text.map { ($0, row["images"].integer ?? 0) } },
      uniquingKeysWith: +)
  }

  /// Hands on how many files of a run are alike in status, error, size, format, colour, depth, turn and copy:
  /// `images` and one column each.
  package func forEachKindOfFile(in run: Int64, _ body: (SQLRow) throws -> Void) throws {
    try rows(.kindsOfFile, of: run).forEach(body)
  }

  /// Files without scores: `path`, `error_code`, `error_detail`, by path.
  package func unreadable(in run: Int64, from offset: Int = 0, most: Int) throws -> [SQLRow] {
    try rows(
      """
      SELECT path, error_code, error_detail FROM sample WHERE run_id = ? AND status = 'error' ORDER BY path
      LIMIT ? OFFSET ?
      """, .integer(run), .integer(Int64(most)), .integer(Int64(offset)))
  }

  /// Folders with files that were no longer there to be read: the path of one of them, and how many, by folder.
  package func goneFiles(in run: Int64) throws -> [(example: SamplePath, files: Int)] {
    try rows(
      """
      SELECT min(path) AS path, path_raw, count(*) AS files FROM sample
      WHERE run_id = ? AND status = 'error' AND error_code = 'gone' GROUP BY folder ORDER BY folder
      """, .integer(run)
    ).compactMap { row in row.samplePath.map { ($0, row["files"].integer ?? 0) } }
  }

  /// Why files have no scores, the most frequent first: `error_code`, `images`. Without a pass over the run where its
  /// ranking counted no such file.
  package func unreadableKinds(in run: Int64) throws -> [SQLRow] {
    if let counted = try storedFacets(of: run)?.counts[.status], !counted.contains(where: { $0.value == "error" }) {
      return []
    }
    return try rows(
      """
      SELECT error_code, count(*) AS images FROM sample WHERE run_id = ? AND status = 'error'
      GROUP BY error_code ORDER BY images DESC, error_code
      """, .integer(run))
  }

  /// How many files of each folder have no scores.
  package func unreadableCounts(in run: Int64) throws -> [ByteKey: Int] {
    let failed = try rows(
      """
      SELECT coalesce(identity, '') AS name, count(*) AS images FROM sample WHERE run_id = ? AND status = 'error'
      GROUP BY identity
      """, .integer(run))
    return Dictionary(
      failed.map { (ByteKey($0["name"].text ?? ""), $0["images"].integer ?? 0) }, uniquingKeysWith: +)
  }

  /// Trouble of folders: `path`, `code`, `detail`, by path, and how much there is in all.
  package func folderIssues(of run: Int64, most: Int) throws -> (first: [SQLRow], count: Int) {
    (
      try rows(
        "SELECT path, code, detail FROM folder_issue WHERE run_id = ? ORDER BY path LIMIT ?", .integer(run),
        .integer(Int64(most))),
      try count("SELECT count(*) FROM folder_issue WHERE run_id = ?", run)
    )
  }

  /// How many images are proposed for what.
  package func proposals(in run: Int64) throws -> [String: Int] {
    try rows(.proposals, of: run).reduce(into: [:]) { counts, row in
      if let verdict = row["verdict"].text { counts[verdict] = row["images"].integer ?? 0 }
    }
  }

  /// Images that people decided about, by what was proposed and what holds: `proposal`, `status`, `verdict`, `images`.
  package func decided(in run: Int64) throws -> [SQLRow] {
    try rows(
      """
      SELECT proposal, status, verdict, count(*) AS images FROM all_samples
      WHERE id IN (SELECT sample.id FROM decision CROSS JOIN sample ON sample.sha256 = decision.sha256
        WHERE run_id = ? AND undone_at IS NULL)
      GROUP BY proposal, status, verdict
      """, .integer(run))
  }

  /// How images of a run are marked by now.
  ///
  /// - Parameter proposals: where they were counted already; else as the ranking counted them, or by a pass over `standing`.
  package func marks(of run: Int64, proposals: [String: Int]? = nil) throws -> RunMarks {
    var inForce = try proposals ?? storedFacets(of: run)?.proposals ?? self.proposals(in: run)
    var decided: [String: Int] = [:]
    for row in try self.decided(in: run) {
      let images = row["images"].integer ?? 0
      if let proposal = row["proposal"].text { inForce[proposal, default: 0] -= images }
      guard let verdict = row["verdict"].text else { continue }
      inForce[verdict, default: 0] += images
      decided[verdict, default: 0] += images
    }
    return RunMarks(decided: decided, inForce: inForce.filter { $0.value > 0 })
  }

  /// The images of highest skew. Their ids are chosen first: the joins and decisions of view `all_samples` are worked
  /// out for those alone.
  package func worst(of run: Int64, count: Int) throws -> [SQLRow] {
    try rows(
      """
      SELECT path, (SELECT path_raw FROM sample WHERE sample.id = all_samples.id) AS path_raw, verdict, skew,
        pull_squared, \(headlineLosses), issues, \(try reasonColumn)
      FROM all_samples
      WHERE id IN (
        SELECT sample_id FROM standing CROSS JOIN sample ON sample.id = sample_id
        WHERE run_id = ?1 AND skew IS NOT NULL ORDER BY skew DESC, path LIMIT ?2)
      ORDER BY skew DESC, path
      """, .integer(run), .integer(Int64(count)))
  }

  /// What a tile of a gallery shows of these images.
  package func tiles(of ids: [Int64]) throws -> [SQLRow] {
    try rows(
      """
      SELECT id, path, (SELECT path_raw FROM sample WHERE sample.id = all_samples.id) AS path_raw, verdict, proposal, skew,
        ratio, alike, pull_squared, weight, od, sd, \(headlineLosses), why, issues, \(try reasonColumn)
      FROM all_samples WHERE id IN (SELECT value FROM json_each(?))
      """, .identifiers(ids))
  }

  /// Images of a run with any issue.
  package func samplesWithIssues(of run: Int64) throws -> Set<Int64> {
    var found: Set<Int64> = []
    try forEachRow(
      "SELECT DISTINCT sample_id FROM issue JOIN sample ON sample.id = sample_id WHERE run_id = ? AND status = 'ok'",
      [.integer(run)]
    ) { row in
      if let id = row["sample_id"].wide { found.insert(id) }
    }
    return found
  }

  /// Whether the database knows a number of its samples by that name.
  package func hasSampleColumn(_ name: String) throws -> Bool { try hasColumn(name, in: "all_samples") }

  /// What a table of these images shows: `id`, `path`, `path_raw`, `sha256`, `verdict`, `issues`, `near_group`, and columns
  /// of view `all_samples`.
  package func rowFacts(of ids: [Int64], columns: [String]) throws -> [SQLRow] {
    let group = try hasSampleColumn("near_group") ? "near_group" : "NULL AS near_group"
    return try rows(
      """
      SELECT \((["id", "path", "sha256", "verdict", "issues", group] + columns).joined(separator: ", ")),
        (SELECT path_raw FROM sample WHERE sample.id = all_samples.id) AS path_raw
      FROM all_samples WHERE id IN (SELECT value FROM json_each(?))
      """, .identifiers(ids))
  }

  /// The region of each image that holds most of its squared residual: `sample_id`, `region`, `share`.
  package func worstRegions(of ids: [Int64]) throws -> [SQLRow] {
    try rows(
      """
      SELECT sample_id, region, max(share_se) AS share FROM region
      WHERE sample_id IN (SELECT value FROM json_each(?)) AND region <> 'border' GROUP BY sample_id
      """, .identifiers(ids))
  }

  /// `mse` and `mae`, NULL where the database has no such columns.
  private var headlineLosses: String {
    let known = Set(metrics.map(\.name))
    return ["mse", "mae"].map { known.contains($0) ? $0 : "NULL AS \($0)" }.joined(separator: ", ")
  }

  /// A column `reason` of `all_samples`, also where an older audit made the view.
  private var reasonColumn: String {
    get throws { try hasColumn("reason", in: "all_samples") ? "reason" : "NULL AS reason" }
  }

  /// The numbers that curves are made of, for each scored image in the order of the paths: id, verdict, skew, ratio, both
  /// pulls, both distances, shares of `mse` and `mae`, identity.
  ///
  /// - Parameter inCuts: distances in units of the cut of each sample's own model.
  package func forEachCurveRow(of run: Int64, inCuts: Bool, _ body: ([SQLValue]) throws -> Void) throws {
    // Stored beside the skew: table `score` is wide, and is not read.
    let known = Set(metrics.filter(\.headline).map(\.name))
    let losses = ["mse", "mae"].map { known.contains($0) ? "share_\($0)" : "NULL" }
    let cuts = """
      LEFT JOIN run ON run.id = all_samples.run_id
      LEFT JOIN identity_model AS own ON own.run_id = all_samples.run_id AND own.identity = all_samples.identity
      LEFT JOIN model ON model.id = coalesce(own.model_id, run.model_id)
      """
    try forEachRow(
      """
      SELECT all_samples.id, verdict, skew, ratio, pull_squared, pull_absolute,
        \(inCuts ? "od / cut_od, sd / cut_sd" : "od, sd"), \(losses[0]), \(losses[1]), all_samples.identity
      FROM all_samples \(inCuts ? cuts : "") WHERE all_samples.run_id = ? AND all_samples.status = 'ok'
      ORDER BY path, all_samples.id
      """, [.integer(run)]
    ) { try body($0.values) }
  }

  /// Images that are damaged at least so surely.
  package func damagedCount(in run: Int64, from confidence: Double) throws -> Int {
    try rows(
      "SELECT count(*) FROM damage JOIN sample ON sample.id = sample_id WHERE run_id = ? AND confidence >= ?",
      .integer(run), .real(confidence)
    ).first?.values[0].integer ?? 0
  }

  /// `code` and `detail` of what the whole set has; empty in databases of older audits.
  package func setIssueRows(of run: Int64) throws -> [SQLRow] {
    guard try hasTable("set_issue") else { return [] }
    return try rows("SELECT code, detail FROM set_issue WHERE run_id = ? ORDER BY code", .integer(run))
  }

  /// Issues of images that were scored, warnings first and then the most frequent: `code`, `severity`, `images`.
  package func issueRows(of run: Int64) throws -> [SQLRow] {
    try rows(
      """
      SELECT code, severity, count(*) AS images FROM issue JOIN sample ON sample.id = sample_id
      WHERE run_id = ? AND severity <> 'error' GROUP BY code, severity ORDER BY severity DESC, images DESC, code
      """, .integer(run))
  }

  /// Every issue of a run, errors first: `code`, `severity`, `images` and mean `confidence`.
  package func issueKindRows(of run: Int64) throws -> [SQLRow] {
    try rows(
      """
      SELECT code, severity, count(*) AS images,
        \(try hasColumn("confidence", in: "issue") ? "avg(issue.confidence)" : "NULL") AS confidence
      FROM issue JOIN sample ON sample.id = sample_id
      WHERE run_id = ? GROUP BY code, severity
      ORDER BY severity = 'error' DESC, severity = 'warning' DESC, images DESC, code
      """, .integer(run))
  }

  /// The first images that have an issue: `path`, `detail`.
  package func issueExamples(_ code: String, in run: Int64, most: Int) throws -> [SQLRow] {
    try rows(
      """
      SELECT path, detail FROM issue JOIN sample ON sample.id = sample_id WHERE run_id = ? AND code = ?
      ORDER BY sample_id LIMIT ?
      """, .integer(run), .text(code), .integer(Int64(most)))
  }

  /// Images that show an issue, the surest first: `path`, `detail`, `confidence`.
  package func issueExamples(_ code: String, clearestIn run: Int64, most: Int) throws -> [SQLRow] {
    let known = try hasColumn("confidence", in: "issue")
    return try rows(
      """
      SELECT path, detail, \(known ? "issue.confidence" : "NULL") AS confidence FROM issue
      JOIN sample ON sample.id = sample_id WHERE run_id = ? AND code = ?
      ORDER BY \(known ? "coalesce(issue.confidence, 1) DESC, strength DESC, " : "")path LIMIT ?
      """, .integer(run), .text(code), .integer(Int64(most)))
  }

  /// Issues of pictures, found by rules: `code`, `images`; empty in databases of older audits.
  package func pictureIssueRows(of run: Int64) throws -> [SQLRow] {
    guard try hasColumn("confidence", in: "issue") else { return [] }
    return try rows(
      """
      SELECT code, count(*) AS images FROM issue JOIN sample ON sample.id = sample_id
      WHERE run_id = ? AND status = 'ok' AND issue.strength IS NOT NULL GROUP BY code, severity
      ORDER BY severity DESC, images DESC, code
      """, .integer(run))
  }

  /// The images that show an issue best: `id`, `path`, `detail`, `confidence`.
  package func clearest(_ code: String, in run: Int64, most: Int) throws -> [SQLRow] {
    try rows(
      """
      SELECT sample.id, path, detail, issue.confidence FROM issue JOIN sample ON sample.id = sample_id
      WHERE run_id = ? AND code = ? AND status = 'ok' ORDER BY coalesce(issue.confidence, 1) DESC, strength DESC, path
      LIMIT ?
      """, .integer(run), .text(code), .integer(Int64(most)))
  }

  /// How many copies there are: `groups`, `copies`, `runs`, `frames`, `leaks`; nil where nobody looked.
  package func copyCounts(of run: Int64) throws -> SQLRow? {
    try rows(.copies, of: run).first
  }

  /// How many samples another set holds too: `foreign_copies`, `databases`; nil where nobody could look.
  package func foreignCopyCounts(of run: Int64) throws -> SQLRow? {
    guard try hasColumn("database", in: "foreign_copy") else { return nil }
    return try rows(
      """
      SELECT count(*) AS foreign_copies, count(DISTINCT database) AS databases
      FROM foreign_copy JOIN sample ON sample.id = sample_id WHERE run_id = ?
      """, .integer(run)
    ).first
  }

  /// Samples with a copy in another set, then with one in an earlier part of their own: `id`, `path`, `kind`, `copy_of`,
  /// `database`, which is NULL within the set.
  package func leakRows(of run: Int64, most: Int) throws -> [SQLRow] {
    guard try hasTable("split_leak") else { return [] }
    let foreign =
      try hasColumn("database", in: "foreign_copy")
      ? """
      SELECT 0 AS part, sample.id AS id, sample.path AS path, kind, foreign_copy.path AS copy_of, database
      FROM foreign_copy JOIN sample ON sample.id = sample_id WHERE run_id = ?1 UNION ALL
      """ : ""
    return try rows(
      """
      \(foreign)
      SELECT 1 AS part, sample.id AS id, sample.path AS path, kind, other.path AS copy_of, NULL AS database
      FROM split_leak JOIN sample ON sample.id = sample_id JOIN sample AS other ON other.id = other_id
      WHERE sample.run_id = ?1 ORDER BY part, path, copy_of LIMIT ?2
      """, .integer(run), .integer(Int64(most)))
  }

  /// The largest groups of copies, then the longest runs of frames: `number`, `kind`, `reason`, `images`. Of a run of frames
  /// an excerpt has only what is a copy of one: a group without its best is none.
  package func copyGroupRows(of run: Int64, from offset: Int = 0, most: Int) throws -> [SQLRow] {
    guard try hasTable("near_group") else { return [] }
    return try rows(
      """
      SELECT number, max(iif(is_best, near_group.kind, NULL)) AS kind, max(near_group.reason) AS reason,
        count(*) AS images
      FROM near_group CROSS JOIN sample ON sample.id = sample_id WHERE run_id = ?
      GROUP BY number HAVING max(is_best) = 1 ORDER BY max(near_group.kind = 'run'), images DESC, number LIMIT ? OFFSET ?
      """, .integer(run), .integer(Int64(most)), .integer(Int64(offset)))
  }

  /// How many groups there are, of copies and of frames.
  package func copyGroupCount(of run: Int64) throws -> Int {
    guard try hasTable("near_group") else { return 0 }
    return try count(
      "SELECT count(*) FROM near_group CROSS JOIN sample ON sample.id = sample_id WHERE is_best AND run_id = ?", run)
  }

  /// The members of some groups of copies by the group's number, the best first: `id`, `path`, `kind`, `is_best`. All are
  /// looked for at once, since groups have no order of their own in the table.
  ///
  /// - Parameter most: of each group.
  package func members(ofGroups numbers: [Int], in run: Int64, most: Int) throws -> [Int: [SQLRow]] {
    let found = try rows(
      """
      SELECT * FROM (
        SELECT sample.id, path, kind, is_best, number,
          row_number() OVER (PARTITION BY number ORDER BY is_best DESC, path) AS place
        FROM near_group CROSS JOIN sample ON sample.id = sample_id
        WHERE number IN (SELECT value FROM json_each(?)) AND run_id = ?)
      WHERE place <= ? ORDER BY number, place
      """, .identifiers(numbers.map(Int64.init)), .integer(run), .integer(Int64(most)))
    return Dictionary(grouping: found) { $0["number"].integer ?? 0 }
  }

  /// The members of one of them.
  package func members(ofGroup number: Int, in run: Int64, most: Int) throws -> [SQLRow] {
    try members(ofGroups: [number], in: run, most: most)[number] ?? []
  }

  /// The images that a probe found to pull hardest: `path`, `probe_skew`, `probe_share_mse`, `probe_share_mae`, `skew`.
  package func probed(run name: String, most: Int) throws -> [SQLRow] {
    try rows(
      """
      SELECT path, probe_skew, probe_share_mse, probe_share_mae, skew FROM all_samples
      WHERE probe_skew IS NOT NULL AND run_id = (SELECT id FROM run WHERE name = ?)
      ORDER BY probe_skew DESC, path LIMIT ?
      """, .text(name), .integer(Int64(most)))
  }

  /// Hands on what became of every file: `path`, `verdict`, `skew`, `error_code`, `duplicate_of`, `dup_kind`, `issues`,
  /// `confidence`.
  package func forEachOutcome(ofRun name: String, _ body: (SQLRow) throws -> Void) throws {
    try forEachRow(
      """
      SELECT path, verdict, skew, error_code, duplicate_of, dup_kind, issues, confidence FROM all_samples
      WHERE run_id = (SELECT id FROM run WHERE name = ?)
      """, [.text(name)], body)
  }

  /// Hands on every column of view `all_samples`.
  package func forEachFact(
    of run: Int64, onColumns: (SQLColumns) throws -> Void, _ body: (SQLRow) throws -> Void
  ) throws {
    try forEachRow("SELECT * FROM all_samples WHERE run_id = ?", [.integer(run)], onColumns: onColumns, body)
  }

  /// Hands on the values of some columns of view `all_samples` for these images.
  package func forEachValue(of columns: [String], ids: [Int64], _ body: ([SQLValue]) throws -> Void) throws {
    let list = columns.map { "\"\($0)\"" }.joined(separator: ", ")
    try forEachRow(
      "SELECT \(list) FROM all_samples WHERE id IN (SELECT value FROM json_each(?))", [.identifiers(ids)]
    ) { try body($0.values) }
  }

  /// The newest first.
  package func runNames() throws -> [String] {
    try rows("SELECT name FROM run ORDER BY id DESC").compactMap(\.values[0].text)
  }

  /// `id`, `name`, `dataset`, `status` and `finished_at`, the newest first.
  package func runList() throws -> [SQLRow] {
    try rows("SELECT id, name, dataset, status, finished_at FROM run ORDER BY id DESC")
  }

  private func count(_ sql: String, _ run: Int64) throws -> Int {
    try rows(sql, .integer(run)).first?.values[0].integer ?? 0
  }
}
