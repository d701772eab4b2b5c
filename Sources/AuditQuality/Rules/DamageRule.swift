import AuditCore

/// An issue that is a kind of damage.
///
/// It is raised where copies of the set's own pictures that were damaged in that way say so (`docs/damage.md`, 4) and
/// the picture shows the kind's own sign; or where an absolute line is crossed, whatever the set looks like.
struct DamageRule: IssueRule {
  typealias Sign = @Sendable (MeasuredSample, MeasuredSet) -> String?
  typealias Line = @Sendable (MeasuredSample) -> RuleFinding?

  let info: IssueInfo
  /// Names of the kinds of damage that it is about.
  let kinds: [String]
  let statistics: [String]
  /// In words with its number; nil where the picture does not look so.
  private let sign: Sign
  /// What is so beyond doubt in such a set, whether or not votes say so; in words.
  private let certain: Sign?
  /// nil where nothing can be said without a set.
  private let line: Line?
  /// What is said once of a set by its usual picture; nil for what the line says of it.
  private let ofAll: Line?
  package let wordsOfAll: String

  init(
    _ code: String, kinds: [String], meaning: String, remedy: String, page: String? = nil, statistics: [String],
    sign: @escaping Sign, certain: Sign? = nil, line: Line? = nil, ofAll: Line? = nil, wordsOfAll: String? = nil
  ) {
    info = IssueInfo(code: code, severity: .warning, meaning: meaning, remedy: remedy, page: page)
    (self.kinds, self.statistics) = (kinds, statistics)
    (self.sign, self.certain, self.line, self.ofAll) = (sign, certain, line, ofAll)
    self.wordsOfAll = wordsOfAll ?? code.replacing("_", with: " ")
  }

  func finding(in sample: MeasuredSample, of set: MeasuredSet) -> RuleFinding? {
    learnt(sample, set) ?? certain?(sample, set).map { RuleFinding($0, strength: 1, confidence: nil) }
      ?? (finding(ofAll: set) == nil ? line?(sample) : nil)
  }

  func finding(ofAll set: MeasuredSet) -> RuleFinding? {
    if let usual = (ofAll ?? line)?(set.typical) {
      return RuleFinding("\(usual.detail) in its usual picture", strength: usual.strength, confidence: nil)
    }
    // Medians of two statistics need not be those of one picture.
    return set.wholeShare(info.code).map { share in
      RuleFinding(
        "\(percent(share)) of its pictures are beyond the line of `audit explain \(info.code)`", strength: share,
        confidence: nil)
    }
  }

  func isCrossed(by sample: MeasuredSample) -> Bool { line?(sample) != nil }

  private func learnt(_ sample: MeasuredSample, _ set: MeasuredSet) -> RuleFinding? {
    // The mixture of one kind alone is sure of too much: its share of the set is never estimated below a picture or two.
    guard let any = sample.confidence, any >= set.threshold, let confidence = confidence(in: sample),
      confidence >= set.threshold, let words = sign(sample, set)
    else { return nil }
    return RuleFinding(words, strength: sample.votes(for: kinds), confidence: confidence)
  }

  /// Of its own kinds, or that the picture is damaged at all where its kinds are the likeliest ones.
  private func confidence(in sample: MeasuredSample) -> Double? {
    let own = kinds.compactMap { sample.confidence(of: $0) }.max()
    guard let own, let likeliest = sample.likeliestKind, kinds.contains(likeliest) else { return own }
    return max(own, sample.confidence ?? 0)
  }
}

extension MeasuredSet {
  /// How far a statistic lies above (or below) what is usual, where that is as far as asked for: "4.1".
  func standsOut(_ name: String, _ sample: MeasuredSample, above least: Double) -> String? {
    distance(name, sample[name]).flatMap { $0 >= least ? fixed($0, 1) : nil }
  }

  func standsOut(_ name: String, _ sample: MeasuredSample, below least: Double) -> String? {
    distance(name, sample[name]).flatMap { $0 <= -least ? fixed(-$0, 1) : nil }
  }
}
