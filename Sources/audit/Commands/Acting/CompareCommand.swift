import ArgumentParser
import AuditCore
import AuditExport
import AuditStore

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Say what is different between two runs, and whether it is better.",
    discussion: """
      Examples:
        audit compare faces.audit.db                  # the two newest complete runs
        audit compare faces.audit.db first second     # two runs by name
        audit compare before.audit.db after.audit.db  # the current runs of two databases
      """)

  @Argument(help: "The database that a scan wrote.", completion: .file())
  var database: String

  @Argument(
    help: ArgumentHelp("Two runs, or the other database.", valueName: "run"),
    completion: .custom(CompletionWords.runsOrFiles))
  var others: [String] = []

  @Option(help: ArgumentHelp("How many of the images that moved most to list.", valueName: "count"))
  var top = 10

  @Flag(help: "Print one JSON document.")
  var json = false

  @Option(help: ArgumentHelp("When to use colour: auto, always or never.", valueName: "when"))
  var color = ColourChoice.auto

  func validate() throws {
    if others.count > 2 {
      throw ValidationError("compare takes a database and two runs, or two databases")
    }
    if top < 0 { throw ValidationError("--top takes a number from 0; got \(top)") }
  }

  func run() throws {
    let (before, after) = try ComparedRun.pair(database, others)
    let comparison = try RunComparison(before, after, top: top)
    if json {
      return Terminal.print(try JSONDocument.text(of: comparison))
    }
    let style = Style(isOn: Terminal.usesColour(color, isTerminal: Terminal.outIsTerminal))
    let text = ComparisonText(comparison, width: Terminal.tableWidth, bold: style.bold, dim: style.dim)
    Terminal.print(text.lines.joined(separator: "\n"))
  }
}
