import AuditCore
import Testing

@testable import AuditStatistics

/// Walks every step of the golden example; the relative tolerance is 1e-6 throughout.
struct GoldenSkewTests {
  static let tolerance = 1e-6
  static let golden = GoldenSkew.shared
  static let rows = golden.pixels.flatMap { $0 }
  static let gram = GramMatrix(rows: rows, length: 48)

  static func fit() throws -> RobustFit { try RobustFit(gram: gram, rank: golden.rank) }

  static func skews(_ fit: RobustFit) -> [Skew] {
    let sums = SkewSums(distances: fit.orthogonalDistances, leverages: fit.leverages)
    return (0..<fit.count).map { row in
      Skew(
        distance: fit.orthogonalDistances[row], leverage: fit.leverages[row], nearest: fit.nearest[row], sums: sums)
    }
  }

  @Test func thePlainModelIsTheReferences() {
    let golden = GoldenSkewTests.golden
    let plain = GramComponents(
      of: GoldenSkewTests.gram, weighting: .weighted([Double](repeating: 1, count: 120)), rank: golden.rank,
      accuracy: .components(round: 0), warm: nil, jobs: 1)
    #expect(plain.converged)
    #expect(largestDifference(plain.eigenvalues, golden.plain.eigenvalues) < GoldenSkewTests.tolerance)
    #expect(largestDifference([plain.tail], [golden.plain.tail]) < GoldenSkewTests.tolerance)
    #expect(largestDifference(plain.orthogonalDistances, golden.plain.od) < GoldenSkewTests.tolerance)
  }

