package import AuditCore

/// Samples in the order in which a subsample takes them: bottom-k by a keyed hash of the name, so that any partition of the
/// dataset chooses the same.
///
/// Only what is about to be asked for is kept; where more is asked for, the list is gone through again for twice as many.
package struct SubsampleOrder: Sequence, IteratorProtocol, Sendable {
  private struct Ranked: Comparable {
    let key: UInt64
    let place: Int

    static func < (left: Ranked, right: Ranked) -> Bool {
      left.key == right.key ? left.place < right.place : left.key < right.key
    }
  }

  private let samples: SampleList
  private let seed: UInt64
  private let banned: Set<Int>
  /// How many are looked for next.
  private var wanted: Int
  /// The next ones, the nearest at the end.
  private var ahead: [Ranked] = []
  /// The farthest one that was looked for and found.
  private var last: Ranked?
  /// How many have yet to be asked for.
  private var left: Int

  /// - Parameter banned: places of samples that are left out.
  init(_ samples: SampleList, seed: UInt64, expecting: Int, without banned: Set<Int>) {
    (self.samples, self.seed, self.banned) = (samples, seed, banned)
    left = samples.count - banned.count
    wanted = Swift.max(256, expecting)
  }

  package mutating func next() -> Sample? {
    if ahead.isEmpty, left > 0 { look() }
    guard let nearest = ahead.popLast() else { return nil }
    left -= 1
    return samples[nearest.place]
  }

  /// The next so many; fewer at the end.
  package mutating func next(_ count: Int) -> [Sample] {
    var found: [Sample] = []
    while found.count < count, let sample = next() { found.append(sample) }
    return found
  }

  private mutating func look() {
    var found: [Ranked] = []
    var farthest: Ranked?
    for (place, sample) in samples.enumerated() where !banned.contains(place) {
      let ranked = Ranked(key: SampleKey(seed: seed, path: sample.path).value, place: place)
      if let last, ranked <= last { continue }
      if let farthest, ranked > farthest { continue }
      found.append(ranked)
      guard found.count >= 2 * wanted else { continue }
      found.sort()
      found.removeLast(found.count - wanted)
      farthest = found.last
    }
    found.sort()
    ahead = found.prefix(wanted).reversed()
    last = ahead.first ?? last
    wanted *= 2
  }
}
