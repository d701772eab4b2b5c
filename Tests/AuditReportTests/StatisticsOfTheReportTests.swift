import Testing

@testable import AuditReport

struct ConcentrationTests {
  /// 100 values of which one holds half of the total: 1 of 100 owns 0.5, the others own the rest evenly.
  @Test func theLargestHundredthOwnsWhatItOwns() throws {
    let values = [Float](repeating: 1, count: 99) + [99]
    let curve = try #require(ConcentrationCurve(.squaredLoss, of: values))
    #expect(abs(curve.owned(by: 0.01) - 0.5) < 1e-12)
    #expect(abs(curve.owned(by: 0.1) - (99.0 + 9) / 198) < 1e-12)
    #expect(curve.owned(by: 0) == 0 && curve.owned(by: 1) == 1)
  }

  @Test func equalValuesGiveTheStraightLine() throws {
    let curve = try #require(ConcentrationCurve(.pullSquared, of: [Float](repeating: 3, count: 1000)))
    for point in curve.points { #expect(abs(point.owned - point.share) < 1e-12, "at \(point.share)") }
  }

  @Test func undefinedValuesAreLeftOutAndNothingHasNoCurve() throws {
    let curve = try #require(ConcentrationCurve(.pullSquared, of: [.nan, 1, 1, .nan]))
    #expect(curve.points.last?.share == 1)
    #expect(ConcentrationCurve(.pullSquared, of: [0, 0]) == nil)
    #expect(ConcentrationCurve(.pullSquared, of: []) == nil)
  }
}

struct RankCorrelationTests {
  /// scipy.stats.spearmanr([1, 2, 2, 4, 5, 9], [3, 1, 4, 4, 8, 2]) (scipy 1; ties share mean ranks).
  @Test func itAgreesWithAnIndependentImplementation() throws {
    let value = try #require(rankCorrelation([1, 2, 2, 4, 5, 9], [3, 1, 4, 4, 8, 2]))
    #expect(abs(value - RankCorrelationTests.scipy) < 1e-12)
  }

  static let scipy = 0.1911764705882353

  @Test func itIsOneForTheSameOrderAndMinusOneForTheOpposite() throws {
    #expect(rankCorrelation([1, 2, 3, 4], [10, 20, 30, 1000]) == 1)
    #expect(rankCorrelation([1, 2, 3, 4], [4, 3, 2, 1]) == -1)
  }

  @Test func aMissingValueTakesItsPartnerOutAndAConstantHasNone() {
    #expect(rankCorrelation([1, nil, 2, 3], [1, 9, 2, 3]) == 1)
    #expect(rankCorrelation([1, 1, 1], [1, 2, 3]) == nil)
    #expect(rankCorrelation([1, 2], [1, 2]) == nil)
  }
}

struct CutCurveTests {
  private let estimates = [
    CutCurve.Estimate(share: 0.01, gain: 0.1, low: 0.08, high: 0.12),
    CutCurve.Estimate(share: 0.03, gain: 0.2, low: 0.1, high: 0.3),
  ]

  @Test func betweenTwoEstimatesTheGainLiesOnTheStraightLine() throws {
    let middle = try #require(CutCurve.estimate(at: 0.02, of: estimates))
    #expect(abs(middle.gain - 0.15) < 1e-12 && abs(middle.low - 0.09) < 1e-12 && abs(middle.high - 0.21) < 1e-12)
    let half = try #require(CutCurve.estimate(at: 0.005, of: estimates))
    #expect(abs(half.gain - 0.05) < 1e-12)
    #expect(CutCurve.estimate(at: 0.01, of: estimates)?.gain == 0.1)
    #expect(CutCurve.estimate(at: 0.01, of: []) == nil)
  }

  @Test(arguments: [1, 2, 39, 40, 41, 1_000, 100_000]) func thePlacesOfTheLineRiseAndAreFew(most: Int) {
    let places = CutCurve.places(most: most, alsoAt: [7, most / 2, 0, most + 1])
    #expect(places.first == 1 && places.last == most)
    #expect(places.count <= CutCurve.mostStops && places == Array(Set(places)).sorted())
    if most > 40 { #expect(places.contains(7) && places.contains(most / 2)) }
  }
}

struct SeededChoiceTests {
  @Test func aDrawIsAPartInOrderAndTheSameEveryTime() {
    let positions = (0..<1000).map { Int32($0) }
    var first = SeededChoice(seed: 7)
    var second = SeededChoice(seed: 7)
    var other = SeededChoice(seed: 8)
    let drawn = first.draw(24, from: positions)
    #expect(drawn.count == 24 && Set(drawn).count == 24 && drawn == drawn.sorted())
    #expect(drawn == second.draw(24, from: positions))
    #expect(drawn != other.draw(24, from: positions))
    #expect(first.draw(24, from: [3, 4]) == [3, 4])
  }
}

struct HeatMapTests {
  @Test func theMagnitudeIsTheRootMeanSquareOfThreeChannels() {
    let map = HeatMap(residual: [0.3, 0, 0, -0.3, 0.3, 0.3], width: 2, height: 1)
    #expect(abs(map.magnitudes[0] - 0.173205) < 1e-5 && abs(map.magnitudes[1] - 0.3) < 1e-6)
  }

  @Test func theScaleOnlyGetsLighter() {
    let luma = (0...100).map { step -> Double in
      let rgb = HeatMap.colour(Float(step) / 100).map(Double.init)
      return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]
    }
    #expect(zip(luma, luma.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(HeatMap.colour(-1) == [0, 0, 4] && HeatMap.colour(9) == [252, 255, 164])
  }

  @Test func aTerminalPictureHasHalfAsManyLinesAsColumns() {
    let map = HeatMap(residual: [Float](repeating: 1, count: 3 * 64 * 64), width: 64, height: 64)
    let plain = TerminalPicture(colour: .none).lines(of: map, columns: 32)
    #expect(plain == Array(repeating: String(repeating: "█", count: 32), count: 16))
    let coloured = TerminalPicture(colour: .full).lines(of: map, columns: 32)
    #expect(
      coloured.allSatisfy { $0.hasPrefix("\u{1B}[38;2;252;255;164;48;2;252;255;164m▀") && $0.hasSuffix("\u{1B}[0m") })
  }
}

struct ChartAxisTests {
  @Test func itEndsAtARoundNumberAndMapsLinearly() {
    let axis = ChartAxis(upTo: 0.117)
    // Fifths of 0.117 round up to 0.05; the product with 3 is rounded once.
    #expect(abs(axis.high - 0.15) < 1e-15)
    #expect(axis.part(0) == 0 && axis.part(axis.high) == 1 && abs(axis.part(axis.high / 2) - 0.5) < 1e-12)
    let signed = ChartAxis(from: -0.011, to: 0.02)
    #expect(signed.low <= -0.011 && signed.high >= 0.02 && signed.ticks.contains { abs($0) < 1e-12 })
  }

  @Test func aFewFarValuesMakeItLogarithmic() {
    #expect(!ChartAxis(distances: [1, 2, 3], cut: 2).isLogarithmic)
    let far = ChartAxis(distances: [1, 2, 300], cut: 2)
    #expect(far.isLogarithmic && far.part(300) < 1 && far.part(1) > 0 && far.ticks.contains(10))
  }
}
