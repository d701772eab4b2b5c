import AuditCore
import AuditProbe
import AuditReference

extension Truth {
  /// Treatments that are worth an autoencoder's time.
  private static let trained = ["drop", "weights", "drop and review", "all that was planted"]
  private static let seeds: [UInt64] = [1, 2, 3]

  /// Trains the same network without and with each treatment, by squared error, and judges both on the clean pictures.
  ///
  /// - Parameter epochs: on all images. A training on fewer gets as many more epochs as it takes to make as many steps:
  ///   with the same epochs, leaving out a tenth of a set costs a tenth of the steps, which is worth some per cent.
  mutating func train(_ set: TruthSet, epochs: Int, jobs: Int) throws {
    let ranking = try TruthRanking(set, jobs: jobs)
    let before = try losses(set, weights: [Double](repeating: 1, count: set.trainCount), epochs: epochs, jobs: jobs)
    for treatment in ranking.treatments where Truth.trained.contains(treatment.name) {
      guard let place = lines.firstIndex(where: { $0.name == treatment.name }),
        treatment.weights.contains(where: { $0 < 1 })
      else { continue }
      let after = try losses(set, weights: treatment.weights, epochs: epochs, jobs: jobs)
      lines[place].probe = Interval(seeds: zip(before, after).map { 1 - $1 / $0 })
    }
  }

  /// Mean squared loss of the held-out pictures, for each seed of the network.
  private func losses(_ set: TruthSet, weights: [Double], epochs: Int, jobs: Int) throws -> [Double] {
    let rows = ProbeRows(pixels: set.rows, side: LowRankModel.side)
    let used = weights.count { $0 > 0 }
    let weights = weights + [Double](repeating: 0, count: set.testCount)
    return try Truth.seeds.map { seed in
      var settings = ProbeSettings()
      settings.folds = 1
      settings.epochs = (epochs * set.trainCount + used / 2) / used
      settings.seed = seed
      let probe = try Probe.train(rows, weights: weights, settings: settings, threads: jobs) { _ in }
      return probe.scores[set.trainCount...].reduce(0) { $0 + $1.squared } / Double(set.testCount)
    }
  }
}

extension Interval {
  /// Mean and range of what trainings from several seeds gain: they differ by ten per cent on the same images, far more
  /// than the held-out images leave open.
  fileprivate init(seeds gains: [Double]) {
    let mean = gains.reduce(0, +) / Double(gains.count)
    (gain, low, high) = (mean, gains.min() ?? mean, gains.max() ?? mean)
  }
}
