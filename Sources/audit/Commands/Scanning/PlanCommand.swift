import ArgumentParser
import AuditCore
import AuditInference
import AuditScan
import AuditStore

struct PlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "List the images of a dataset, so that several machines can score parts of it.",
    discussion: """
      A scan in four steps, for array jobs and sets that one machine does not finish: plan, fit, score each part, merge. \
      What they give is what one scan gives, digest included, whatever the number and the order of the parts. The plan \
      keeps the options below; the later steps need no more than the plan. Options of verdicts and issues belong to the \
      merge.

      Examples:
        audit plan FOLDER -o faces.plan.db
        audit fit --plan faces.plan.db
        audit score --plan faces.plan.db --shard 1/2
        audit score --plan faces.plan.db --shard 2/2
        audit merge --plan faces.plan.db
      """)

  @Argument(
    help: ArgumentHelp(FileOptions.aboutFolders, valueName: "folder"), completion: FileOptions.containers)
  var folders: [String] = []

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Where to keep the plan.", valueName: "plan"), completion: .file())
  var output: String

  @Flag(help: "Replace a plan whose models are made: fit it and score its parts again then.")
  var fresh = false

  @OptionGroup(title: "Which files are images") var files: FileOptions

  @OptionGroup var fed: FeederOption

  @OptionGroup var scoring: ScoringOptions

  @OptionGroup var streams: StreamOptions

  func validate() throws {
    try files.refuseNothing(folders, fed)
    if output.isEmpty { throw ValidationError("-o takes the name of a file; got ''") }
  }

  func run() async throws {
    var request = ScanRequest(files: files.files(of: try fed.start().map { [$0] } ?? folders))
    request.choices.feeder = fed.feeder
    (request.database, request.fresh) = (output, fresh)
    try scoring.apply(to: &request)
    request.version = Version.text
    request.inference = OnnxRuntimeProvider.ownBinary
    let session = StepSession(streams: streams)
    let asked = PlanRequest(
      arguments: Array(CommandSpelling.joined(Arguments.all).dropFirst()), folder: FilePath.workingFolder ?? "/")
    let planned = request
    let outcome = try await session.run { try PlanStep(request: planned, asked: asked).run(progress: $1) }
    if streams.quiet { return }
    session.tell(outcome.notes)
    Terminal.print("planned \(counted(outcome.images, "image")): '\(Escaping.terminal.text(output))'")
    Terminal.error("next: audit fit --plan \(quotedFile(output))" + fed.again)
  }
}
