package import AuditCore

/// What a remedy is worth: the fall of squared loss on what stays, cross-validated (`skew.md` 7).
package struct Remedy: Sendable, Equatable {
  package enum Name: String, Sendable, Codable, CaseIterable {
    /// Leaving out the images marked `drop`.
    case drop
    /// Training with `training_weight`.
    case weights
  }

  package let name: Name
  /// Images of the subsample that it leaves out, or that weigh less than 1.
  package let count: Int
  package let gain: Gain

  package init(name: Name, count: Int, gain: Gain) {
    self.name = name
    self.count = count
    self.gain = gain
  }
}

/// 1 - loss after / loss before, with its 95 % interval.
package struct Gain: Sendable, Equatable {
  package let gain: Double
  package let low: Double
  package let high: Double

  package init(gain: Double, low: Double, high: Double) {
    self.gain = gain
    self.low = low
    self.high = high
  }
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
  /// Remedies that there is something to do for: drop only where something is marked.
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

  /// The remedy with the highest lower bound; nil when nothing is marked or every interval holds 0.
  package var recommendation: Remedy? {
    guard marked > 0 else { return nil }
    return remedies.filter { $0.gain.low > 0 }.max { $0.gain.low < $1.gain.low }
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
  ///   - jobs: threads, each with a matrix of its own (20 MB at 2,000 rows); the result is the same for any number.
  package func report(skew: [Double], verdicts: [Verdict], jobs: Int = 1) -> GainReport {
    let dropped = verdicts.map { $0 == .drop }
    let counts = CrossValidation.shares.map { Int(($0 * Double(gram.count)).rounded()) }
    let distinct = Array(Set(counts.filter { $0 > 0 })).sorted()
    let masks = [dropped] + distinct.map { worst($0, of: skew) }
    let losses = losses(leavingOut: masks, jobs: jobs)
    let (before, gain) = gainOf(losses.before, losses.left[0], leftOut: dropped)
    let weighted = gainOf(losses.before, losses.weighted, leftOut: dropped).gain
    let left = dropped.filter { $0 }.count
    let drop = left == 0 ? [] : [Remedy(name: .drop, count: left, gain: gain)]
    let curve = zip(CrossValidation.shares, counts).compactMap { share, count -> GainPoint? in
      guard let place = distinct.firstIndex(of: count) else { return nil }
      let gain = gainOf(losses.before, losses.left[place + 1], leftOut: masks[place + 1]).gain
      return GainPoint(share: share, count: count, gain: gain)
    }
    return GainReport(
      before: before,
      remedies: drop + [Remedy(name: .weights, count: weights.filter { $0 < 1 }.count, gain: weighted)],
      curve: curve, marked: verdicts.filter { $0 != .keep }.count)
  }

  /// The `count` rows of highest skew; equal ones in their order.
  private func worst(_ count: Int, of skew: [Double]) -> [Bool] {
    let order = skew.indices.sorted { skew[$0] == skew[$1] ? $0 < $1 : skew[$0] > skew[$1] }
    var mask = [Bool](repeating: false, count: skew.count)
    for index in order.prefix(count) { mask[index] = true }
    return mask
  }

  /// Ratio estimator on the rows that stay, each counted with the square of its training weight.
  func gainOf(_ before: [Double], _ after: [Double], leftOut: [Bool]) -> (before: Double, gain: Gain) {
    let stay = before.indices.filter { !leftOut[$0] }
    let importance = stay.map { weights[$0] * weights[$0] }
    let base = zip(importance, stay).map { $0 * before[$1] }
    let fall = zip(importance, stay).map { $0 * (before[$1] - after[$1]) }
    let total = base.reduce(0, +)
    let mean = total / importance.reduce(0, +)
    guard total > 0 else { return (0, Gain(gain: 0, low: 0, high: 0)) }
    let gain = fall.reduce(0, +) / total
    let errors = zip(fall, base).map { ($0 - gain * $1) / (total / Double(stay.count)) }
    let reach = 1.96 * standardDeviation(errors) / Double(stay.count).squareRoot()
    return (mean, Gain(gain: gain, low: gain - reach, high: gain + reach))
  }
}

/// With n - 1 below the sum of squares; 0 for less than two numbers.
private func standardDeviation(_ values: [Double]) -> Double {
  guard values.count > 1 else { return 0 }
  let mean = values.reduce(0, +) / Double(values.count)
  return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
}
