import AuditCore
import AuditReport
import AuditStore
import Foundation

/// Prints what a run says in short: after a scan, and whenever it is asked for again.
struct SummaryPrinter {
  private let summary: RunSummary
  private let gone: GoneFolders
  private let style: Style

  init(_ summary: RunSummary, of store: Store, color: ColourChoice) throws {
    self.summary = summary
    gone = try GoneFolders(store, run: summary.runID, failures: summary.failuresByCode)
    style = Style(isOn: Terminal.usesColour(color, isTerminal: Terminal.outIsTerminal))
  }

  /// - Parameter ending: of the line that counts the files.
  func print(asJSON: Bool, isQuiet: Bool, ending: String) throws {
    if asJSON {
      return Terminal.print(try JSONDocument.text(of: summary))
    }
    if isQuiet { return }
    let text = SummaryText(summary, gone: gone, emphasis: style.emphasis, width: Terminal.tableWidth)
    Terminal.print((text.inventory + text.fitted(counts(ending), hanging: 7)).joined(separator: "\n"))
    for block in [text.failures, text.findings, text.next] where !block.isEmpty {
      Terminal.print("\n" + block.joined(separator: "\n"))
    }
  }

  private func counts(_ ending: String) -> String {
    let failed = summary.failed == 0 ? "" : ", \(summary.failed.formattedWithCommas) could not be read"
    let mark = Terminal.outIsTerminal && summary.isFinished ? style.green("✔ ") : ""
    return "\(mark)\(summary.scored.formattedWithCommas) scored\(failed)\(ending)"
      + (summary.digest.map { "   digest \(SamplePath(String($0.prefix(16))).printable)" } ?? "")
  }
}

extension Style {
  var emphasis: SummaryText.Emphasis {
    SummaryText.Emphasis(bold: bold, dim: dim) { verdict, text in
      switch verdict {
      case .drop: red(text)
      case .review: yellow(text)
      case .keep: text
      }
    }
  }
}
