import AuditCore

/// Random numbers of one node of a tree, which follow from the node's place alone: it does not matter what was drawn
/// elsewhere, in which order or on how many threads.
///
/// It has the steps of `SplitMix64` itself: a forest draws some per node and candidate, and a call into AuditCore, which
/// debug builds do not optimise, would set the pace of every test that grows one.
///
/// - Source: G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
struct NodeRandom {
  private var state: UInt64

  /// The root of a tree.
  init(seed: UInt64, tree: Int) {
    state = NodeRandom.mixed(NodeRandom.mixed(seed) ^ UInt64(truncatingIfNeeded: tree) &* 0xD1B5_4A32_D192_ED03)
  }

  private init(state: UInt64) { self.state = state }

  /// The two children of a node that has not drawn yet.
  func child(_ side: UInt64) -> NodeRandom {
    NodeRandom(state: NodeRandom.mixed(state ^ (side + 1) &* 0xD1B5_4A32_D192_ED03))
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return NodeRandom.mixed(state)
  }

  /// Uniform in 0..<1, 24 bits.
  mutating func unit() -> Float { Float(next() >> 40) * 0x1p-24 }

  mutating func integer(below bound: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  private static func mixed(_ number: UInt64) -> UInt64 {
    var bits = number
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }
}
