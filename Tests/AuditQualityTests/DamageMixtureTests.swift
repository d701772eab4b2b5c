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

/// Cross-fitted votes of drawn sets, of copies of theirs, and which pictures something was planted in: as scans gave them.
private struct VotedSet: Decodable {
  let votes: [Double]
  let copies: [Double]
  let planted: Set<Int>

  static func read(_ name: String) throws -> VotedSet {
    let path = try #require(Bundle.module.path(forResource: "Fixtures/damage_votes", ofType: "json"))
    let data = try #require(FileManager.default.contents(atPath: path))
    return try #require(JSONDecoder().decode([String: VotedSet].self, from: data)[name])
  }

  /// The pictures that are flagged by default.
  func flagged() throws -> Set<Int> {
    let mixture = try #require(DamageMixture(votes: votes, copies: copies))
    let confidences = votes.map(mixture.confidence)
    return Set(votes.indices.filter { confidences[$0] >= mixture.threshold })
  }
}

struct DamageMixtureTests {
  @Test(
    arguments: [
      "demo 100 seed 5", "demo 400 seed 5", "demo 400 seed 6", "demo 1000 seed 1",
    ])
  func aFewGrossOnesAmongSoundPicturesAreFlagged(name: String) throws {
    let set = try VotedSet.read(name)
    let flagged = try set.flagged()
    let right = Double(flagged.intersection(set.planted).count)
    #expect(right >= 0.85 * Double(set.planted.count), "\(right) of \(set.planted.count)")
    #expect(right >= 0.8 * Double(flagged.count), "\(right) of \(flagged.count) flagged")
    let share = try #require(DamageMixture(votes: set.votes, copies: set.copies)).share
    #expect(share >= 0.7 * Double(set.planted.count) / Double(set.votes.count), "\(share)")
  }

  @Test func nothingIsFlaggedWhereNothingIsPlanted() throws {
    let set = try VotedSet.read("1500 drawn faces as they are")
    #expect(try set.flagged().isEmpty)
    #expect(try #require(DamageMixture(votes: set.votes, copies: set.copies)).share < 0.02)
  }

  @Test func aTailThatThinsOutEvenlyHoldsNobodyDamaged() throws {
    // Each tenth of a vote is reached by half as many: what an exponential decay of a thousand leaves.
    let votes = (0..<1000).map { -log2((Double($0) + 0.5) / 1000) / 10 }.map { min($0, 1) }
    let tail = SoundTail(votes: votes)
    #expect(votes.map(tail.confidence).reduce(0, +) < 2)
    let gross = votes + [Double](repeating: 0.95, count: 20)
    let line = gross.map(SoundTail(votes: gross).confidence)
    #expect(line.suffix(20).allSatisfy { $0 > 0.8 } && line.prefix(1000).reduce(0, +) < 5)
  }

  @Test(arguments: [[], [0.5], [1, 1, 1], [0.1, 0.1, 0.2], [.infinity, -.infinity, .nan, 1e300], [0.3, 0.3, 0.3]])
  func anyVotesGiveProbabilities(votes: [Double]) {
    let tail = SoundTail(votes: votes)
    for vote in votes + [0, 0.29, 0.3, 0.7, 1] { #expect((0...1).contains(tail.confidence(of: vote))) }
  }

  @Test func neitherReadingTakesAwayWhatTheOtherKnows() throws {
    let golden = try GoldenConfidence.read()
    let (votes, copies) = (golden.votes, golden.copies)
    let both = try #require(DamageMixture(votes: votes, copies: copies))
    let (mixture, tail) = (try #require(CopyMixture(votes: votes, copies: copies)), SoundTail(votes: votes))
    #expect(both.share >= mixture.share)
    for vote in votes {
      #expect(both.confidence(of: vote) == max(mixture.confidence(of: vote), tail.confidence(of: vote)))
    }
  }

  @Test func shareAndConfidenceAgreeWithTheReference() throws {
    let golden = try GoldenConfidence.read()
    let mixture = try #require(CopyMixture(votes: golden.votes, copies: golden.copies))
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
      ([(1.0, 90), (0.5, 17), (0.1, 900)], 0.5), ([(1.0, 90), (0.5, 18), (0.1, 900)], 0.92),
      ([(0.95, 50), (0.29, 1)], 0.92),
      ([(0.9, 20), (0.1, 500)], 0.92), ([], 0.92),
    ] as [([(Double, Int)], Double)])
  func theLineIsTheLowestAtWhichTheFlagsAreLikelyEnough(amounts: [(Double, Int)], line: Double) {
    let confidences = amounts.flatMap { [Double](repeating: $0.0, count: $0.1) }
    #expect(DamageMixture.threshold(of: confidences) == line)
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
