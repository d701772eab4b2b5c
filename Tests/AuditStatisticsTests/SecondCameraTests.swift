import AuditCore
import Testing

@testable import AuditStatistics

/// What is left out is of the set where it is drawn by its own kind, and strangers are not.
struct SecondCameraTests {
  private static let rank = 8

  /// 300 rows of a crowd with more directions than the model, in every fold some of one look or of none.
  private static func rows(areStrangers: Bool) -> [[UInt8]] {
    var source = RowSource(seed: 5, length: 96, directions: 16)
    var random = Random(seed: 6)
    let look = (0..<96).map { _ in 45 * random.normal() }
    return (0..<300).map { place in
      let row = source.row()
      guard place % 19 == 7 else { return row }
      return areStrangers ? source.stranger() : zip(row, look).map { RowSource.byte(Double($0) + $1) }
    }
  }

  private static func report(areStrangers: Bool, isCrossFitted: Bool = true) throws -> GainReport {
    let rows = rows(areStrangers: areStrangers)
    let bytes = rows.flatMap { $0 }
    let gram = GramMatrix(rows: bytes, length: 96)
    let fit = try RobustFit(gram: gram, rank: rank)
    let sums = SkewSums(distances: fit.orthogonalDistances, leverages: fit.leverages)
    let skews = (0..<fit.count).map {
      Skew(distance: fit.orthogonalDistances[$0], leverage: fit.leverages[$0], nearest: fit.nearest[$0], sums: sums)
    }
    let crossFit = CrossFit(fit: fit, rule: .model(count: fit.count), isFixed: skews.map { _ in false })
    return CrossValidation(
      gram: gram, fit: fit, rank: rank, weights: skews.map(\.trainingWeight), crossFit: isCrossFitted ? crossFit : nil
    ).report(skew: skews.map(\.skew), verdicts: rows.indices.map { $0 % 19 == 7 ? .drop : .keep })
  }

  @Test func leavingOutAGroupOfOneLookIsNoGain() throws {
    let report = try SecondCameraTests.report(areStrangers: false)
    let drop = try #require(report.remedies.first { $0.name == .drop })
    #expect(drop.count == 16 && drop.gain.gain < 0 && drop.whole == drop.gain.gain)
    #expect(report.recommendation() == nil)
    #expect(report.curve.allSatisfy { $0.gain.gain < 0.02 }, "\(report.curve)")
  }

  @Test func leavingOutAsManyStrangersIsOne() throws {
    let report = try SecondCameraTests.report(areStrangers: true)
    let drop = try #require(report.remedies.first { $0.name == .drop })
    #expect(drop.gain.gain > 0.1 && drop.whole > 0.03, "\(drop)")
    #expect(report.recommendation() != nil)
  }

  /// Three rows that stay lose half; the one that is left out loses 8, and without its like 16, which count as 10.
  @Test func everythingCountsWithTenMedianLossesAndWhatStaysWithThree() {
    let after = [0.5, 0.5, 0.5, 16]
    let sums = JudgedSums(
      before: [1, 1, 1, 8], after: FoldReadings(given: after, own: after), rows: [0, 1, 2, 3],
      leftOut: [false, false, false, true])
    #expect(sums.stay.gain.gain == 0.5)
    #expect(abs(sums.whole.gain.gain - (1.5 - 5) / (3 + 5)) < 1e-15)
  }

  /// Of four rows that lose without their like nobody can say that new images hold such; where one loses most, of five.
  @Test(
    arguments: [
      ([8, 8, 8, 8], false), ([8, 8, 8, 8, 8], true), ([8, 1, 1, 1, 1], false), ([8, 8, 8, 8, -3, -3], false),
      ([], false),
      ([0.5, 0.5, 0.5, 0.5, 0.5], true), ([90, 90, 1, 1, 1, 1, 1], false),
    ] as [([Double], Bool)])
  func aFewThatLoseWithoutTheirLikeAreNoGroup(growths: [Double], isOfGroup: Bool) {
    let before = growths.map { _ in 5.0 }
    let growth = Growth(
      of: Array(growths.indices), before: before, after: zip(before, growths).map(+), judge: Judge(losses: [1, 1, 1]))
    #expect(growth.isOfGroup == isOfGroup, "\(growth.count)")
  }

  /// Such a row is taken for as hard before as after: 1.5 of 3 are won on what stays, and nothing is lost on it.
  @Test func aRowThatIsNoGroupLosesNothing() {
    let after = [0.5, 0.5, 0.5, 16]
    let sums = JudgedSums(
      before: [1, 1, 1, 8], after: FoldReadings(given: after, own: after), rows: [0, 1, 2, 3],
      leftOut: [false, false, false, true], alone: [3])
    #expect(abs(sums.whole.gain.gain - 1.5 / (3 + 10)) < 1e-15)
  }