  @Test func everyRoundHasTheReferencesCutsAndWeights() throws {
    let rounds = try GoldenSkewTests.fit().rounds
    let expected = GoldenSkewTests.golden.rounds
    try #require(rounds.count == expected.count)
    for (index, (round, golden)) in zip(rounds, expected).enumerated() {
      #expect(
        largestDifference([round.orthogonalCut], [golden.cut_od]) < GoldenSkewTests.tolerance, "round \(index)")
      #expect(largestDifference([round.scoreCut], [golden.cut_sd]) < GoldenSkewTests.tolerance, "round \(index)")
      #expect(largestDifference(round.weights, golden.weights) < GoldenSkewTests.tolerance, "round \(index)")
    }
  }

  @Test func theRobustModelIsTheReferences() throws {
    let fit = try GoldenSkewTests.fit()
    let golden = GoldenSkewTests.golden.robust
    let (mean, components) = fit.pixels(of: GoldenSkewTests.rows, in: GoldenSkewTests.gram)
    #expect(largestDifference(mean, golden.mean) < GoldenSkewTests.tolerance)
    #expect(largestDifference(fit.eigenvalues, golden.eigenvalues) < GoldenSkewTests.tolerance)
    #expect(largestDifference([fit.tail], [golden.tail]) < GoldenSkewTests.tolerance)
    #expect(largestDifference(fit.weights, golden.weights) < GoldenSkewTests.tolerance)
    let centred = (0..<48).map { Double(GoldenSkewTests.rows[$0]) / 255 - mean[$0] }
    var reconstruction = mean
    for component in 0..<fit.rank {
      let row = components[(component * 48)..<((component + 1) * 48)]
      let score = zip(row, centred).reduce(0) { $0 + $1.0 * $1.1 }
      for (index, value) in row.enumerated() { reconstruction[index] += score * value }
    }
    #expect(largestDifference(reconstruction, golden.reconstruction_of_0) < GoldenSkewTests.tolerance)
  }

  @Test func distancesPullsAndSkewAreTheReferences() throws {
    let fit = try GoldenSkewTests.fit()
    let golden = GoldenSkewTests.golden
    let skews = GoldenSkewTests.skews(fit)
    #expect(largestDifference(fit.nearest, golden.nearest) < GoldenSkewTests.tolerance)
    #expect(largestDifference(fit.orthogonalDistances, golden.od) < GoldenSkewTests.tolerance)
    #expect(largestDifference(fit.scoreDistances, golden.sd) < GoldenSkewTests.tolerance)
    #expect(largestDifference(fit.leverages, golden.c) < GoldenSkewTests.tolerance)
    #expect(largestDifference(skews.map(\.pullSquared), golden.pull_squared) < GoldenSkewTests.tolerance)
    #expect(largestDifference(skews.map(\.pullAbsolute), golden.pull_absolute) < GoldenSkewTests.tolerance)
    #expect(largestDifference(skews.map(\.ratio), golden.ratio) < GoldenSkewTests.tolerance)
    #expect(largestDifference(skews.map(\.alike), golden.alike) < GoldenSkewTests.tolerance)
    #expect(largestDifference(skews.map(\.skew), golden.skew) < GoldenSkewTests.tolerance)
    #expect(
      largestDifference(skews.map(\.trainingWeight), golden.training_weight) < GoldenSkewTests.tolerance)
    let rule = VerdictRule.model(count: 120)
    #expect(skews.map { rule.verdict(of: $0).rawValue } == golden.verdict)
  }

  @Test func theGainsAndTheirIntervalsAreTheReferences() throws {
    let fit = try GoldenSkewTests.fit()
    let golden = GoldenSkewTests.golden.gain
    let skews = GoldenSkewTests.skews(fit)
    let rule = VerdictRule.model(count: 120)
    let validation = CrossValidation(
      gram: GoldenSkewTests.gram, fit: fit, rank: GoldenSkewTests.golden.rank, weights: skews.map(\.trainingWeight))
    let report = validation.report(skew: skews.map(\.skew), verdicts: skews.map { rule.verdict(of: $0) })
    #expect(largestDifference([report.before], [golden.before]) < GoldenSkewTests.tolerance)
    try #require(report.remedies.map(\.name) == [.drop, .weights, .both])
    expectEqual(report.remedies.map(\.gain), golden.remedies)
    expectEqual(report.curve, GoldenGain.shared.curve)
    #expect(report.recommendation()?.name == .drop)
    #expect(report.marked == GoldenSkewTests.golden.verdict.count { $0 != "keep" })
  }

  @Test(arguments: [\GoldenGain.noisy, \GoldenGain.wide])
  func examplesOfOtherShapesAreTheReferences(_ example: KeyPath<GoldenGain, GoldenGain.Example> & Sendable) throws {
    let golden = GoldenGain.shared[keyPath: example]
    let rows = Array(golden.pixels)
    let gram = GramMatrix(rows: rows, length: golden.length)
    let fit = try RobustFit(gram: gram, rank: golden.rank)
    let skews = GoldenSkewTests.skews(fit)
    #expect(fit.rounds.count == golden.rounds)
    #expect(largestDifference(fit.weights, golden.weights) < GoldenSkewTests.tolerance)
    #expect(largestDifference(fit.eigenvalues, golden.eigenvalues) < GoldenSkewTests.tolerance)
    #expect(largestDifference([fit.tail], [golden.tail]) < GoldenSkewTests.tolerance)
    #expect(largestDifference(fit.orthogonalDistances, golden.od) < GoldenSkewTests.tolerance)
    #expect(largestDifference(fit.scoreDistances, golden.sd) < GoldenSkewTests.tolerance)
    #expect(largestDifference(fit.leverages, golden.c) < GoldenSkewTests.tolerance)
    #expect(largestDifference(skews.map(\.skew), golden.skew) < GoldenSkewTests.tolerance)
    #expect(
      largestDifference(skews.map(\.trainingWeight), golden.training_weight) < GoldenSkewTests.tolerance)
    let verdicts = skews.map { VerdictRule.model(count: gram.count).verdict(of: $0) }
    #expect(verdicts.map(\.rawValue) == golden.verdict)
    let report = CrossValidation(gram: gram, fit: fit, rank: golden.rank, weights: skews.map(\.trainingWeight))
      .report(skew: skews.map(\.skew), verdicts: verdicts, jobs: 2)
    expectEqual(report.remedies.map(\.gain), golden.gain.remedies)
    expectEqual(report.curve, golden.curve)
  }

  private func expectEqual(_ gains: [Gain], _ expected: [GoldenSkew.Interval]) {
    let found = gains.flatMap { [$0.gain, $0.low, $0.high] }
    #expect(largestDifference(found, expected.flatMap { [$0.gain, $0.low, $0.high] }) < GoldenSkewTests.tolerance)
  }

  private func expectEqual(_ curve: [GainPoint], _ expected: [GoldenGain.Point]) {
    #expect(curve.map(\.count) == expected.map(\.count) && curve.map(\.share) == expected.map(\.share))
    let found = curve.flatMap { [$0.gain.gain, $0.gain.low, $0.gain.high] }
    #expect(largestDifference(found, expected.flatMap { [$0.gain, $0.low, $0.high] }) < GoldenSkewTests.tolerance)
  }
}
