package import AuditCore
package import AuditStore

/// Commands about a run, as they are typed: they name the run where the database would take another.
package struct RunCommands: Sendable {
  private let path: String
  private let database: String
  /// What goes on with the run, or works out anew what is out of date; nil where the run does not tell all of it.
  package let scan: String?
  /// The same in words, where there is no command.
  package let scanInWords: String
  /// A new run, with a model of its own; nil where the run does not tell all of it.
  package let scanAnew: String?
  /// " --run NAME", or nothing.
  private let choice: String
  /// Which of its rows the database keeps; nil where it keeps all.
  private let excerpt: Excerpt?
  /// Rows of the run, in SQL.
  private let rows: (from: String, condition: String?)

  /// - Parameters:
  ///   - scan: the scan that the run was.
  ///   - isCurrent: whether it is the run that commands speak of which name none.
  init(
    database: String, scan: (command: String?, words: String, anew: String?), run: String, id: Int64, isCurrent: Bool,
    excerpt: Excerpt? = nil
  ) {
    path = database
    self.excerpt = excerpt
    (self.scan, scanInWords, scanAnew) = scan
    self.database = quotedFile(database)
    choice = isCurrent ? "" : " --run \(quoted(run))"
    rows = isCurrent ? ("samples", nil) : ("all_samples", "run_id = \(id)")
  }

  /// Commands about a run of a store, where nothing has to go on with it.
  package static func about(_ run: String, of store: Store, isCurrent: Bool, id: Int64) -> RunCommands {
    RunCommands(database: store.path, scan: (nil, "", nil), run: run, id: id, isCurrent: isCurrent)
  }

  /// What carries a remedy out.
  package func carryOut(_ remedy: RemedyName) -> String {
    switch remedy {
    case .drop: keepList
    case .weights: excerpt.map { weights($0) } ?? "audit export \(database)\(choice) --format weights -o weights.npy"
    case .both:
      excerpt.map { weights($0, " WHERE verdict IN ('keep', 'review')") }
        ?? "audit export \(database)\(choice) --keep --format weights -o weights.npy"
    }
  }

  /// Of images whose rows are elsewhere, with their paths.
  private func weights(_ excerpt: Excerpt, _ condition: String = "") -> String {
    "duckdb -csv -c \(quoted("SELECT path, weight FROM \(excerpt.source)\(condition)")) > weights.csv"
  }

  /// The list of images to train on; where not all rows are here, of those that are not trained on.
  package var keepList: String {
    excerpt == nil
      ? "audit export \(database)\(choice) --keep > keep.txt"
      : "audit export \(database)\(choice) --verdict drop,unreadable > leave-out.txt"
  }

  /// What the list is.
  package var aboutKeepList: String {
    excerpt == nil ? "The list of images to train on." : "The list of images to leave out; all others stay."
  }

  /// A folder of links to the images that stay.
  package var linkKept: String { "audit apply \(database)\(choice) --symlink-to kept --verdict keep,review --yes" }

  /// What takes the result of looking through a run elsewhere.
  package var results: [NextSteps.Step] {
    let lists = [
      NextSteps.Step(purpose: aboutKeepList, command: keepList),
      NextSteps.Step(
        purpose: excerpt == nil ? "Their training weights." : "Training weights of those that stay.",
        command: carryOut(.both)
      ),
    ]
    let links = NextSteps.Step(purpose: "A folder of links to them; the dataset stays as it is.", command: linkKept)
    return excerpt == nil ? lists + [links] : lists
  }

  package var report: String { "audit report \(database)\(choice) -o report.html" }

  /// For a page whose pictures lie elsewhere now.
  package var reportWithDataset: String { "audit report \(database)\(choice) --dataset FOLDER -o report.html" }

  /// What has to be done first for the run to be complete; nil as with `scan`.
  package func goOn(_ unfinished: UnfinishedRun) -> String? {
    switch unfinished.kind {
    case .scan: scan
    case .plan: "audit fit --plan \(database)"
    case .fittedPlan: "audit score --plan \(database) --shard 1/2"
    case .part:
      unfinished.shard?.plan(ofPart: path).map { "audit merge --plan \(quotedFile($0))" }
        ?? "audit merge --plan PLAN \(database)"
    }
  }

  package var compare: String { "audit probe \(database)\(choice) --compare" }

  package func explain(_ path: String) -> String { "audit explain \(database)\(choice) \(RunCommands.word(path))" }

  /// The same without the path.
  package var explainer: String { "audit explain \(database)\(choice)" }

  /// Takes decisions over that were made on the page.
  package var takeDecisions: String { "audit decide \(database)\(choice) --import decisions.jsonl" }

  package func keep(_ path: String) -> String {
    "audit decide \(database)\(choice) \(RunCommands.word(path)) --verdict keep"
  }

  package var flagged: String {
    saved("reasons") ?? sql("path, skew, reason", where: "verdict IN ('drop', 'review')", "ORDER BY skew DESC")
  }

  package var unreadable: String {
    saved("errors") ?? sql("path, error_code, error_detail", where: "status <> 'ok'", "ORDER BY path")
  }

  package var duplicates: String {
    saved("duplicates") ?? sql("path, dup_kind, duplicate_of", where: "duplicate_of IS NOT NULL", "ORDER BY path")
  }

  package var nearCopies: String {
    saved("near")
      ?? sql("path, near_group, near_kind, near_best", where: "near_group IS NOT NULL", "ORDER BY near_group")
  }

  /// nil for a run of which no saved question speaks.
  package var leaks: String? { saved("leaks") }

  /// A saved question, where it speaks of this run.
  private func saved(_ name: String) -> String? {
    rows.condition == nil ? "audit sql \(database) --saved \(name)" : nil
  }

  package func worst(_ count: Int) -> String { sql("path", where: nil, "ORDER BY skew DESC LIMIT \(count)") }

  private func sql(_ columns: String, where condition: String?, _ end: String) -> String {
    let conditions = [rows.condition, condition].compactMap { $0 }
    let filter = conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
    return "audit sql \(database) \"SELECT \(columns) FROM \(rows.from)\(filter) \(end)\""
  }

  /// A path as an argument: none is taken for an option.
  private static func word(_ path: String) -> String { quotedFile(path) }
}
