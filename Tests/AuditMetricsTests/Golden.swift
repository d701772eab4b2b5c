import AuditCore
import AuditMetrics
import Foundation
import Testing

/// `Fixtures/golden.json`: values of independent implementations for 16 synthetic pairs, made by `make_golden.py`.
struct Golden: Decodable, Sendable {
  struct Definition: Decodable, Sendable {
    let primary: Bool
    let atol: Double
    let rtol: Double
    let atol_double: Double
    let rtol_double: Double
  }

  struct Pair: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let width: Int
    let height: Int
    let ref: String
    let img: String
    let decoded_sha256: [String: String]
    let values: [String: Value]
    var testDescription: String { name }
  }

  /// A number; nil where the value is undefined or infinite, which the library gives as nil alike.
  struct Value: Decodable, Sendable {
    let number: Double?
    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        number = nil
      } else if let text = try? container.decode(String.self) {
        try #require(text == "inf")
        number = nil
      } else {
        number = try container.decode(Double.self)
      }
    }
  }

  struct Pointwise: Decodable, Sendable {
    struct Table: Decodable, Sendable {
      let rho: [Double]
      let psi: [Double]
      let weight: [Double?]
    }
    let residual: [Double]
    let losses: [String: Table]
  }

  struct DatasetLevel: Decodable, Sendable {
    struct Weights: Decodable, Sendable {
      let T: Double
      let mae: [Double]
      let weight: [Double]
    }
    let imae_weight: Weights
  }

  let metrics: [String: Definition]
  let pairs: [Pair]
  let pointwise: Pointwise
  let dataset_level: DatasetLevel

  static let shared: Golden = {
    let url = fixtures.appendingPathComponent("golden.json")
    return try! JSONDecoder().decode(Golden.self, from: Data(contentsOf: url))
  }()

  static let fixtures = Bundle.module.resourceURL!.appendingPathComponent("Fixtures")
}
