/// The set, in all or by one kind of damage, as a mixture (`docs/damage.md`, 4): sound pictures, and a share of damaged ones that get votes as damaged copies do.
///
/// - Source: `golden_damage.json`, `confidence`.
package struct CopyMixture: Sendable, Equatable {
  /// Estimated share of the set that is damaged.
  package let share: Double
  /// From few votes to many.
  private let steps: [VoteStep]

  /// Parts of the copies that the cuts are taken from, in per cent from the lowest votes: 80, 78, ... 16 % reach them.
  private static let cuts = stride(from: 20, to: 85, by: 2)
  private static let rarest = 1e-4

  /// - Parameters:
  ///   - votes: cross-fitted votes of the pictures of the set, 0...1; at least one.
  ///   - copies: cross-fitted votes of damaged copies.
  /// - Returns: nil where there is nothing to estimate from.
  package init?(votes: [Double], copies: [Double]) {
    guard !votes.isEmpty, !copies.isEmpty else { return nil }
    let share = CopyMixture.share(votes: votes.sorted(), copies: copies.sorted())
    self.share = share
    steps = CopyMixture.densityShares(votes: votes, copies: copies).map { start, value in
      let inside = min(max(value, CopyMixture.rarest), 1 - CopyMixture.rarest)
      return VoteStep(votes: start, probability: min(1, share * inside / (1 - inside)))
    }
  }

  /// The probability that a picture of the set with these votes is damaged.
  package func confidence(of votes: Double) -> Double { steps.probability(at: votes) ?? steps[0].probability }

  /// Above any cut the share is at most the part of the set above it over the part of the copies; the smallest such
  /// quotient, with one standard error added to the count.
  private static func share(votes: [Double], copies: [Double]) -> Double {
    cuts.map { per in
      let cut = copies[per * copies.count / 100]
      let above = Double(count(of: votes, from: cut))
      let passed = Double(count(of: copies, from: cut)) / Double(copies.count)
      return (above + 1 + (above + 1).squareRoot()) / Double(votes.count) / passed
    }.min() ?? 0
  }

  /// How many of ascending numbers are not below a cut.
  private static func count(of sorted: [Double], from cut: Double) -> Int {
    var (low, high) = (0, sorted.count)
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] < cut { low = middle + 1 } else { high = middle }
    }
    return sorted.count - low
  }

  /// Density of the copies over that of copies and set together, not falling with the votes.
  private static func densityShares(votes: [Double], copies: [Double]) -> [(start: Double, value: Double)] {
    let (inSet, inCopies) = (1 / Double(votes.count), 1 / Double(copies.count))
    let points =
      (votes.map { IsotonicFit.Point(place: $0, value: 0, weight: inSet) }
        + copies.map { IsotonicFit.Point(place: $0, value: 1, weight: inCopies) })
    return IsotonicFit(points).blocks.map { ($0.start, $0.value) }
  }
}

/// From these votes on the probability is this one.
struct VoteStep: Sendable, Equatable {
  let votes: Double
  let probability: Double
}

extension [VoteStep] {
  /// - Returns: nil below the first of them.
  func probability(at votes: Double) -> Double? {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle].votes <= votes { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? nil : self[low - 1].probability
  }
}
