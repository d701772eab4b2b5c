import ArgumentParser
import AuditCore
import AuditExport
import AuditStore
import Foundation

struct DecideCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decide", abstract: "Keep, drop or set aside images by hand.",
    discussion: """
      A decision hangs on the file's content, outranks every rule, and holds in later scans, also after a file was moved \
      or renamed. Nothing is written into the dataset.

      Examples:
        audit decide faces.audit.db id014/a.png --verdict keep --reason "rare profile, wanted"
        audit decide faces.audit.db --import decisions.jsonl
        audit decide faces.audit.db --undo
      """)

  @Argument(help: "The database that a scan wrote.", completion: .file())
  var database: String

  @Argument(
    help: ArgumentHelp(
      "Images, relative to the dataset or as they lie on the disk.", valueName: "path"), completion: .file())
  var paths: [String] = []

  @Option(help: ArgumentHelp("keep, review or drop.", valueName: "verdict"))
  var verdict: Verdict?

  @Option(help: ArgumentHelp("Why, for whoever asks later.", valueName: "text"))
  var reason = ""

  @Option(
    name: .customLong("import"),
    help: ArgumentHelp(
      "Take decisions from JSON lines with path or sha256, verdict, reason; - reads standard input.",
      valueName: "file"), completion: .file()
  )
  var file: String?

  @Flag(help: "Take the newest decision about each path back, or the newest of all.")
  var undo = false

  @Option(
    name: .customLong("run"),
    help: ArgumentHelp(
      "The run whose paths are meant (default: the newest complete one).", valueName: "name"),
    completion: .custom(CompletionWords.runs))
  var runName: String?

  @Option(help: ArgumentHelp("Who decides (default: the user's name).", valueName: "name"))
  var who: String?

  func validate() throws {
    let ways = [verdict != nil, file != nil, undo].filter { $0 }.count
    if ways != 1 {
      throw ValidationError(
        "give one of --verdict keep|review|drop with paths, --import FILE, or --undo")
    }
    if verdict != nil, paths.isEmpty {
      throw ValidationError("--verdict needs the paths that it is about")
    }
    if file != nil, !paths.isEmpty {
      throw ValidationError("--import takes no paths: the file names them")
    }
  }

  /// Who runs the command.
  static var user: String { ProcessInfo.processInfo.environment["USER"] ?? NSUserName() }

  func run() throws {
    let book = try DecisionBook(Store(deciding: database), run: runName, who: who ?? DecideCommand.user)
    if let file {
      let (counts, unknown) = try book.take(file)
      let all = counts.values.reduce(0, +)
      let parts = Verdict.allCases.map { "\($0.rawValue) \(counts[$0] ?? 0)" }.joined(
        separator: ", ")
      Terminal.print(
        "\(counted(all, "decision")) taken over: \(parts)")
      if unknown > 0 {
        Terminal.error(
          "audit: \(unknown.formattedWithCommas) of them \(unknown == 1 ? "is" : "are") about content that this run does not have"
        )
      }
      return
    }
    if undo {
      let back = try book.undo(paths)
      if back.isEmpty { Terminal.print("taken back; no image of this run has that content") }
      for entry in back {
        Terminal.print("\(entry.verdict.rawValue)\t\(SamplePath(entry.path).printable)\ttaken back")
      }
      return
    }
    guard let verdict else { return }
    for entry in try book.decide(paths, verdict: verdict, reason: reason) {
      let proposal = entry.proposal.map {
        $0 == verdict.rawValue ? "as proposed" : "audit proposed \($0)"
      }
      let copies = entry.files > 1 ? "; holds for its \(entry.files) copies" : ""
      Terminal.print(
        "\(entry.verdict.rawValue)\t\(SamplePath(entry.path).printable)\t\(proposal ?? "no proposal")\(copies)"
      )
    }
  }
}

extension Verdict: ExpressibleByArgument {}
