/// When a remedy is worth recommending: one rule for what was estimated and for what trainings measured.
package struct RecommendationRule: Codable, Equatable, Sendable {
  /// The lower end of the interval that a remedy must reach, as a fall of the squared error, 0...1.
  ///
  /// Frames without a single defect reached 3 % (`docs/statistic.md`, 7): two or three per cent can mean nothing.
  package var leastGain = 0.03

  package init() {}

  /// The remedy with the highest lower end, where that reaches `leastGain`; of equal ones the first.
  package func choice<Remedy>(among remedies: [Remedy], low: (Remedy) -> Double) -> Remedy? {
    remedies.filter { low($0) >= leastGain }
      .reduce(nil) { best, remedy in best.map { low($0) >= low(remedy) ? $0 : remedy } ?? remedy }
  }
}
