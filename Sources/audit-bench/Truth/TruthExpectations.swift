import AuditCore

/// What ARCHITECTURE.md says of the statistic, for one planted set.
extension Truth {
  /// Gain of leaving out all that was planted below which a set is not to be skewed, and rankings differ by chance.
  private static let smallestStake = 0.05
  /// A difference of gains that one image more or less explains.
  private static let chance = 0.01
  /// What two networks of one remedy may part by.
  private static let spread = 0.03

  /// A sentence for each expectation that the numbers do not keep.
  var brokenExpectations: [String] {
    var broken = [pullExpectation, harmExpectation].compactMap { $0 }
    guard let stake = self["all that was planted"], stake.truth.gain >= Truth.smallestStake else { return broken }
    broken += [estimateExpectation, trainingExpectation].compactMap { $0 }
    broken += rankingExpectations(of: \.truth, by: "a low-rank model") { $0.gain > $1.gain + Truth.chance }
    broken += rankingExpectations(of: \.probe, by: "trained autoencoders") { $0.low > $1.high + Truth.spread }
    return broken.map { "\(set), seed \(seed): \($0)" }
  }

  /// First order and exact effect part where the last components are nearly as weak as those left out, so the
  /// correlation is far from 1 where these count (0.61 to 0.95 in drawn frames); the reconstruction error must be behind.
  private var pullExpectation: String? {
    guard let pullCorrelation, let errorCorrelation else { return nil }
    if pullCorrelation >= 0.5, pullCorrelation >= errorCorrelation + 0.1 { return nil }
    return "pull_squared follows the exact effects to \(pullCorrelation), mse to \(errorCorrelation)"
  }

  /// Following the proposal must never cost more than chance explains.
  private var harmExpectation: String? {
    guard let drop = self["drop"], drop.truth.high < 0 else { return nil }
    return "leaving out the images marked drop costs \(-drop.truth.gain)"
  }

  /// The estimate speaks of images like the rest of the set, not of scenes that nothing in it resembles. It must be
  /// within a third of the truth, or at least no farther than the few images of a small set let both be known.
  private var estimateExpectation: String? {
    guard stretch == 1 else { return nil }
    guard let drop = self["drop"], let estimate = drop.estimate else { return "nothing is marked drop" }
    if abs(estimate.gain - drop.truth.gain) <= abs(drop.truth.gain) / 3 { return nil }
    if estimate.low <= drop.truth.high, drop.truth.low <= estimate.high { return nil }
    return "the gain of drop is estimated as \(estimate.gain) and is \(drop.truth.gain)"
  }

  /// A network has room for what a linear model has not, so it may gain less than estimated, but not a small part.
  private var trainingExpectation: String? {
    guard stretch == 1, let drop = self["drop"], let estimate = drop.estimate, let probe = drop.probe else {
      return nil
    }
    if probe.gain >= estimate.gain / 3 { return nil }
    return "the gain of drop is estimated as \(estimate.gain) and is \(probe.gain) in a trained autoencoder"
  }

  /// - Parameter isBehind: whether skew, the second, is farther behind than chance explains; for the columns that a
  ///   scan stores, which against the robust model differ from skew by the look-alike rule alone.
  private func rankingExpectations(
    of gain: (TruthLine) -> Gain?, by model: String, isBehind: (Gain, Gain) -> Bool
  ) -> [String] {
    [2, 5].flatMap { share -> [String] in
      guard let skew = self["\(share) % by skew"].flatMap(gain) else { return [] }
      func lead(of rival: String, _ isAhead: (Gain, Gain) -> Bool) -> String? {
        guard let other = self["\(share) % by \(rival)"].flatMap(gain), isAhead(other, skew) else { return nil }
        return "in \(model) \(share) % by skew gain \(skew.gain), by \(rival) \(other.gain)"
      }
      let stored = ["mse", "share_mse / share_mae"].compactMap { lead(of: $0, isBehind) }
      let plain = ["mse of the plain model", "its share_mse / share_mae", "random"]
        .compactMap { lead(of: $0) { $0.gain > $1.gain } }
      return stored + plain
    }
  }
}
