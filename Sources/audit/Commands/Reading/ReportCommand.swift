import ArgumentParser
import AuditCore
import AuditReport
import AuditScan
import AuditStore
import Foundation

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Write what a scan found as a page to look at, or as Markdown, JSON or CSV.",
    discussion: """
      The page is one file that needs no network. Its pictures are made from the dataset's files, which are looked for \
      where they were scanned, then beside the database; where they are gone the page says so and the rest still works. \
      In .csv a ' stands before text that a spreadsheet would take for a formula; `audit export DB --format csv --raw` has \
      none.

      Examples:
        audit report faces.audit.db --open
        audit report faces.audit.db -o report.html -o report.md
        audit report faces.audit.db --run first -o samples.csv
      """)

  @Argument(help: "The database that a scan wrote.", completion: .file())
  var database: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Where to write; the ending chooses the form (.html, .md, .json, .csv). Give it several times for several files "
        + "(default: the database's name with .html).", valueName: "file"), completion: .file())
  var output: [String] = []

  @Option(
    name: .customLong("run"),
    help: ArgumentHelp("The run to report (default: the newest complete one).", valueName: "name"),
    completion: .custom(CompletionWords.runs))
  var runName: String?

  @OptionGroup var place: DatasetOption

  @OptionGroup var fed: FeederOption

  @Flag(help: "Open the page in the browser.")
  var open = false

  @Flag(name: .shortAndLong, help: "Print nothing but errors.")
  var quiet = false

  func run() throws {
    let store = try Store(reading: database)
    let files = output.isEmpty ? [try ReportFile.usual(for: database)] : try output.map { try ReportFile(path: $0) }
    let notes = try ReportWriter(
      store, run: runName, dataset: try fed.start() ?? place.dataset, decoding: ChildDecoding.choice(.scoringChild)
    ).write(files)
    if !quiet {
      for note in notes { Terminal.error("audit: \(Escaping.terminal.text(note))") }
      if let unfinished = try store.unfinishedRun(named: runName) { Terminal.error("audit: \(unfinished.sentence)") }
    }
    if !quiet { Terminal.print(files.map(\.path).joined(separator: "\n")) }
    if open { try show(files.first { $0.form == .html }) }
  }

  private func show(_ file: ReportFile?) throws {
    guard let file else { throw AuditError.usage("--open shows a page; none of the files is .html") }
    let address = URL(fileURLWithPath: file.path).absoluteString
    if let opener = Browser.show(address, waits: true) {
      throw AuditError.lacking("no browser could be started (\(opener))", remedy: "the page is '\(file.path)'")
    }
  }
}
