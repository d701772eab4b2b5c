import ArgumentParser
import AuditCore
import AuditExport
import Foundation

struct UndoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "undo", abstract: "Put back what `audit apply` moved or linked.",
    discussion: """
      May be stopped and started again at any moment; what is back already stays as it is. A file that has changed since, \
      or whose old name is taken, is left where it lies and named.

      Example:
        audit undo JOURNAL
      """)

  @Argument(
    help: ArgumentHelp("The journal that apply wrote beside its folder.", valueName: "journal"), completion: .file())
  var journal: String

  func run() throws {
    let outcome = try Undo(journal: journal).run()
    ApplyText.note(outcome.left, title: "could not be put back")
    let what = outcome.action == .move ? "put back" : "removed"
    let noun = outcome.action == .move ? "file" : "link"
    let already =
      outcome.already == 0
      ? ""
      : "; \(outcome.already.formattedWithCommas) \(outcome.action == .move ? "back" : "gone") already"
    Terminal.print(
      "\(what) \(outcome.restored.formattedWithCommas) \(noun)\(outcome.restored == 1 ? "" : "s")\(already)"
    )
    if !outcome.left.isEmpty { throw ExitCode(2) }
  }
}
