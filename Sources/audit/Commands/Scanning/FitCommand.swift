import ArgumentParser
import AuditCore
import AuditScan
import AuditStore

struct FitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fit", abstract: "Fit the low-rank model of a dataset and keep it as a file.",
    discussion: """
      Another dataset is then scored by the same measure. The file holds the images of the subsample at 64x64: treat it \
      like the dataset. What damage looks like is not in it: every scan learns that in its own set, so a picture may get \
      another `damage` beside other pictures. Within one run it does not change: later files are judged by the run's own model.

      Examples:
        audit fit FOLDER -o model.audit
        audit fit FOLDER -o model.audit --exclude 'aligned_debug/'
        audit scan OTHER --model model.audit
        audit fit --plan faces.plan.db
      """)

  @Argument(
    help: ArgumentHelp(FileOptions.aboutFolders, valueName: "folder"), completion: FileOptions.containers)
  var folders: [String] = []

  @Option(name: .shortAndLong, help: ArgumentHelp("Where to write the model.", valueName: "file"), completion: .file())
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Make the models of this plan instead, and keep them with it (see `audit plan`).", valueName: "plan"),
    completion: .file())
  var plan: String?

  @OptionGroup(title: "Which files are images") var files: FileOptions

  @OptionGroup var fed: FeederOption

  @OptionGroup var model: ModelOptions

  @Option(help: ArgumentHelp("The --size of the scans to come, 64 to 1024 (default: 128).", valueName: "pixels"))
  var size: Int?

  @OptionGroup var work: WorkOptions

  @OptionGroup var streams: StreamOptions

  func validate() throws {
    try ModelOptions.check(size: size)
    guard plan == nil else {
      if !folders.isEmpty || output != nil {
        throw ValidationError("--plan makes the models of a plan, whose files and options are known; give it alone")
      }
      return
    }
    try files.refuseNothing(folders, fed)
    if output == nil { throw ValidationError("give the file that the model is written to: -o FILE") }
  }

  func run() async throws {
    if let plan { return try await fit(try PlanFile(plan)) }
    guard let output else { return }
    try await fit(to: output)
  }

  private func fit(to output: String) async throws {
    let session = StepSession(streams: streams)
    let chosen = files.files(of: try fed.start().map { [$0] } ?? folders)
    let outcome = try await session.run { stop, progress in
      try await ModelFit(
        files: chosen, output: output, settings: model.settings(size: size), jobs: work.count,
        children: work.children
      ).run(stop: stop, progress: progress)
    }
    guard let outcome else { throw session.stopped("nothing was written") }
    if streams.quiet { return }
    session.tell(outcome.notes)
    Terminal.print(
      "model of \(outcome.images.formattedWithCommas) images with \(counted(outcome.rank, "component")), "
        + "\(counted(outcome.bytes, "byte")): '\(output)'")
    Terminal.print("sha256 \(outcome.digest)")
    Terminal.error("next: audit scan OTHER --model \(quoted(output))")
  }

  private func fit(_ file: PlanFile) async throws {
    let session = StepSession(streams: streams)
    var request = try file.request(jobs: work.count)
    try fed.start(of: file.plan)
    work.apply(to: &request)
    let planned = request
    let notes = try await session.run { stop, progress in
      try await FitStep(request: planned).run(stop: stop, progress: progress)
    }
    guard let notes else { throw session.stopped("run the same command to continue") }
    if streams.quiet { return }
    session.tell(notes)
    Terminal.print("the models of \(counted(file.plan.samples.count, "image")) are made, and kept with the plan")
    Terminal.error("next: audit score --plan \(quotedFile(file.plan.database)) --shard 1/2" + fed.again)
  }
}
