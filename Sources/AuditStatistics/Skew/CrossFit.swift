/// Weights that four folds give their own rows, so that the fifth judges what it had no part in.
///
/// A row that is judged has drawn the robust fit of the whole set towards itself and vouched for its like: with the
/// weights of that fit a set of frames without a defect seems to gain 2 % where it loses 2 %. One step of the fit's rounds
/// on the rows of the four folds, from where the whole fit ended, takes that away.
package struct CrossFit: Sendable {
  /// Weights of the rows in the robust fit.
  let weights: [Double]
  /// Rows whose training weight is somebody's decision and hangs on no fold.
  let isFixed: [Bool]
  private let witnesses: Witnesses

  /// - Parameter witnesses: rows that may be look-alikes of others; nil for all.
  package init(fit: RobustFit, isFixed: [Bool], witnesses: Witnesses? = nil) {
    precondition(isFixed.count == fit.count)
    (weights, self.isFixed) = (fit.weights, isFixed)
    self.witnesses = witnesses ?? Witnesses(all: fit.count)
  }

  /// - Parameters:
  ///   - given: training weights from the fit of all rows, in the order of the training rows.
  ///   - model: of the training rows, weighted as the robust fit weighs them.
  /// - Returns: training weights as the training rows alone give them.
  func trainingWeights(_ given: [Double], of rows: HeldOutRows, under model: PlainFit) -> [Double] {
    let (distances, leverages) = rows.trainDistances(under: model)
    let sums = SkewSums(distances: distances, leverages: leverages)
    let others = rows.train.filter { witnesses.mayVouch[$0] }
    return rows.train.enumerated().map { place, row in
      guard !isFixed[row] else { return given[place] }
      let isOdd = Skew.ratio(distance: distances[place], sums: sums) > Skew.alikeAbove
      return Skew(
        distance: distances[place], leverage: leverages[place],
        nearest: isOdd ? rows.gram.nearest(to: row, among: others, distance: distances[place]) : nil, sums: sums
      ).trainingWeight
    }
  }
}
