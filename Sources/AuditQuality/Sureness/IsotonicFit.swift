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
