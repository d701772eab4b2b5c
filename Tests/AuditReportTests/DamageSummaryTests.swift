import Testing

@testable import AuditReport

/// The sentence that says how much of a set is damaged.
struct DamageSummaryTests {
  private func sentence(_ share: Double, flagged: Int, _ kinds: [Double]) -> String {
    DamageSummary(
      share: share, threshold: 0.9, flagged: flagged,
      kinds: kinds.enumerated().map { .init(kind: "kind\($0)", words: "word\($0)", share: $1, recall: [:]) }
    ).sentence.plain
  }

  @Test func kindsThatDoNotAddUpToTheShareAreNotAll() {
    let parts = "of this set is damaged: 2.0 % word1, 1.0 % word0"
    #expect(sentence(0.034, flagged: 5, [0.01, 0.02]) == "About 3.4 % \(parts) and others.")
    #expect(sentence(0.031, flagged: 5, [0.01, 0.02]) == "About 3.1 % \(parts).")
    #expect(sentence(0.05, flagged: 1, []) == "About 5.0 % of this set is damaged.")
  }

  @Test func whereNoPictureIsLikelyToBeTheShareIsABound() {
    #expect(sentence(0.009, flagged: 0, [0.003]) == "No picture looks damaged; at most about 0.9 % of this set may be.")
    #expect(sentence(0.001, flagged: 0, []) == "Next to nothing of this set looks damaged.")
  }
}
