import AuditCore
import AuditStore
import Foundation

/// The sections with curves and tables.
extension HTMLReport {
  var cut: HTML {
    guard let cut = model.cut else { return .empty }
    let initial = initialStop(of: cut)
    let stop = initial == 0 ? nil : CutSentence(stop: cut.stops[initial - 1])
    let sentence: HTML = stop.map { "\($0.sentence)" } ?? "\(CutSentence.nothing)"
    let first = firstTile
    guard !cut.estimates.isEmpty else {
      return """
        <section id="cut"><h2>What leaving images out is worth</h2>
        <p class="about">This was not estimated: it takes a low-rank model of the set.</p></section>

        """
    }
    let folders =
      cut.isPerFolder ? " Folders have models of their own, so the estimates leave that share of each folder out." : ""
    return """
      <section id="cut"><h2>What leaving images out is worth</h2>
      \(outdated(summary.advice.estimateChange))<p class="about">Cross-validated on the subsample: models fitted without the images of highest skew, judged on \
      the images that stay. Move the line to see what goes. Images that have look-alikes are not marked drop, so what is \
      marked need not be the very top.\(folders)</p>
      <div class="split"><div>\(charts.cut(cut, initial: initial))</div>
      <div class="panel" id="cut-panel"><p id="cut-sentence" aria-live="polite">\(sentence)</p>
      <p id="cut-costs" class="dim">\(stop?.costs ?? "")</p>
      <div class="ends">\(end("first", "first to go", first?.path, first.flatMap { picture(of: $0.id) }))\
      \(end("last", "last to go", stop?.stop.path, stop.flatMap { picture(of: $0.stop.last) }))</div>
      \(command(stop.map { listCommand($0.stop.images) } ?? ""))</div></div>
      </section>

      """
  }

  private func end(_ id: String, _ label: String, _ path: String?, _ picture: String?) -> HTML {
    let shown = path.map { SamplePath($0).printable } ?? ""
    return """
      <figure id="cut-\(id)"><img alt="\(label): \(shown)" src="\(picture ?? "data:,")"\(picture == nil ? " hidden" : "")>\
      <figcaption><b>\(label)</b> <span>\(shown)</span></figcaption></figure>
      """
  }

  /// Why what follows no longer belongs to what the run holds.
  private func outdated(_ change: String?) -> HTML {
    change.map { "<p class=\"outdated\">Out of date: \($0).</p>\n" } ?? .empty
  }

  private var firstTile: Tile? { model.galleries.flatMap(\.tiles).first { $0.rank == 1 } }

  func picture(of id: Int64) -> String? { pictures.tiles[id]?.image ?? pictures.stops[id] }

  /// Where the line stands at first: at what is marked drop, else at about 1 %.
  private func initialStop(of cut: CutCurve) -> Int {
    if let index = cut.stops.firstIndex(where: { $0.images == cut.marked }) { return index + 1 }
    let nearest = cut.stops.indices.min { abs(cut.stops[$0].share - 0.01) < abs(cut.stops[$1].share - 0.01) }
    return nearest.map { $0 + 1 } ?? 0
  }

  private func listCommand(_ images: Int) -> String { summary.commands.worst(images) }

