import ArgumentParser
import AuditCore
import AuditScan
import AuditStore

struct ScoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score", abstract: "Score one part of a plan.",
    discussion: """
      The part's rows go into a database of its own; the same command goes on where it was stopped, and does nothing more \
      once all is there. Parts need nothing of one another: run them on as many machines as there are.

      Exit status: 0 finished, 2 could not, 130 interrupted (the same command goes on).

      Examples:
        audit score --plan faces.plan.db --shard 1/2
        audit score --plan faces.plan.db --shard 2/2
      """)

  @Option(help: ArgumentHelp("The plan, with its models made.", valueName: "plan"), completion: .file())
  var plan: String

  @Option(help: ArgumentHelp("Which part to score, and of how many, such as 3/8.", valueName: "part"))
  var shard: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Where to keep the part (default: beside the plan).", valueName: "database"), completion: .file()
  )
  var output: String?

  @Option(
    help: ArgumentHelp(
      "The folder that holds the images here (default: where they were planned).", valueName: "folder"),
    completion: .directory)
  var dataset: String?

  @OptionGroup var fed: FeederOption

  @OptionGroup var work: WorkOptions

  @OptionGroup var streams: StreamOptions

  func validate() throws {
    if Shard(shard) == nil {
      throw ValidationError("--shard takes a part and their number, such as 3/8; got '\(shard)'")
    }
    if output == "" { throw ValidationError("-o takes the name of a file; got ''") }
  }

  func run() async throws {
    guard let shard = Shard(shard) else { return }
    let file = try PlanFile(plan)
    var request = try file.request(jobs: work.count, dataset: dataset)
    try fed.start(of: file.plan, in: dataset)
    let output = output ?? shard.file(plan: plan)
    request.database = output
    work.apply(to: &request)
    let session = StepSession(streams: streams)
    let part = request
    let outcome = try await session.run { try await ShardStep(request: part, shard: shard).run(stop: $0, progress: $1) }
    session.tell(outcome.notes)
    if outcome.isInterrupted { throw session.stopped("run the same command to continue") }
    if streams.quiet { return }
    Terminal.print(
      "part \(shard.text): \(counted(outcome.planned, "image")), \(outcome.scoredNow.formattedWithCommas) of them scored now: "
        + "'\(Escaping.terminal.text(output))'")
    Terminal.error("next, when all parts are scored: audit merge --plan \(quotedFile(plan))" + fed.again)
  }
}
