import AuditCore

/// A comparison as lines for a terminal.
package struct ComparisonText {
  private let comparison: RunComparison
  private let bold: (String) -> String
  private let dim: (String) -> String
  private let width: Int?

  /// - Parameters:
  ///   - width: columns that it is fitted to; nil where nothing limits it.
  ///   - bold: the identity where no emphasis is wanted, and so `dim`.
  package init(
    _ comparison: RunComparison, width: Int? = nil, bold: @escaping (String) -> String,
    dim: @escaping (String) -> String = { $0 }
  ) {
    self.comparison = comparison
    self.width = width
    self.bold = bold
    self.dim = dim
  }

  package var lines: [String] {
    wrapped(comparison.conclusion).map(bold) + [""] + places + table
      + (verdicts.isEmpty ? [] : [""] + wrapped("  verdicts  " + verdicts))
      + moved("worse", "skew rose", comparison.worse, comparison.topWorse)
      + moved("better", "skew fell", comparison.better, comparison.topBetter)
  }

  private func wrapped(_ text: String) -> [String] { TextLayout.wrapped(text, width: width ?? .max) }

  /// What was scanned; the database only where there are two.
  private var places: [String] {
    let (before, after) = (comparison.before, comparison.after)
    let isOne = before.database == after.database
    func place(_ side: RunComparison.Side) -> String {
      printable(side.dataset) + (isOne ? "" : "  (\(printable(side.database)))")
    }
    func line(_ label: String, _ side: RunComparison.Side) -> String {
      "  \(label)  " + TextLayout.shortened(path: place(side), to: width.map { max(20, $0 - 11) } ?? .max)
    }
    if isOne, before.dataset == after.dataset { return [line("dataset", before), ""] }
    return [line("before ", before), line("after  ", after), ""]
  }

  private var table: [String] {
    let (before, after) = (comparison.before, comparison.after)
    var rows = [
      ["run", printable(before.run), printable(after.run), ""],
      count("images", before.images, after.images),
    ]
    for word in ["drop", "review", "keep", "unreadable"] {
      rows.append(count(word, before.verdicts[word] ?? 0, after.verdicts[word] ?? 0))
    }
    rows += [
      [
        "files", "\(comparison.gone.formattedWithCommas) gone", "\(comparison.new.formattedWithCommas) new",
        "\(comparison.renamed.formattedWithCommas) renamed",
      ],
      ["  other content", "", "", comparison.contentChanged.formattedWithCommas],
    ]
    let worst = [
      share("  squared pull", "worst_pull_squared"), share("  absolute pull", "worst_pull_absolute"),
      share("  squared loss", "worst_share_mse"),
    ].compactMap { $0 }
    if !worst.isEmpty { rows += [["worst 1 % have", "", "", ""]] + worst }
    for remedy in before.remedies {
      let now = after.remedies.first { $0.name == remedy.name }
      rows.append([
        "saved by \(SamplePath(remedy.name).printable)", percent(remedy.gain), now.map { percent($0.gain) } ?? "-",
        remedy.change == nil && now?.change == nil ? "" : "out of date",
      ])
      rows.append(["  95 % interval", interval(remedy), now.map(interval) ?? "-", ""])
    }
    for name in Set(before.figures.keys).union(after.figures.keys).sorted() where name.hasPrefix("mean_") {
      rows.append(["mean \(name.dropFirst(5))"] + values(before.figures[name], after.figures[name]))
    }
    let note = "  each run has fitted its own model: metrics and skew tell an image's place within its run"
    var table = TextTable(
      [.init(""), .init("before", .number), .init("after", .number), .init("change", .text)], indent: 2,
      dim: dim)
    for row in rows { table.add(row) }
    return table.lines(width: width) + (comparison.modelsDiffer ? wrapped(note) : [])
  }

  private func interval(_ remedy: RunComparison.Remedy) -> String { "\(figure(remedy.low)) to \(figure(remedy.high))" }

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
    var table = TextTable(
      [.init("", .number), .init(""), .init("", .path)], indent: 4, hasHead: false)
    for item in top {
      let verdicts =
        item.verdictBefore == item.verdictAfter ? item.verdictAfter : "\(item.verdictBefore) -> \(item.verdictAfter)"
      table.add([
        fixed(item.skewBefore, 2) + " -> " + fixed(item.skewAfter, 2), verdicts,
        SamplePath(item.path).printable + (item.isSameContent ? "" : "  (other content)"),
      ])
    }
    return [""] + wrapped(head) + table.lines(width: width)
  }
}
