import Testing

@testable import AuditCore

struct RecommendationRuleTests {
  private func chosen(_ lows: [Double], leastGain: Double = 0.03) -> Int? {
    var rule = RecommendationRule()
    rule.leastGain = leastGain
    return rule.choice(among: Array(lows.indices)) { lows[$0] }
  }

  @Test func threePerCentMustBeReachedByTheLowerEnd() {
    #expect(RecommendationRule().leastGain == 0.03)
    #expect(chosen([0.0299, 0.012, -0.2]) == nil)
    #expect(chosen([0.0299, 0.03]) == 1)
    #expect(chosen([]) == nil)
  }

  @Test func theHighestLowerEndIsChosenAndOfEqualOnesTheFirst() {
    #expect(chosen([0.05, 0.12, 0.11]) == 1)
    #expect(chosen([0.04, 0.08, 0.08]) == 1)
  }

  @Test func theLineIsASetting() {
    #expect(chosen([0.012], leastGain: 0.01) == 0)
    #expect(chosen([0.12], leastGain: 0.2) == nil)
  }
}
