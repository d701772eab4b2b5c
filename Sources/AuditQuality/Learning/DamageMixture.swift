/// How much of a set is damaged, and how sure that is of a picture with certain votes (`docs/damage.md`, 4).
///
/// The set is a mixture: clean pictures, and a share of damaged ones that get votes as damaged copies do.
package struct DamageMixture: Sendable, Equatable {
  /// Estimated share of the set that is damaged.
  package let share: Double
  /// From few votes to many.
  private let steps: [Step]

  /// From these votes on the probability is this one.
  private struct Step: Equatable {
    let votes: Double
    let probability: Double
  }

  /// Parts of the copies that the cuts are taken from, in per cent from the lowest votes: 80, 78, ... 16 % reach them.
  private static let cuts = stride(from: 20, to: 85, by: 2)
  private static let rarest = 1e-4

  /// - Parameters:
  ///   - votes: cross-fitted votes of the pictures of the set, 0...1; at least one.
  ///   - copies: cross-fitted votes of damaged copies.
  /// - Returns: nil where there is nothing to estimate from.
  package init?(votes: [Double], copies: [Double]) {
    guard !votes.isEmpty, !copies.isEmpty else { return nil }
    let share = DamageMixture.share(votes: votes.sorted(), copies: copies.sorted())
    self.share = share
    steps = DamageMixture.densityShares(votes: votes, copies: copies).map { start, value in
      let inside = min(max(value, DamageMixture.rarest), 1 - DamageMixture.rarest)
      return Step(votes: start, probability: min(1, share * inside / (1 - inside)))
    }
  }

  /// The probability that a picture of the set with these votes is damaged.
  package func confidence(of votes: Double) -> Double {
    var (low, high) = (0, steps.count)
    while low < high {
      let middle = (low + high) / 2
      if steps[middle].votes <= votes { low = middle + 1 } else { high = middle }
    }
    return steps[max(0, low - 1)].probability
  }

  /// The probability from which pictures are flagged where a person names none: the lowest at which the mean probability
  /// of the flagged is `truth`; none of them is less likely than `leastLikely`. Where that was tried, nine of ten flags
  /// were then true (`docs/damage.md`, 7).
  ///
  /// - Parameter confidences: of the pictures of the set.
  package static func threshold(of confidences: [Double]) -> Double {
    let ordered = confidences.sorted(by: >)
    var (sum, found) = (0.0, truth)
    for (place, confidence) in ordered.enumerated() where confidence >= leastLikely {
      sum += confidence
      let isLast = place + 1 == ordered.count || ordered[place + 1] < confidence
      if isLast, sum >= truth * Double(place + 1) { found = min(found, confidence) }
    }
    return found
  }

  private static let truth = 0.85
  private static let leastLikely = 0.3

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

/// Isotonic regression: the function that does not fall and is nearest to weighted values.
///
/// - Source: pool adjacent violators; R. E. Barlow et al., "Statistical Inference under Order Restrictions", 1972.
struct IsotonicFit {
  struct Point {
    let place: Double
    let value: Double
    let weight: Double
  }

  /// A stretch on which the function is constant.
  struct Block {
    /// The first place of it.
    let start: Double
    var value: Double
    var weight: Double
  }

  /// From left to right.
  private(set) var blocks: [Block] = []

  /// - Parameter points: weights above 0; those of one place share a value.
  init(_ points: [Point]) {
    let ordered = points.enumerated().sorted { ($0.element.place, $0.offset) < ($1.element.place, $1.offset) }
    var index = 0
    while index < ordered.count {
      let start = ordered[index].element.place
      var (weight, sum) = (0.0, 0.0)
      // At least one is taken, also where it is no number and so not equal to itself.
      repeat {
        weight += ordered[index].element.weight
        sum += ordered[index].element.weight * ordered[index].element.value
        index += 1
      } while index < ordered.count && ordered[index].element.place == start
      append(Block(start: start, value: sum / weight, weight: weight))
    }
  }

  private mutating func append(_ block: Block) {
    var block = block
    while let last = blocks.last, last.value >= block.value {
      blocks.removeLast()
      let weight = last.weight + block.weight
      block = Block(
        start: last.start, value: (last.value * last.weight + block.value * block.weight) / weight, weight: weight)
    }
    blocks.append(block)
  }
}
