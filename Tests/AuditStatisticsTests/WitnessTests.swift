import AuditCore
import Testing

@testable import AuditStatistics

/// Damaged rows vouch for nobody and judge nothing.
struct WitnessTests {
  /// 150 rows with two of one look that nothing else resembles, in different folds.
  private static let rows: [[UInt8]] = {
    var source = RowSource(seed: 8)
    var rows = (0..<150).map { _ in source.row() }
    rows[40] = source.stranger()
    rows[91] = source.likeness(of: rows[40], noise: 40)
    return rows
  }()

  private static let gram = GramMatrix(rows: rows.flatMap { $0 }, length: 96)

  private static func flags(_ damaged: Set<Int>) -> [Bool] { rows.indices.map(damaged.contains) }

  private static func fit(_ witnesses: Witnesses?, isClumped: Bool = false) throws -> RobustFit {
    try RobustFit(
      gram: gram, rank: 15,
      clumps: isClumped ? Clumps(in: gram, witnesses: witnesses) : nil, witnesses: witnesses)
  }

  private static func components(_ fit: RobustFit) -> [Double] {
    fit.pixels(of: rows.flatMap { $0 }, in: gram).components
  }

  private static func skews(_ fit: RobustFit) -> [Skew] {
    let sums = SkewSums(distances: fit.orthogonalDistances, leverages: fit.leverages)
    return (0..<fit.count).map {
      Skew(distance: fit.orthogonalDistances[$0], leverage: fit.leverages[$0], nearest: fit.nearest[$0], sums: sums)
    }
  }

  @Test(arguments: [false, true]) func aDamagedLookAlikeVouchesForNothing(isClumped: Bool) throws {
    let trusting = try Self.fit(nil, isClumped: isClumped)
    #expect(trusting.weights[40] == 1 && trusting.weights[91] == 1)
    #expect(Self.skews(trusting)[40].skew < 1)
    let fit = try Self.fit(Witnesses(isDamaged: Self.flags([40, 91])), isClumped: isClumped)
    #expect(fit.weights[40] < 0.5 && fit.weights[91] < 0.5, "\(fit.weights[40]), \(fit.weights[91])")
    let rule = VerdictRule.model(count: fit.count)
    let skews = Self.skews(fit)
    #expect(skews[40].alike == 1 && rule.verdict(of: skews[40]) == .drop && rule.verdict(of: skews[91]) == .drop)
  }

  /// One that is sound vouches for one that is not, and not the other way.
  @Test func aSoundLookAlikeVouchesForADamagedOne() {
    let nearest = Self.gram.nearest(among: Witnesses(isDamaged: Self.flags([91])))
    #expect(nearest[91] == Self.gram.nearest[91] && nearest[40] > nearest[91])
  }

  @Test func whereNothingIsDamagedTheFitIsTheSameToTheLastBit() throws {
    let (without, with) = (try Self.fit(nil), try Self.fit(Witnesses(isDamaged: Self.flags([]))))
    #expect(without.weights == with.weights && Self.components(without) == Self.components(with))
    #expect(without.nearest == with.nearest && without.orthogonalDistances == with.orthogonalDistances)
    let clumped = try Self.fit(Witnesses(isDamaged: Self.flags([])), isClumped: true)
    #expect(try Self.components(clumped) == Self.components(Self.fit(nil, isClumped: true)))
  }

  /// Distances among some rows are those of the same search in the rows themselves.
  @Test func theNearestWitnessIsTheNearestRowThatIsNotDamaged() {
    let witnesses = Witnesses(isDamaged: Self.rows.indices.map { $0 % 3 == 1 })
    let nearest = Self.gram.nearest(among: witnesses)
    for (place, row) in Self.rows.enumerated() {
      let distances = Self.rows.enumerated().filter { $0.offset != place && $0.offset % 3 != 1 }.map { _, other in
        zip(row, other).reduce(0) { $0 + (Int($1.0) - Int($1.1)) * (Int($1.0) - Int($1.1)) }
      }
      #expect(nearest[place] == distances.min().map { Double($0).squareRoot() / 255 })
    }
  }

