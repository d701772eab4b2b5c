/// How much of a set is damaged, and how sure that is of a picture with certain votes (`docs/damage.md`, 4).
///
/// Two readings that know nothing of each other, of which the surer holds: one knows how many votes damaged copies get, the
/// other how the votes of sound pictures thin out. Neither claims more than there is but for chance.
package struct DamageMixture: Sendable, Equatable {
  /// Estimated share of the set that is damaged.
  package let share: Double
  /// The probability from which pictures are flagged where a person names none.
  package let threshold: Double
  private let copies: CopyMixture
  private let tail: SoundTail

  /// - Parameters:
  ///   - votes: cross-fitted votes of the pictures of the set, 0...1; at least one.
  ///   - copies: cross-fitted votes of damaged copies.
  /// - Returns: nil where there is nothing to estimate from.
  package init?(votes: [Double], copies: [Double]) {
    guard let mixture = CopyMixture(votes: votes, copies: copies) else { return nil }
    (self.copies, tail) = (mixture, SoundTail(votes: votes))
    let tail = tail
    // What is rather damaged than sound counts as much as it is sure.
    let confidences = votes.map { max(mixture.confidence(of: $0), tail.confidence(of: $0)) }.sorted(by: >)
    let likely = confidences.prefix { $0 >= 0.5 }.reversed().reduce(0, +)
    share = max(mixture.share, likely / Double(votes.count))
    threshold = DamageMixture.threshold(of: confidences)
  }

  /// The probability that a picture of the set with these votes is damaged.
  package func confidence(of votes: Double) -> Double {
    max(copies.confidence(of: votes), tail.confidence(of: votes))
  }

  /// The lowest probability at which the mean probability of the flagged is `truth`; none of them is less likely than
  /// `leastLikely`. Where that was tried, more than nine of ten flags were true to the eye (`docs/damage.md`, 7).
  ///
  /// - Parameter ordered: probabilities of the pictures of the set, the largest first.
  static func threshold(of ordered: [Double]) -> Double {
    var (sum, found) = (0.0, truth)
    for (place, confidence) in ordered.enumerated() where confidence >= leastLikely {
      sum += confidence
      let isLast = place + 1 == ordered.count || ordered[place + 1] < confidence
      if isLast, sum >= truth * Double(place + 1) { found = min(found, confidence) }
    }
    return found
  }

  private static let truth = 0.92
  private static let leastLikely = 0.3
}
