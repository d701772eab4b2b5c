import ArgumentParser
import AuditReport
import AuditStore

struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Print the summary of a run again, from its database alone.",
    discussion: """
      Computes nothing: what is out of date or not finished is said to be so, and that images it lists have left the \
      dataset's folder, where that can be read.

      Examples:
        audit show faces.audit.db
        audit show faces.audit.db --run second --json
      """)

  @Argument(help: "The database that a scan wrote.", completion: .file())
  var database: String

  @Option(
    name: .customLong("run"),
    help: ArgumentHelp("The run (default: the newest complete one).", valueName: "name"),
    completion: .custom(CompletionWords.runs))
  var runName: String?

  @Flag(help: "Print one JSON document.")
  var json = false

  @Option(help: ArgumentHelp("When to use colour: auto, always or never.", valueName: "when"))
  var color = ColourChoice.auto

  func run() throws {
    let store = try Store(reading: database)
    let summary = try RunSummary(from: store, run: runName)
    try SummaryPrinter(summary, of: store, color: color).print(asJSON: json, isQuiet: false, ending: "")
    if let gone = try summary.goneSince(store) { Terminal.error("audit: \(gone)") }
  }
}
