import AuditCore

/// Draws samples that a person is to see, the same ones every time.
struct SeededChoice {
  private var random: SplitMix64

  init(seed: Int) { random = SplitMix64(seed: UInt64(bitPattern: Int64(seed))) }

  /// At most `count` of the positions, in their order: the first steps of a Fisher-Yates shuffle.
  mutating func draw(_ count: Int, from positions: [Int32]) -> [Int32] {
    guard positions.count > count else { return positions }
    var pool = positions
    for index in 0..<count {
      let other = index + Int(random.next() % UInt64(pool.count - index))
      pool.swapAt(index, other)
    }
    return pool.prefix(count).sorted()
  }
}
