/// How much of a total a part of the images owns: a Lorenz curve from the largest down.
package struct ConcentrationCurve: Codable, Sendable {
  package enum Quantity: String, Codable, Sendable, CaseIterable {
    case pullSquared = "pull_squared"
    case pullAbsolute = "pull_absolute"
    case squaredLoss = "squared_loss"
    case absoluteLoss = "absolute_loss"
  }

  package struct Point: Codable, Sendable {
    /// Share of the images, the largest first.
    package let share: Double
    /// What they own of the total.
    package let owned: Double
  }

  package let quantity: Quantity
  package let points: [Point]

  /// Shares of the images at which a curve has a point, besides both ends.
  private static let shares = [
    0.001, 0.0025, 0.005, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5,
    0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95,
  ]

  /// - Parameter values: from 0 up; NaN is left out. nil where the total is 0.
  init?(_ quantity: Quantity, of values: [Float]) {
    var sorted = values.filter { !$0.isNaN }
    sorted.sort(by: >)
    let total = sorted.reduce(0.0) { $0 + Double($1) }
    guard total > 0 else { return nil }
    self.quantity = quantity
    var points = [Point(share: 0, owned: 0)]
    var (sum, next) = (0.0, 0)
    for share in ConcentrationCurve.shares {
      let count = Int((share * Double(sorted.count)).rounded())
      guard count > next else { continue }
      while next < count { (sum, next) = (sum + Double(sorted[next]), next + 1) }
      points.append(Point(share: Double(next) / Double(sorted.count), owned: sum / total))
    }
    if next < sorted.count { points.append(Point(share: 1, owned: 1)) }
    self.points = points
  }

  /// What the given share of the images owns; between two points the straight line.
  package func owned(by share: Double) -> Double {
    guard let after = points.firstIndex(where: { $0.share >= share }), after > 0 else { return 0 }
    let (low, high) = (points[after - 1], points[after])
    return low.owned + (high.owned - low.owned) * (share - low.share) / (high.share - low.share)
  }
}

extension ConcentrationCurve.Quantity {
  package var name: String {
    switch self {
    case .pullSquared: "pull under squared error"
    case .pullAbsolute: "pull under absolute error"
    case .squaredLoss: "squared loss"
    case .absoluteLoss: "absolute loss"
    }
  }
}
