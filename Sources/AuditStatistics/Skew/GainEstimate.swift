package import AuditCore

/// What a remedy is worth: the fall of squared loss on what stays, cross-validated (`docs/statistic.md`, 7).
package struct Remedy: Sendable, Equatable {
  package let name: RemedyName
  /// Images of the subsample that it leaves out, or that weigh less than 1.
  package let count: Int
  package let gain: Gain
  /// The gain where everything counts, what is left out too: as little as that the remedy may be worth.
  package let whole: Double

  /// - Parameter whole: nil for the gain itself.
  package init(name: RemedyName, count: Int, gain: Gain, whole: Double? = nil) {
    self.name = name
    self.count = count
    self.gain = gain
    self.whole = whole ?? gain.gain
  }

  /// With an interval for images that nobody trained on, which holds both readings.
  package var onNewImages: Gain {
    let wide = gain.onNewImages
    return Gain(gain: wide.gain, low: min(wide.low, whole), high: max(wide.high, whole))
  }
}

extension Gain {
  /// How far estimates part from what a remedy brings on images that nobody trained on, beyond what the judging rows
  /// differ: the interval above takes the strangers in the set as given, and another draw of them moves the gain. As
  /// standard deviations, a share of the gain and a part of whole losses; measured with `audit-bench truth` on draws of
  /// frames, drawn frames and portraits (ARCHITECTURE.md).
  fileprivate static let (spreadBetweenSets, leastSpread) = (0.15, 0.01)

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
package struct Judge {
  /// Of what stays a loss counts up to this many median losses: strangers that are still there do not decide.
  static let mostMedians = 3.0
  /// The same where everything counts, what is left out too. A picture of another camera has some ten, which count in
  /// full; a stranger has more, whom few others of his kind make hardly easier to draw.
  package static let mostMediansOfWhole = 10.0

  private let typical: Double

  /// - Parameter losses: of the rows that stay, before anything is done. Where more than half are 0 (copies that the
  ///   model meets exactly), the median of the others counts.
  init(losses: [Double]) {
    let middle = median(losses) ?? 0
    typical = middle > 0 ? middle : median(losses.filter { $0 > 0 }) ?? 0
  }

  /// 0...1; the importance times the loss is at most `medians` median losses.
  func importance(ofLoss loss: Double, upTo medians: Double = Judge.mostMedians) -> Double {
    let most = medians * typical
    return loss <= most ? 1 : most / loss
  }
}

/// What marked rows lose without their like: the sign of a group of the set, where it is more than a few rows that do.
struct Growth {
  /// From how many rows it comes, evenly counted: (sum of growths)² over the sum of their squares.
  let count: Double

  /// A count of k has a standard error of its root: of more than four the share in the set is above 0 by two of them. Of
  /// fewer nobody can say whether new images will hold the like: two negatives among 180 pictures are no group.
  static let most = 4.0

  var isOfGroup: Bool { count > Growth.most }

  init(of rows: [Int], before: [Double], after: [Double], judge: Judge) {
    let growths = rows.map { row in
      judge.importance(ofLoss: max(before[row], after[row]), upTo: Judge.mostMediansOfWhole)
        * max(after[row] - before[row], 0)
    }
    let squares = growths.reduce(0) { $0 + $1 * $1 }
    count = squares > 0 ? growths.reduce(0, +) * growths.reduce(0, +) / squares : 0
  }
}

/// Two readings of one remedy.
struct JudgedSums: Sendable, Equatable {
  /// Over what stays: true where what is left out is none of the set.
  var stay = GainSums()
  /// Over everything: true where all of it is content, strangers as little as a second camera.
  var whole = GainSums()
  /// The same with every loss in full, as it will be measured: how far a few rare rows may move it.
  private(set) var plain = GainSums()

  /// Variance of what a held-out fifth differs from an estimate, in variances of the estimate: its own 1, and 4 for a
  /// fifth that has a quarter of the rows that judge.
  private static let heldOutFifth = 5.0

  /// The gain over everything, with what full losses of a fifth that is held out differ.
  ///
  /// - Parameter usual: what the remedy brings in most sets of the kind; nil where nobody knows. The posterior mean of a
  ///   normal prior about it (C. N. Morris, "Parametric empirical Bayes inference", J. Amer. Statist. Assoc. 78 (1983)):
  ///   an estimate whose own error is larger than what such sets differ tells more of the rows that judged than of the set.
  func wholeGain(usual: Double? = nil) -> Gain {
    let measured = whole.gain.gain
    let (own, between) = (whole.reach / 1.96, Gain.leastSpread)
    let trust = between * between / (between * between + own * own)
    let gain = usual.map { $0 + trust * (measured - $0) } ?? measured
    let reach = JudgedSums.heldOutFifth.squareRoot() * plain.reach
    return Gain(gain: gain, low: gain - reach, high: gain + reach)
  }

