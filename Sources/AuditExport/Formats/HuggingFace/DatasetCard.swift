import AuditCore
import AuditStore

/// A Markdown block for a README or a dataset card, between markers so that it can be replaced.
struct DatasetCard {
  private let store: Store
  private let run: StoredRun

  init(store: Store, run: StoredRun) {
    self.store = store
    self.run = run
  }

  var markdown: String {
    get throws {
      let rows = try facts().map { "| \($0.0) | \($0.1) |" }
      return """
        <!-- audit:begin -->
        ## Data quality

        | | |
        | --- | --- |
        \(rows.joined(separator: "\n"))

        | metric | mean | worst | unit | better | meaning |
        | --- | --- | --- | --- | --- | --- |
        \(try metrics().joined(separator: "\n"))

        Made by audit \(Escaping.markdown.text(run.version)): a low-rank model of the set itself, robust statistics, verdicts by skew (how much \
        more a squared-error model listens to an image than an absolute-error one).
        <!-- audit:end -->

        """
    }
  }

  private func facts() throws -> [(String, String)] {
    let counts = try store.cardCounts(of: run.id)
    func number(_ name: String) -> String { (counts[name] ?? 0).formattedWithCommas }
    var facts = [
      ("images", "\(number("images")), of which \(number("unreadable")) cannot be read"),
      ("identity folders", number("identities")), ("copies of another file", number("copies")),
      ("verdicts", "keep \(number("keep")), review \(number("review")), drop \(number("drop"))"),
      ("decided against the proposal", number("overruled")),
    ]
    let figures = try store.figures(of: run.id)
    if let squared = figures["worst_pull_squared"], let absolute = figures["worst_pull_absolute"] {
      facts.append(
        ("pull of the worst 1 %", "\(percent(squared)) under squared error, \(percent(absolute)) under absolute error"))
    }
    let change = try store.currency(of: .estimate, run: run.id).change
    for remedy in try store.remedies(of: run.id) {
      let (gain, low, high) = (remedy["gain"].real ?? 0, remedy["low"].real ?? 0, remedy["high"].real ?? 0)
      facts.append(
        (
          "squared loss saved by \(Escaping.markdown.text(remedy["name"].text ?? ""))",
          "\(percent(gain)) (\(percent(low)) to \(percent(high)))"
            + (change.map { ", out of date: \($0)" } ?? (remedy["recommended"].integer == 1 ? ", recommended" : ""))
        ))
    }
    if let model = try store.modelFacts(ofRun: run.id) {
      let (kind, count) = (model["kind"].text ?? "", max(0, model["fitted_on"].integer ?? 0))
      facts.append(
        (
          "reference",
          kind == StoredModel.leaveOneOut
            ? "the median picture of the other \(count - 1) for each image"
            : "\(Escaping.markdown.text(kind)) model, rank \(model["rank"].integer ?? 0), fitted on "
              + "\(count.formattedWithCommas) images, seed \(run.seed)"
        ))
    }
    facts.append(("scanned", Escaping.markdown.text(run.started)))
    let digest = run.digest.map { "`\(Escaping.markdown.text($0))`" }
    facts.append(("digest of the results", digest ?? "none: the run is not complete"))
    return facts
  }

  private func metrics() throws -> [String] {
    try store.headlineValues(of: run.id).map { metric, mean, worst in
      let values = [mean, worst].map { $0.map { significant($0, 4) } ?? "-" }.joined(separator: " | ")
      return "| \(Escaping.markdown.text(metric.name)) | \(values) | \(Escaping.markdown.text(metric.unit)) | "
        + "\(metric.direction.rawValue) | \(Escaping.markdown.text(metric.meaning)) |"
    }
  }
}

struct CardFormat: ExportFormat {
  let name = "card"
  let meaning = "Markdown block for a README or dataset card"
  let listsImages = false

  func write(_ export: Export, standardOutput: Int32) throws -> ExportOutcome {
    let output = try export.output(standardOutput)
    output.text.add(try DatasetCard(store: export.store, run: export.run).markdown)
    try output.finish()
    return ExportOutcome()
  }
}