  private static func part(_ damaged: [Bool]?, judged: [Bool]? = nil) throws -> GainReport {
    let fit = try fit(nil)
    let skews = skews(fit)
    let crossFit = CrossFit(fit: fit, rule: .model(count: fit.count), isFixed: skews.map { _ in false })
    let validation = CrossValidation(
      gram: gram, fit: fit, rank: 15, weights: skews.map(\.trainingWeight), crossFit: crossFit)
    let part = validation.part(
      skew: skews.map(\.skew), verdicts: rows.indices.map { [40, 91].contains($0) ? .drop : .keep }, judged: judged,
      damaged: damaged)
    return GainReport([try #require(part)])
  }

  /// What is left out and weighted is counted all the same: a remedy is about damaged pictures too.
  @Test func aDamagedRowJudgesNothingAndIsStillLeftOut() throws {
    let damaged = Self.flags(Set(0..<10).union([40, 91]))
    let (report, without) = (try Self.part(damaged), try Self.part(nil, judged: damaged.map { !$0 }))
    let drop = try #require(report.remedies.first { $0.name == .drop })
    #expect(drop.count == 2 && report.marked == 2)
    #expect(without.remedies.map(\.name) == [.weights], "nothing that judges is marked")
    #expect(report.before == without.before)
    let weights = try #require(report.remedies.first { $0.name == .weights })
    #expect(weights.gain == without.remedies[0].gain && weights.whole == without.remedies[0].whole)
    #expect(weights.count > without.remedies[0].count)
    #expect(try Self.part(nil).remedies.first { $0.name == .weights }?.gain != weights.gain)
  }

  @Test func whereNothingIsDamagedTheJudgeIsTheSame() throws {
    #expect(try Self.part(Self.flags([])) == Self.part(nil))
  }

  @Test func aFoldTakesNoDamagedRowForALookAlike() throws {
    let fit = try Self.fit(nil)
    let others = Self.rows.indices.filter { $0 % 5 != 2 }
    let fold = HeldOutRows(
      gram: Self.gram, train: others, test: Self.rows.indices.filter { $0 % 5 == 2 }, rank: 15)
    // A model without either: each is left as a stranger is, less what the other explains.
    let model = fold.fit(weights: others.map { [40, 91].contains($0) ? 1e-6 : 1 }, start: nil, accuracy: .distances)
    let apart = Self.gram.squaredDistance(40, 91).squareRoot()
    let distance = fold.trainDistances(under: model).distances[others.firstIndex(of: 40) ?? 0]
    try #require(apart < 0.8 * distance && apart > 0.2 * distance, "\(apart) of \(distance)")
    func weight(_ damaged: Set<Int>) -> Double {
      let own = CrossFit(
        fit: fit, rule: .model(count: fit.count), isFixed: Self.flags([]),
        witnesses: Witnesses(isDamaged: Self.flags(damaged))
      ).remedies(
        FoldRemedies(weights: others.map { _ in 1 }, stays: others.map { _ in true }), of: fold, under: model)
      return own.weights[others.firstIndex(of: 40) ?? 0]
    }
    #expect(weight([]) > 1.1 * weight([91]), "\(weight([])), \(weight([91]))")
  }

  /// Two of one look vouch for each other, and where one of them judges nobody vouches for the other: the fold leaves it
  /// out as a scan that never saw its like would.
  @Test func aFoldLeavesOutWhatHasNoLookAlikeInIt() throws {
    let fit = try Self.fit(nil)
    let crossFit = CrossFit(fit: fit, rule: .model(count: fit.count), isFixed: Self.flags([]))
    func stays(where held: Int) -> Bool {
      let others = Self.rows.indices.filter { $0 % 5 != held }
      let fold = HeldOutRows(
        gram: Self.gram, train: others, test: Self.rows.indices.filter { $0 % 5 == held }, rank: 15)
      let model = fold.fit(
        weights: others.map { [40, 91].contains($0) ? 1e-6 : 1 }, start: nil, accuracy: .distances)
      let given = FoldRemedies(weights: others.map { _ in 1 }, stays: others.map { _ in true })
      return crossFit.remedies(given, of: fold, under: model).stays[others.firstIndex(of: 40) ?? 0]
    }
    #expect(stays(where: 2), "91 is in the fold too")
    #expect(!stays(where: 1), "91 judges")
  }
}
