import AuditCore
import AuditProbe
import AuditReference

extension Truth {
  /// Trains the tool's own autoencoder without and with each treatment, by squared error, and judges all of them on the
  /// clean pictures.
  ///
  /// All trainings make the same number of steps: with the same passes over fewer images, leaving a tenth of a set out
  /// would cost a tenth of the steps, which is worth some per cent.
  ///
  /// - Parameters:
  ///   - epochs: passes over all images.
  ///   - networks: first weights and orders of the images that each treatment is tried with.
  mutating func train(_ ranking: TruthRanking, epochs: Int, networks: Int, jobs: Int) throws {
    let set = ranking.set
    let rows = ProbeRows(halving: set.rows, side: LowRankModel.side)
    func losses(_ weights: [Double]) throws -> [Double] {
      try (1...networks).map { network in
        var settings = ProbeSettings()
        settings.folds = 1
        settings.epochs = epochs
        settings.stepsPerEpoch = settings.batches(ofGroups: [set.trainCount]).reduce(0, +)
        settings.convergenceFall = 0
        settings.seed = UInt64(network)
        let probe = try Probe.train(
          rows, weights: weights + [Double](repeating: 0, count: set.testCount), settings: settings, threads: jobs
        ) { _ in }
        return probe.scores[set.trainCount...].reduce(0) { $0 + $1.squared } / Double(set.testCount)
      }
    }
    let before = try losses([Double](repeating: 1, count: set.trainCount))
    for treatment in ranking.treatments where treatment.weights.contains(where: { $0 < 1 }) {
      guard let place = lines.firstIndex(where: { $0.name == treatment.name }) else { continue }
      lines[place].probe = Gain(networks: zip(before, try losses(treatment.weights)).map { 1 - $1 / $0 })
    }
  }
}

extension Gain {
  /// Mean and range of what trainings from several seeds gain.
  fileprivate init(networks gains: [Double]) {
    let mean = gains.reduce(0, +) / Double(gains.count)
    self.init(gain: mean, low: gains.min() ?? mean, high: gains.max() ?? mean)
  }
}
