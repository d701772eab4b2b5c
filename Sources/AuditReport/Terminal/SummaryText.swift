package import AuditCore
import AuditStore

/// The summary of a run as lines for a terminal.
package struct SummaryText {
  /// Makes bold, dims and colours; identity functions where no colour is wanted.
  package struct Emphasis {
    package let bold: (String) -> String
    package let dim: (String) -> String
    package let verdict: (Verdict, String) -> String

    package init(
      bold: @escaping (String) -> String, dim: @escaping (String) -> String,
      verdict: @escaping (Verdict, String) -> String
    ) {
      self.bold = bold
      self.dim = dim
      self.verdict = verdict
    }
  }

  private let summary: RunSummary
  private let emphasis: Emphasis
  private let width: Int?
  private let gone: GoneFolders

  /// - Parameters:
  ///   - gone: folders whose files are not told one by one.
  ///   - width: columns of the terminal; nil in a pipe, where no table is shortened.
  package init(_ summary: RunSummary, gone: GoneFolders = GoneFolders(), emphasis: Emphasis, width: Int?) {
    self.summary = summary
    self.gone = gone
    self.emphasis = emphasis
    self.width = width
  }

  /// Columns of sentences where nobody looks at a terminal.
  private static let pipeWidth = 120

  /// What lies in the folder: counts, sizes, formats, conversions.
  package var inventory: [String] { contents.flatMap { fitted($0, hanging: 7) } }

  private var contents: [String] {
    var parts = ["\(summary.planned.formattedWithCommas) \(plural(summary.planned, "image"))"]
    if !sizes.isEmpty { parts.append(sizes) }
    if let people = summary.people { parts.append(people) }
    parts += FaceOrigin.Tool.allCases.compactMap { tool in
      summary.headers[tool.rawValue].map { "\(tool.name) headers: \($0.formattedWithCommas)" }
    }
    var lines = [name.padded(6) + " " + parts.joined(separator: "   ")]
    if let splits = summary.splitWords { lines.append("       " + splits) }
    let leftOut = LeftOutText(summary.leftOut).parts
    if !leftOut.isEmpty { lines.append("       not images: " + leftOut.joined(separator: ", ")) }
    if let unfinished = summary.unfinished {
      lines.append(
        "       \(unfinished.caution); to go on: \(summary.commands.goOn(unfinished) ?? summary.commands.scanInWords)")
    }
    if let excerpt = summary.excerpt { lines.append("       \(excerpt.words)") }
    let converted = summary.conversions.sorted { $0.key < $1.key }.map {
      "\($0.value.formattedWithCommas) \(SamplePath($0.key).printable)"
    }
    if !converted.isEmpty { lines.append("       converted to 8-bit RGB: " + converted.joined(separator: ", ")) }
    if summary.duplicates > 0 {
      lines.append(
        "       \(summary.duplicates.formattedWithCommas) \(plural(summary.duplicates, "file")) "
          + "equal to another: \(summary.commands.duplicates)")
    }
    if let model = summary.model { lines.append("model  \(model.words(seed: summary.seed))") }
    return lines
  }

  /// Lines that the terminal need not break.
  package func fitted(_ line: String, hanging: Int) -> [String] {
    width.map { TextLayout.wrapped(line, width: $0, hanging: hanging) } ?? [line]
  }

  /// What the run found: what to do and what it is worth, the remedies, the verdicts, the worst rows.
  package var findings: [String] {
    let found = Findings(summary)
    func lines(_ sentence: Sentence?) -> [String] {
      sentence?.lines(width: max(40, (width ?? SummaryText.pipeWidth) - 4), emphasis: emphasis.bold) ?? []
    }
    var advice = lines(found.headline) + lines(found.size)
    if let command = summary.command { advice.append("    " + emphasis.bold(command)) }
    for (sentence, command) in found.outdated { advice += lines(sentence) + (command.map { ["    " + $0] } ?? []) }
    var facts = found.facts.flatMap { lines($0) }
    if !summary.verdicts.isEmpty {
      let counts = Verdict.allCases.map { verdict in
        let count = (summary.verdicts[verdict.rawValue] ?? 0).formattedWithCommas
        return emphasis.verdict(verdict, "\(verdict.rawValue) \(count)")
      }
      facts.append(counts.joined(separator: "   "))
    }
    return [indented(advice), remedies, indented(facts), summary.top.isEmpty ? [] : table].filter { !$0.isEmpty }
      .flatMap { $0 + [""] }.dropLast()
  }

  private func indented(_ lines: [String]) -> [String] { lines.map { $0.isEmpty ? "" : "  " + $0 } }

  private var remedies: [String] {
    let words = AdviceWords(summary.advice)
    guard words.hasFigures else { return [] }
    let columns = ["remedy"] + words.heads
    var table = TextTable(
      columns.map { .init($0, $0 == "remedy" ? .word : .prose) }, indent: 2, dim: emphasis.dim)
    for row in words.rows {
      table.add(
        [row.name.rawValue] + row.cells,
        style: row.name == summary.advice.recommended ? emphasis.bold : { $0 })
    }
    return table.lines(width: width)
  }

  /// Losses stand in it where the lines have room for them beside the reasons.
  private var table: [String] {
    let isWide = (width ?? SummaryText.wide) >= SummaryText.wide
    var table = TextTable(
      [.init("skew", .number), .init("pull", .number, isOptional: true)]
        + (isWide ? [.init("mse", .number, isOptional: true), .init("mae", .number, isOptional: true)] : [])
        + [.init("verdict"), .init("reason", .prose)] + (isWide ? [.init("issues", .prose, isOptional: true)] : [])
        + [.init("file", .path)], indent: 2, dim: emphasis.dim)
    for sample in summary.top {
      let losses = [sample.mse, sample.mae].map { $0.map { fixed($0, 4) } ?? "-" }
      table.add(
        [fixed(sample.skew, 1), fixed(sample.pull, 1)] + (isWide ? losses : [])
          + [sample.verdict?.rawValue ?? "-", SamplePath(sample.reason ?? "-").printable]
          + (isWide ? [sample.issues.isEmpty ? "-" : SamplePath(sample.issues.joined(separator: " ")).printable] : [])
          + [SamplePath(sample.path).printable],
        style: { text in sample.verdict.map { emphasis.verdict($0, text) } ?? text })
    }
    return table.lines(width: width)
  }

  /// Columns from which on all of the table fits.
  private static let wide = 110

  /// Files without scores: counts by code, folders that are gone, the first five files, and how to see the rest.
  package var failures: [String] {
    var lines: [String] = []
    if summary.failed > 0 {
      let codes = summary.failuresByCode.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        .map { "\($0.value.formattedWithCommas) \(SamplePath($0.key).printable)" }
      lines += fitted(
        "\(summary.failed.formattedWithCommas) \(plural(summary.failed, "file")) could not be scored: "
          + codes.joined(separator: ", "), hanging: 2)
      var table = TextTable([.init("code"), .init("file", .path), .init("detail", .prose)], indent: 2, hasHead: false)
      let vanished = gone.folders.prefix(5)
      for folder in vanished {
        let path = folder.path.bytes.isEmpty ? SamplePath(summary.dataset) : folder.path
        table.add([
          SampleIssue.Code.gone.rawValue, path.printable + (path.text == "/" ? "" : "/"),
          "is gone: \(counted(folder.files, "file")) could not be read",
        ])
      }
      let failures = summary.failures.filter { !gone.hold($0) }
      for failure in failures {
        table.add([
          SamplePath(failure.code).printable, SamplePath(failure.path).printable, SamplePath(failure.detail).printable,
        ])
      }
      lines += table.lines(width: width)
      if summary.failed > failures.count + vanished.reduce(0, { $0 + $1.files }) {
        lines.append("  ... all of them: \(summary.commands.unreadable)")
      }
    }
    for issue in summary.folderIssues.prefix(5) {
      lines += fitted(
        "\(SamplePath(issue.code).printable): \(SamplePath(issue.path).printable)  \(SamplePath(issue.detail).printable)",
        hanging: 2)
    }
    if summary.folderIssueCount > 5 { lines.append("... and \(counted(summary.folderIssueCount - 5, "more folder"))") }
    return lines
  }

  /// What to do next, as commands to copy.
  package var next: [String] {
    NextSteps(summary, onPage: false).steps.enumerated().map { index, step in
      (index == 0 ? "  next:  " : "         ") + step.command
    }
  }

  private var name: String { SamplePath(summary.dataset == "/" ? "/" : FilePath.name(of: summary.dataset)).printable }

  private var sizes: String {
    guard let first = summary.sizes.first else { return "" }
    let text = "\(first.width)x\(first.height)"
    if summary.sizeCount == 1 { return text }
    let others = summary.sizeCount - 1
    return "\(text) (\(first.images.formattedWithCommas)), \(others) other \(plural(others, "size"))"
  }
}

extension RunSummary.Model {
  /// Whether each image was compared with the others alone, of which there were too few for a model.
  var isLeaveOneOut: Bool { kind == StoredModel.leaveOneOut }

  /// What the images were compared with.
  func words(seed: Int?) -> String {
    if isLeaveOneOut {
      return "none for fewer than 25 images: each is compared with the median picture of the \(fittedOn - 1) "
        + "\(plural(fittedOn - 1, "other")) (leave-one-out); nothing is marked worse than review"
    }
    let robust = kind == StoredModel.lowRank ? "robust " : ""
    return "\(robust)\(SamplePath(kind).printable), rank \(rank), \(origin)" + (seed.map { " (seed \($0))" } ?? "")
  }

  /// "fitted on 301 images, 8 of which are gone since".
  var origin: String {
    var text = "fitted on \(fittedOn.formattedWithCommas) images"
    if gone > 0 { text += ", \(gone.formattedWithCommas) of which \(gone == 1 ? "is" : "are") gone since" }
    if unknown > 0 {
      text +=
        ", without \(unknown.formattedWithCommas) that \(unknown == 1 ? "has" : "have") come since (--fresh fits anew)"
    }
    return text
  }
}
