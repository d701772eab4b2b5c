import ArgumentParser
import AuditCore
import AuditScan
import AuditStore

struct MergeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge", abstract: "Put the parts of a plan together into the database of one scan.",
    discussion: """
      Places, verdicts, copies, issues and what remedies are worth hang on the whole: they are worked out here. Parts may \
      come in any order, overlap, or be cut in different ways; where samples are missing, what is there is kept and the \
      parts that lack them are named.

      Exit status: 0 finished, 1 a --fail-on line is crossed, 2 could not or samples are missing, 3 finished but most files \
      could not be read, 130 interrupted (the same command goes on).

      Examples:
        audit merge --plan faces.plan.db
        audit merge --plan faces.plan.db --db faces.audit.db --fail-on 'errors>1%'
      """)

  @Argument(
    help: ArgumentHelp("Databases of parts (default: those that lie beside the plan).", valueName: "database"),
    completion: .file())
  var parts: [String] = []

  @Option(help: ArgumentHelp("The plan that the parts are of.", valueName: "plan"), completion: .file())
  var plan: String

  @OptionGroup var kept: RunOptions

  @Option(
    help: ArgumentHelp(
      "The folder that holds the images here (default: where they were planned).", valueName: "folder"),
    completion: .directory)
  var dataset: String?

  @Option(
    help: ArgumentHelp(
      "Samples up to which the database has a row of each; of more it keeps errors, and what is flagged, has an issue or is a copy.",
      valueName: "count"))
  var rowsInSqlite = 20_000_000

  @Option(
    help: ArgumentHelp(
      "The Parquet file that has all rows where the database does not (default: beside it).", valueName: "file"),
    completion: .file(extensions: ["parquet"]))
  var allRows: String?

  @OptionGroup var fed: FeederOption

  @Option(help: ArgumentHelp("How many cores to use (default: all).", valueName: "count"))
  var jobs: Int?

  @OptionGroup var ranking: RankingOptions

  func validate() throws {
    try JobsOption.check(jobs)
    if rowsInSqlite < 0 { throw ValidationError("--rows-in-sqlite takes a number from 0; got \(rowsInSqlite)") }
  }

  func run() async throws {
    var request = try PlanFile(plan).request(jobs: jobs, dataset: dataset)
    // Rows are all that a merge reads: who hands pictures out is needed where no folder bears the dataset's name alone.
    if fed.feeder != nil { try fed.start(of: request.planned, in: dataset) }
    request.database = kept.db
    request.name = kept.name
    try ranking.apply(to: &request)
    let parts = parts
    let excerpt = ExcerptStep(most: rowsInSqlite, place: allRows, dataset: dataset)
    try excerpt.requirePlace(of: request.planned.samples.count, in: dataset ?? request.planned.dataset)
    try await ranking.session(of: request) { request, stop, progress in
      try excerpt.run(await MergeStep(request: request, parts: parts).run(stop: stop, progress: progress))
    }.run()
  }
}
