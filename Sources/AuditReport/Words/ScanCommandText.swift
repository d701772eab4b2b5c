import AuditCore
import AuditMetrics

/// The command that goes on with a run, or works out anew what is out of date in it: with the settings that the run has,
/// since with others it would be another run.
struct ScanCommandText {
  /// nil where the run does not tell all that was given: a model's or a network's file, parameters of a metric.
  let text: String?

  /// - Parameters:
  ///   - dataset: the run's folder.
  ///   - place: the options that say where the run is.
  ///   - settings: of the run; nil where they cannot be read.
  ///   - figures: of the run, among which are the lines of its verdicts.
  init(dataset: String, place: String, settings: ScanSettings?, figures: [String: Double]) {
    guard let settings, let reference = ScanCommandText.reference(settings),
      let metrics = ScanCommandText.metrics(settings.metrics)
    else {
      text = nil
      return
    }
    let rules = settings.files ?? FileRules()
    let folders = rules.folders.isEmpty ? [dataset] : rules.folders.map { dataset + "/" + $0 }
    text =
      (["audit scan"] + folders.map(quotedFile) + [place] + reference + ScanCommandText.sizes(settings) + metrics
      + ScanCommandText.files(rules) + ScanCommandText.lines(figures)).joined(separator: " ")
  }

  private static func reference(_ settings: ScanSettings) -> [String]? {
    switch settings.reference {
    case "low-rank": []
    case "low-rank per identity": ["--per identity"]
    default: nil
    }
  }

  private static func sizes(_ settings: ScanSettings) -> [String] {
    let usual = ScanSettings()
    return [
      option("size", settings.size.map(String.init), unless: nil),
      option("rank", String(settings.rank), unless: String(usual.rank)),
      option("sample", String(settings.sample), unless: String(usual.sample)),
      option("seed", String(settings.seed), unless: String(usual.seed)),
      option("max-pixels", String(settings.maxPixels), unless: String(usual.maxPixels)),
    ].compactMap { $0 }
  }

  private static func metrics(_ identities: [String]) -> [String]? {
    if identities == MetricRegistry.defaults.map(\.info.identity) { return [] }
    let known = Dictionary(uniqueKeysWithValues: MetricRegistry.all.map { ($0.info.identity, $0.info.name) })
    let names = identities.compactMap { known[$0] }
    return names.count == identities.count ? ["--metrics \(names.joined(separator: ","))"] : nil
  }

  private static func files(_ rules: FileRules) -> [String] {
    rules.include.map { "--include \(quoted($0))" } + rules.exclude.map { "--exclude \(quoted($0))" }
      + (rules.withSidecars ? ["--with-sidecars"] : [])
      + (rules.identity.map { ["--identity-from \(quoted($0))"] } ?? [])
  }

  private static func lines(_ figures: [String: Double]) -> [String] {
    let usual = VerdictThresholds()
    func line(_ name: String, _ figure: String, _ usual: Double, scale: Double = 1) -> String? {
      option(name, figures[figure].map { significant(scale * $0, 6) }, unless: significant(scale * usual, 6))
    }
    return [
      line("review-above", "review_above", usual.reviewAbove), line("drop-above", "drop_above", usual.dropAbove),
      line("least-gain", "least_gain", usual.recommendation.leastGain, scale: 100),
    ].compactMap { $0 }
  }

  private static func option(_ name: String, _ value: String?, unless usual: String?) -> String? {
    value.flatMap { $0 == usual ? nil : "--\(name) \($0)" }
  }
}
