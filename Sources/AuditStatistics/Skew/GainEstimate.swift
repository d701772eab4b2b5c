package import AuditCore

/// What a remedy is worth: the fall of squared loss on what stays, cross-validated (`docs/statistic.md`, 7).
package struct Remedy: Sendable, Equatable {
  package let name: RemedyName
  /// Images of the subsample that it leaves out, or that weigh less than 1.
  package let count: Int
  package let gain: Gain

  package init(name: RemedyName, count: Int, gain: Gain) {
    self.name = name
    self.count = count
    self.gain = gain
  }
}

extension Gain {
  /// How far estimates part from what a remedy brings on images that nobody trained on, beyond what the judging rows
  /// differ: the interval above takes the strangers in the set as given, and another draw of them moves the gain. As
  /// standard deviations, a share of the gain and a part of whole losses; measured with `audit-bench truth` on draws of
  /// frames, drawn frames and portraits (ARCHITECTURE.md).
  private static let (spreadBetweenSets, leastSpread) = (0.15, 0.01)

  /// The same gain with an interval for images that nobody trained on.
  package var onNewImages: Gain {
    func reach(_ own: Double) -> Double {
      let (share, least) = (1.96 * Gain.spreadBetweenSets * gain, 1.96 * Gain.leastSpread)
      return (own * own + share * share + least * least).squareRoot()
    }
    return Gain(gain: gain, low: gain - reach(gain - low), high: gain + reach(high - gain))
  }
}

/// How much each held-out row has to say about a remedy (`docs/statistic.md`, 7).
struct Judge {
  /// A row's loss counts up to this many median losses: strangers that are still there do not decide.
  static let mostMedians = 3.0

  private let most: Double

  /// - Parameter losses: of the rows that stay, before anything is done. Where more than half are 0 (copies that the
  ///   model meets exactly), the median of the others counts.
  init(losses: [Double]) {
    let middle = median(losses) ?? 0
    most = Judge.mostMedians * (middle > 0 ? middle : median(losses.filter { $0 > 0 }) ?? 0)
  }

  /// 0...1; the importance times the loss is at most the cap.
  func importance(ofLoss loss: Double) -> Double { loss <= most ? 1 : most / loss }
}

/// Sums that a gain and its interval follow from, so that what several models say adds up.
package struct GainSums: Sendable, Equatable {
  /// Rows that stay, and the sum of their importances.
  private(set) var count = 0.0
  private(set) var importance = 0.0
  /// Sums over the rows of importance x loss before (b), and of its fall (f).
  private(set) var before = 0.0
  private(set) var fall = 0.0
  private(set) var beforeSquared = 0.0
  private(set) var fallSquared = 0.0
  private(set) var product = 0.0

  package init() {}

  mutating func add(importance: Double, before: Double, after: Double) {
    let (b, f) = (importance * before, importance * (before - after))
    count += 1
    self.importance += importance
    self.before += b
    fall += f
    beforeSquared += b * b
    fallSquared += f * f
    product += b * f
  }

  /// Adds what another model says of other rows, each of which stands for `images` images.
  mutating func add(_ other: GainSums, images: Double) {
    count += other.count
    importance += images * other.importance
    before += images * other.before
    fall += images * other.fall
    beforeSquared += images * images * other.beforeSquared
    fallSquared += images * images * other.fallSquared
    product += images * images * other.product
  }

  /// Mean loss before.
  var mean: Double { importance > 0 ? before / importance : 0 }

  /// Ratio estimator: the errors are f - gain b, whose sum is 0.
  var gain: Gain {
    guard before > 0 else { return Gain(gain: 0, low: 0, high: 0) }
    let gain = fall / before
    let squares = max(fallSquared - 2 * gain * product + gain * gain * beforeSquared, 0)
    let reach = count > 1 ? 1.96 * (squares * count / (count - 1)).squareRoot() / before : 0
    return Gain(gain: gain, low: gain - reach, high: gain + reach)
  }
}

/// What one model says about remedies, before it is made into figures.
package struct GainPart: Sendable {
  fileprivate let drop: (count: Int, sums: GainSums)
  fileprivate let weights: (count: Int, sums: GainSums)
  fileprivate let both: (count: Int, sums: GainSums)
  fileprivate let curve: [(share: Double, count: Int, sums: GainSums)]
  fileprivate let marked: Int
  /// Images that each of its rows stands for.
  package var images = 1.0
}

/// A point of the curve of gain over the share that is left out by skew.
package struct GainPoint: Sendable, Equatable {
  /// Share of the subsample, 0...1.
  package let share: Double
  package let count: Int
  package let gain: Gain

  package init(share: Double, count: Int, gain: Gain) {
    self.share = share
    self.count = count
    self.gain = gain
  }
}

