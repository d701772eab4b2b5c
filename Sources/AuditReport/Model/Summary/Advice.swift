package import AuditCore
import AuditProbe
package import AuditStore

/// What can be done about skewing images: what each remedy is worth, and the one that is recommended.
///
/// What trainings measured on this very set outranks what linear models estimate; figures that no longer belong to
/// what the run holds recommend nothing.
package struct Advice: Codable, Sendable, Equatable {
  package struct Remedy: Codable, Sendable, Equatable {
    package let name: RemedyName
    /// Worked out with linear models; nil where it was not.
    package let estimated: Gain?
    /// Measured by training with it (`audit probe --compare`); nil where that was not done.
    package let trained: Gain?

    package init(name: RemedyName, estimated: Gain?, trained: Gain?) {
      (self.name, self.estimated, self.trained) = (name, estimated, trained)
    }
  }

  /// What a recommendation rests on.
  package enum Ground: String, Codable, Sendable { case training, estimate }

  /// Always all three, in the order of `RemedyName`.
  package let remedies: [Remedy]
  package let recommended: RemedyName?
  /// nil where no figure is known that still holds.
  package let ground: Ground?
  /// Images marked drop, by people's decisions or else as proposed.
  package let drops: Int
  /// The fall that a lower end must reach before a remedy is recommended.
  package let leastGain: Double
  /// Why the estimates are out of date; nil where they are not, or there are none.
  package let estimateChange: String?
  /// Why the trainings are out of date.
  package let trainingChange: String?

  /// - Parameters:
  ///   - marked: images that are marked drop or review: where there are none, an estimate recommends nothing.
  ///   - estimate: whether the estimates still hold; nil where nothing was estimated.
  ///   - training: the same of trainings.
  package init(
    _ remedies: [Remedy], drops: Int, marked: Int, estimate: AdviceCurrency?, training: AdviceCurrency?,
    rule: RecommendationRule
  ) {
    self.remedies = RemedyName.allCases.map { name in
      remedies.first { $0.name == name } ?? Remedy(name: name, estimated: nil, trained: nil)
    }
    self.drops = drops
    leastGain = rule.leastGain
    estimateChange = estimate?.change
    trainingChange = training?.change
    // Without drops both are the weights alone.
    let able = self.remedies.filter { drops > 0 || $0.name == .weights }
    func choice(_ worth: (Remedy) -> Gain?) -> RemedyName? {
      rule.choice(among: able.filter { worth($0) != nil }) { worth($0)?.low ?? -.infinity }?.name
    }
    if training?.isCurrent == true, able.contains(where: { $0.trained != nil }) {
      ground = .training
      recommended = choice(\.trained)
    } else if estimate?.isCurrent == true, able.contains(where: { $0.estimated != nil }) {
      ground = .estimate
      recommended = marked > 0 ? choice(\.estimated) : nil
    } else {
      (ground, recommended) = (nil, nil)
    }
  }

  package func worth(of remedy: Remedy) -> Gain? {
    switch ground {
    case .training: remedy.trained
    case .estimate: remedy.estimated
    case nil: nil
    }
  }

  package func remedy(_ name: RemedyName) -> Remedy? { remedies.first { $0.name == name } }

  /// As cards stand on a page: the recommended one first, then the others in their order.
  package var bestFirst: [Remedy] {
    remedies.filter { $0.name == recommended } + remedies.filter { $0.name != recommended }
  }

  /// What the remedies that can be used are worth, as far as that is known, whether one is recommended or not.
  package var known: [(name: RemedyName, worth: Gain)] {
    remedies.filter { drops > 0 || $0.name == .weights }
      .compactMap { remedy in worth(of: remedy).map { (remedy.name, $0) } }
  }
}

extension Advice {
  /// Reads what is stored about the remedies of a run.
  ///
  /// - Parameter verdicts: images by verdict.
  init(_ store: Store, run: Int64, figures: [String: Double], verdicts: [String: Int]) throws {
    let estimates = try store.remedies(of: run)
    let trainings = try store.probeComparison(of: run)
    // A training with weights that are all alike tried nothing.
    let isWeighted = try !trainings.isEmpty && store.hasWeights(of: run)
    let remedies = RemedyName.allCases.map { name in
      Remedy(
        name: name,
        estimated: estimates.first { $0["name"].text == name.rawValue }.flatMap { Gain($0, "gain", "low", "high") },
        trained: name == .weights && !isWeighted
          ? nil
          : trainings.first { $0["remedy"].text == name.rawValue }.flatMap {
            Gain($0, "gain", "gain_low", "gain_high")
          })
    }
    var rule = RecommendationRule()
    if let least = figures["least_gain"] { rule.leastGain = least }
    let drops = verdicts[Verdict.drop.rawValue] ?? 0
    self.init(
      remedies, drops: drops, marked: drops + (verdicts[Verdict.review.rawValue] ?? 0),
      estimate: estimates.isEmpty ? nil : try store.currency(of: .estimate, run: run),
      training: trainings.isEmpty ? nil : try store.currency(of: .compare, run: run), rule: rule)
  }
}

extension Gain {
  fileprivate init?(_ row: SQLRow, _ gain: String, _ low: String, _ high: String) {
    guard let gain = row[gain].real, let low = row[low].real, let high = row[high].real else { return nil }
    self.init(gain: gain, low: low, high: high)
  }
}