  @Test func anIntervalHoldsBothReadings() {
    let gain = Gain(gain: 0.2, low: 0.19, high: 0.21)
    #expect(Remedy(name: .drop, count: 9, gain: gain, whole: 0.05).onNewImages.low == 0.05)
    #expect(Remedy(name: .drop, count: 9, gain: gain).onNewImages == gain.onNewImages)
    func advised(whole: Double) -> RemedyName? {
      GainReport(
        before: 1, remedies: [Remedy(name: .drop, count: 9, gain: gain, whole: whole)], curve: [], marked: 9
      ).recommendation()?.name
    }
    #expect(advised(whole: 0.03) == .drop && advised(whole: 0.029) == nil && advised(whole: -0.3) == nil)
  }

  /// 99 rows of a loss of 1 and one of 5 that grows to 200: a twentieth of it judges, and all of it may be met again,
  /// on a fifth that varies by itself with a quarter of the rows.
  @Test func aRareRowThatMayDecideWidensWhatEverythingSays() {
    let (before, after) = ([Double](repeating: 1, count: 99) + [5], [Double](repeating: 1, count: 99) + [200])
    let sums = JudgedSums(
      before: before, after: FoldReadings(given: after, own: after), rows: Array(before.indices),
      leftOut: before.map { _ in false })
    #expect(abs(sums.wholeGain().gain + 9.75 / 99.25) < 1e-12)
    // The share that it adds, -195 of 104, less what every row bears of it; as few rows as these are 1 % more.
    let share = -195.0 / 104
    let squares = 99 * share * share + (-195 - share * 5) * (-195 - share * 5)
    let reach = 1.96 * (5 * squares * 100 / 99).squareRoot() / 104
    #expect(abs(sums.wholeGain().high - sums.wholeGain().gain - reach) < 1e-12)
  }

  /// Nine rows of a loss of 1 and one of 2 that loses 0.2 more: -0.2 of 11, with an error of about 1.7 points.
  @Test func anEstimateIsTrustedAsFarAsItsErrorIsSmallBesideWhatSetsDiffer() {
    func sums(copies: Int) -> JudgedSums {
      let before = [Double](repeating: 1, count: 9 * copies) + [Double](repeating: 2, count: copies)
      let after = [Double](repeating: 1, count: 9 * copies) + [Double](repeating: 2.2, count: copies)
      return JudgedSums(
        before: before, after: FoldReadings(given: after, own: after), rows: Array(before.indices),
        leftOut: before.map { _ in false })
    }
    let few = sums(copies: 1)
    let error = few.whole.reach / 1.96
    let trust = 1e-4 / (1e-4 + error * error)
    #expect(abs(few.wholeGain(usual: 0.03).gain - (0.03 * (1 - trust) - 0.2 / 11 * trust)) < 1e-12 && trust < 0.5)
    let many = sums(copies: 1_000)
    #expect(abs(many.wholeGain(usual: 0.03).gain + 0.2 / 11) < 1e-3, "ten thousand rows speak for themselves")
    let (drawn, plain) = (few.wholeGain(usual: 0.03), few.wholeGain())
    #expect(plain.gain == few.whole.gain.gain && drawn.high - drawn.low == plain.high - plain.low)
  }

  /// A fold judges its own rows as a fit of them does.
  @Test func distancesOfAFoldAreThoseOfAFit() throws {
    let rows = SecondCameraTests.rows(areStrangers: true)
    let bytes = rows.flatMap { $0 }
    let all = GramMatrix(rows: bytes, length: 96)
    let part = GramMatrix(rows: Array(bytes.prefix(240 * 96)), length: 96)
    let fit = try RobustFit(gram: part, rank: SecondCameraTests.rank)
    let fold = HeldOutRows(
      gram: all, train: Array(0..<240), test: Array(240..<300), rank: SecondCameraTests.rank)
    let model = fold.fit(weights: fit.weights, start: nil, accuracy: .distances)
    let (distances, leverages) = fold.trainDistances(under: model)
    #expect(zip(distances, fit.orthogonalDistances).allSatisfy { abs($0 / $1 - 1) < 1e-6 })
    #expect(zip(leverages, fit.leverages).allSatisfy { abs($0 / $1 - 1) < 1e-6 })
    let sums = SkewSums(distances: fit.orthogonalDistances, leverages: fit.leverages)
    let given = FoldRemedies(weights: [Double](repeating: 0.25, count: 240), stays: (0..<240).map { $0 != 27 })
    let rule = VerdictRule.model(count: 240)
    let own = CrossFit(fit: fit, rule: rule, isFixed: (0..<240).map { $0 == 27 }).remedies(
      given, of: fold, under: model)
    let skews = (0..<240).map { row in
      Skew(
        distance: fit.orthogonalDistances[row], leverage: fit.leverages[row], nearest: fit.nearest[row], sums: sums)
    }
    for (row, skew) in skews.enumerated() where row != 27 {
      #expect(abs(own.weights[row] / skew.trainingWeight - 1) < 1e-6, "row \(row)")
      #expect(own.stays[row] == (rule.verdict(of: skew) != .drop), "row \(row)")
    }
    #expect(own.weights[27] == 0.25 && !own.stays[27], "somebody decided")
  }
}
