import AuditCore

/// A comparison as lines for a terminal.
package struct ComparisonText {
  private let comparison: RunComparison
  private let bold: (String) -> String

  /// - Parameter bold: the identity where no emphasis is wanted.
  package init(_ comparison: RunComparison, bold: @escaping (String) -> String) {
    self.comparison = comparison
    self.bold = bold
  }

  package var lines: [String] {
    [bold(comparison.conclusion), ""] + places + table
      + (verdicts.isEmpty ? [] : ["", "  verdicts  " + verdicts])
      + moved("worse", "skew rose", comparison.worse, comparison.topWorse)
      + moved("better", "skew fell", comparison.better, comparison.topBetter)
  }

  /// What was scanned; the database only where there are two.
  private var places: [String] {
    let (before, after) = (comparison.before, comparison.after)
    let isOne = before.database == after.database
    func place(_ side: RunComparison.Side) -> String {
      printable(side.dataset) + (isOne ? "" : "  (\(printable(side.database)))")
    }
    if isOne, before.dataset == after.dataset { return ["  dataset  " + place(before), ""] }
    return ["  before   " + place(before), "  after    " + place(after), ""]
  }

  private var table: [String] {
    let (before, after) = (comparison.before, comparison.after)
    var rows = [
      ["", "before", "after", "change"], ["run", printable(before.run), printable(after.run), ""],
      count("images", before.images, after.images),
    ]
    for word in ["drop", "review", "keep", "unreadable"] {
      rows.append(count(word, before.verdicts[word] ?? 0, after.verdicts[word] ?? 0))
    }
    rows.append([
      "files", "\(comparison.gone.formattedWithCommas) gone", "\(comparison.new.formattedWithCommas) new",
      "\(comparison.renamed.formattedWithCommas) renamed, \(comparison.contentChanged.formattedWithCommas) with other content",
    ])
    rows += [
      share("squared pull of the worst 1 %", "worst_pull_squared"),
      share("absolute pull of the worst 1 %", "worst_pull_absolute"),
      share("squared loss of the worst 1 %", "worst_share_mse"),
    ].compactMap { $0 }
    for remedy in before.remedies {
      let now = after.remedies.first { $0.name == remedy.name }
      rows.append(["saved by \(remedy.name)", gain(remedy), now.map(gain) ?? "-", ""])
    }
    for name in Set(before.figures.keys).union(after.figures.keys).sorted() where name.hasPrefix("mean_") {
      rows.append(["mean \(name.dropFirst(5))"] + values(before.figures[name], after.figures[name]))
    }
    let note = "  each run has fitted its own model: metrics and skew tell an image's place within its run"
    return aligned(rows) + (comparison.modelsDiffer ? [note] : [])
  }

  private func aligned(_ rows: [[String]]) -> [String] {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = row.enumerated().map { column, cell in
        let blanks = String(repeating: " ", count: widths[column] - cell.count)
        return column == 0 || column == 3 ? cell + blanks : blanks + cell
      }
      var line = "  " + cells.joined(separator: "  ")
      while line.hasSuffix(" ") { line.removeLast() }
      return line
    }
  }

  private func printable(_ text: String) -> String { SamplePath(text).printable }

  private func count(_ name: String, _ old: Int, _ new: Int) -> [String] {
    let change = new - old
    return [
      name, old.formattedWithCommas, new.formattedWithCommas,
      change == 0 ? "" : (change > 0 ? "+" : "") + change.formattedWithCommas,
    ]
  }

  private func share(_ title: String, _ figure: String) -> [String]? {
    guard comparison.before.figures[figure] != nil || comparison.after.figures[figure] != nil else { return nil }
    func text(_ value: Double?) -> String { value.map(percent) ?? "-" }
    return [title, text(comparison.before.figures[figure]), text(comparison.after.figures[figure]), ""]
  }

  private func values(_ old: Double?, _ new: Double?) -> [String] {
    var change = ""
    if let old, let new, old > 0 { change = (new < old ? "" : "+") + percent(new / old - 1) }
    return [
      old.map { significant($0, 4) } ?? "-", new.map { significant($0, 4) } ?? "-", change == "+0.0 %" ? "" : change,
    ]
  }

  private func gain(_ remedy: RunComparison.Remedy) -> String {
    "\(percent(remedy.gain)) (\(percent(remedy.low)) to \(percent(remedy.high)))"
      + (remedy.change == nil ? "" : ", out of date")
  }

  private var verdicts: String {
    comparison.verdictChanges.map { change in
      let before = change.before == "-" ? "new" : change.before
      let after = change.after == "-" ? "gone" : change.after
      return "\(before) -> \(after) \(change.images.formattedWithCommas)"
    }.joined(separator: "   ")
  }

  private func moved(_ title: String, _ how: String, _ total: Int, _ top: [RunComparison.Moved]) -> [String] {
    if total == 0 { return [] }
    let head = "  \(title): \(how) for \(counted(total, "image"))" + (top.count < total ? "; the strongest" : "")
    let rows = top.map { item in
      let verdicts =
        item.verdictBefore == item.verdictAfter ? item.verdictAfter : "\(item.verdictBefore) -> \(item.verdictAfter)"
      return [
        fixed(item.skewBefore, 2), "-> " + fixed(item.skewAfter, 2), verdicts,
        SamplePath(item.path).printable + (item.isSameContent ? "" : "  (other content)"),
      ]
    }
    let widths = (0..<3).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return ["", head]
      + rows.map { row in
        let blanks = (0..<3).map { String(repeating: " ", count: widths[$0] - row[$0].count) }
        return "    " + blanks[0] + row[0] + " " + row[1] + blanks[1] + "  " + row[2] + blanks[2] + "  " + row[3]
      }
  }
}
