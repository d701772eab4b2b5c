import AuditCore
import AuditStore

/// Whether the metrics put the images in the same order: Spearman's rank correlation of every two.
///
/// Every metric is turned so that high is bad; 1 then means that two metrics find the same images bad.
/// - Source: C. Spearman, "The proof and measurement of association between two things", Am. J. Psychol. 15 (1904),
///   with mean ranks for equal values.
package struct MetricAgreement: Codable, Sendable {
  package let names: [String]
  package let meanings: [String]
  /// Row by row; nil where a column has one value only or too few.
  package let correlations: [[Double?]]
  /// How many images it was worked out on.
  package let images: Int

  static let mostImages = 4_000
  private static let mostColumns = 14

  /// - Returns: nil where there are fewer than two columns or three images.
  init?(_ columns: RunColumns, store: Store, seed: Int) throws {
    let chosen = MetricAgreement.columns(in: store)
    var choice = SeededChoice(seed: seed)
    let positions = choice.draw(MetricAgreement.mostImages, from: columns.ids.indices.map { Int32($0) })
    guard chosen.count > 1, positions.count > 2 else { return nil }
    var values = [[Double?]](repeating: [], count: chosen.count)
    try store.forEachValue(of: chosen.map(\.name), ids: positions.map { columns.ids[Int($0)] }) { row in
      for (index, value) in row.enumerated() {
        values[index].append(value.real.map { MetricAgreement.badness($0, chosen[index].direction) })
      }
    }
    let used = chosen.indices.filter { index in values[index].contains { $0 != nil } }
    guard used.count > 1 else { return nil }
    names = used.map { chosen[$0].name }
    meanings = used.map { chosen[$0].meaning }
    correlations = used.map { row in used.map { rankCorrelation(values[row], values[$0]) } }
    images = positions.count
  }

  /// Skew and the distances, every headline metric, and one metric of each family that has none among them.
  private static func columns(in store: Store) -> [MetricInfo] {
    let influence = ["skew", "pull_squared", "od"].compactMap { name in DerivedColumn.all.first { $0.name == name } }
    let headlines = store.metrics.filter(\.headline)
    let families = Set(headlines.map(\.family))
    let others = MetricInfo.Family.allCases.filter { !families.contains($0) && $0 != .influence && $0 != .optional }
      .compactMap { family in store.metrics.first { $0.family == family } }
    return Array((influence + headlines + others).prefix(mostColumns))
  }

  private static func badness(_ value: Double, _ direction: MetricInfo.Direction) -> Double {
    switch direction {
    case .lower, .none: value
    case .higher: -value
    case .zero: abs(value)
    }
  }
}

/// Spearman's rank correlation of the places where both have a value; nil for fewer than three, or one value only.
func rankCorrelation(_ left: [Double?], _ right: [Double?]) -> Double? {
  let pairs = zip(left, right).compactMap { one, other -> (Double, Double)? in
    guard let one, let other else { return nil }
    return (one, other)
  }
  guard pairs.count > 2 else { return nil }
  let (x, y) = (meanRanks(pairs.map(\.0)), meanRanks(pairs.map(\.1)))
  let centre = Double(pairs.count + 1) / 2
  var (product, squareX, squareY) = (0.0, 0.0, 0.0)
  for (one, other) in zip(x, y) {
    product += (one - centre) * (other - centre)
    squareX += (one - centre) * (one - centre)
    squareY += (other - centre) * (other - centre)
  }
  guard squareX > 0, squareY > 0 else { return nil }
  return product / (squareX * squareY).squareRoot()
}

/// Ranks from 1 for the smallest; equal values share the mean of their ranks.
private func meanRanks(_ values: [Double]) -> [Double] {
  let order = values.indices.sorted { values[$0] < values[$1] }
  var ranks = [Double](repeating: 0, count: values.count)
  var start = 0
  while start < order.count {
    var end = start
    while end + 1 < order.count, values[order[end + 1]] == values[order[start]] { end += 1 }
    for place in start...end { ranks[order[place]] = Double(start + end) / 2 + 1 }
    start = end + 1
  }
  return ranks
}
