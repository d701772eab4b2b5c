import ArgumentParser
import AuditCore
import AuditExport
import AuditMetrics
import AuditQuality
import AuditReport
import AuditStore
import Foundation

/// What a shell offers for a word that is being typed.
enum CompletionWords {
  /// Names of the runs of the database that was typed before.
  @Sendable static func runs(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
    ask(words) { try $0.runNames() }
  }

  /// Saved questions of the database that was typed before.
  @Sendable static func saved(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
    ask(words) { try $0.savedQuestions() }
  }

  /// Metrics with commas between: what was typed before the last comma stays.
  @Sendable static func metrics(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
    let typed = prefix.lastIndex(of: ",").map { String(prefix[...$0]) } ?? ""
    return (typed.isEmpty ? ["default", "all"] : []) + MetricRegistry.all.map { typed + $0.info.name }
  }

  @Sendable static func metric(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
    MetricRegistry.all.map(\.info.name)
  }

  /// A word that can be explained, or a file.
  @Sendable static func topics(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
    ExplainTopic.all.map(\.name) + MetricRegistry.all.map(\.info.name) + files(prefix)
  }

  /// Lines that a gate knows, codes included.
  @Sendable static func gates(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
    Gate.Count.allCases.map { $0.rawValue + ">0" } + ["gain>5%", "skew.top1%>25%"]
      + IssueCatalogue.all.map { "code:\($0.code)>0" }
  }

  /// A run, or another database.
  @Sendable static func runsOrFiles(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
    runs(words, index, prefix) + files(prefix)
  }

  private static func ask(_ words: [String], _ question: (Store) throws -> [String]) -> [String] {
    // A shell that is completing wants no complaint.
    for word in words where word.hasSuffix(".db") {
      if let found = try? question(Store(reading: word)) { return found }
    }
    return []
  }

  /// Files and folders that a beginning leads to.
  private static func files(_ prefix: String) -> [String] {
    let folder = prefix.lastIndex(of: "/").map { String(prefix[...$0]) } ?? ""
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
    return names.sorted().map { folder + $0 }.filter { $0.hasPrefix(prefix) }
  }
}

struct CompletionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "completion", abstract: "Print what a shell needs to complete the commands of audit.",
    discussion: """
      Runs, metrics, saved questions and issue codes are completed as well, and files stay files.

      Examples:
        audit completion bash > audit.bash
        audit completion zsh > _audit
        audit completion fish > audit.fish
      """)

  @Argument(help: "bash, zsh or fish.")
  var shell: Shell

  enum Shell: String, CaseIterable, ExpressibleByArgument { case bash, zsh, fish }

  func run() {
    let kind: CompletionShell =
      switch shell {
      case .bash: .bash
      case .zsh: .zsh
      case .fish: .fish
      }
    Terminal.print(AuditCommand.completionScript(for: kind))
  }
}
