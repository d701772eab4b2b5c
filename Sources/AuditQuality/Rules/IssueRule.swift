package import AuditCore
import AuditStatistics

/// Finds one thing that is wrong with a picture from what is stored about it: after scoring, without a pixel.
///
/// A new issue is one file with one of these, and one line in `IssueRules`. Its code, words and page follow into
/// `audit explain`, the gates, the report and table `issue`.
package protocol IssueRule: Sendable {
  var info: IssueInfo { get }

  /// Columns of table `quality` that it looks at.
  var statistics: [String] { get }

  /// - Returns: nil where the picture does not have the issue.
  func finding(in sample: MeasuredSample, of set: MeasuredSet) -> RuleFinding?

  /// What to say once of a set whose usual picture has the issue, instead of marking nearly all.
  func finding(ofAll set: MeasuredSet) -> RuleFinding?

  /// What such a set is: "low contrast".
  var wordsOfAll: String { get }

  /// Whether a picture is beyond a line that hangs on no set.
  func isCrossed(by sample: MeasuredSample) -> Bool
}

extension IssueRule {
  package func finding(ofAll set: MeasuredSet) -> RuleFinding? { nil }
  package var wordsOfAll: String { info.code.replacing("_", with: " ") }
  package func isCrossed(by sample: MeasuredSample) -> Bool { false }
}

/// What a rule found.
package struct RuleFinding: Sendable, Equatable {
  /// In words, with the number that spoke: "94 % of the pixels have no colour, where the set has 3 %".
  package let detail: String
  /// How bad it is, 0...1.
  package let strength: Double
  /// Probability that it is so; nil where an absolute rule spoke.
  package let confidence: Double?

  package init(_ detail: String, strength: Double, confidence: Double?) {
    self.detail = detail
    self.strength = min(max(strength, 0), 1)
    self.confidence = confidence
  }
}

/// One picture of a run as the rules see it.
package struct MeasuredSample: Sendable {
  package let width: Int
  package let height: Int
  /// How much nearer each turn lies to the set, and how odd the picture is; nil where the set has no model of damage.
  package let judgement: PictureJudgement?
  /// Probability that the picture is damaged in any way.
  package let confidence: Double?
  /// Whether another picture resembles it so much that it vouches for it.
  package let hasLookAlike: Bool
  private let statistics: [Double]
  private let places: [String: Int]
  private let kindConfidence: [Double]

  /// - Parameters:
  ///   - statistics: NaN where there is none.
  ///   - places: where each column stands in `statistics`.
  ///   - kindConfidence: probability of each kind of damage, in the order of the registry; empty without a model.
  package init(
    width: Int, height: Int, statistics: [Double], places: [String: Int], judgement: PictureJudgement? = nil,
    confidence: Double? = nil, kindConfidence: [Double] = [], hasLookAlike: Bool = false
  ) {
    self.width = width
    self.height = height
    self.statistics = statistics
    self.places = places
    self.judgement = judgement
    self.confidence = confidence
    self.kindConfidence = kindConfidence
    self.hasLookAlike = hasLookAlike
  }

  /// A statistic; nil where the picture does not have it.
  package subscript(name: String) -> Double? {
    guard let place = places[name], !statistics[place].isNaN else { return nil }
    return statistics[place]
  }

  /// Probability that the picture is damaged in that way; nil where the set has no model of damage.
  package func confidence(of kind: String) -> Double? {
    guard let place = DamageKinds.places[kind], kindConfidence.indices.contains(place) else { return nil }
    return kindConfidence[place]
  }

  /// Share of the votes for any of these kinds.
  func votes(for kinds: [String]) -> Double {
    guard let judgement else { return 0 }
    return kinds.reduce(0) { sum, kind in
      DamageKinds.places[kind].map { judgement.votes.indices.contains($0) ? sum + judgement.votes[$0] : sum } ?? sum
    }
  }

  /// The kind with most votes; nil without votes.
  package var likeliestKind: String? {
    judgement.flatMap { DamageKinds.likeliest(votes: $0.votes)?.name }
  }

  /// The kinds that have votes, most first.
  package var mostVoted: [DamageKind] {
    zip(DamageKinds.all, judgement?.votes ?? []).filter { $0.1 > 0 }.sorted { $0.1 > $1.1 }.map(\.0)
  }
}

