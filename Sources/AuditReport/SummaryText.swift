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
    var lines = [name.padded(6) + " " + parts.joined(separator: "   ")]
    let converted = summary.conversions.sorted { $0.key < $1.key }.map { "\($0.value.formattedWithCommas) \($0.key)" }
    if !converted.isEmpty { lines.append("       converted to 8-bit RGB: " + converted.joined(separator: ", ")) }
    if summary.duplicates > 0 {
      lines.append(
        "       \(summary.duplicates.formattedWithCommas) \(plural(summary.duplicates, "file")) "
          + "equal to another: audit sql ... --saved duplicates")
    }
    if let model = summary.model {
      lines.append(
        "model  \(model.kind == "low-rank" ? "robust " : "")\(model.kind), rank \(model.rank), fitted on \(model.fittedOn.formattedWithCommas) images "
          + "(seed \(summary.seed))")
    }
    return lines
  }

  /// What the run found: the sentence, the verdicts, the worst rows.
  package var findings: [String] {
    var lines: [String] = []
    let found = Findings(summary)
    for sentence in [found.concentration, found.losses].compactMap({ $0 }) + found.remedies {
      lines.append(sentence.text(emphasis: emphasis.bold))
    }
    if let recommendation = found.recommendation { lines.append(recommendation.plain) }
    if !summary.verdicts.isEmpty {
      let counts = Verdict.allCases.map { verdict in
        let count = (summary.verdicts[verdict.rawValue] ?? 0).formattedWithCommas
        return emphasis.verdict(verdict, "\(verdict.rawValue) \(count)")
      }
      lines.append(counts.joined(separator: "   "))
    }
    return lines.map { "  " + $0 } + (summary.top.isEmpty ? [] : [""] + table)
  }

  private var table: [String] {
    var rows = [["skew", "pull", "mse", "mae", "verdict", "issues", "file"]]
    for sample in summary.top {
      rows.append([
        fixed(sample.skew, 1), fixed(sample.pull, 1), sample.mse.map { fixed($0, 4) } ?? "-",
        sample.mae.map { fixed($0, 4) } ?? "-", sample.verdict.rawValue,
        sample.issues.isEmpty ? "-" : sample.issues.joined(separator: " "),
        SamplePath(sample.path).printable,
      ])
    }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.enumerated().map { index, row in
      let cells = row.enumerated().map { column, cell in
        column < 4 ? cell.padded(left: widths[column]) : column == row.count - 1 ? cell : cell.padded(widths[column])
      }
      let line = "  " + cells.joined(separator: "  ")
      if index == 0 { return emphasis.dim(line) }
      return emphasis.verdict(summary.top[index - 1].verdict, line)
    }
  }

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
        lines.append("  ... all of them: audit sql \(quoted(summary.database)) --saved errors")
      }
    }
    for issue in summary.folderIssues.prefix(5) {
      lines.append("\(issue.code): \(SamplePath(issue.path).printable)  \(SamplePath(issue.detail).printable)")
    }
    if summary.folderIssueCount > 5 { lines.append("... and \(summary.folderIssueCount - 5) more folders") }
    return lines
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

extension String {
  /// Filled with blanks on the right.
  func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
  /// Filled with blanks on the left.
  func padded(left width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
}
