/// Draws samples that a person is to see, the same ones every time.
///
/// - Source: SplitMix64, G. Steele, D. Lea, C. Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.
struct SeededChoice {
  private var state: UInt64

  init(seed: Int) { state = UInt64(bitPattern: Int64(seed)) }

  private mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// At most `count` of the positions, in their order: the first steps of a Fisher-Yates shuffle.
  mutating func draw(_ count: Int, from positions: [Int32]) -> [Int32] {
    guard positions.count > count else { return positions }
    var pool = positions
    for index in 0..<count {
      let other = index + Int(next() % UInt64(pool.count - index))
      pool.swapAt(index, other)
    }
    return pool.prefix(count).sorted()
  }
}
