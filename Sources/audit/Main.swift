import ArgumentParser
import AuditCore
import Foundation

/// The command: parses, runs, and is the only place that prints an error or picks an exit status.
@main
struct Main {
  static func main() {
    signal(SIGPIPE, SIG_IGN)
    // A file at its size limit is a full disk, which is told in words.
    signal(SIGXFSZ, SIG_IGN)
    Terminal.openClosedStreams()
    if JSONHelp.isAsked(by: Array(CommandLine.arguments.dropFirst())) {
      return Terminal.print(
        TextLayout.reflowed(JSONHelp.text, width: min(100, Terminal.outWidth)).joined(separator: "\n"))
    }
    do {
      var command = try AuditCommand.parseAsRoot(CommandSpelling.joined(Arguments.all))
      if let asynchronous = command as? any AsyncParsableCommand {
        try Waiting.value { () async throws in
          var asynchronous = asynchronous
          try await asynchronous.run()
        }
      } else {
        try command.run()
      }
    } catch let code as ExitCode {
      exit(code.rawValue)
    } catch let error as AuditError {
      // One line, whatever names it speaks of.
      Terminal.error("audit: " + Escaping.terminal.text("\(error)"))
      exit(2)
    } catch {
      let code = AuditCommand.exitCode(for: error)
      let isHelpOfNothing = code.isSuccess && CommandLine.arguments.dropFirst().first == "help"
      if !code.isSuccess || isHelpOfNothing,
        let complaint = CommandSpelling.complaint(about: Array(CommandLine.arguments.dropFirst()))
      {
        Terminal.error("audit: " + complaint)
        exit(2)
      }
      // One long line for each paragraph, to be broken here.
      let text = AuditCommand.fullMessage(for: error, columns: 100_000)
      if code.isSuccess {
        let isHelp = text.hasPrefix("OVERVIEW:") || text.hasPrefix("USAGE:")
        Terminal.print(isHelp ? HelpText(text, width: Terminal.outWidth).laidOut : text)
        exit(0)
      }
      var words = ParserWords.reworded(String(text.trimmingPrefix("Error: ")))
      if let complaint = OptionSpelling.complaint(about: Arguments.all) {
        words = complaint + (text.firstRange(of: "\nUsage: ").map { String(text[$0.lowerBound...]) } ?? "")
      }
      Terminal.error("audit: " + HelpText(words, width: Terminal.width).laidOut)
      exit(2)
    }
  }
}

struct AuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Says which images of a face dataset would skew squared-error training, and what that is worth.",
    discussion: """
      Start with `audit scan FOLDER`. It reads the folder, never writes into it, and keeps its results in a SQLite \
      database beside it.

      Examples:
        audit demo
        audit scan FOLDER
        audit help scan
        audit help json
      """,
    version: Version.text,
    subcommands: [WorkerCommand.self, InferenceWorkerCommand.self],
    groupedSubcommands: [
      CommandGroup(
        name: "Scan", subcommands: [ScanCommand.self, FitCommand.self, ProbeCommand.self, DemoCommand.self]),
      CommandGroup(
        name: "Scan in parts",
        subcommands: [PlanCommand.self, ScoreCommand.self, MergeCommand.self, ClusterCommand.self]),
      CommandGroup(
        name: "Ask",
        subcommands: [
          ShowCommand.self, ReportCommand.self, ServeCommand.self, ExplainCommand.self, SQLCommand.self,
          CompareCommand.self,
        ]),
      CommandGroup(
        name: "Act",
        subcommands: [
          ExportCommand.self, DecideCommand.self, ApplyCommand.self, UndoCommand.self, CheckCommand.self,
        ]),
      CommandGroup(
        name: "Know",
        subcommands: [
          MetricsCommand.self, MetricCommand.self, ModelsCommand.self, DoctorCommand.self, CompletionCommand.self,
        ]),
    ])
}

enum Version {
  static let text = "0.1.0"
}
