import ArgumentParser
import AuditCore
import AuditInference
import AuditReference
import AuditScan

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
        audit scan --feeder 'python3 audit_parquet.py data/*.parquet'
      """)

  @Argument(
    help: ArgumentHelp(FileOptions.aboutFolders, valueName: "folder"), completion: FileOptions.containers)
  var folders: [String] = []

  @OptionGroup var kept: RunOptions

  @Flag(help: "Start a new run although there is one to go on with.")
  var fresh = false

  @OptionGroup var work: WorkOptions

  @OptionGroup(title: "Which files are images") var files: FileOptions

  @OptionGroup var fed: FeederOption

  @OptionGroup var scoring: ScoringOptions

  @OptionGroup var ranking: RankingOptions

  func validate() throws {
    try files.refuseNothing(folders, fed)
    if scoring.quality.noQuality { try ranking.issues.refuseWithoutQuality() }
  }

  func run() async throws {
    var request = ScanRequest(files: files.files(of: try fed.start().map { [$0] } ?? folders))
    request.choices.feeder = fed.feeder
    request.database = kept.db
    request.name = kept.name
    request.fresh = fresh
    work.apply(to: &request)
    try scoring.apply(to: &request)
    try ranking.apply(to: &request)
    request.version = Version.text
    request.inference = OnnxRuntimeProvider.ownBinary
    try await ranking.session(of: request).run()
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
