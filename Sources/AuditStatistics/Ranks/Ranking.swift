/// Which values of a column are worst.
package enum WorstEnd: Sendable {
  /// Losses, skew, pull.
  case high
  /// Similarities.
  case low
  /// Signed values: the farther from 0, the worse.
  case farFromZero
}

/// Where the samples stand in one column. A sample without a value has no place.
package struct Ranking: Sendable {
  /// 0 for a sample without a place: an optional would take twice the memory.
  private let places: [Int32]
  /// Number of samples that have a value.
  package let count: Int

  /// 0...1 with 1 = worst, whatever the metric's direction: (n - rank) / (n - 1); 1 for a single value.
  package func percentile(ofRank rank: Int32) -> Double {
    count > 1 ? Double(count - Int(rank)) / Double(count - 1) : 1
  }

  /// 1 = worst. Equal values are ranked in the order of the samples, so that ranks are 1...n without gaps.
  package func rank(at position: Int) -> Int32? { places[position] > 0 ? places[position] : nil }

  package var ranks: [Int32?] { places.indices.map(rank) }

  package var percentiles: [Double?] { ranks.map { $0.map(percentile) } }
}

/// Ranks one column: O(n log n), 12 bytes of working space per value beside the result's 4.
///
/// - Parameters:
///   - values: finite numbers; nil where the metric is not defined.
///   - worst: the end of the scale that rank 1 goes to.
package func ranks(of values: [Double?], worst: WorstEnd) -> Ranking {
  ranks(of: values.map { $0 ?? .nan }, worst: worst)
}

/// The same for a column in which NaN stands for a value that is not defined.
package func ranks(of values: [Double], worst: WorstEnd) -> Ranking {
  // Losses rank by themselves: no second column of a million numbers.
  let keys = worst == .high ? values : values.map { badness($0, worst: worst) }
  var order = keys.indices.compactMap { keys[$0].isNaN ? nil : Int32($0) }
  keys.withUnsafeBufferPointer { keys in
    order.sort { first, second in
      let (one, other) = (keys[Int(first)], keys[Int(second)])
      return one == other ? first < second : one > other
    }
  }
  return Ranking(order: order, of: values.count)
}

extension Ranking {
  /// - Parameter order: positions of those of `count` samples that have a value, the worst first.
  fileprivate init(order: [Int32], of count: Int) {
    var places = [Int32](repeating: 0, count: count)
    for (place, index) in order.enumerated() { places[Int(index)] = Int32(place + 1) }
    self.init(places: places, count: order.count)
  }
}

private func badness(_ value: Double, worst: WorstEnd) -> Double {
  switch worst {
  case .high: value
  case .low: -value
  case .farFromZero: abs(value)
  }
}

/// Each value's part of the total of its column, which means something for losses; 0 where they are all 0.
///
/// - Parameter values: nil where the metric is not defined.
/// - Returns: nil for those, and for all where a value is negative.
package func sharesOfTotal(_ values: [Double?]) -> [Double?] {
  var sum = 0.0
  for case let value? in values {
    guard value >= 0 else { return values.map { _ in nil } }
    sum += value
  }
  return values.map { value in value.map { sum > 0 ? $0 / sum : 0 } }
}
