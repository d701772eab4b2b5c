import ArgumentParser
import AuditCore
import AuditExport
import AuditInference
import AuditReference
import AuditReport
import AuditScan
import Foundation

struct ScanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scan", abstract: "Score every image of a dataset and say which would skew squared-error training.",
    discussion: """
      Makes a run in the database, or goes on with the one that is there: only what is new, changed or missing is \
      scored. Nothing is ever written into the dataset.

      Exit status: 0 finished, 1 a --fail-on line is crossed, 2 could not, 3 finished but most files could not be \
      read, 130 interrupted (the same command goes on).

      Examples:
        audit scan FOLDER
        audit scan FOLDER --name second --fail-on 'errors>1%'
        audit scan FOLDER --metrics all --db faces-all.audit.db
        audit scan FOLDER --reference OTHER
      """)

  @Argument(
    help: ArgumentHelp(
      "The folder that holds the images; several are one dataset, whose folder is the one that holds them all.",
      valueName: "folder"), completion: .directory)
  var folders: [String] = []

  @Option(help: "Where to keep the results (default: FOLDER.audit.db beside the folder).", completion: .file())
  var db: String?

  @Option(help: "Name of the run; another name makes a second run in the same database.")
  var name: String?

  @Flag(help: "Start a new run although there is one to go on with.")
  var fresh = false

  @Option(help: ArgumentHelp("How many images to score at a time (default: one per core).", valueName: "count"))
  var jobs: Int?

  @Option(
    help: ArgumentHelp(
      "Side of the square on which both are compared, 64 to 1024 (default: 128; with --reference its own size; with a network that takes one size, that).",
      valueName: "pixels"))
  var size: Int?

  @OptionGroup(title: "Which files are images") var files: FileOptions

  @OptionGroup(title: "What the images are compared with") var comparison: ReferenceOptions

  @Option(help: "Components of the low-rank model; never more than a tenth of the images it is fitted on.")
  var rank = ScanSettings().rank

  @Option(help: "The most images that the model is fitted on.")
  var sample = ScanSettings().sample

  @Option(help: "Chooses the images that the model is fitted on.")
  var seed = ScanSettings().seed

  @Option(
    help: ArgumentHelp("Metrics to compute: default, all, or names with commas.", valueName: "list"),
    completion: .custom(CompletionWords.metrics))
  var metrics = "default"

  @Option(help: ArgumentHelp("Refuse files whose header claims more pixels, such as 64M.", valueName: "pixels"))
  var maxPixels = "64M"

  @OptionGroup var limits: ReadingOptions

  @Option(help: ArgumentHelp("Propose `review` above this ratio of the pulls.", valueName: "ratio"))
  var reviewAbove = VerdictThresholds().reviewAbove

  @Option(
    help: ArgumentHelp(
      "Propose `drop` above this skew (default: 2; where only residuals are known, only what is given here).",
      valueName: "skew"))
  var dropAbove: Double?

  @OptionGroup(title: "What is wrong with a picture by itself") var quality: QualityOptions

  @Option(
    help: ArgumentHelp(
      "Recommend nothing whose 95 % interval does not reach this fall of the squared error.", valueName: "percent"))
  var leastGain = 100 * RecommendationRule().leastGain

  @Option(help: ArgumentHelp("Share of unreadable files above which the result is not trusted.", valueName: "percent"))
  var maxErrors = 50.0

  @Option(
    help: ArgumentHelp(
      "Exit with 1 when this line is crossed, such as 'drop>0' or 'flagged>1%'; may be given again (see `audit check`).",
      valueName: "expression"), completion: .custom(CompletionWords.gates))
  var failOn: [String] = []

  @Flag(help: "Print the summary as one JSON document.")
  var json = false

  @OptionGroup var streams: StreamOptions

  func validate() throws {
    try files.refuseNothing(folders)
    if let jobs, !(1...1024).contains(jobs) {
      throw ValidationError("--jobs takes a whole number from 1 to 1024; got \(jobs)")
    }
    if db == "" { throw ValidationError("--db takes the name of a file; got ''") }
    if let name, name.allSatisfy(\.isWhitespace) { throw ValidationError("--name takes a word; got '\(name)'") }
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
    if !(0...100).contains(maxErrors) { throw ValidationError("--max-errors takes 0 to 100; got \(maxErrors)") }
    // Written so that nan is refused as well.
    if !(leastGain >= 0 && leastGain <= 100) {
      throw ValidationError("--least-gain takes 0 to 100; got \(leastGain)")
    }
    if !(reviewAbove >= 1) { throw ValidationError("--review-above takes a number from 1; got \(reviewAbove)") }
    if let dropAbove, !(dropAbove >= reviewAbove) {
      throw ValidationError("--drop-above must not be below --review-above (\(reviewAbove)); got \(dropAbove)")
    }
  }

  func run() async throws {
    var request = ScanRequest(files: files.files(of: folders))
    request.database = db
    request.name = name
    request.fresh = fresh
    request.jobs = jobs
    request.settings.size = size
    request.settings.rank = rank
    request.settings.sample = sample
    request.settings.seed = seed
    request.settings.maxPixels = ByteCount(maxPixels)?.value ?? request.settings.maxPixels
    request.settings.limits = limits.limits
    request.metrics = metrics
    request.thresholds.reviewAbove = reviewAbove
    request.thresholds.recommendation.leastGain = leastGain / 100
    if let dropAbove {
      request.thresholds.dropAbove = dropAbove
      request.thresholds.isDropChosen = true
    }
    request.quality = !quality.noQuality
    request.issueThreshold = quality.issueThreshold
    request.issuePolicy = quality.policy
    request.against = quality.against
    request.reference = try comparison.request
    request.version = Version.text
    request.inference = OnnxRuntimeProvider.ownBinary
    let gates = try failOn.map { try Gate($0) }
    let session = ScanSession(
      request: request, json: json, maxErrors: maxErrors / 100, gates: gates, streams: streams)
    try await session.run()
  }
}

extension ModelScope: ExpressibleByArgument {}

/// Options of every command that takes a while or prints in colour.
struct StreamOptions: ParsableArguments {
  @Option(help: ArgumentHelp("How to show progress: auto, plain, json or none.", valueName: "kind"))
  var progress = ProgressLine.Mode.auto

  @Option(help: ArgumentHelp("When to use colour: auto, always or never.", valueName: "when"))
  var color = ColourChoice.auto

  @Flag(name: .shortAndLong, help: "Print nothing but errors.")
  var quiet = false
}

extension ProgressLine.Mode: ExpressibleByArgument {}
extension ColourChoice: ExpressibleByArgument {}

/// 64M, 1.5G or 300000.
struct ByteCount {
  let value: Int

  init?(_ text: String) {
    let factors: [Character: Double] = ["k": 1e3, "m": 1e6, "g": 1e9]
    let factor = text.last.flatMap { factors[Character($0.lowercased())] }
    guard let number = Double(factor == nil ? text[...] : text.dropLast()), number * (factor ?? 1) >= 1,
      number * (factor ?? 1) < 1e15
    else { return nil }
    value = Int(number * (factor ?? 1))
  }
}
