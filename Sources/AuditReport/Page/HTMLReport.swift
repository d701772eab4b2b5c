import AuditCore
import AuditDigest
import AuditStore
import Foundation

/// The report as one HTML file: no network, no script but its own, readable without any.
package struct HTMLReport {
  let model: ReportModel
  let pictures: ReportPictures
  let charts: HTMLCharts

  package init(_ model: ReportModel, pictures: ReportPictures) {
    self.model = model
    self.pictures = pictures
    charts = HTMLCharts(model: model)
  }

  package func page() throws -> String {
    let style = PackageResources.report_css
    let script = HTMLScript.bytes
    let digest = Data(sha256(script)).base64EncodedString()
    let page: HTML = """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; \
      style-src 'unsafe-inline'; script-src 'sha256-\(digest)'; base-uri 'none'; form-action 'none'">
      <link rel="icon" href="data:,">
      <title>\(name) - audit report</title>
      <style>
      \(HTML.resource(style))</style>
      </head>
      <body>
      <a class="skip" href="#main">Skip to the report</a>
      \(header)
      <main id="main">
      \(banner)\(next)<div class="looking">\(tools)
      \(galleries)\(rowsTable)\(issues)\(damage)\(copies)</div>
      \(cut)\(learning)\(concentration)\(outliers)\(groups)\(agreement)\(unreadable)\(words)\(method)
      </main>
      \(footer)
      \(decided)
      \(dialog)
      <script type="application/json" id="report-data">\(HTML.json(try model.json(pretty: false)))</script>
      <script type="application/json" id="rows-data">\(HTML.json(try JSONDocument.text(of: model.rows, pretty: false)))</script>
      <script type="application/json" id="page-data">\(HTML.json(try pageData()))</script>
      <script>\(HTML.resource(script))</script>
      </body>
      </html>

      """
    return page.markup
  }

  var summary: RunSummary { model.summary }

  /// The dataset's own name.
  var name: String {
    SamplePath(summary.dataset == "/" ? "/" : FilePath.name(of: summary.dataset)).printable
  }

  private var header: HTML {
    var facts = ["\(summary.planned.formattedWithCommas) \(plural(summary.planned, "image"))"]
    if let size = summary.sizes.first {
      let others = summary.sizeCount - 1
      facts.append(
        "\(size.width) x \(size.height)"
          + (others > 0 ? " and \(others.formattedWithCommas) other \(plural(others, "size"))" : ""))
    }
    facts += [summary.people, summary.splitWords].compactMap { $0 }
    if summary.failed > 0 { facts.append("\(summary.failed.formattedWithCommas) unreadable") }
    if summary.duplicates > 0 {
      facts.append("\(summary.duplicates.formattedWithCommas) equal to another file")
    }
    facts.append(
      "run \u{201C}\(summary.run)\u{201D}"
        + (summary.unfinished.map { ", \($0.place)" } ?? ""))
    if let day = (model.method.finishedAt ?? model.method.startedAt).split(separator: "T").first {
      facts.append(String(day))
    }
    let items: [HTML] = facts.map { "<li>\($0)</li>" }
    let links: [HTML] = sections.map { "<a href=\"#\($0.id)\">\($0.name)</a>" }
    return """
      <header class="top">
      <p class="brand"><b>audit</b> report</p>
      <h1>\(name)</h1>
      <ul class="facts">\(items)</ul>
      </header>
      <nav class="contents" aria-label="Contents">\(links)</nav>
      """
  }

  private var sections: [(id: String, name: String)] {
    var found = [("next", "What to do")]
    if model.galleries.contains(where: { !$0.tiles.isEmpty }) { found.append(("images", "Images")) }
    if model.rows.count > 0 { found.append(("all", "Table")) }
    if !model.issues.isEmpty { found.append(("issues", "Issues")) }
    if summary.damage != nil { found.append(("damage", "Damage")) }
    if summary.copies != nil { found.append(("copies", "Copies")) }
    if model.cut != nil { found.append(("cut", "Gain")) }
    if model.learning != nil { found.append(("learning", "Training")) }
    if !model.concentration.isEmpty { found.append(("concentration", "Concentration")) }
    if model.outliers != nil { found.append(("map", "Outlier map")) }
    if model.groups.count > 1 { found.append(("groups", "Folders")) }
    if model.agreement != nil { found.append(("agreement", "Metrics")) }
    found += [("words", "Words"), ("method", "Method and limits")]
    return found
  }

  /// Where everything else begins: what to do and how, what the remedies are worth, and who has the pull.
  private var banner: HTML {
    let findings = Findings(summary)
    let mark = findings.tone == .act ? "!" : findings.tone == .calm ? "✓" : "–"
    let lead: HTML = findings.headline.map { "<p class=\"lead\">\($0)</p>" } ?? .empty
    let size: HTML? = findings.size.map { "<p>\($0)</p>" }
    let action: HTML? = summary.command.map { command($0) }
    let outdated: [HTML] = findings.outdated.map { old in
      "<p class=\"outdated\">\(old.sentence)</p>\(old.command.map { command($0) } ?? .empty)"
    }
    let more: [HTML] = findings.facts.map { "<p>\($0)</p>" }
    return """
      <section class="banner \(findings.tone.rawValue)" aria-label="Result">
      <p class="mark" aria-hidden="true">\(mark)</p>
      <div class="words">\(unfinished)\(excerpt)\(lead)\(size)\(action)\(outdated)\(withoutPictures)\(verdicts)</div>
      \(worst)<div class="more-words">\(more)</div>
      \(remedies)
      </section>

      """
  }

  private var unfinished: HTML {
    guard let unfinished = summary.unfinished else { return .empty }
    let goOn = summary.commands.goOn(unfinished).map { command($0) }
    return """
      <p class="outdated">This run \(unfinished.caution). To go on:\(goOn == nil ? " \(summary.commands.scanInWords)." : "")</p>\
      \(goOn ?? .empty)
      """
  }

  private var excerpt: HTML { summary.excerpt.map { "<p class=\"outdated\">\($0.words).</p>" } ?? .empty }

  private var withoutPictures: HTML {
    guard let absence = pictures.absence else { return .empty }
    return """
      <p class="outdated">This page has no pictures: \(absence).</p>\(command(summary.commands.reportWithDataset))
      """
  }

  private var remedies: HTML {
    let (advice, words) = (summary.advice, AdviceWords(summary.advice))
    guard words.hasFigures else { return .empty }
    let most = max(0.01, advice.remedies.flatMap { [$0.estimated, $0.trained] }.compactMap { $0?.high }.max() ?? 0)
    let cards: [HTML] = advice.bestFirst.map { remedy in
      let isBest = remedy.name == advice.recommended
      let action = words.action(remedy.name, isCounted: !words.isOld)
      let title: String = action.prefix(1).uppercased() + action.dropFirst()
      let badge: HTML = isBest ? "<span class=\"badge\">recommended</span>" : .empty
      let estimated = worth(
        remedy.name, remedy.estimated, "estimated, 95 % interval", change: advice.estimateChange, most: most)
      let trained = worth(
        remedy.name, remedy.trained, "trained, range over the seeds", change: advice.trainingChange, most: most)
      return """
        <li class="remedy\(isBest ? " best" : "")"><p class="what">\(title) \
        \(badge)</p>
        \(words.hasTrainings ? trained : .empty)\(estimated)</li>
        """
    }
    return "<ul class=\"remedies\">\(cards)</ul>"
  }

  /// What a remedy is worth by one of both measures.
  private func worth(
    _ name: RemedyName, _ worth: Gain?, _ measure: String, change: String?, most: Double
  ) -> HTML {
    let words = AdviceWords(summary.advice)
    guard let worth, summary.advice.drops > 0 || name == .weights else {
      return "<p class=\"range\">\(String(measure.prefix { $0 != "," })): \(words.cell(name, worth))</p>"
    }
    let size: HTML =
      worth.isMeasurable
      ? "<b>\(worth.gain > 0 ? "−" : "+")\(percent(abs(worth.gain)))</b> squared error on the rest"
      : "<b class=\"none\">not measurable</b>"
    let note: HTML = change == nil ? .empty : " <span class=\"outdated\">out of date</span>"
    return """
      <p class="gain">\(size)\(note)</p>
      \(interval(worth, most: most))
      <p class="range">\(measure) \(figure(worth.low)) to \(percent(worth.high))</p>
      """
  }

  /// The interval as a bar from 0; what lies below 0 is cut off.
  private func interval(_ worth: Gain, most: Double) -> HTML {
    let scale = 200 / most
    func place(_ share: Double) -> String { fixed(min(max(share, 0), most) * scale, 1) }
    return """
      <svg class="interval" viewBox="0 0 208 14" preserveAspectRatio="xMinYMid meet" aria-hidden="true"><path class="track" d="M0 7h204"/>\
      <path class="reach" d="M\(place(worth.low)) 7H\(place(worth.high))"/>\
      <circle cx="\(place(worth.gain))" cy="7" r="4.5"/></svg>
      """
  }

  private var verdicts: HTML {
    let total = Verdict.allCases.reduce(0) { $0 + (summary.verdicts[$1.rawValue] ?? 0) }
    guard total > 0 else { return .empty }
    let parts: [HTML] = Verdict.allCases.map { verdict in
      let count = summary.verdicts[verdict.rawValue] ?? 0
      return """
        <li class="\(verdict.rawValue)"><span class="sign" aria-hidden="true">\(verdict.sign)</span> \
        <b>\(count.formattedWithCommas)</b> \(verdict.rawValue)</li>
        """
    }
    let bars: [HTML] = Verdict.allCases.map { verdict in
      let count = summary.verdicts[verdict.rawValue] ?? 0
      return count == 0
        ? .empty : "<span class=\"\(verdict.rawValue)\" style=\"flex-grow:\(fixed(Double(count), 0))\"></span>"
    }
    return """
      <div class="verdicts"><div class="bar" aria-hidden="true">\(bars)</div><ul>\(parts)</ul></div>
      """
  }

  private var next: HTML {
    let steps: [HTML] = NextSteps(summary, onPage: true).steps.map { step in
      "<li><p>\(step.purpose)</p>\(command(step.command))</li>"
    }
    return """
      <section id="next"><h2>What to do next</h2><ol class="steps">\(steps)</ol></section>

      """
  }

  /// A command to copy.
  func command(_ text: String) -> HTML {
    """
    <div class="command"><code>\(text)</code><button type="button" class="copy" hidden>Copy</button></div>
    """
  }

  private var footer: HTML {
    """
    <footer><p>Made by audit \(summary.version) from <code>\(summary.database)</code>. \
    <span id="keys" tabindex="-1">Keys: <kbd>l</kbd> <kbd>j</kbd> next and previous image, <kbd>Enter</kbd> enlarge, \
    <kbd>k</kbd> keep, <kbd>d</kbd> drop, <kbd>r</kbd> review, <kbd>u</kbd> undo, <kbd>/</kbd> filter, <kbd>?</kbd> these \
    keys, <kbd>←</kbd> <kbd>→</kbd> on the gain curve moves the line.</span></p></footer>
    """
  }

  private var dialog: HTML {
    """
    <dialog id="viewer" aria-labelledby="viewer-name"><form method="dialog"><button class="close" \
    aria-label="Close">✕</button></form><h3 id="viewer-name"></h3><div class="strip"></div><dl></dl>
    <div class="command"><code></code><button type="button" class="copy" hidden>Copy</button></div>
    <p id="viewer-decide"></p><p class="turn"><button type="button" data-step="-1">← previous</button> <button type="button" \
    data-step="1">next →</button></p></dialog>
    <div id="tip" role="status" hidden></div>
    """
  }
}

extension Verdict {
  /// Stands beside the word, so that colour is never alone.
  var sign: String {
    switch self {
    case .drop: "✕"
    case .review: "?"
    case .keep: "✓"
    }
  }
}
