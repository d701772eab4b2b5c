import ArgumentParser
import AuditCore
import AuditExport
import AuditStore
import Foundation

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Fail when a finished run crosses a line; for CI.",
    discussion: """
      Exit status: 0 no line is crossed, 1 one is, 2 could not look, or the run is not finished.

      Lines: \(Gate.grammar)

      Example:
        audit check faces.audit.db --fail-on 'flagged>1%' --fail-on 'new_flagged>0' --baseline first
      """)

  @Argument(help: "The database that a scan wrote.", completion: .file())
  var database: String

  @Option(
    help: ArgumentHelp(
      "A line that must not be crossed; may be given again.", valueName: "expression"),
    completion: .custom(CompletionWords.gates))
  var failOn: [String] = []

  @Option(
    help: ArgumentHelp(
      "The run, or another database, that new_flagged compares with.", valueName: "run"),
    completion: .custom(CompletionWords.runsOrFiles))
  var baseline: String?

  @Option(
    name: .customLong("run"),
    help: ArgumentHelp("The run to look at (default: the newest complete one).", valueName: "name"),
    completion: .custom(CompletionWords.runs))
  var runName: String?

  @Flag(help: "Judge a run that is not finished by what it has so far.")
  var allowPartial = false

  @Option(help: ArgumentHelp("text, json, github, junit or sarif.", valueName: "format"))
  var outputFormat = GateReport.Format.text

  @Flag(name: .shortAndLong, help: "Print nothing but errors.")
  var quiet = false

  func validate() throws {
    if failOn.isEmpty {
      throw ValidationError("give at least one --fail-on, such as --fail-on 'flagged>1%'")
    }
  }

  func run() throws {
    let gates = try failOn.map { try Gate($0) }
    let store = try Store(reading: database)
    let stored = try StoredRun(in: store, named: runName)
    try judgeWhole(try store.unfinishedRun(named: stored.name))
    let before = try baseline.map { try GateBaseline($0, for: store) }
    let results = try gates.map { try $0.result(in: store, run: stored, baseline: before) }
    if !quiet {
      Terminal.print(try GateReport(results, run: stored).text(outputFormat), terminator: "")
    }
    if results.contains(where: \.isCrossed) { throw ExitCode(1) }
  }

  /// A line that half of a set does not cross, the whole may.
  private func judgeWhole(_ unfinished: UnfinishedRun?) throws {
    guard let unfinished else { return }
    guard allowPartial else {
      throw AuditError.lacking("\(unfinished.sentence), or give --allow-partial to judge what is there")
    }
    Terminal.error("audit: \(unfinished.sentence); judged by what is there")
  }
}

extension GateReport.Format: ExpressibleByArgument {}
