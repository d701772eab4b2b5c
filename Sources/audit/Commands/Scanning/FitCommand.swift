import ArgumentParser
import AuditCore
import AuditScan

struct FitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fit", abstract: "Fit the low-rank model of a dataset and keep it as a file.",
    discussion: """
      Another dataset is then scored by the same measure. The file holds the images of the subsample at 64x64: treat it \
      like the dataset.

      Examples:
        audit fit FOLDER -o model.audit
        audit fit FOLDER -o model.audit --exclude 'aligned_debug/'
        audit scan OTHER --model model.audit
      """)

  @Argument(
    help: ArgumentHelp(
      "The folder that holds the images; several are one dataset, whose folder is the one that holds them all.",
      valueName: "folder"), completion: .directory)
  var folders: [String] = []

  @Option(name: .shortAndLong, help: ArgumentHelp("Where to write the model.", valueName: "file"), completion: .file())
  var output: String

  @OptionGroup(title: "Which files are images") var files: FileOptions

  @Option(help: "Components of the model; never more than a tenth of the images it is fitted on.")
  var rank = ScanSettings().rank

  @Option(help: "The most images that the model is fitted on.")
  var sample = ScanSettings().sample

  @Option(help: "Chooses the images that the model is fitted on.")
  var seed = ScanSettings().seed

  @Option(help: ArgumentHelp("The --size of the scans to come, 64 to 1024 (default: 128).", valueName: "pixels"))
  var size: Int?

  @Option(help: ArgumentHelp("How many images to read at a time (default: one per core).", valueName: "count"))
  var jobs: Int?

  @Option(help: ArgumentHelp("Refuse files whose header claims more pixels, such as 64M.", valueName: "pixels"))
  var maxPixels = "64M"

  @OptionGroup var limits: ReadingOptions

  @OptionGroup var streams: StreamOptions

  func validate() throws {
    try files.refuseNothing(folders)
    if let jobs, !(1...1024).contains(jobs) {
      throw ValidationError("--jobs takes a whole number from 1 to 1024; got \(jobs)")
    }
    if let size, !(64...1024).contains(size) {
      throw ValidationError("--size takes a number from 64 to 1024; got \(size)")
    }
    if !(1...256).contains(rank) { throw ValidationError("--rank takes a number from 1 to 256; got \(rank)") }
    if !(25...20_000).contains(sample) {
      throw ValidationError("--sample takes a number from 25 to 20000; got \(sample)")
    }
    if ByteCount(maxPixels) == nil {
      throw ValidationError("--max-pixels takes a number of pixels such as 64M; got '\(maxPixels)'")
    }
  }

  func run() async throws {
    var settings = ScanSettings()
    settings.rank = rank
    settings.sample = sample
    settings.seed = seed
    settings.size = size
    settings.maxPixels = ByteCount(maxPixels)?.value ?? settings.maxPixels
    settings.limits = limits.limits
    let line = ProgressLine(mode: streams.progress, quiet: streams.quiet)
    let stop = StopRequest()
    let signals = InterruptSignals(stop: stop)
    defer { signals.ignore() }
    let outcome: ModelFit.Outcome?
    do {
      outcome = try await ModelFit(files: files.files(of: folders), output: output, settings: settings, jobs: jobs)
        .run(stop: stop) { line.update($0) }
    } catch {
      line.finish()
      throw error
    }
    line.finish()
    guard let outcome else {
      Terminal.error("audit: stopped; nothing was written")
      throw ExitCode(signals.exitStatus)
    }
    if streams.quiet { return }
    for note in outcome.notes { Terminal.error("audit: \(Escaping.terminal.text(note))") }
    Terminal.print(
      "model of \(outcome.images.formattedWithCommas) images with \(counted(outcome.rank, "component")), "
        + "\(counted(outcome.bytes, "byte")): '\(output)'")
    Terminal.print("sha256 \(outcome.digest)")
    Terminal.error("next: audit scan OTHER --model \(quoted(output))")
  }
}
