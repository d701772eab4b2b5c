import Foundation
import Testing

@testable import AuditQuality

/// `golden_damage.json`, `confidence`: from an independent implementation (NumPy).
private struct GoldenConfidence: Decodable {
  struct Values: Decodable {
    let votes: [Double]
    let copies: [Double]
    let share: Double
    let confidence: [Double]
  }
  let confidence: Values

  static func read() throws -> Values {
    let path = try #require(Bundle.module.path(forResource: "Fixtures/golden_damage", ofType: "json"))
    let data = try #require(FileManager.default.contents(atPath: path))
    return try JSONDecoder().decode(GoldenConfidence.self, from: data).confidence
  }
}

struct DamageMixtureTests {
  @Test func shareAndConfidenceAgreeWithTheReference() throws {
    let golden = try GoldenConfidence.read()
    let mixture = try #require(DamageMixture(votes: golden.votes, copies: golden.copies))
    #expect(abs(mixture.share - golden.share) <= 1e-9)
    for (votes, wanted) in zip(golden.votes, golden.confidence) {
      #expect(abs(mixture.confidence(of: votes) - wanted) <= 1e-9, "at \(votes)")
    }
  }

  @Test func confidenceDoesNotFallWithTheVotesAndStaysAProbability() throws {
    let golden = try GoldenConfidence.read()
    let mixture = try #require(DamageMixture(votes: golden.votes, copies: golden.copies))
    let values = (0...1000).map { mixture.confidence(of: Double($0) / 1000) }
    #expect(zip(values, values.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(values.allSatisfy { (0...1).contains($0) } && values[1000] > 0.9 && values[0] < 0.01)
  }

  @Test func theOrderOfTheVotesDoesNotMatter() throws {
    let golden = try GoldenConfidence.read()
    let mixture = DamageMixture(votes: golden.votes, copies: golden.copies)
    let other = DamageMixture(votes: golden.votes.reversed(), copies: golden.copies.sorted())
    for votes in golden.votes {
      let (one, two) = (try #require(mixture).confidence(of: votes), try #require(other).confidence(of: votes))
      #expect(abs(one - two) <= 1e-12)
    }
    #expect(mixture?.share == other?.share)
  }

  @Test(
    arguments: [
      ([(1.0, 90), (0.5, 38), (0.1, 900)], 0.5), ([(1.0, 90), (0.5, 39), (0.1, 900)], 0.85),
      ([(0.9, 50), (0.29, 1)], 0.85),
      ([(0.8, 20), (0.1, 500)], 0.85), ([], 0.85),
    ] as [([(Double, Int)], Double)])
  func theLineIsTheLowestAtWhichTheFlagsAreLikelyEnough(amounts: [(Double, Int)], line: Double) {
    let confidences = amounts.flatMap { [Double](repeating: $0.0, count: $0.1) }
    #expect(DamageMixture.threshold(of: confidences) == line)
    #expect(DamageMixture.threshold(of: confidences.reversed()) == line)
  }

  @Test func withoutVotesOrCopiesThereIsNoEstimate() {
    #expect(DamageMixture(votes: [], copies: [0.5]) == nil)
    #expect(DamageMixture(votes: [0.5], copies: []) == nil)
    #expect(DamageMixture(votes: [0.5], copies: [0.5]) != nil)
  }

  @Test func anIsotonicFitPoolsWhatFalls() {
    let points = [(1.0, 2.0), (2, 1), (2, 2), (3, 5), (4, 4)].map { IsotonicFit.Point(place: $0, value: $1, weight: 1) }
    let blocks = IsotonicFit(points.reversed()).blocks
    #expect(blocks.map(\.start) == [1, 3])
    #expect(abs(blocks[0].value - 5.0 / 3) < 1e-15 && blocks[1].value == 4.5)
  }

  @Test func anIsotonicFitOfWhatIsNoNumberEnds() {
    let points = [1, .nan, .nan].map { IsotonicFit.Point(place: $0, value: 1, weight: 1) }
    #expect(IsotonicFit(points).blocks.reduce(0) { $0 + $1.weight } == 3)
  }
}
