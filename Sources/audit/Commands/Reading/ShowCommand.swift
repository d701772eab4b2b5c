import ArgumentParser
import AuditReport
import AuditStore

struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Print the summary of a run again, from its database alone.",
    discussion: """
      Computes nothing: what is out of date or not finished is said to be so.

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
    let summary = try RunSummary(from: try Store(reading: database), run: runName)
    try SummaryPrinter(summary, color: color).print(asJSON: json, isQuiet: false, ending: "")
  }
}
