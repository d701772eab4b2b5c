import AuditStatistics
import CKernels

/// Brings the statistics of a picture to the middle and spread that they have in its set.
package struct Standardisation: Sendable, Equatable {
  /// Medians of the set.
  package let centre: [Double]
  /// 1.4826 times the median absolute deviations, and a little, so that what never changes does not divide by 0.
  package let spread: [Double]

  /// Values further out say no more.
  package static let limit = 12.0
  package static let floor = 1e-4

  package init(centre: [Double], spread: [Double]) {
    precondition(centre.count == spread.count)
    (self.centre, self.spread) = (centre, spread)
  }

  /// - Parameters:
  ///   - rows: statistics of each picture, NaN where there is none; all of one length.
  ///   - floor: what is added to each spread.
  package init(fitting rows: [[Double]], floor: Double = Standardisation.floor) {
    let count = rows.first?.count ?? 0
    let columns = (0..<count).map { column in rows.map { $0[column] }.filter(\.isFinite) }
    centre = columns.map { median($0) ?? 0 }
    spread = columns.map { 1.4826 * (medianAbsoluteDeviation($0) ?? 0) + floor }
  }

  /// Distances to the medians in spreads, -12...12; 0 for what the picture does not have.
  package func standardised(_ statistics: [Double]) -> [Double] {
    precondition(statistics.count == centre.count)
    return statistics.indices.map { place in
      let value = (statistics[place] - centre[place]) / spread[place]
      return value.isNaN ? 0 : min(max(value, -Standardisation.limit), Standardisation.limit)
    }
  }
}

/// The cube root of a number from 0 up: brings distances near to a normal distribution.
func cubeRoot(_ value: Double) -> Double { value > 0 ? audit_power(value, 1.0 / 3) : 0 }

/// The inverse of the hyperbolic sine: near 0 the number itself, far out its logarithm.
func areaSine(_ value: Double) -> Double {
  let size = audit_log(abs(value) + (value * value + 1).squareRoot())
  return value < 0 ? -size : size
}
