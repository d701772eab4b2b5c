/// Which values of a column are worst.
package enum WorstEnd: Sendable {
  /// Losses, skew, pull.
  case high
  /// Similarities.
  case low
  /// Signed values: the farther from 0, the worse.
  case farFromZero
}

/// Where the samples stand in one column. A sample without a value has none of the three.
package struct Ranking: Sendable {
  /// 1 = worst. Equal values are ranked in the order of the samples, so that ranks are 1...n without gaps.
  package let ranks: [Int32?]
  /// 0...1 with 1 = worst: (n - rank) / (n - 1); 1 for a single value.
  package let percentiles: [Double?]
  /// value / sum of all values, 0 where they are all 0; nil where a share has no meaning (`shares: false`, or a
  /// negative value in the column).
  package let shares: [Double?]
}

/// Ranks one column: O(n log n), 12 bytes of working space per value beside the result.
///
/// - Parameters:
///   - values: finite numbers; nil where the metric is not defined.
///   - worst: the end of the scale that rank 1 goes to.
///   - shares: whether a part of the total means something, as with losses.
package func ranks(of values: [Double?], worst: WorstEnd, shares: Bool = false) -> Ranking {
  var keys: [Double] = []
  var order: [Int32] = []
  keys.reserveCapacity(values.count)
  for (index, value) in values.enumerated() {
    keys.append(value.map { badness($0, worst: worst) } ?? 0)
    if value != nil { order.append(Int32(index)) }
  }
  order.sort { first, second in
    let (one, other) = (keys[Int(first)], keys[Int(second)])
    return one == other ? first < second : one > other
  }
  var ranks = [Int32?](repeating: nil, count: values.count)
  var percentiles = [Double?](repeating: nil, count: values.count)
  let last = Double(order.count - 1)
  for (place, index) in order.enumerated() {
    ranks[Int(index)] = Int32(place + 1)
    percentiles[Int(index)] = last > 0 ? (last - Double(place)) / last : 1
  }
  return Ranking(
    ranks: ranks, percentiles: percentiles, shares: shares ? shareOfSum(values) : values.map { _ in nil })
}

private func badness(_ value: Double, worst: WorstEnd) -> Double {
  switch worst {
  case .high: value
  case .low: -value
  case .farFromZero: abs(value)
  }
}

private func shareOfSum(_ values: [Double?]) -> [Double?] {
  var sum = 0.0
  for case let value? in values {
    guard value >= 0 else { return values.map { _ in nil } }
    sum += value
  }
  return values.map { value in value.map { sum > 0 ? $0 / sum : 0 } }
}
