import AuditCore
import Foundation

/// `golden_skew.json`: every step of the statistic for 120 rows of 48 numbers, from an independent implementation.
struct GoldenSkew: Decodable {
  struct Plain: Decodable {
    let eigenvalues: [Double]
    let tail: Double
    let od: [Double]
  }
  struct Round: Decodable {
    let cut_od: Double
    let cut_sd: Double
    let weights: [Double]
  }
  struct Robust: Decodable {
    let mean: [Double]
    let eigenvalues: [Double]
    let tail: Double
    let weights: [Double]
    let reconstruction_of_0: [Double]
  }
  struct Interval: Decodable {
    let gain: Double
    let low: Double
    let high: Double
  }
  struct Gain: Decodable {
    let before: Double
    let drop: Interval
    let weights: Interval
    let both: Interval

    /// In the order of a report.
    var remedies: [Interval] { [drop, weights, both] }
  }

  let rank: Int
  let pixels: [[UInt8]]
  let plain: Plain
  let rounds: [Round]
  let robust: Robust
  let od: [Double]
  let sd: [Double]
  let c: [Double]
  let pull_squared: [Double]
  let pull_absolute: [Double]
  let ratio: [Double]
  let alike: [Double]
  let skew: [Double]
  let nearest: [Double]
  let verdict: [String]
  let training_weight: [Double]
  let gain: Gain

  static let shared: GoldenSkew = {
    do {
      return try JSONDecoder().decode(GoldenSkew.self, from: fixture("golden_skew.json"))
    } catch {
      fatalError("golden_skew.json: \(error)")
    }
  }()
}

/// `golden_gain.json`: the curve of gain for the same rows, an example whose components lie in the noise, and one of
/// fewer rows than numbers per row.
struct GoldenGain: Decodable {
  struct Point: Decodable, Sendable {
    let share: Double
    let count: Int
    let gain: Double
    let low: Double
    let high: Double
  }
  struct Example: Decodable, Sendable {
    let rank: Int
    let length: Int
    let pixels: Data
    let rounds: Int
    let weights: [Double]
    let eigenvalues: [Double]
    let tail: Double
    let od: [Double]
    let sd: [Double]
    let c: [Double]
    let skew: [Double]
    let verdict: [String]
    let training_weight: [Double]
    let gain: GoldenSkew.Gain
    let curve: [Point]
  }

  let curve: [Point]
  let noisy: Example
  let wide: Example

  static let shared: GoldenGain = {
    do {
      return try JSONDecoder().decode(GoldenGain.self, from: fixture("golden_gain.json"))
    } catch {
      fatalError("golden_gain.json: \(error)")
    }
  }()
}

func fixture(_ name: String) throws -> Data {
  guard let url = Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: nil) else {
    throw CocoaError(.fileNoSuchFile)
  }
  return try Data(contentsOf: url)
}

/// The largest relative difference of two lists; infinite when they are not as long as one another, or hold a value that
/// is not finite.
func largestDifference(_ values: [Double], _ expected: [Double]) -> Double {
  guard values.count == expected.count, values.allSatisfy(\.isFinite) else { return .infinity }
  return zip(values, expected).map { value, expected in
    value == expected ? 0 : abs(value - expected) / abs(expected)
  }.max() ?? 0
}
