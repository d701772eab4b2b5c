import ArgumentParser
import AuditCore
import AuditExport
import AuditStore
import Foundation

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Fail when a finished run crosses a line; for CI.",
    discussion: """
      Exit status: 0 no line is crossed, 1 one is, 2 could not look.

      Lines: \(Gate.grammar)

      Example:
        audit check faces.audit.db --fail-on 'flagged>1%' --fail-on 'new_flagged>0' --baseline first
      """)

  @Argument(help: "The database that a scan wrote.")
  var database: String

  @Option(
    help: ArgumentHelp(
      "A line that must not be crossed; may be given again.", valueName: "expression"))
  var failOn: [String] = []

  @Option(
    help: ArgumentHelp(
      "The run, or another database, that new_flagged compares with.", valueName: "run"))
  var baseline: String?

  @Option(
    name: .customLong("run"),
    help: ArgumentHelp("The run to look at (default: the newest complete one).", valueName: "name"))
  var runName: String?

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
    if stored.status != "complete" {
      Terminal.error(
        "audit: run \"\(stored.name)\" is \(stored.status), not complete: the same scan command goes on"
      )
    }
    let before = try baseline.map { try GateBaseline($0, for: store) }
    let results = try gates.map { try $0.result(in: store, run: stored, baseline: before) }
    if !quiet {
      Terminal.print(try GateReport(results, run: stored).text(outputFormat), terminator: "")
    }
    if results.contains(where: \.isCrossed) { throw ExitCode(1) }
  }
}

extension GateReport.Format: ExpressibleByArgument {}
