import AuditProbe
import AuditStore
import Foundation

extension StoredTraining {
  /// The trainings of a probe, one per network.
  static func all(of probe: Probe) throws -> [StoredTraining] {
    try probe.trainings.enumerated().map { place, training in
      var own = probe.settings
      own.rate = training.rate
      return StoredTraining(
        name: probe.trainings.count == 1 ? "all" : "half \(place + 1)", seed: probe.settings.seed,
        loss: probe.settings.loss.rawValue, settings: try json(own), ending: training.end.rawValue,
        lastFall: training.lastFall, curve: training.curve.map(StoredTraining.Epoch.init))
    }
  }

  /// The trainings of a comparison, by remedy and seed.
  static func all(of comparison: ProbeComparison, settings: ProbeSettings) throws -> [StoredTraining] {
    try comparison.trainings.map { training in
      var own = settings
      own.loss = training.remedy.loss
      own.seed = training.seed
      own.rate = comparison.rate
      return StoredTraining(
        name: training.remedy.rawValue, seed: training.seed, loss: own.loss.rawValue, settings: try json(own),
        ending: training.end.rawValue, lastFall: training.lastFall,
        curve: training.curve.map(StoredTraining.Epoch.init))
    }
  }

  private static func json(_ settings: ProbeSettings) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return String(decoding: try encoder.encode(settings), as: UTF8.self)
  }
}

extension StoredTraining.Epoch {
  init(_ epoch: ProbeEpoch) {
    self.init(
      epoch: epoch.epoch, loss: epoch.loss, heldOutLoss: epoch.heldOutLoss, heldOutSquared: epoch.heldOutSquared,
      heldOutAbsolute: epoch.heldOutAbsolute, rate: epoch.rate)
  }
}

extension StoredProbe {
  init(sample: Int64, _ score: ProbeScore) {
    self.init(
      sample: sample, shareSquared: score.shareSquared, shareAbsolute: score.shareAbsolute, skew: score.skew,
      squared: score.squared, absolute: score.absolute)
  }
}