  /// What the script exchanges when the line moves.
  func pageData() throws -> String {
    struct Place: Encodable {
      let images: Int
      let share: Double
      let sentence: [Sentence.Phrase]
      let costs: String
      let first: Int64?
      let firstPath: String
      let last: Int64?
      let lastPath: String
      let command: String
    }
    struct Page: Encodable {
      /// What tells everything about an image, by the image's number.
      let explain: [String: String]
      /// The same for an image whose name needs no quoting, up to its name.
      let explainer: String
      /// What words mean.
      let words: [String: String]
      let places: [Place]
      let pictures: [String: String]
    }
    let first = firstTile
    let nothing = Place(
      images: 0, share: 0, sentence: [.init(text: CutSentence.nothing, isStrong: false)], costs: "", first: nil,
      firstPath: "", last: nil, lastPath: "", command: "")
    let places = (model.cut?.stops ?? []).map { stop in
      let words = CutSentence(stop: stop)
      return Place(
        images: stop.images, share: stop.share, sentence: words.sentence.phrases, costs: words.costs, first: first?.id,
        firstPath: SamplePath(first?.path ?? "").printable, last: stop.last,
        lastPath: SamplePath(stop.path).printable, command: listCommand(stop.images))
    }
    let explain = (model.galleries.flatMap(\.tiles) + model.worst).map {
      ("\($0.id)", summary.commands.explain($0.operand))
    }
    let page = Page(
      explain: Dictionary(explain) { first, _ in first }, explainer: summary.commands.explainer, words: meanings,
      places: [nothing] + places,
      pictures: Dictionary(uniqueKeysWithValues: pictures.stops.map { ("\($0.key)", $0.value) }))
    return try JSONDocument.text(of: page, pretty: false)
  }

  var learning: HTML {
    guard let learning = model.learning else { return .empty }
    let heads: [HTML] = LearningCurves.headings.map { "<th scope=\"col\">\($0)</th>" }
    let rows: [HTML] = learning.rows.map { row in
      "<tr><th scope=\"row\">\(row[0])</th><td>\(row[1])</td><td>\(row[2])</td></tr>\n"
    }
    return """
      <section id="learning"><h2>What real training says</h2>
      \(outdated(summary.advice.trainingChange))<p class="about">Small autoencoders, trained on this set and judged on images that none of them saw \
      (<code>\(summary.commands.compare)</code>). The first epochs are left out where they would press the rest together.</p>
      <div class="split"><div>\(charts.learning(learning))</div>
      <div class="panel"><table class="numbers"><caption>At the end, with the range over the seeds</caption>\
      <thead><tr>\(heads)</tr></thead>
      <tbody>\(rows)</tbody></table></div></div></section>

      """
  }

  var concentration: HTML {
    guard !model.concentration.isEmpty else { return .empty }
    let rows: [HTML] = model.concentration.map { curve in
      """
      <tr><th scope="row">\(curve.quantity.name)</th><td>\(percent(curve.owned(by: 0.01)))</td>\
      <td>\(percent(curve.owned(by: 0.05)))</td><td>\(percent(curve.owned(by: 0.1)))</td></tr>
      """
    }
    return """
      <section id="concentration"><h2>How concentrated losses and pulls are</h2>
      <p class="about">Each curve orders the images by its own quantity. The farther it bends from the straight line, \
      the fewer images decide what a model learns. Where squared error bends \
      farther than absolute error, it listens to fewer.</p>
      <div class="split"><div>\(charts.concentration(model.concentration))</div>
      <div class="panel"><table class="numbers"><caption>Share of the total that the largest own</caption>\
      <thead><tr><th></th><th scope="col">1 %</th><th scope="col">5 %</th><th scope="col">10 %</th></tr></thead>\
      <tbody>\(rows)</tbody></table></div></div></section>

      """
  }

  var outliers: HTML {
    guard let map = model.outliers else { return .empty }
    let omitted =
      map.others > map.othersDrawn || map.flagged > map.flaggedDrawn
      ? " Drawn are \(map.flaggedDrawn.formattedWithCommas) of \(map.flagged.formattedWithCommas) flagged images and "
        + "\(map.othersDrawn.formattedWithCommas) of \(counted(map.others, "other"))." : ""
    return """
      <section id="map"><h2>Outlier map</h2>
      <p class="about">Right of the upright cut: extreme, but drawn by the model. Above the level cut: what the model \
      cannot draw. Top right turns the fit.\(omitted)</p>
      <div class="split"><div>\(charts.outliers(map))</div>
      <div class="panel"><ul class="key"><li><span class="drop">✕</span> drop</li>\
      <li><span class="review">□</span> review</li><li><span class="keep">·</span> keep</li>\
      <li><span class="cutkey">┄</span> cuts</li></ul>
      <div id="map-detail" aria-live="polite"><p class="dim">Point at an image, or focus the map and step through the \
      flagged ones with the arrow keys. Enter or a click opens it.</p></div></div></div></section>

      """
  }

