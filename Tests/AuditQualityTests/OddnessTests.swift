import AuditStatistics
import Foundation
import Testing

@testable import AuditQuality

/// `golden_quality.json`, `scores`: oddness of 120 rows, from an independent implementation (NumPy).
private struct GoldenScores: Decodable {
  struct Scores: Decodable {
    let statistics: [[Double]]
    let histograms: [[Double]]
    let od_rgb: [Double]
    let median: [Double]
    let mad: [Double]
    let lof: [Double]
    let scales: [[Double]]
    let parts: [[Double]]
    let oddness: [Double]
  }
  let scores: Scores

  static func read() throws -> Scores {
    let path = try #require(Bundle.module.path(forResource: "Fixtures/golden_quality", ofType: "json"))
    let data = try #require(FileManager.default.contents(atPath: path))
    return try JSONDecoder().decode(GoldenScores.self, from: data).scores
  }
}

struct OddnessTests {
  @Test func oddnessAgreesWithTheReference() throws {
    let golden = try GoldenScores.read()
    // The reference adds less to the spread than the product does.
    let standard = Standardisation(fitting: golden.statistics, floor: 1e-9)
    for (value, wanted) in zip(standard.centre, golden.median) { #expect(abs(value - wanted) <= 1e-12) }
    for (value, wanted) in zip(standard.spread, golden.mad) { #expect(abs(value - wanted) <= 1e-12) }
    let rows = golden.statistics.map { standard.standardised($0) }
    let space = try RowSubspace(fitting: rows.flatMap { $0 }, length: rows[0].count, rank: 8)
    let structure = try RowSubspace(
      fitting: golden.histograms.flatMap { $0 }, length: golden.histograms[0].count, rank: 12)
    let neighbourhood = LocalOutlierFactor(fitting: rows)
    for (row, wanted) in golden.lof.enumerated() {
      #expect(abs(neighbourhood.factor(of: rows[row], member: row) - wanted) <= 1e-9 * wanted)
    }
    let distances = rows.indices.map { row in
      OddnessDistances(
        statistics: space.distances(of: rows[row]), outlierFactor: neighbourhood.factor(of: rows[row], member: row),
        structure: structure.distances(of: golden.histograms[row]).orthogonal, content: golden.od_rgb[row])
    }
    let scales = OddnessScales(fitting: distances)
    for (part, wanted) in golden.scales.enumerated() {
      #expect(abs(scales.centre[part] - wanted[0]) <= 1e-7 && abs(scales.spread[part] - wanted[1]) <= 1e-7)
    }
    for row in rows.indices {
      let odd = scales.oddness(of: distances[row])
      for (value, wanted) in zip(odd.parts, golden.parts[row]) { #expect(abs(value - wanted) <= 1e-7 * max(1, wanted)) }
      #expect(abs(odd.value - golden.oddness[row]) <= 1e-7 * max(1, golden.oddness[row]))
    }
  }

  @Test func whatASetNeverVariesInDoesNotMakeAPictureInfinitelyOdd() {
    let ordinary = OddnessDistances(
      statistics: SubspaceDistances(orthogonal: 0, score: 1), outlierFactor: 1, structure: 1, content: 1)
    let scales = OddnessScales(fitting: [OddnessDistances](repeating: ordinary, count: 30))
    #expect(scales.oddness(of: ordinary).value == 0)
    let odd = OddnessDistances(
      statistics: SubspaceDistances(orthogonal: 3, score: 1), outlierFactor: 1, structure: 1, content: 1)
    let value = scales.oddness(of: odd).value
    #expect(value.isFinite && value > 8)
  }

  @Test func aStatisticThatAPictureDoesNotHaveLeavesItAtTheMedian() {
    let rows = (0..<31).map { [Double($0), $0 == 7 ? .nan : Double($0 * $0)] }
    let standard = Standardisation(fitting: rows)
    #expect(standard.centre == [15, 240.5] && standard.spread.allSatisfy { $0 > 1 })
    #expect(standard.standardised([15, .nan]) == [0, 0])
    #expect(standard.standardised([1e9, -.infinity]) == [12, -12])
  }
}
