import Synchronization

/// Who waits for a gain: asked whether to end, and told how far it is.
package struct GainWatch: Sendable {
  /// Asked before every fit.
  let isStopped: @Sendable () -> Bool
  /// Fits that are done, and all of them; called from one thread at a time.
  let progress: @Sendable (_ done: Int, _ total: Int) -> Void

  package init(
    isStopped: @escaping @Sendable () -> Bool = { false },
    progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) {
    (self.isStopped, self.progress) = (isStopped, progress)
  }
}

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
  ///   - watch: asked and told before every fit.
  /// - Returns: nil where it was stopped.
  func losses(
    dropping dropped: [Bool], leavingOut masks: [[Bool]], jobs: Int, watch: GainWatch
  ) -> FoldLosses? {
    let folds = CrossValidation.folds
    var parts = [FoldLosses?](repeating: nil, count: folds)
    let begun = Mutex(0)
    let mayGoOn = { @Sendable () -> Bool in
      if watch.isStopped() { return false }
      begun.withLock { done in
        watch.progress(done, folds * (masks.count + 3))
        done += 1
      }
      return true
    }
    parts.withMutablePointer { out in
      let shared = SharedPointer(base: out)
      inParallel(folds, jobs: jobs) { fold in
        shared.base[fold] = Fold(index: fold, of: self).losses(
          dropping: dropped, leavingOut: masks, whileTrue: mayGoOn)
      }
    }
    guard parts.allSatisfy({ $0 != nil }) else { return nil }
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
  func losses(
    dropping dropped: [Bool], leavingOut masks: [[Bool]], whileTrue mayGoOn: () -> Bool
  ) -> FoldLosses? {
    guard mayGoOn() else { return nil }
    let plain = rows.fit(weights: rows.train.map { _ in 1 }, start: warm, accuracy: .subspace)
    guard mayGoOn() else { return nil }
    let weighted = rows.fit(weights: weights, start: plain.raw, accuracy: .subspace)
    guard mayGoOn() else { return nil }
    let both = rows.fit(
      weights: zip(rows.train, weights).map { dropped[$0] ? 0 : $1 }, start: weighted.raw, accuracy: .subspace)
    var start = plain.raw
    var left: [[Double]] = []
    for mask in masks {
      guard mayGoOn() else { return nil }
      let fit = rows.fit(weights: rows.train.map { mask[$0] ? 0 : 1 }, start: start, accuracy: .subspace)
      start = fit.raw
      left.append(rows.losses(of: fit))
    }
    return FoldLosses(
      before: rows.losses(of: plain), weighted: rows.losses(of: weighted), both: rows.losses(of: both), left: left)
  }
}
