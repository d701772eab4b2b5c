import AuditCore

/// What is known about one sample, as lines for a terminal.
package struct ExplanationText {
  private let sample: SampleExplanation
  private let emphasis: SummaryText.Emphasis
  private let width: Int

  /// - Parameter width: columns of the terminal.
  package init(_ sample: SampleExplanation, emphasis: SummaryText.Emphasis, width: Int) {
    self.sample = sample
    self.emphasis = emphasis
    self.width = max(60, width)
  }

  /// - Parameters:
  ///   - heat: lines of a heat map; empty where there is none.
  ///   - note: why there is no heat map.
  package func lines(heat: [String], note: String?) -> [String] {
    let blocks = [
      heading, verdict, block("where it stands, 100 % = worst of the run", places(sample.standing)), distances, shares,
      regions(heat: heat, note: note), neighbour, issues,
      block("metrics, 100 % = worst of the run", places(sample.metrics)),
    ]
    return Array(blocks.filter { !$0.isEmpty }.joined(separator: [""]))
  }

  private func block(_ title: String, _ lines: [String]) -> [String] {
    lines.isEmpty ? [] : [emphasis.bold(title)] + lines.map { "  " + $0 }
  }

  private var heading: [String] {
    var facts: [String] = []
    if let width = sample.width, let height = sample.height { facts.append("\(width)x\(height)") }
    if let format = sample.format { facts.append(SamplePath(format).printable) }
    facts.append(counted(sample.bytes, "byte"))
    if let identity = sample.identity { facts.append("folder \(SamplePath(identity).printable)") }
    if let paired = sample.pairedPath { facts.append("compared with \(SamplePath(paired).printable)") }
    if let other = sample.duplicateOf { facts.append("equal to \(SamplePath(other).printable)") }
    let path = emphasis.bold(SamplePath(sample.path).printable)
    let verdict = sample.verdict.map { "  " + emphasis.verdict($0, "\($0.sign) \($0.rawValue)") } ?? ""
    return [
      path + verdict, emphasis.dim(facts.joined(separator: ", ") + "; run \"\(SamplePath(sample.run).printable)\""),
    ]
  }

  private var verdict: [String] {
    var lines = ["rule    " + SamplePath(sample.rule).printable]
    if let reason = sample.reason { lines.append("shows   " + SamplePath(reason).printable) }
    if let caution = sample.caution { lines.append("note    " + caution) }
    if let decision = sample.decision {
      let who = decision.who.isEmpty ? "a person" : decision.who
      let reason = decision.reason.isEmpty ? "" : ": \(SamplePath(decision.reason).printable)"
      lines.append(
        "decided \(SamplePath(decision.verdict).printable) by \(SamplePath(who).printable) "
          + "at \(SamplePath(decision.at).printable)\(reason)")
    }
    if let skew = sample.skew, let ratio = sample.ratio {
      lines.append(
        "skew    \(emphasis.bold(fixed(skew, 2))): squared error listens to it \(fixed(ratio, 2)) times as much as "
          + "absolute error would")
    }
    if let alike = sample.alike, alike < 1 {
      lines.append("alike   \(fixed(alike, 2)): a look-alike in the set explains part of that")
    }
    if let squared = sample.pullSquared, let absolute = sample.pullAbsolute {
      lines.append(
        "pull    like \(fixed(squared, 1)) average images under squared error, \(fixed(absolute, 1)) under absolute error"
      )
    }
    if let weight = sample.weight {
      lines.append("weight  \(fixed(weight, 3)) in training gives it the pull of absolute error")
    }
    return lines
  }

  /// Name, value, bar, percentile, rank and meaning of each number.
  private func places(_ places: [SampleExplanation.Place]) -> [String] {
    let names = places.map(\.name.count).max() ?? 0
    let values = places.map { significant($0.value, 4) }
    let widest = values.map(\.count).max() ?? 0
    let ranks = places.map { "\($0.rank.formattedWithCommas) of \($0.of.formattedWithCommas)" }
    let widestRank = ranks.map(\.count).max() ?? 0
    // Indented by 2, with gaps of 2, a bar of at most 16 and 8 for its figure.
    let barWidth = max(4, min(16, width - (2 + names + 2 + widest + 2 + 8 + 2 + widestRank)))
    return places.indices.map { index in
      let place = places[index]
      let none = places.contains { $0.percentile != nil } ? String(repeating: " ", count: barWidth + 8) : ""
      let bar = place.percentile.map { Bar.text($0, width: barWidth) + " " + percent($0).padded(left: 7) } ?? none
      let start = [
        place.name.padded(names), values[index].padded(left: widest), bar, ranks[index].padded(left: widestRank),
      ].filter { !$0.isEmpty }.joined(separator: "  ")
      let room = width - 4 - start.count
      return start + (room > 12 ? "  " + emphasis.dim(TextLayout.shortened(place.meaning, to: room - 2)) : "")
    }
  }

  private var distances: [String] {
    var lines: [String] = []
    if let distance = sample.orthogonalDistance {
      lines.append(
        sample.scoreDistance == nil
          ? "residual    \(significant(distance, 4))  \(emphasis.dim("root mean square, in full scale"))"
          : "orthogonal  " + against(distance, sample.orthogonalCut, "what the model cannot draw of it"))
    }
    if let distance = sample.scoreDistance {
      lines.append("score       " + against(distance, sample.scoreCut, "how far out it lies inside the model"))
    }
    if let nearest = sample.nearest, let distance = sample.orthogonalDistance {
      let limit = fixed(0.8 * distance, 2)
      lines.append(
        "nearest     \(fixed(nearest, 2)) to the nearest image that may vouch for it; a look-alike would be within \(limit) (0.8 x orthogonal)"
      )
    }
    if let name = sample.outlierClass { lines.append("class       " + ExplainTopic.words(forClass: name)) }
    return block("distances", lines)
  }

  private func against(_ value: Double, _ cut: Double?, _ meaning: String) -> String {
    let number = fixed(value, 2)
    guard let cut, cut > 0 else { return "\(number)  \(emphasis.dim(meaning))" }
    let bar = Bar.text(min(1, value / (3 * cut)), width: 15, cutAt: 5)
    return
      "\(number.padded(left: 7))  \(bar)  cut \(fixed(cut, 2))\(value > cut ? ", above" : "")  \(emphasis.dim(meaning))"
  }

  private var shares: [String] {
    let lines = sample.shares.map { share in
      "\(share.name.padded(sample.shares.map(\.name.count).max() ?? 0))  \(percentFine(share.share).padded(left: 9)) "
        + "of the set's total, as much as \(fixed(share.averageImages, 1)) average images"
    }
    return block("loss shares", lines)
  }

  private func percentFine(_ share: Double) -> String { significant(100 * share, 3) + " %" }

  /// The 4 x 4 grid beside the heat map, or above it where both do not fit.
  private func regions(heat: [String], note: String?) -> [String] {
    var table: [String] = []
    if sample.regions.count == 16 {
      for row in 0..<4 {
        let cells = sample.regions[(4 * row)..<(4 * row + 4)].map { (fixed(100 * $0, 1)).padded(left: 5) }
        table.append("│ " + cells.joined(separator: " │ ") + " │")
      }
      let rule = Array(repeating: "───────", count: 4)
      table =
        ["┌" + rule.joined(separator: "┬") + "┐"]
        + Array(
          table.map { [$0] }.joined(
            separator: ["├" + rule.joined(separator: "┼") + "┤"])) + ["└" + rule.joined(separator: "┴") + "┘"]
      table.append("per cent of the squared residual")
      if let border = sample.border { table.append("border (outer 8 %): \(fixed(100 * border, 1))") }
    }
    if let note { table.append("no heat map: \(note)") }
    guard !heat.isEmpty else { return block("where the squared residual sits", table) }
    let column = table.map(\.count).max() ?? 0
    // Indented by 2, with a gap of 3.
    if 2 + column + 3 + (heat.map(TextLayout.width).max() ?? 0) > width {
      return block("where the squared residual sits", table + heat)
    }
    let lines = (0..<max(table.count, heat.count)).map { index in
      let left = index < table.count ? table[index] : ""
      return left.padded(column) + (index < heat.count ? (column > 0 ? "   " : "") + heat[index] : "")
    }
    return block("where the squared residual sits", lines)
  }

  private var neighbour: [String] {
    guard let neighbour = sample.neighbour else { return [] }
    return block(
      "nearest ordinary image",
      ["\(SamplePath(neighbour.path).printable)  at distance \(fixed(neighbour.distance, 2)) in model space"])
  }

  private var issues: [String] {
    let lines = sample.issues.flatMap { issue in
      [
        "\(SamplePath(issue.code).printable)  \(SamplePath(issue.severity).printable): \(issue.meaning)"
          + (issue.detail.isEmpty ? "" : " (\(SamplePath(issue.detail).printable))")
          + (issue.confidence.map { ", \(percent($0)) sure" } ?? ""),
        "  what to do: \(issue.remedy)",
      ]
    }
    return block("issues", lines)
  }
}

/// A bar of characters.
enum Bar {
  /// - Parameters:
  ///   - part: 0...1.
  ///   - cutAt: a place that is marked in the bar.
  static func text(_ part: Double, width: Int, cutAt: Int? = nil) -> String {
    let filled = part.isFinite ? Int((min(max(part, 0), 1) * Double(width)).rounded()) : 0
    return (0..<width).map { place in
      place == cutAt ? "|" : place < filled ? "█" : "·"
    }.joined()
  }
}
