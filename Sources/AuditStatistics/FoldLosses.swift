/// Squared loss of every row, per number of a row, under models that did not see it.
struct FoldLosses: Sendable {
  var before: [Double]
  var weighted: [Double]
  /// Without the dropped rows, and with weights on the others.
  var both: [Double]
  /// One list per set of rows that is left out.
  var left: [[Double]]
}

extension CrossValidation {
  /// - Parameters:
  ///   - dropped: rows that are left out where the others are weighted.
  ///   - masks: which rows each variant leaves out.
  func losses(dropping dropped: [Bool], leavingOut masks: [[Bool]], jobs: Int) -> FoldLosses {
    let folds = CrossValidation.folds
    var parts = [FoldLosses?](repeating: nil, count: folds)
    parts.withMutablePointer { out in
      let shared = SharedPointer(base: out)
      inParallel(folds, jobs: jobs) { fold in
        shared.base[fold] = Fold(index: fold, of: self).losses(dropping: dropped, leavingOut: masks)
      }
    }
    func joined(_ pick: (FoldLosses) -> [Double]) -> [Double] {
      (0..<gram.count).map { row in parts[row % folds].map { pick($0)[row / folds] } ?? 0 }
    }
    return FoldLosses(
      before: joined(\.before), weighted: joined(\.weighted), both: joined(\.both),
      left: masks.indices.map { index in joined { $0.left[index] } })
  }
}

/// One fold: plain models of the other four, judged on its rows.
private struct Fold {
  let rows: HeldOutRows
  let weights: [Double]
  let warm: Block?

  init(index: Int, of validation: CrossValidation) {
    let all = 0..<validation.gram.count
    let train = all.filter { $0 % CrossValidation.folds != index }
    rows = HeldOutRows(
      gram: validation.gram, train: train, test: all.filter { $0 % CrossValidation.folds == index },
      rank: validation.rank)
    weights = train.map { validation.weights[$0] }
    warm = validation.warm?.gathered(train)
  }

  /// Variants that leave out ever more rows start from one another.
  func losses(dropping dropped: [Bool], leavingOut masks: [[Bool]]) -> FoldLosses {
    let plain = rows.fit(weights: rows.train.map { _ in 1 }, start: warm)
    let weighted = rows.fit(weights: weights, start: plain.raw)
    let both = rows.fit(weights: zip(rows.train, weights).map { dropped[$0] ? 0 : $1 }, start: weighted.raw)
    var start = plain.raw
    let left = masks.map { mask in
      let fit = rows.fit(weights: rows.train.map { mask[$0] ? 0 : 1 }, start: start)
      start = fit.raw
      return rows.losses(of: fit)
    }
    return FoldLosses(
      before: rows.losses(of: plain), weighted: rows.losses(of: weighted), both: rows.losses(of: both), left: left)
  }
}
