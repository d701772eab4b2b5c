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
  /// Without the dropped rows, as verdicts were given, and as the other folds give them.
  var without: FoldReadings
  /// The same with training weights.
  var weighted: FoldReadings
  /// With weights and without the dropped rows.
  var both: FoldReadings
  /// One list per set of rows that is left out.
  var left: [[Double]]
}

/// Losses under weights and verdicts of two origins.
struct FoldReadings: Sendable {
  var given: [Double]
  /// The same as given where folds have none of their own.
  var own: [Double]
}

extension CrossValidation {
  /// - Parameters:
  ///   - dropped: rows that are marked drop.
  ///   - masks: which rows each further variant leaves out.
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
        watch.progress(done, folds * (masks.count + (crossFit == nil ? 4 : 8)))
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
      before: joined(\.before), without: FoldReadings(given: joined(\.without.given), own: joined(\.without.own)),
      weighted: FoldReadings(given: joined(\.weighted.given), own: joined(\.weighted.own)),
      both: FoldReadings(given: joined(\.both.given), own: joined(\.both.own)),
      left: masks.indices.map { index in joined { $0.left[index] } })
  }
}

/// One fold: plain models of the other four, judged on its rows.
private struct Fold {
  let rows: HeldOutRows
  let weights: [Double]
  let crossFit: CrossFit?
  let warm: Block?

  init(index: Int, of validation: CrossValidation) {
    let all = 0..<validation.gram.count
    let train = all.filter { $0 % CrossValidation.folds != index }
    rows = HeldOutRows(
      gram: validation.gram, train: train, test: all.filter { $0 % CrossValidation.folds == index },
      rank: validation.rank)
    (weights, crossFit) = (train.map { validation.weights[$0] }, validation.crossFit)
    warm = validation.warm?.gathered(train)
  }

  /// Variants that leave out ever more rows start from one another.
  func losses(
    dropping dropped: [Bool], leavingOut masks: [[Bool]], whileTrue mayGoOn: () -> Bool
  ) -> FoldLosses? {
    guard let plain = fit(rows.train.map { _ in 1 }, from: warm, mayGoOn) else { return nil }
    let remedies = FoldRemedies(weights: weights, stays: rows.train.map { !dropped[$0] })
    guard let given = losses(under: remedies, plain, from: plain.raw, mayGoOn) else { return nil }
    var own = given
    if let crossFit {
      guard let robust = fit(rows.train.map { crossFit.weights[$0] }, from: warm, mayGoOn),
        let found = losses(
          under: crossFit.remedies(remedies, of: rows, under: robust), plain, from: given.weightedRaw, mayGoOn)
      else { return nil }
      own = found
    }
    var start = given.withoutRaw
    var left: [[Double]] = []
    for mask in masks {
      guard let fit = fit(leavingOut: rows.train.map { !mask[$0] }, plain, from: start, mayGoOn) else { return nil }
      start = fit.raw
      left.append(rows.losses(of: fit))
    }
    return FoldLosses(
      before: rows.losses(of: plain), without: FoldReadings(given: given.without, own: own.without),
      weighted: FoldReadings(given: given.weighted, own: own.weighted),
      both: FoldReadings(given: given.both, own: own.both), left: left)
  }

  /// Losses under the three remedies, and where further fits start.
  private struct RemedyLosses {
    let without: [Double]
    let weighted: [Double]
    let both: [Double]
    let withoutRaw: Block
    let weightedRaw: Block
  }

  private func losses(
    under remedies: FoldRemedies, _ plain: PlainFit, from start: Block, _ mayGoOn: () -> Bool
  ) -> RemedyLosses? {
    guard let without = fit(leavingOut: remedies.stays, plain, from: plain.raw, mayGoOn),
      let weighted = fit(remedies.weights, from: start, mayGoOn)
    else { return nil }
    let losses = rows.losses(of: weighted)
    func result(both: [Double]) -> RemedyLosses {
      RemedyLosses(
        without: rows.losses(of: without), weighted: losses, both: both, withoutRaw: without.raw,
        weightedRaw: weighted.raw)
    }
    guard remedies.stays.contains(false) else { return mayGoOn() ? result(both: losses) : nil }
    let staying = zip(remedies.weights, remedies.stays).map { $1 ? $0 : 0 }
    return fit(staying, from: weighted.raw, mayGoOn).map { result(both: rows.losses(of: $0)) }
  }

  /// The plain model itself where all stay.
  private func fit(
    leavingOut stays: [Bool], _ plain: PlainFit, from start: Block, _ mayGoOn: () -> Bool
  ) -> PlainFit? {
    guard stays.contains(false) else { return mayGoOn() ? plain : nil }
    return fit(stays.map { $0 ? 1 : 0 }, from: start, mayGoOn)
  }

  /// nil where nobody waits.
  private func fit(_ weights: [Double], from start: Block?, _ mayGoOn: () -> Bool) -> PlainFit? {
    mayGoOn() ? rows.fit(weights: weights, start: start, accuracy: .subspace) : nil
  }
}
