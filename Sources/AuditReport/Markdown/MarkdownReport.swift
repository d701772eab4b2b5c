import AuditCore
import AuditStore

/// The report as Markdown, in the order of the page, without pictures.
package struct MarkdownReport {
  private let model: ReportModel

  package init(_ model: ReportModel) { self.model = model }

  package var text: String {
    let blocks = [
      heading, remedies, next, cut, learning, concentration, images, issues, groups, agreement, unreadable, method,
    ]
    return blocks.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
  }

  private var summary: RunSummary { model.summary }

  private var heading: String {
    let name = Markdown.text(summary.dataset == "/" ? "/" : FilePath.name(of: summary.dataset))
    let sentences = model.sentences.map { $0.phrases.map(Markdown.phrase).joined() }.joined(separator: " ")
    let unfinished =
      summary.unfinished.map { unfinished in
        let words = summary.commands.goOn(unfinished) == nil ? " To go on: \(summary.commands.scanInWords)." : ""
        return "**This run \(unfinished.caution).**\(words)\n\n"
      } ?? ""
    let excerpt = summary.excerpt.map { Markdown.text($0.words) + ".\n\n" } ?? ""
    return "# Audit of \(name)\n\n" + unfinished + excerpt + sentences
      + (summary.command.map { "\n\n" + Markdown.code($0) } ?? "")
  }

  private var remedies: String {
    let counts = Verdict.allCases.map { verdict in
      "\(verdict.rawValue) \((summary.verdicts[verdict.rawValue] ?? 0).formattedWithCommas)"
    }
    var lines = [counts.joined(separator: ", ") + ", unreadable \(summary.failed.formattedWithCommas)."]
    let words = AdviceWords(summary.advice)
    if words.hasFigures {
      lines.append("")
      lines += Markdown.table(
        ["remedy"] + words.heads + ["recommended"],
        words.rows.map {
          [$0.name.rawValue] + $0.cells + [$0.name == summary.advice.recommended ? "yes" : ""]
        })
    }
    return lines.joined(separator: "\n")
  }

  private var next: String {
    let steps = NextSteps(summary, onPage: true).steps.map { "\($0.purpose)\n\n" + Markdown.code($0.command) }
    return "## What to do next\n\n" + steps.joined(separator: "\n\n")
  }

  private var cut: String {
    guard let cut = model.cut, !cut.estimates.isEmpty else { return "" }
    let rows = cut.estimates.map {
      [percent($0.share), percent($0.gain), "\(figure($0.low)) to \(percent($0.high))"]
    }
    let outdated = summary.advice.estimateChange.map { "Out of date: \($0).\n\n" } ?? ""
    return "## What leaving images out is worth\n\n" + outdated
      + Markdown.table(["left out, highest skew first", "fall of squared error", "95 % interval"], rows)
      .joined(separator: "\n")
  }

  private var learning: String {
    guard let learning = model.learning else { return "" }
    let outdated = summary.advice.trainingChange.map { "Out of date: \($0).\n\n" } ?? ""
    return "## What real training says\n\n" + outdated
      + Markdown.table(LearningCurves.headings, learning.rows).joined(separator: "\n")
  }

  private var concentration: String {
    guard !model.concentration.isEmpty else { return "" }
    let rows = model.concentration.map { curve in
      [curve.quantity.name] + [0.01, 0.05, 0.1].map { percent(curve.owned(by: $0)) }
    }
    return "## What the largest own\n\n"
      + Markdown.table(["of the total", "1 %", "5 %", "10 %"], rows).joined(separator: "\n")
  }

  private var images: String {
    let parts = model.galleries.filter { $0.kind != .control && !$0.tiles.isEmpty }.map { gallery in
      let rows = gallery.tiles.map { tile in
        [
          tile.rank.map { "\($0)" } ?? "", tile.skew.map { fixed($0, 2) } ?? "",
          tile.mse.map { significant($0, 3) } ?? "", Markdown.text(tile.path), Markdown.text(tile.reason ?? ""),
          Markdown.text(tile.why ?? ""), Markdown.text(tile.issues.joined(separator: " ")),
        ]
      }
      let words = GalleryWords(gallery.kind, isModel: model.reference.isModel)
      return "## \(words.title) (\(gallery.images.formattedWithCommas))\n\n\(words.about)\n\n"
        + Markdown.table(["rank", "skew", "mse", "file", "reason", "rule", "issues"], rows).joined(separator: "\n")
    }
    return parts.joined(separator: "\n\n")
  }

  private var issues: String {
    guard !model.issues.isEmpty else { return "" }
    let rows = model.issues.map {
      [
        "`\($0.code)`", $0.severity, $0.images.formattedWithCommas, $0.meaning, $0.remedy,
        $0.examples.first.map { Markdown.text($0.path) } ?? "",
      ]
    }
    return "## Issues\n\n"
      + Markdown.table(["code", "severity", "images", "meaning", "what to do", "such as"], rows).joined(separator: "\n")
  }

  private var groups: String {
    guard model.groups.count > 1 else { return "" }
    let rows = model.groups.shown.map { group in
      [
        Markdown.text(group.name.isEmpty ? "(top folder)" : group.name), group.images.formattedWithCommas,
        "\(group.drop)", "\(group.review)", group.pullSquared.map(percent) ?? "", group.squaredLoss.map(percent) ?? "",
        group.highestSkew.map { fixed($0, 1) } ?? "",
      ]
    }
    return "## Folders\n\n"
      + Markdown.table(
        ["folder", "images", "drop", "review", "share of pull", "share of squared loss", "highest skew"], rows
      ).joined(separator: "\n")
  }

  private var agreement: String {
    guard let agreement = model.agreement else { return "" }
    let rows = zip(agreement.names, agreement.correlations).map { name, values in
      [name] + values.map { $0.map { fixed($0, 2) } ?? "" }
    }
    return "## Metric agreement\n\nSpearman's rank correlation, every metric turned so that high is bad.\n\n"
      + Markdown.table([""] + agreement.names, rows).joined(separator: "\n")
  }

  private var unreadable: String {
    guard !model.unreadable.isEmpty else { return "" }
    let rows = model.unreadable.map { [Markdown.text($0.path), $0.code, Markdown.text($0.detail)] }
    return "## Unreadable files (\(summary.failed.formattedWithCommas))\n\n"
      + Markdown.table(["file", "code", "detail"], rows).joined(separator: "\n")
  }

  private var method: String {
    var facts = [
      "- run \(Markdown.text(summary.run)), \(summary.status), audit \(summary.version), seed \(summary.seed)",
      "- result digest `\(summary.digest ?? "none")`, settings digest `\(model.method.settingsDigest)`",
    ]
    if let fitted = summary.model {
      facts.append("- model \(fitted.words(seed: nil)), digest `\(fitted.digest)`")
    }
    return "## Method and limits\n\n\(Markdown.text(model.reference.method)) \(Markdown.text(model.reference.rule))\n\n"
      + facts.joined(separator: "\n") + "\n\n"
      + model.limits.map { "- \($0)" }.joined(separator: "\n")
  }
}

/// Text that Markdown does not take for markup.
enum Markdown {
  static func text(_ text: String) -> String { Escaping.markdown.text(text) }

  static func phrase(_ phrase: Sentence.Phrase) -> String { phrase.isStrong ? "**\(phrase.text)**" : phrase.text }

  /// A fence longer than any run of backticks inside.
  static func code(_ command: String) -> String {
    var fence = "```"
    while Array(command.utf8).contains(Array(fence.utf8)) { fence += "`" }
    return "\(fence)sh\n\(command)\n\(fence)"
  }

  /// Cells are taken as they are; names have gone through `text`.
  static func table(_ head: [String], _ rows: [[String]]) -> [String] {
    let lines = [head, head.map { _ in "---" }] + rows
    return lines.map { "| " + $0.joined(separator: " | ") + " |" }
  }
}
