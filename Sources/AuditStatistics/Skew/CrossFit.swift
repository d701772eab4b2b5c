import AuditCore

/// Weights and verdicts that four folds give their own rows, so that the fifth judges what it had no part in.
///
/// A row that is judged has drawn the robust fit of the whole set towards itself and vouched for its like: with the
/// weights of that fit a set of frames without a defect seems to gain 2 % where it loses 2 %, and with its verdicts
/// the last of a few odd pictures is never left out where another of them judges. One step of the fit's rounds on the
/// rows of the four folds, from where the whole fit ended, takes that away.
package struct CrossFit: Sendable {
  /// Weights of the rows in the robust fit.
  let weights: [Double]
  /// Rows whose training weight and verdict are somebody's decision and hang on no fold.
  let isFixed: [Bool]
  private let rule: VerdictRule
  private let witnesses: Witnesses

  /// - Parameters:
  ///   - rule: by which each fold says what it leaves out.
  ///   - witnesses: rows that may be look-alikes of others; nil for all.
  package init(fit: RobustFit, rule: VerdictRule, isFixed: [Bool], witnesses: Witnesses? = nil) {
    precondition(isFixed.count == fit.count)
    (weights, self.rule, self.isFixed) = (fit.weights, rule, isFixed)
    self.witnesses = witnesses ?? Witnesses(all: fit.count)
  }

  /// - Parameters:
  ///   - given: what the fit of all rows says of the training rows, in their order.
  ///   - model: of the training rows, weighted as the robust fit weighs them.
  /// - Returns: the same as the training rows alone give it.
  func remedies(_ given: FoldRemedies, of rows: HeldOutRows, under model: PlainFit) -> FoldRemedies {
    let (distances, leverages) = rows.trainDistances(under: model)
    let sums = SkewSums(distances: distances, leverages: leverages)
    let others = rows.train.filter { witnesses.mayVouch[$0] }
    var own = given
    for (place, row) in rows.train.enumerated() where !isFixed[row] {
      let isOdd = Skew.ratio(distance: distances[place], sums: sums) > Skew.alikeAbove
      let skew = Skew(
        distance: distances[place], leverage: leverages[place],
        nearest: isOdd ? rows.gram.nearest(to: row, among: others, distance: distances[place]) : nil, sums: sums)
      own.weights[place] = skew.trainingWeight
      own.stays[place] = rule.verdict(of: skew) != .drop
    }
    return own
  }
}

/// What the remedies do to the rows that a fold learns from, in their order.
struct FoldRemedies: Sendable {
  /// Training weights, above 0.
  var weights: [Double]
  /// Whether a row is not left out.
  var stays: [Bool]
}
