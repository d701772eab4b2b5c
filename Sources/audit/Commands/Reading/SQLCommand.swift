package import ArgumentParser
import AuditCore
import AuditExport
package import AuditReport
import AuditStore
import Foundation

struct SQLCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sql", abstract: "Ask a question in SQL; the database is opened for reading only.",
    discussion: """
      View `samples` has one row per file with everything about it; `flagged` those that are marked drop or review; \
      table `metric` explains every column. The plain sqlite3 program answers as well.

      Examples:
        audit sql faces.audit.db "SELECT path, skew FROM flagged ORDER BY skew DESC"
        audit sql faces.audit.db --saved errors
        audit sql faces.audit.db "SELECT name, unit, meaning FROM metric" --md
      """)

  @Argument(help: "The database that a scan wrote.", completion: .file())
  var database: String

  @Argument(help: ArgumentHelp("The question; - reads it from standard input.", valueName: "query"))
  var query: String?

  @Option(
    help: ArgumentHelp("Ask a saved question by its name; `--saved ?` lists them.", valueName: "name"),
    completion: .custom(CompletionWords.saved))
  var saved: String?

  @Option(
    name: .customLong("run"),
    help: ArgumentHelp("The run that the views speak of (default: the newest complete one).", valueName: "name"),
    completion: .custom(CompletionWords.runs))
  var runName: String?

  @Flag(exclusivity: .exclusive, help: "How to print (default: a table on a terminal, tab-separated in a pipe).")
  var format: RowPrinter.Format?

  @Flag(help: "With --csv: no ' before text that a spreadsheet would take for a formula (= + - @ or a tab first).")
  var raw = false

  @Flag(help: "Leave the line with the column names out.")
  var noHeader = false

  func validate() throws {
    if raw, format != .csv { throw ValidationError("--raw goes with --csv") }
    if query != nil && saved != nil { throw ValidationError("give a query or --saved, not both") }
    if query == nil && saved == nil {
      throw ValidationError("give a query, - for standard input, or --saved NAME (`--saved ?` lists the names)")
    }
  }

  func run() throws {
    let store = try Store(reading: database)
    if let runName { try store.turnViews(to: StoredRun(in: store, named: runName).id) }
    if let unfinished = try store.unfinishedRun(named: runName) { Terminal.error("audit: \(unfinished.sentence)") }
    let excerpt = try store.excerpt(of: StoredRun(in: store, named: runName).id)
    if let excerpt { Terminal.error("audit: \(excerpt.words)") }
    let format = format ?? (Terminal.outIsTerminal ? .table : .tsv)
    var printer = RowPrinter(format: format, header: !noHeader, width: Terminal.tableWidth, isRaw: raw) {
      Terminal.write($0, to: STDOUT_FILENO, escaping: .listing)
    }
    try store.forEachRow(try question(store, excerpt), onColumns: { printer.begin($0) }) { printer.row($0) }
    printer.end()
  }

  private func question(_ store: Store, _ excerpt: Excerpt?) throws -> String {
    if let saved {
      let names = try store.savedQuestions()
      if saved == "?" { return Store.listOfSavedQuestions }
      guard names.contains(saved) else {
        let near = Spelling.nearest(to: saved, in: names)
        throw AuditError.unknownName("no saved question '\(saved)'", near: near, known: names)
      }
      if let excerpt, !Excerpt.answers(saved) { throw excerpt.refusal(of: "the question '\(saved)'") }
      return Store.savedQuestion(saved)
    }
    guard query == "-" else { return query ?? "" }
    do {
      return String(decoding: try FileHandle.standardInput.readToEnd() ?? Data(), as: UTF8.self)
    } catch {
      throw AuditError.unreadable(path: "-", cause: "standard input gives no text; pipe the question in")
    }
  }
}

extension RowPrinter.Format: EnumerableFlag {
  package static func name(for value: Self) -> NameSpecification { .customLong(value.rawValue) }

  package static func help(for value: Self) -> ArgumentHelp? {
    switch value {
    case .table: "Columns lined up."
    case .tsv: "Tab-separated."
    case .csv: "Comma-separated, RFC 4180."
    case .json: "One JSON array."
    case .nl: "One JSON object a line."
    case .md: "A Markdown table."
    }
  }
}