  var issues: HTML {
    guard !model.issues.isEmpty else { return .empty }
    let rows: [HTML] = model.issues.map { issue in
      let examples = issue.examples.map { SamplePath($0.path).printable }.joined(separator: "\n")
      return """
        <tr data-filter="\(issue.code) \(issue.meaning) \(examples)"><th scope="row">\(issueLink(issue.code))\
        <span class="severity \(issue.severity)">\(issue.severity)</span></th>\
        <td class="n">\(issue.images.formattedWithCommas)</td>\
        <td class="n">\(issue.confidence.map(percent) ?? "–")</td><td>\(issue.meaning)<br><span class="dim">\(issue.remedy)</span></td><td class="paths">\(examples)</td></tr>
        """
    }
    return """
      <section id="issues"><h2>Issues</h2><div class="scroll"><table class="list"><thead><tr><th scope="col">code</th>\
      <th scope="col" class="n">images</th><th scope="col" class="n">sure</th>\
      <th scope="col">what it means, what to do</th><th scope="col">such as</th></tr></thead><tbody>\(rows)</tbody></table></div>\(issuePictures)</section>

      """
  }

  /// The code, and the way to the pictures that show it where there are any.
  private func issueLink(_ code: String) -> HTML {
    model.issueGalleries.contains { $0.code == code }
      ? "<a href=\"#issue-\(code)\"><code>\(code)</code></a>" : "<code>\(code)</code>"
  }

  var groups: HTML {
    guard model.groups.count > 1, !model.groups.shown.isEmpty else { return .empty }
    let scored = max(1, summary.scored)
    let rows: [HTML] = model.groups.shown.map { group in
      let name = group.name.isEmpty ? "(top folder)" : SamplePath(group.name).printable
      let own = Double(group.images - group.unreadable) / Double(scored)
      let weight = group.pullSquared.map { own > 0 ? fixed($0 / own, 2) + "×" : "–" } ?? "–"
      return """
        <tr data-filter="\(name)"><th scope="row">\(name)</th><td class="n">\(group.images.formattedWithCommas)</td>\
        <td class="n">\(group.drop == 0 ? "" : "✕ \(group.drop.formattedWithCommas)")</td>\
        <td class="n">\(group.review == 0 ? "" : "? \(group.review.formattedWithCommas)")</td>\
        <td class="n">\(group.pullSquared.map(percent) ?? "–")</td><td class="n">\(weight)</td>\
        <td class="n">\(group.squaredLoss.map(percent) ?? "–")</td>\
        <td class="n">\(group.highestSkew.map { fixed($0, 1) } ?? "–")</td></tr>
        """
    }
    let more =
      model.groups.count - model.groups.alone > model.groups.shown.count
      ? "The first \(model.groups.shown.count) of \((model.groups.count - model.groups.alone).formattedWithCommas) folders, by images marked drop, then by pull."
      : "Ordered by images marked drop, then by pull."
    let alone =
      model.groups.alone > 0
      ? " \(model.groups.alone.formattedWithCommas) folders hold one image each and are left out here." : ""
    return """
      <section id="groups"><h2>Folders</h2><p class="about">\(more)\(alone) \u{201C}Pull per image\u{201D} above 1× means that \
      squared error listens to this folder more than its size would say.</p>
      <div class="scroll"><table class="list"><thead><tr><th scope="col">folder</th><th scope="col" class="n">images</th>\
      <th scope="col" class="n">drop</th><th scope="col" class="n">review</th>\
      <th scope="col" class="n">share of pull</th><th scope="col" class="n">pull per image</th>\
      <th scope="col" class="n">share of squared loss</th><th scope="col" class="n">highest skew</th></tr></thead>\
      <tbody>\(rows)</tbody></table></div></section>

      """
  }

