import CKernels

/// How far up the votes of sound pictures reach, told from where nearly all pictures are sound (`docs/damage.md`, 4).
///
/// From few votes on, each tenth of a vote more is reached by the same part of the sound pictures. That part is read where
/// damaged pictures are few, and says how many sound ones to expect above any number of votes. Damaged pictures among
/// those that it is read from make the tail longer, never shorter, so that fewer are called damaged.
struct SoundTail: Sendable, Equatable {
  /// The votes that the tail is read from: below, sets differ most; above, the damaged begin.
  static let window = 0.05..<0.3

  /// From few votes to many.
  private let steps: [VoteStep]

  /// - Parameter votes: of the pictures of the set, 0...1, in any order.
  init(votes: [Double]) {
    let width = SoundTail.window.upperBound - SoundTail.window.lowerBound
    let inside = votes.filter(SoundTail.window.contains).sorted().map { ($0 - SoundTail.window.lowerBound) / width }
    let decay = TailDecay(places: inside)
    func expected(above votes: Double) -> Double {
      let count = max(0, decay.expected(from: (votes - SoundTail.window.lowerBound) / width, to: SoundTail.end / width))
      return count + count.squareRoot()
    }
    // Each picture stands for the votes between the one before it and itself, and the last one for all above it too.
    let above = votes.filter { $0 >= SoundTail.window.upperBound }.sorted()
    var before = expected(above: SoundTail.window.upperBound)
    let points = above.enumerated().map { place, votes in
      let after = place + 1 == above.count ? 0 : expected(above: votes)
      defer { before = after }
      return IsotonicFit.Point(place: votes, value: 1 - (before - after), weight: 1)
    }
    steps = IsotonicFit(points).blocks.map { VoteStep(votes: $0.start, probability: min(max($0.value, 0), 1)) }
  }

  private static let end = 1 - window.lowerBound

  /// The probability that a picture with these votes is damaged; 0 where the tail is read from.
  func confidence(of votes: Double) -> Double { steps.probability(at: votes) ?? 0 }
}

/// An exponential decay beyond a window of width 1, with one standard error added to what it leaves.
private struct TailDecay {
  /// Per width of the window.
  private let rate: Double
  /// Pictures in the window.
  private let count: Double

  private static let flat = 1e-6
  private static let steepest = 700.0

  /// - Parameter places: of pictures in the window, 0..<1.
  init(places: [Double]) {
    // Two more, in the middle: without any picture nothing decays.
    let seen = Double(places.count) + 2
    let mean = (places.reduce(0, +) + 1) / seen
    let likeliest = TailDecay.rate(ofMean: mean)
    rate = max(0, likeliest - 1 / (seen * TailDecay.information(at: likeliest)).squareRoot())
    count = seen - 1 + (seen - 1).squareRoot()
  }

  /// How many are expected between two places beyond the window.
  func expected(from start: Double, to end: Double) -> Double {
    guard rate > TailDecay.flat else { return count * (end - start) }
    return count * (audit_exp(-rate * start) - audit_exp(-rate * end)) / (1 - audit_exp(-rate))
  }

  /// The likeliest rate of a decay that is cut off at 1, where its mean is known: 0 for half and more.
  private static func rate(ofMean mean: Double) -> Double {
    var (low, high) = (1e-3, steepest)
    guard mean < self.mean(at: low) else { return 0 }
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if self.mean(at: middle) > mean { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  private static func mean(at rate: Double) -> Double {
    let end = audit_exp(-rate)
    return 1 / rate - end / (1 - end)
  }

  /// Fisher's information on the rate in one place: the variance of the places.
  private static func information(at rate: Double) -> Double {
    guard rate > 0 else { return 1.0 / 12 }
    let end = audit_exp(-rate)
    return 1 / (rate * rate) - end / ((1 - end) * (1 - end))
  }
}
