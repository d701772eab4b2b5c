/// Sets of row numbers that grow together; the smallest number stands for its set.
struct DisjointSets {
  private var parents: [Int32]

  init(count: Int) { parents = (0..<count).map { Int32($0) } }

  /// The smallest number of the set that a number belongs to.
  mutating func root(of number: Int) -> Int {
    var at = number
    while Int(parents[at]) != at {
      parents[at] = parents[Int(parents[at])]
      at = Int(parents[at])
    }
    return at
  }

  /// - Returns: whether they were apart before.
  @discardableResult mutating func join(_ one: Int, _ other: Int) -> Bool {
    let (a, b) = (root(of: one), root(of: other))
    if a == b { return false }
    parents[max(a, b)] = Int32(min(a, b))
    return true
  }
}