/// What is usual in the set.
package struct MeasuredSet: Sendable {
  /// Pictures that were measured.
  package let count: Int
  /// Probability from which an issue is raised.
  package let threshold: Double
  private let usual: [String: (median: Double, spread: Double)]

  /// Width and height that nearly all pictures have; nil where sizes differ.
  package let size: (width: Int, height: Int)?

  /// Part of the pictures that is beyond each absolute line, by code.
  private let crossed: [String: Double]

  /// From this part of the pictures on, a line says something of the set, and not of each of them.
  static let wholeShare = 0.5

  /// Below this many pictures it cannot be learnt what damage looks like in a set.
  package static let fewestToLearn = 100

  /// Part of the pictures that has to have one size.
  package static let commonShare = 0.9

  /// - Parameters:
  ///   - usual: median and 1.4826 MAD of each column.
  ///   - size: that at least `commonShare` of the pictures have.
  ///   - crossed: part of the pictures that is beyond each absolute line, by code.
  package init(
    count: Int, threshold: Double, usual: [String: (median: Double, spread: Double)],
    size: (width: Int, height: Int)? = nil, crossed: [String: Double] = [:]
  ) {
    self.count = count
    self.threshold = threshold
    self.usual = usual
    self.size = size
    self.crossed = crossed
  }

  /// - Parameter columns: of all pictures by name; NaN where a picture is too small for one.
  package init(
    threshold: Double, columns: [String: [Double]], size: (width: Int, height: Int)? = nil
  ) {
    var usual: [String: (median: Double, spread: Double)] = [:]
    for (name, values) in columns {
      let known = values.filter { !$0.isNaN }
      guard let middle = AuditStatistics.median(known), let spread = medianAbsoluteDeviation(known) else { continue }
      usual[name] = (middle, consistencyOfMAD * spread)
    }
    self.init(
      count: columns.values.first?.count ?? 0, threshold: threshold, usual: usual, size: size,
      crossed: MeasuredSet.crossed(columns))
  }

  /// Part of the pictures that is beyond each absolute line.
  private static func crossed(_ columns: [String: [Double]]) -> [String: Double] {
    let count = columns.values.first?.count ?? 0
    guard count > 0 else { return [:] }
    let names = columns.keys.sorted()
    let values = names.map { columns[$0] ?? [] }
    let places = Dictionary(uniqueKeysWithValues: names.indices.map { (names[$0], $0) })
    let rules = IssueRules.all
    var counts = [Int](repeating: 0, count: rules.count)
    for row in 0..<count {
      let sample = MeasuredSample(width: 0, height: 0, statistics: values.map { $0[row] }, places: places)
      for (place, rule) in rules.enumerated() where rule.isCrossed(by: sample) { counts[place] += 1 }
    }
    return Dictionary(zip(rules, counts).map { ($0.info.code, Double($1) / Double(count)) }) { first, _ in first }
  }

  package func median(_ name: String) -> Double? { usual[name]?.median }
  /// 1.4826 times the median absolute deviation.
  package func spread(_ name: String) -> Double? { usual[name]?.spread }

  /// Part of the pictures beyond an absolute line, where that makes it a matter of the set.
  func wholeShare(_ code: String) -> Double? {
    crossed[code].flatMap { $0 >= MeasuredSet.wholeShare ? $0 : nil }
  }

  /// The picture that has the median of every statistic.
  var typical: MeasuredSample {
    let names = usual.keys.sorted()
    return MeasuredSample(
      width: 0, height: 0, statistics: names.map { usual[$0]?.median ?? .nan },
      places: Dictionary(uniqueKeysWithValues: names.indices.map { (names[$0], $0) }))
  }

  /// How many robust standard deviations a value lies above the set's median; nil where the set has no spread.
  package func distance(_ name: String, _ value: Double?) -> Double? {
    guard let value, let usual = usual[name], usual.spread > 0 else { return nil }
    return (value - usual.median) / usual.spread
  }
}

/// Every code that an issue can have.
package enum IssueCatalogue {
  package static var all: [IssueInfo] { SampleIssue.Code.allCases.map(IssueInfo.init) + IssueRules.all.map(\.info) }

  package static func info(_ code: String) -> IssueInfo? { all.first { $0.code == code } }
}
