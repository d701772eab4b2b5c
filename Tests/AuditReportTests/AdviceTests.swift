import AuditCore
import AuditReport
import AuditStore
import Testing

/// What is recommended, and in which words, from figures that are written down here.
struct AdviceTests {

  private static let current = AdviceCurrency(change: nil, sample: AdviceSample(images: 300))
  private static let old = AdviceCurrency(change: "people have decided since", sample: AdviceSample(images: 300))

  private func advice(
    estimated: [RemedyName: Gain] = [:], trained: [RemedyName: Gain] = [:], drops: Int = 8, marked: Int = 11,
    estimate: AdviceCurrency? = current, training: AdviceCurrency? = nil
  ) -> Advice {
    Advice(
      RemedyName.allCases.map { Advice.Remedy(name: $0, estimated: estimated[$0], trained: trained[$0]) },
      drops: drops,
      marked: marked, estimate: estimate, training: training, rule: RecommendationRule())
  }

  @Test func theHighestLowerEndIsRecommended() {
    let found = advice(estimated: [
      .drop: Gain(gain: 0.149, low: 0.136, high: 0.162), .weights: Gain(gain: 0.15, low: 0.1, high: 0.2),
      .both: Gain(gain: 0.16, low: 0.14, high: 0.18),
    ])
    #expect(found.recommended == .both && found.ground == .estimate)
    let words = AdviceWords(found)
    #expect(words.tone == .act)
    #expect(words.headline?.plain == "Recommended: leave out the 8 images marked drop, and train with the weights.")
    #expect(words.size?.plain.contains("16.0 % (95 % interval 14.0 to 18.0)") == true)
    #expect(words.rows.map(\.name) == [.drop, .weights, .both])
    #expect(found.bestFirst.map(\.name) == [.both, .drop, .weights])
    #expect(words.rows[0].cells == ["leave 8 out", "14.9 % (13.6 to 16.2)"])
  }

  @Test func belowThreePerCentNothingIsRecommendedAndItsSizeIsSaid() {
    let found = advice(estimated: [
      .drop: Gain(gain: 0.012, low: -0.21, high: 0.23), .weights: Gain(gain: 0.032, low: 0.012, high: 0.051),
    ])
    #expect(found.recommended == nil && found.ground == .estimate)
    #expect(found.bestFirst == found.remedies)
    let words = AdviceWords(found)
    #expect(words.tone == .calm)
    #expect(words.headline?.plain.contains("sure to skew squared-error training by 3 %") == true)
    #expect(words.size?.plain.contains("The most to gain is 3.2 % (1.2 to 5.1), by the training weights") == true)
    #expect(words.rows.map { $0.cells[1] } == ["not measurable (-21.0 to 23.0)", "3.2 % (1.2 to 5.1)", "not known"])
  }

  @Test func aLossIsNotSoldAsAGain() {
    let found = advice(estimated: [.weights: Gain(gain: -0.003, low: -0.005, high: -0.001)])
    #expect(found.recommended == nil)
    #expect(AdviceWords(found).rows[1].cells[1] == "costs 0.3 % (0.1 to 0.5)")
    #expect(
      AdviceWords(found).size?.plain
        == "No remedy gains measurably; the training weights cost 0.3 % (0.1 to 0.5). The pictures decide.")
    let both = advice(
      estimated: [
        .drop: Gain(gain: -0.025, low: -0.048, high: -0.001), .weights: Gain(gain: 0.01, low: -0.03, high: 0.05),
        .both: Gain(gain: -0.03, low: -0.05, high: -0.01),
      ], drops: 1)
    #expect(
      AdviceWords(both).size?.plain
        == """
        No remedy gains measurably; leaving out the 1 image marked drop costs 2.5 % (0.1 to 4.8), and leaving out the \
        1 image marked drop and training with the weights costs 3.0 % (1.0 to 5.0). The pictures decide.
        """)
    let none = advice(estimated: [.drop: Gain(gain: -0.01, low: -0.03, high: 0.01)])
    #expect(AdviceWords(none).size?.plain == "No remedy makes a measurable difference; the pictures decide.")
  }

  @Test func moreThanThreePerCentIsNotCalledLittle() {
    let found = advice(estimated: [.weights: Gain(gain: 0.067, low: 0.018, high: 0.102)])
    #expect(
      AdviceWords(found).size?.plain
        == "The most to gain is 6.7 % (1.8 to 10.2), by the training weights: it may be less than 3 %, and the pictures decide."
    )
  }

  /// A wide guess does not hide what is sure.
  @Test func theMostToGainIsTheMostThatIsMeasurable() {
    let found = advice(estimated: [
      .drop: Gain(gain: 0.05, low: -0.2, high: 0.3), .weights: Gain(gain: 0.02, low: 0.01, high: 0.03),
    ])
    #expect(
      AdviceWords(found).size?.plain.hasPrefix("The most to gain is 2.0 % (1.0 to 3.0), by the training weights")
        == true)
  }

  @Test func nothingIsRecommendedByAnEstimateWhereNothingIsMarked() {
    let worth = Gain(gain: 0.06, low: 0.05, high: 0.07)
    #expect(advice(estimated: [.weights: worth], drops: 0, marked: 0).recommended == nil)
    #expect(advice(estimated: [.weights: worth], drops: 0, marked: 3).recommended == .weights)
    // Without drops leaving them out is nothing, whatever an older estimate says.
    #expect(advice(estimated: [.drop: worth, .both: worth], drops: 0, marked: 3).recommended == nil)
  }

  @Test func trainingsOutrankTheEstimateWhileTheyHold() {
    let estimated = [RemedyName.drop: Gain(gain: 0.149, low: 0.136, high: 0.162)]
    let trained = [
      RemedyName.drop: Gain(gain: 0.05, low: 0.04, high: 0.06), .weights: Gain(gain: 0.09, low: 0.08, high: 0.1),
    ]
    let found = advice(estimated: estimated, trained: trained, training: Self.current)
    #expect(found.ground == .training && found.recommended == .weights)
    #expect(AdviceWords(found).size?.plain.contains("9.0 % less squared error (8.0 to 10.0 over the seeds)") == true)
    let stale = advice(estimated: estimated, trained: trained, training: Self.old)
    #expect(stale.ground == .estimate && stale.recommended == .drop && stale.trainingChange != nil)
    let small = [RemedyName.drop: Gain(gain: 0.02, low: 0.01, high: 0.03)]
    #expect(advice(estimated: estimated, trained: small, training: Self.current).recommended == nil)
  }

  @Test func figuresThatAreOutOfDateRecommendNothing() {
    let found = advice(estimated: [.drop: Gain(gain: 0.149, low: 0.136, high: 0.162)], estimate: Self.old)
    #expect(found.recommended == nil && found.ground == nil)
    #expect(AdviceWords(found).tone == .open && AdviceWords(found).headline == nil)
    #expect(AdviceWords(found).heads[1] == "estimated fall, out of date")
  }

  @Test func sentencesAreBrokenBetweenWordsAndStayStrong() {
    let sentence: Sentence = "one two \(strong: "three four") five"
    #expect(sentence.lines(width: 9) { "<\($0)>" } == ["one two", "<three>", "<four> five"].map { $0 })
    #expect(sentence.lines(width: 80) { "<\($0)>" } == ["one two <three four> five"])
    #expect(sentence.lines(width: 3) { $0 } == ["one", "two", "three", "four", "five"])
  }
}
