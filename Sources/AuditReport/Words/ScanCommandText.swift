import AuditCore
import AuditMetrics

/// The scan that a run was, as a command that goes on with it or works out anew what is out of date in it. With other
/// settings it would be another run, with other lines or files other results: where the run does not tell all that was
/// given, there are words alone.
struct ScanCommandText {
  /// nil where the run does not tell all: the files of a list, a model's or a network's file, parameters of a metric.
  let text: String?
  /// The same for a new run with a model of its own.
  let anew: String?
  /// What stands in a sentence where there is no command.
  let words: String

  /// - Parameters:
  ///   - dataset: the run's folder.
  ///   - database: path of the database.
  ///   - name: of the run, where it has to be said.
  ///   - settings: of the run; nil where they cannot be read.
  init(dataset: String, database: String, name: String?, settings: ScanSettings?) {
    let choices = settings?.choices
    words = "the same scan command" + (choices?.isListed == true ? ", with the same list" : "")
    guard let settings, let choices, !choices.isListed, let metrics = ScanCommandText.metrics(settings.metrics) else {
      (text, anew) = (nil, nil)
      return
    }
    let rules = settings.files ?? FileRules()
    let folders = rules.folders.isEmpty ? [dataset] : rules.folders.map { dataset + "/" + $0 }
    let source = choices.feeder.map { ["--feeder \(quoted($0))"] } ?? folders.map(quotedFile)
    let begin = ["audit scan"] + source + ["--db \(quotedFile(database))"]
    let rest =
      ScanCommandText.sizes(settings) + metrics + ScanCommandText.files(rules, choices)
      + ScanCommandText.limits(settings.limits) + ScanCommandText.quality(choices)
      + ScanCommandText.lines(choices.thresholds)
    text = ScanCommandText.reference(settings).map {
      (begin + (name.map { ["--name \(quoted($0))"] } ?? []) + $0 + rest).joined(separator: " ")
    }
    anew = (begin + ["--fresh"] + rest).joined(separator: " ")
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

  private static func files(_ rules: FileRules, _ choices: ScanChoices) -> [String] {
    rules.include.map { "--include \(quoted($0))" } + rules.exclude.map { "--exclude \(quoted($0))" }
      + (rules.withSidecars ? ["--with-sidecars"] : [])
      + (rules.identity.map { ["--identity-from \(quoted($0))"] } ?? [])
      + (choices.labels ?? []).map { "--labels \(quoted($0))" }
      + (choices.followLinks ? ["-L"] : [])
  }

  private static func limits(_ limits: ReadingLimits) -> [String] {
    let usual = ReadingLimits()
    return [
      option("max-bytes", String(limits.maxBytes), unless: String(usual.maxBytes)),
      option("timeout", typed(limits.timeout), unless: typed(usual.timeout)),
    ].compactMap { $0 }
  }

  private static func quality(_ choices: ScanChoices) -> [String] {
    guard choices.quality else { return ["--no-quality"] }
    let issues = choices.issues
    func codes(_ codes: [String]) -> String? { codes.isEmpty ? nil : quoted(codes.joined(separator: ",")) }
    return [
      option("issue-threshold", choices.issueThreshold.map { typed($0) }, unless: nil),
      option("profile", issues.profile.map(quoted), unless: nil),
      option("drop-issues", codes(issues.drop), unless: nil),
      option("review-issues", codes(issues.review), unless: nil),
      issues.dropsCopies ? "--drop-duplicates" : nil,
    ].compactMap { $0 } + choices.against.map { "--against \(quotedFile($0))" }
  }

  private static func lines(_ thresholds: VerdictThresholds) -> [String] {
    let usual = VerdictThresholds()
    return [
      option("review-above", typed(thresholds.reviewAbove), unless: typed(usual.reviewAbove)),
      option("drop-above", thresholds.isDropChosen ? typed(thresholds.dropAbove) : nil, unless: nil),
      option(
        "least-gain", typed(thresholds.recommendation.leastGain, of: 100),
        unless: typed(usual.recommendation.leastGain, of: 100)),
    ].compactMap { $0 }
  }

  /// The shortest text of which the option makes this number again.
  ///
  /// - Parameter whole: what the option divides by.
  private static func typed(_ value: Double, of whole: Double = 1) -> String {
    let short = significant(whole * value, 6)
    return Double(short).map { $0 / whole } == value ? short : "\(whole * value)"
  }

  private static func option(_ name: String, _ value: String?, unless usual: String?) -> String? {
    value.flatMap { $0 == usual ? nil : "--\(name) \($0)" }
  }
}
