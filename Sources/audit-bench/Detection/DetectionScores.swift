/// How well a score puts some rows before the others.
struct RankingScore {
  /// Mean of the precision at each row that is wanted, from the highest score down; equal scores share one step.
  let averagePrecision: Double
  /// The chance that a wanted row stands before another; equal scores count half.
  let areaUnderCurve: Double

  /// - Returns: nil where all rows are wanted, or none.
  init?(_ scores: [Double], wanted: [Bool]) {
    let count = wanted.count { $0 }
    guard count > 0, count < wanted.count else { return nil }
    let order = scores.indices.sorted { scores[$0] > scores[$1] }
    var (found, seen, precision, before, index) = (0, 0, 0.0, 0.0, 0)
    while index < order.count {
      let end = order[index...].firstIndex { scores[$0] != scores[order[index]] } ?? order.count
      let hits = order[index..<end].count { wanted[$0] }
      let others = end - index - hits
      before += Double(others) * (Double(found) + 0.5 * Double(hits))
      (found, seen) = (found + hits, end)
      precision += Double(hits) * Double(found) / Double(seen)
      index = end
    }
    averagePrecision = precision / Double(count)
    areaUnderCurve = before / Double(count) / Double(wanted.count - count)
  }
}

/// Mean of numbers that are there; nil where there is none.
func mean(_ values: [Double?]) -> Double? {
  let there = values.compactMap { $0 }
  return there.isEmpty ? nil : there.reduce(0, +) / Double(there.count)
}