  /// - Parameters:
  ///   - before: loss of every row.
  ///   - after: the same under the remedy, as what stays and as everything judges it.
  ///   - rows: those that are judged.
  ///   - leftOut: those of them that do not stay.
  ///   - alone: strangers that are no group: that another one draws such a row says nothing of new images, and it is taken
  ///     for as hard before as after.
  init(before: [Double], after: FoldReadings, rows: [Int], leftOut: [Bool], alone: Set<Int> = []) {
    let staying = rows.filter { !leftOut[$0] }
    let judge = Judge(losses: staying.map { before[$0] })
    for row in staying {
      stay.add(importance: judge.importance(ofLoss: before[row]), before: before[row], after: after.given[row])
    }
    for row in rows {
      let most = max(before[row], after.own[row])
      let (first, last) = (alone.contains(row) ? most : before[row], after.own[row])
      whole.add(
        importance: judge.importance(ofLoss: most, upTo: Judge.mostMediansOfWhole), before: first, after: last)
      plain.add(importance: 1, before: first, after: last)
    }
  }

  init() {}

  /// Adds what another model says of other rows, each of which stands for `images` images.
  mutating func add(_ other: JudgedSums, images: Double) {
    stay.add(other.stay, images: images)
    whole.add(other.whole, images: images)
    plain.add(other.plain, images: images)
  }
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
    return Gain(gain: gain, low: gain - reach, high: gain + reach)
  }

  /// Half of its 95 % interval.
  var reach: Double {
    guard before > 0, count > 1 else { return 0 }
    let gain = fall / before
    let squares = max(fallSquared - 2 * gain * product + gain * gain * beforeSquared, 0)
    return 1.96 * (squares * count / (count - 1)).squareRoot() / before
  }
}

/// What one model says about remedies, before it is made into figures.
package struct GainPart: Sendable {
  fileprivate let drop: (count: Int, sums: JudgedSums)
  fileprivate let weights: (count: Int, sums: JudgedSums)
  fileprivate let both: (count: Int, sums: JudgedSums)
  fileprivate let curve: [(share: Double, count: Int, sums: JudgedSums)]
  fileprivate let marked: Int
  /// Whether folds had weights of their own; the reference statistic has one reading only.
  fileprivate let isCrossFitted: Bool
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

  /// Where no remedy gains as much where everything counts there are no strangers, and the estimate is what everything
  /// says: sets without any, and with a second camera, mostly lose by every one, those with strangers gain 4 % and more
  /// by one at least (`docs/statistic.md`, 9). Weights alone do not tell: four pieces of junk among 180 drawn pictures gain
  /// nothing by them and 8 % by leaving them out (section 7).
  private static let leastOfStrangers = 0.01

  /// What remedies mostly bring where there are no strangers: in truth, of films, drawn films, portraits and films of two
  /// cameras (`docs/statistic.md`, 9). What is odd there is rare content.
  private static let usual: [RemedyName: Double] = [.drop: -0.015, .weights: -0.015, .both: -0.03]

  /// Joins what the models of several folders say: a training per folder loses the sum of their losses.
  ///
  /// The curve leaves out its share of the rows of each of them.
  package init(_ parts: [GainPart]) {
    func joined(_ pick: (GainPart) -> JudgedSums) -> JudgedSums {
      var sums = JudgedSums()
      for part in parts { sums.add(pick(part), images: part.images) }
      return sums
    }
    let isReadTwice = parts.allSatisfy(\.isCrossFitted)
    let wholes = [joined(\.drop.sums), joined(\.weights.sums), joined(\.both.sums)].map(\.whole.gain.gain)
    let hasStrangers = !isReadTwice || wholes.contains { $0 >= GainReport.leastOfStrangers }
    func gain(_ sums: JudgedSums, usual: Double? = nil) -> Gain {
      hasStrangers ? sums.stay.gain : sums.wholeGain(usual: usual)
    }
    func remedy(_ name: RemedyName, _ pick: (GainPart) -> (count: Int, sums: JudgedSums)) -> Remedy {
      let sums = joined { pick($0).sums }
      return Remedy(
        name: name, count: parts.reduce(0) { $0 + pick($1).count },
        gain: gain(sums, usual: GainReport.usual[name]),
        whole: isReadTwice && hasStrangers ? sums.whole.gain.gain : nil)
    }
    let (drop, weights) = (remedy(.drop, \.drop), remedy(.weights, \.weights))
    self.init(
      before: joined(\.drop.sums).stay.mean,
      remedies: drop.count == 0 ? [weights] : [drop, weights, remedy(.both, \.both)],
      curve: CrossValidation.shares.indices.compactMap { place in
        let count = parts.reduce(0) { $0 + $1.curve[place].count }
        guard count > 0 else { return nil }
        return GainPoint(
          share: CrossValidation.shares[place], count: count, gain: gain(joined { $0.curve[place].sums }))
      }, marked: parts.reduce(0) { $0 + $1.marked })
  }

  /// The remedy that the rule chooses by its lower bound; nil where nothing is marked.
  package func recommendation(by rule: RecommendationRule = RecommendationRule()) -> Remedy? {
    marked > 0 ? rule.choice(among: remedies) { $0.onNewImages.low } : nil
  }
}

