package import AuditCore
import Synchronization

/// The user's own proof: the same network trained in five ways and judged on images that stay.
package struct ProbeComparison: Sendable, Equatable, Codable {
  /// One way to train.
  package enum Remedy: String, Sendable, Codable, CaseIterable {
    /// Squared error on all images.
    case all
    /// Squared error without the images that are proposed to be dropped.
    case drop
    /// Squared error with the training weights.
    case weights
    /// Squared error with the training weights, without the images that are proposed to be dropped.
    case both
    /// A robust loss on all images.
    case robust

    /// What the way's trainings minimise.
    package var loss: ProbeLoss { self == .robust ? .huber : .mse }

    var leavesOut: Bool { self == .drop || self == .both }
    var isWeighted: Bool { self == .weights || self == .both }

    /// For a legend or a table.
    package var title: String {
      switch self {
      case .all: "squared error, all images"
      case .drop: "squared error, without the drops"
      case .weights: "squared error, training weights"
      case .both: "squared error, both of these"
      case .robust: "Huber's loss, all images"
      }
    }
  }

  /// One training's outcome.
  package struct Training: Sendable, Equatable, Codable {
    package let remedy: Remedy
    package let seed: UInt64
    package let curve: [ProbeEpoch]
    package let end: ProbeEnd
    package let lastFall: Double?
    /// Means over the held-out images at the end.
    package let heldOutSquared: Double
    package let heldOutAbsolute: Double
  }

  /// Mean over the seeds, and the range they span.
  package struct Spread: Sendable, Equatable, Codable {
    package let mean: Double
    package let lowest: Double
    package let highest: Double

    init(_ values: [Double]) {
      mean = values.reduce(0, +) / Double(values.count)
      lowest = values.min() ?? mean
      highest = values.max() ?? mean
    }
  }

  /// In order of remedy, then of seed.
  package let trainings: [Training]
  /// Images that every training left out and was judged on.
  package let heldOut: [Int]
  package let seeds: [UInt64]
  /// Peak learning rate, the same for all trainings: one that did not stay finite sends all of them back to a quarter.
  package let rate: Double

  /// Trains each remedy with each seed; trainings run side by side on up to `threads` threads.
  ///
  /// The held-out images are a fifth of those that stay, chosen by a hash of the row number, the same for all seeds and
  /// remedies. The numbers do not depend on `threads`.
  ///
  /// - Parameters:
  ///   - dropMask: true for the rows that are proposed to be dropped.
  ///   - trainingWeights: one per row, not negative.
  ///   - settings: of every training; its loss, seed and steps are replaced, and none ends early.
  ///   - onProgress: called from several threads, one call at a time.
  /// - Throws: `AuditError` where fewer than two images stay, or training did not stay finite.
  package static func run(
    _ rows: ProbeRows, dropMask: [Bool], trainingWeights: [Double], groups: [Int]? = nil, settings: ProbeSettings,
    seeds: Int = 3, threads: Int, onProgress: @Sendable (ProbeProgress) -> Void
  ) throws(AuditError) -> ProbeComparison {
    precondition(dropMask.count == rows.count && trainingWeights.count == rows.count && seeds > 0)
    let heldOut = Probe.hashedIndices(count: rows.count, share: 0.2).filter { !dropMask[$0] }
    let watched = Set(heldOut)
    let learning = (0..<rows.count).filter { !watched.contains($0) }
    guard !heldOut.isEmpty, learning.contains(where: { !dropMask[$0] && trainingWeights[$0] > 0 }) else {
      throw .lacking(
        "too few of \(counted(rows.count, "image")) stay for a comparison: some must be learnt from and some held out",
        remedy: "take more images, or drop fewer")
    }
    let ones = [Float](repeating: 1, count: rows.count)
    let decoderOf = Probe.decoders(groups: groups, count: rows.count, minimum: settings.minimumGroup)
    let sizes = Dictionary(grouping: learning) { decoderOf[$0] }.values.map(\.count)
    let steps = settings.batches(ofGroups: sizes).reduce(0, +)
    // Behind the highest seed that a database keeps comes the lowest.
    let allSeeds = (0..<seeds).map { (settings.seed &+ UInt64($0)) & UInt64(Int64.max) }
    let plans = Remedy.allCases.flatMap { remedy in allSeeds.map { (remedy: remedy, seed: $0) } }
    let board = ProbeBoard(count: plans.count, epochs: settings.epochs)
    let asked = settings.rate ?? settings.optimiser.defaultRate
    for attempt in 0...3 {
      let rate = asked / Double(1 << (2 * attempt))
      let results = Mutex([Training?](repeating: nil, count: plans.count))
      inParallel(plans.count, threads: threads) { place in
        let plan = plans[place]
        var own = settings
        own.loss = plan.remedy.loss
        own.seed = plan.seed
        own.rate = rate
        // The same number of equal steps for all, whatever they leave out and however soon their loss stands still.
        own.stepsPerEpoch = steps
        own.convergenceFall = 0
        let training = ProbeTraining(
          rows: rows, training: plan.remedy.leavesOut ? learning.filter { !dropMask[$0] } : learning, heldOut: heldOut,
          weights: plan.remedy.isWeighted ? trainingWeights.map(Float.init) : ones, decoderOf: decoderOf,
          settings: own, threads: 1)
        let outcome = training.run { epoch in
          board.report(training: place, name: "\(plan.remedy.rawValue), seed \(plan.seed)", epoch, to: onProgress)
        }
        results.withLock { $0[place] = outcome.flatMap { Training(plan.remedy, plan.seed, $0) } }
      }
      let trainings = results.withLock { $0.compactMap(\.self) }
      if trainings.count == plans.count {
        return ProbeComparison(trainings: trainings, heldOut: heldOut, seeds: allSeeds, rate: rate)
      }
    }
    throw ProbeTraining.notFinite(lowest: asked / 64)
  }

  /// Held-out squared error of a remedy.
  package func heldOutSquared(_ remedy: Remedy) -> Spread { spread(remedy, \.heldOutSquared) }

  /// Held-out absolute error of a remedy.
  package func heldOutAbsolute(_ remedy: Remedy) -> Spread { spread(remedy, \.heldOutAbsolute) }

  /// 1 - after / before, of held-out squared error against `all`, seed by seed.
  package func gain(_ remedy: Remedy) -> Spread {
    let before = trainings.filter { $0.remedy == .all }.map(\.heldOutSquared)
    let after = trainings.filter { $0.remedy == remedy }.map(\.heldOutSquared)
    return Spread(zip(before, after).map { $0 > 0 ? 1 - $1 / $0 : 0 })
  }

  /// Held-out squared error after each epoch, mean over the seeds, as far as all of them went: for `plotCurves`.
  package func heldOutCurves() -> [(name: String, values: [Double])] {
    Remedy.allCases.map { remedy in
      let curves = trainings.filter { $0.remedy == remedy }.map { $0.curve.compactMap(\.heldOutSquared) }
      let shortest = curves.map(\.count).min() ?? 0
      let values = (0..<shortest).map { epoch in curves.reduce(0.0) { $0 + $1[epoch] } / Double(curves.count) }
      return (remedy.title, values)
    }
  }

  private func spread(_ remedy: Remedy, _ value: (Training) -> Double) -> Spread {
    Spread(trainings.filter { $0.remedy == remedy }.map(value))
  }
}

extension ProbeComparison.Training {
  fileprivate init?(_ remedy: ProbeComparison.Remedy, _ seed: UInt64, _ outcome: ProbeTraining.Outcome) {
    guard let squared = outcome.curve.last?.heldOutSquared, let absolute = outcome.curve.last?.heldOutAbsolute else {
      return nil
    }
    self.init(
      remedy: remedy, seed: seed, curve: outcome.curve, end: outcome.end, lastFall: outcome.lastFall,
      heldOutSquared: squared, heldOutAbsolute: absolute)
  }
}