/// What can be said about remedies from one subsample.
package struct GainReport: Sendable, Equatable {
  /// Mean squared loss per number of a row on what stays, before anything is done.
  package let before: Double
  /// Remedies that there is something to do for: drop and both only where something is marked.
  package let remedies: [Remedy]
  package let curve: [GainPoint]
  /// Rows that are marked drop or review.
  package let marked: Int

  package init(before: Double, remedies: [Remedy], curve: [GainPoint], marked: Int) {
    self.before = before
    self.remedies = remedies
    self.curve = curve
    self.marked = marked
  }

  /// Joins what the models of several folders say: a training per folder loses the sum of their losses.
  ///
  /// The curve leaves out its share of the rows of each of them.
  package init(_ parts: [GainPart]) {
    func joined(_ pick: (GainPart) -> GainSums) -> GainSums {
      var sums = GainSums()
      for part in parts { sums.add(pick(part), images: part.images) }
      return sums
    }
    func remedy(_ name: RemedyName, _ pick: (GainPart) -> (count: Int, sums: GainSums)) -> Remedy {
      Remedy(name: name, count: parts.reduce(0) { $0 + pick($1).count }, gain: joined { pick($0).sums }.gain)
    }
    let (drop, weights) = (remedy(.drop, \.drop), remedy(.weights, \.weights))
    self.init(
      before: joined(\.drop.sums).mean,
      remedies: drop.count == 0 ? [weights] : [drop, weights, remedy(.both, \.both)],
      curve: CrossValidation.shares.indices.compactMap { place in
        let count = parts.reduce(0) { $0 + $1.curve[place].count }
        guard count > 0 else { return nil }
        return GainPoint(
          share: CrossValidation.shares[place], count: count, gain: joined { $0.curve[place].sums }.gain)
      }, marked: parts.reduce(0) { $0 + $1.marked })
  }

  /// The remedy that the rule chooses by its lower bound; nil where nothing is marked.
  package func recommendation(by rule: RecommendationRule = RecommendationRule()) -> Remedy? {
    marked > 0 ? rule.choice(among: remedies) { $0.gain.onNewImages.low } : nil
  }
}

/// Five folds of the subsample by its order, each judged by plain models of the other four.
package struct CrossValidation: Sendable {
  package static let folds = 5
  package static let shares = [0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.10]

  let gram: GramMatrix
  let rank: Int
  let weights: [Double]
  /// Where the fits start.
  let warm: Block?

  /// - Parameters:
  ///   - fit: the robust fit of the same rows.
  ///   - weights: training weight of every row, above 0.
  package init(gram: GramMatrix, fit: RobustFit, rank: Int, weights: [Double]) {
    precondition(weights.count == gram.count && fit.count == gram.count)
    self.gram = gram
    self.rank = rank
    self.weights = weights
    warm = fit.raw
  }

  /// - Parameters:
  ///   - skew: skew of every row, which the curve leaves out from the top.
  ///   - verdicts: of every row.
  ///   - judged: rows that the loss is taken over; nil for all.
  ///   - jobs: threads, each with a matrix of its own (31 MB at 2,000 rows); the result is the same for any number.
  /// - Returns: nil where the watch stopped it.
  package func part(
    skew: [Double], verdicts: [Verdict], judged: [Bool]? = nil, jobs: Int = 1, watch: GainWatch = GainWatch()
  ) -> GainPart? {
    let dropped = verdicts.map { $0 == .drop }
    let counts = CrossValidation.shares.map { Int(($0 * Double(gram.count)).rounded()) }
    let distinct = Array(Set(counts.filter { $0 > 0 })).sorted()
    let masks = [dropped] + distinct.map { worst($0, of: skew) }
    guard let losses = losses(dropping: dropped, leavingOut: masks, jobs: jobs, watch: watch) else { return nil }
    let judged = judged ?? dropped.map { _ in true }
    func sums(_ after: [Double], leftOut: [Bool]) -> GainSums {
      let rows = after.indices.filter { judged[$0] && !leftOut[$0] }
      let judge = Judge(losses: rows.map { losses.before[$0] })
      var sums = GainSums()
      for row in rows {
        sums.add(
          importance: judge.importance(ofLoss: losses.before[row]), before: losses.before[row], after: after[row])
      }
      return sums
    }
    return GainPart(
      drop: (zip(dropped, judged).count { $0 && $1 }, sums(losses.left[0], leftOut: dropped)),
      weights: (zip(weights, judged).count { $0 < 1 && $1 }, sums(losses.weighted, leftOut: dropped)),
      both: (
        weights.indices.count { judged[$0] && (dropped[$0] || weights[$0] < 1) },
        sums(losses.both, leftOut: dropped)
      ),
      curve: zip(CrossValidation.shares, counts).map { share, count in
        guard let place = distinct.firstIndex(of: count) else {
          return (share, 0, sums(losses.before, leftOut: dropped.map { _ in false }))
        }
        return (share, count, sums(losses.left[place + 1], leftOut: masks[place + 1]))
      },
      marked: zip(verdicts, judged).count { $0 != .keep && $1 })
  }

  package func report(skew: [Double], verdicts: [Verdict], jobs: Int = 1) -> GainReport {
    GainReport([part(skew: skew, verdicts: verdicts, jobs: jobs)].compactMap { $0 })
  }

  /// The `count` rows of highest skew; equal ones in their order.
  private func worst(_ count: Int, of skew: [Double]) -> [Bool] {
    let order = skew.indices.sorted { skew[$0] == skew[$1] ? $0 < $1 : skew[$0] > skew[$1] }
    var mask = [Bool](repeating: false, count: skew.count)
    for index in order.prefix(count) { mask[index] = true }
    return mask
  }
}