/// Five folds of the subsample by its order, each judged by plain models of the other four.
package struct CrossValidation: Sendable {
  package static let folds = 5
  package static let shares = [0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.10]

  let gram: GramMatrix
  let rank: Int
  let weights: [Double]
  /// nil where each fold takes verdicts and weights as they are given, as in the reference statistic.
  let crossFit: CrossFit?
  /// Where the fits start.
  let warm: Block?

  /// - Parameters:
  ///   - fit: the robust fit of the same rows.
  ///   - weights: training weight of every row, above 0.
  ///   - crossFit: how each fold makes verdicts and weights of its own.
  package init(gram: GramMatrix, fit: RobustFit, rank: Int, weights: [Double], crossFit: CrossFit? = nil) {
    precondition(weights.count == gram.count && fit.count == gram.count)
    self.gram = gram
    self.rank = rank
    self.weights = weights
    self.crossFit = crossFit
    warm = fit.raw
  }

  /// - Parameters:
  ///   - skew: skew of every row, which the curve leaves out from the top.
  ///   - verdicts: of every row.
  ///   - judged: rows that a remedy is about, and that the loss is taken over; nil for all.
  ///   - damaged: those of them that the loss is not taken over; nil for none.
  ///   - jobs: threads, each with a matrix of its own (31 MB at 2,000 rows); the result is the same for any number.
  /// - Returns: nil where the watch stopped it.
  package func part(
    skew: [Double], verdicts: [Verdict], judged: [Bool]? = nil, damaged: [Bool]? = nil, jobs: Int = 1,
    watch: GainWatch = GainWatch()
  ) -> GainPart? {
    let dropped = verdicts.map { $0 == .drop }
    let counts = CrossValidation.shares.map { Int(($0 * Double(gram.count)).rounded()) }
    let distinct = Array(Set(counts.filter { $0 > 0 })).sorted()
    let masks = distinct.map { worst($0, of: skew) }
    guard let losses = losses(dropping: dropped, leavingOut: masks, jobs: jobs, watch: watch) else { return nil }
    let judged = judged ?? dropped.map { _ in true }
    let rows = judged.indices.filter { judged[$0] && damaged?[$0] != true }
    let marked = rows.filter { verdicts[$0] != .keep }
    let growth = Growth(
      of: marked, before: losses.before, after: losses.both.own,
      judge: Judge(losses: rows.filter { !dropped[$0] }.map { losses.before[$0] }))
    let alone = growth.isOfGroup ? [] : Set(marked)
    func sums(_ after: FoldReadings, leftOut: [Bool]) -> JudgedSums {
      JudgedSums(before: losses.before, after: after, rows: rows, leftOut: leftOut, alone: alone)
    }
    func sums(_ after: [Double], leftOut: [Bool]) -> JudgedSums {
      sums(FoldReadings(given: after, own: after), leftOut: leftOut)
    }
    return GainPart(
      drop: (zip(dropped, judged).count { $0 && $1 }, sums(losses.without, leftOut: dropped)),
      weights: (zip(weights, judged).count { $0 < 1 && $1 }, sums(losses.weighted, leftOut: dropped)),
      both: (
        weights.indices.count { judged[$0] && (dropped[$0] || weights[$0] < 1) },
        sums(losses.both, leftOut: dropped)
      ),
      curve: zip(CrossValidation.shares, counts).map { share, count in
        guard let place = distinct.firstIndex(of: count) else {
          return (share, 0, sums(losses.before, leftOut: dropped.map { _ in false }))
        }
        return (share, count, sums(losses.left[place], leftOut: masks[place]))
      },
      marked: zip(verdicts, judged).count { $0 != .keep && $1 }, isCrossFitted: crossFit != nil)
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
