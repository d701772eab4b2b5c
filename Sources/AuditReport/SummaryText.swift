package import AuditCore

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
  private let width: Int

  package init(_ summary: RunSummary, emphasis: Emphasis, width: Int) {
    self.summary = summary
    self.emphasis = emphasis
    self.width = width
  }

  /// What lies in the folder: counts, sizes, formats, conversions.
  package var inventory: [String] {
    var parts = ["\(summary.planned.formattedWithCommas) \(plural(summary.planned, "image"))"]
    if !sizes.isEmpty { parts.append(sizes) }
    if summary.identities > 0 { parts.append("\(summary.identities) \(plural(summary.identities, "identity folder"))") }
    parts += FaceOrigin.Tool.allCases.compactMap { tool in
      summary.headers[tool.rawValue].map { "\(tool.name) headers: \($0.formattedWithCommas)" }
    }
    var lines = [name.padded(6) + " " + parts.joined(separator: "   ")]
    let leftOut = LeftOutText(summary.leftOut).parts
    if !leftOut.isEmpty { lines.append("       not images: " + leftOut.joined(separator: ", ")) }
    if !summary.isFinished {
      lines.append(
        "       stopped at \(summary.seen.formattedWithCommas) of \(summary.planned.formattedWithCommas): what follows is "
          + "of those alone; to go on: \(summary.commands.scan)")
    }
    let converted = summary.conversions.sorted { $0.key < $1.key }.map { "\($0.value.formattedWithCommas) \($0.key)" }
    if !converted.isEmpty { lines.append("       converted to 8-bit RGB: " + converted.joined(separator: ", ")) }
    if summary.duplicates > 0 {
      lines.append(
        "       \(summary.duplicates.formattedWithCommas) \(plural(summary.duplicates, "file")) "
          + "equal to another: \(summary.commands.duplicates)")
    }
    if let model = summary.model {
      let robust = model.kind == "low-rank" ? "robust " : ""
      lines.append("model  \(robust)\(model.kind), rank \(model.rank), \(model.origin) (seed \(summary.seed))")
    }
    return lines
  }

  /// What the run found: what to do and what it is worth, the remedies, the verdicts, the worst rows.
  package var findings: [String] {
    let found = Findings(summary)
    func lines(_ sentence: Sentence?) -> [String] {
      sentence?.lines(width: max(40, width - 4), emphasis: emphasis.bold) ?? []
    }
    var advice = lines(found.headline) + lines(found.size)
    if let command = summary.command { advice.append("    " + emphasis.bold(command)) }
    for (sentence, command) in found.outdated { advice += lines(sentence) + ["    " + command] }
    var facts = lines(found.concentration) + lines(found.losses)
    if !summary.verdicts.isEmpty {
      let counts = Verdict.allCases.map { verdict in
        let count = (summary.verdicts[verdict.rawValue] ?? 0).formattedWithCommas
        return emphasis.verdict(verdict, "\(verdict.rawValue) \(count)")
      }
      facts.append(counts.joined(separator: "   "))
    }
    return [advice, remedies, facts, summary.top.isEmpty ? [] : table].filter { !$0.isEmpty }.joined(separator: [""])
      .map { $0.isEmpty ? "" : "  " + $0 }
  }

  private var remedies: [String] {
    let words = AdviceWords(summary.advice)
    guard words.hasFigures else { return [] }
    let rows = [["remedy"] + words.heads] + words.rows.map { [$0.name.rawValue] + $0.cells }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.enumerated().map { index, row in
      let line = zip(row, widths).map { $0.padded($1) }.joined(separator: "  ").trimmedEnd
      if index == 0 { return emphasis.dim(line) }
      return words.rows[index - 1].name == summary.advice.recommended ? emphasis.bold(line) : line
    }
  }

  /// Losses stand in it where the lines have room for them beside the reasons.
  private var table: [String] {
    let isWide = width >= SummaryText.wide
    let numbers = isWide ? ["skew", "pull", "mse", "mae"] : ["skew", "pull"]
    var rows = [numbers + ["verdict", "reason"] + (isWide ? ["issues"] : []) + ["file"]]
    for sample in summary.top {
      let losses = [sample.mse, sample.mae].map { $0.map { fixed($0, 4) } ?? "-" }
      rows.append(
        [fixed(sample.skew, 1), fixed(sample.pull, 1)] + (isWide ? losses : [])
          + [sample.verdict.rawValue, sample.reason ?? "-"]
          + (isWide ? [sample.issues.isEmpty ? "-" : sample.issues.joined(separator: " ")] : [])
          + [SamplePath(sample.path).printable])
    }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.enumerated().map { index, row in
      let cells = row.enumerated().map { column, cell in
        column < numbers.count
          ? cell.padded(left: widths[column]) : column == row.count - 1 ? cell : cell.padded(widths[column])
      }
      let line = cells.joined(separator: "  ")
      if index == 0 { return emphasis.dim(line) }
      return emphasis.verdict(summary.top[index - 1].verdict, line)
    }
  }

  /// Columns from which on all of the table fits.
  private static let wide = 110

  /// Files without scores: counts by code, the first five, and how to see the rest.
  package var failures: [String] {
    var lines: [String] = []
    if summary.failed > 0 {
      let codes = summary.failuresByCode.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        .map { "\($0.value.formattedWithCommas) \($0.key)" }
      lines.append(
        "\(summary.failed.formattedWithCommas) \(plural(summary.failed, "file")) could not be scored: "
          + codes.joined(separator: ", "))
      for failure in summary.failures {
        let detail = SamplePath(failure.detail).printable
        lines.append("  \(failure.code.padded(11)) \(SamplePath(failure.path).printable)  \(detail)")
      }
      if summary.failed > summary.failures.count {
        lines.append("  ... all of them: \(summary.commands.unreadable)")
      }
    }
    for issue in summary.folderIssues.prefix(5) {
      lines.append("\(issue.code): \(SamplePath(issue.path).printable)  \(SamplePath(issue.detail).printable)")
    }
    if summary.folderIssueCount > 5 { lines.append("... and \(summary.folderIssueCount - 5) more folders") }
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

extension String {
  var trimmedEnd: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }

  /// Filled with blanks on the right.
  func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
  /// Filled with blanks on the left.
  func padded(left width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
}