  var agreement: HTML {
    guard let agreement = model.agreement else { return .empty }
    let heads: [HTML] = zip(agreement.names, agreement.meanings).map { name, meaning in
      "<th scope=\"col\" title=\"\(meaning)\"><span>\(name)</span></th>"
    }
    let rows: [HTML] = zip(agreement.names.indices, agreement.names).map { row, name in
      let cells: [HTML] = agreement.correlations[row].map { value in
        guard let value else { return "<td>–</td>" }
        let strength = fixed(100 * abs(value), 0)
        return """
          <td class="\(value < 0 ? "against" : "with")" style="--strength:\(strength)%">\(signed(value))</td>
          """
      }
      return "<tr><th scope=\"row\" title=\"\(agreement.meanings[row])\">\(name)</th>\(cells)</tr>"
    }
    return """
      <section id="agreement"><h2>Do the metrics agree?</h2>
      <p class="about">Spearman\u{2019}s rank correlation over \(agreement.images.formattedWithCommas) images, every \
      metric turned so that high is bad: 1 when two metrics find the same images bad, 0 when one says nothing about \
      the other.</p>
      <div class="scroll"><table class="matrix"><thead><tr><th></th>\(heads)</tr></thead><tbody>\(rows)</tbody></table>\
      </div></section>

      """
  }

  private func signed(_ value: Double) -> String { (value < 0 ? "−" : "") + fixed(abs(value), 2) }

  var unreadable: HTML {
    guard summary.failed > 0 || !summary.folderIssues.isEmpty else { return .empty }
    let files: [HTML] = model.unreadable.map { failure in
      let path = SamplePath(failure.path).printable
      return """
        <tr data-filter="\(path) \(failure.code)"><th scope="row" class="paths">\(path)</th>\
        <td><code>\(failure.code)</code></td><td>\(SamplePath(failure.detail).printable)</td></tr>
        """
    }
    let folders: [HTML] = summary.folderIssues.prefix(ReportModel.mostUnreadable).map { issue in
      let path = SamplePath(issue.path).printable
      return """
        <tr data-filter="\(path) \(issue.code)"><th scope="row" class="paths">\(path)/</th>\
        <td><code>\(issue.code)</code></td><td>\(SamplePath(issue.detail).printable)</td></tr>
        """
    }
    let hidden = summary.failed - model.unreadable.count
    let more: HTML =
      hidden > 0
      ? "<p>\(hidden.formattedWithCommas) more:</p>\(command(summary.commands.unreadable))"
      : .empty
    return """
      <section id="unreadable"><h2>Unreadable files</h2><p class="about">They have no scores and are in no figure \
      above.</p><div class="scroll"><table class="list"><thead><tr><th scope="col">file</th><th scope="col">code</th>\
      <th scope="col">detail</th></tr></thead><tbody>\(files)\(folders)</tbody></table></div>\(more)</section>

      """
  }

  var method: HTML {
    let facts: [HTML] = methodFacts.map { "<div><dt>\($0.name)</dt><dd>\($0.value)</dd></div>" }
    let limits: [HTML] = model.limits.map { "<li>\($0)</li>" }
    return """
      <section id="method"><h2>Method and limits</h2><div class="columns"><div>
      <p>\(model.reference.method)</p><p>\(model.reference.rule)</p>
      <h3>Limits</h3><ul class="limits">\(limits)</ul></div>
      <dl class="facts-list">\(facts)</dl></div></section>

      """
  }

  private var methodFacts: [(name: String, value: String)] {
    var facts: [(String, String)] = []
    if let model = summary.model {
      facts.append(("model", model.words(seed: nil)))
      facts.append(("model digest", model.digest))
    }
    let method = self.model.method
    facts += [
      ("seed", "\(summary.seed)"), ("audit", summary.version),
      ("result digest", summary.digest ?? "none: not finished"),
      ("settings digest", method.settingsDigest), ("plan digest", method.planDigest), ("started", method.startedAt),
      ("finished", method.finishedAt ?? "not yet"), ("dataset", SamplePath(summary.dataset).printable),
      ("database", SamplePath(summary.database).printable),
      ("metrics", method.metrics.map { "\($0.name)@\($0.version)" }.joined(separator: " ")),
    ]
    return facts
  }
}
