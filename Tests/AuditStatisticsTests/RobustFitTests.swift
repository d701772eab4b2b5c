import AuditCore
import Synchronization
import Testing

@testable import AuditStatistics

/// Laws and odd sets.
struct RobustFitTests {
  private struct Result {
    let gram: GramMatrix
    let fit: RobustFit
    let mean: [Double]
    let components: [Double]
    let skews: [Skew]
    let verdicts: [Verdict]

    init(_ rows: [[UInt8]], rank: Int? = nil, jobs: Int = 1) throws {
      let bytes = rows.flatMap { $0 }
      gram = GramMatrix(rows: bytes, length: rows[0].count, jobs: jobs)
      let fit = try RobustFit(gram: gram, rank: rank ?? RobustFit.rank(forCount: rows.count), jobs: jobs)
      self.fit = fit
      (mean, components) = fit.pixels(of: bytes, in: gram)
      let sums = SkewSums(distances: fit.orthogonalDistances, leverages: fit.leverages)
      skews = (0..<fit.count).map {
        Skew(
          distance: fit.orthogonalDistances[$0], leverage: fit.leverages[$0], nearest: fit.nearest[$0], sums: sums)
      }
      let rule = VerdictRule.model(count: rows.count)
      verdicts = skews.map { rule.verdict(of: $0) }
    }

    func report(jobs: Int = 1) -> GainReport {
      CrossValidation(
        gram: gram, fit: fit, rank: RobustFit.rank(forCount: fit.count), weights: skews.map(\.trainingWeight)
      ).report(skew: skews.map(\.skew), verdicts: verdicts, jobs: jobs)
    }

    /// Everything that the fit found is a number.
    var isFinite: Bool {
      let numbers =
        mean + components + fit.eigenvalues + fit.weights + fit.orthogonalDistances
        + fit.scoreDistances + fit.leverages + [fit.tail, fit.orthogonalCut, fit.scoreCut]
        + skews.flatMap { [$0.pullSquared, $0.pullAbsolute, $0.ratio, $0.alike, $0.skew, $0.trainingWeight] }
      let gains = report()
      return numbers.allSatisfy(\.isFinite)
        && (gains.remedies.map(\.gain) + gains.curve.map(\.gain)).allSatisfy {
          $0.gain.isFinite && $0.low.isFinite && $0.high.isFinite
        }
    }
  }

  /// Where the spherical start leaves every weight at 1, the model must still be fitted to the rows themselves, which
  /// draws them better than one fitted to their directions.
  @Test func aSetWithoutStrangersIsNotLeftAtTheSphericalStart() throws {
    var source = RowSource(seed: 21, length: 192)
    // Each far from all others but one, which vouches for it.
    let rows = (0..<60).flatMap { _ in
      let row = source.stranger()
      return [row, source.likeness(of: row)]
    }
    let result = try Result(rows)
    let fit = result.fit
    #expect(fit.rounds[0].weights.allSatisfy { $0 == 1 }, "the start must leave every weight at 1")
    #expect(fit.rounds.count > 1)
    let mean = (0..<192).map { column in rows.reduce(0) { $0 + Double($1[column]) } / 120 / 255 }
    #expect(zip(result.mean, mean).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test func theOrderOfTheRowsDoesNotMatter() throws {
    var source = RowSource(seed: 4)
    var rows = (0..<150).map { _ in source.row() }
    for index in [9, 70] { rows[index] = source.stranger() }
    var random = Random(seed: 8)
    let order = rows.indices.map { ($0, random.next()) }.sorted { $0.1 < $1.1 }.map(\.0)
    let (straight, mixed) = (try Result(rows, rank: 6), try Result(order.map { rows[$0] }, rank: 6))
    for (place, row) in order.enumerated() {
      let (one, other) = (straight.skews[row], mixed.skews[place])
      #expect(abs(other.skew - one.skew) <= 1e-9 * one.skew, "row \(row)")
      #expect(abs(other.pullSquared - one.pullSquared) <= 1e-9 * one.pullSquared, "row \(row)")
      #expect(straight.verdicts[row] == mixed.verdicts[place])
      let distance = straight.fit.scoreDistances[row]
      #expect(abs(mixed.fit.scoreDistances[place] - distance) <= 1e-9 * distance)
    }
  }

  @Test func threadsDoNotChangeABit() throws {
    var source = RowSource(seed: 12, length: 300)
    let rows = (0..<205).map { $0 % 40 == 3 ? source.stranger() : source.row() }
    let (one, four) = (try Result(rows), try Result(rows, jobs: 4))
    #expect(one.fit.orthogonalDistances == four.fit.orthogonalDistances)
    #expect(one.components == four.components && one.mean == four.mean)
    #expect(one.skews == four.skews)
    let alone = one.report()
    #expect(alone == four.report(jobs: 2) && alone == four.report(jobs: 5))
  }

  @Test(arguments: [1, 2, 3] as [UInt64]) func strangersAreDroppedAndALookAlikeGroupIsNot(seed: UInt64) throws {
    var source = RowSource(seed: seed, length: 192)
    var rows = (0..<800).map { _ in source.row() }
    // Twelve frames of a second camera setting: far from everything else, near one another.
    let setting = source.stranger()
    let group = Array(stride(from: 5, to: 800, by: 67))
    for index in group { rows[index] = source.likeness(of: setting) }
    let strangers = [100, 333, 512]
    for index in strangers { rows[index] = source.stranger() }
    let result = try Result(rows)
    #expect(group.count == 12)
    #expect(group.allSatisfy { result.verdicts[$0] != .drop }, "seed \(seed)")
    #expect(strangers.allSatisfy { result.verdicts[$0] == .drop }, "seed \(seed)")
    #expect(result.verdicts.filter { $0 == .drop }.count == 3, "seed \(seed)")
  }

  @Test func fewerThanTwentyFiveRowsAreRefused() {
    var source = RowSource(seed: 1)
    let rows = (0..<24).map { _ in source.row() }
    #expect(throws: FitRefusal.tooFewRows(count: 24)) { try Result(rows) }
    #expect(throws: FitRefusal.tooFewRows(count: 2)) { try Result(Array(rows.prefix(2))) }
    #expect(throws: FitRefusal.tooFewRows(count: 1)) { try Result(Array(rows.prefix(1))) }
    #expect(
      FitRefusal.tooFewRows(count: 24).description
        == "24 readable images are too few for a reference model; it takes 25")
  }

  @Test func twentyFiveRowsHaveAModel() throws {
    var source = RowSource(seed: 2)
    let result = try Result((0..<25).map { _ in source.row() })
    #expect(result.fit.rank == 2 && result.isFinite)
    #expect(result.verdicts.allSatisfy { $0 != .drop })
  }

  @Test func equalRowsAreRefused() {
    let rows = [[UInt8]](repeating: (0..<96).map { UInt8($0) }, count: 40)
    #expect(throws: FitRefusal.rowsAreEqual(count: 40)) { try Result(rows) }
    #expect(
      FitRefusal.rowsAreEqual(count: 1040).description
        == "all 1,040 images are the same picture; there is nothing to model")
  }

  @Test(arguments: [3, 30]) func copiesOfOnePictureLeaveNoHoles(others: Int) throws {
    var source = RowSource(seed: 6)
    let picture = source.row()
    let rows = (0..<300).map { $0 % (300 / others) == 1 ? source.row() : picture }
    let result = try Result(rows)
    #expect(result.isFinite)
    // Nine of ten pictures are the crowd, however equal they are.
    #expect(rows.indices.filter { rows[$0] == picture }.allSatisfy { result.verdicts[$0] != .drop })
  }

  /// Two copies of one garbage file are no group: each was vouched for by the other, and both were kept.
  /// The second is a copy, or went through a good codec.
  @Test(arguments: [0, 1] as [UInt8]) func aStrangerThatIsThereTwiceIsDroppedTwice(apart: UInt8) throws {
    var source = RowSource(seed: 8)
    var rows = (0..<150).map { _ in source.row() }
    rows[40] = source.stranger()
    rows[90] = rows[40].enumerated().map { $0 % 2 == 0 ? ($1 < 128 ? $1 + apart : $1 - apart) : $1 }
    let result = try Result(rows)
    #expect(result.verdicts[40] == .drop && result.verdicts[90] == .drop)
    #expect(result.skews[40].alike == 1 && result.fit.weights[40] < 0.5)
  }

  /// One negative and what encoders make of it, as often as somebody saved it: each is left out, and none becomes a
  /// component of the model. In the reference statistic six of them are drawn by it.
  @Test(arguments: [2, 6]) func theSamePictureAgainVouchesForNothing(times: Int) throws {
    var source = RowSource(seed: 8, length: 192)
    var rows = (0..<200).map { _ in source.row() }
    let places = Array(stride(from: 9, to: 200, by: 33).prefix(times))
    let stranger = source.stranger()
    for place in places { rows[place] = source.likeness(of: stranger) }
    let bytes = rows.flatMap { $0 }
    let gram = GramMatrix(rows: bytes, length: 192)
    let fit = try RobustFit(gram: gram, rank: 20, clumps: Clumps(in: gram))
    let sums = SkewSums(distances: fit.orthogonalDistances, leverages: fit.leverages)
    for place in places {
      let skew = Skew(
        distance: fit.orthogonalDistances[place], leverage: fit.leverages[place], nearest: fit.nearest[place],
        sums: sums)
      #expect(skew.alike == 1 && VerdictRule.model(count: 200).verdict(of: skew) == .drop, "\(place): \(skew)")
    }
  }

  @Test func picturesOfOneThingThatDifferAreNoClump() {
    var source = RowSource(seed: 8, length: 192)
    var rows = (0..<200).map { _ in source.row() }
    let stranger = source.stranger()
    for place in [9, 42, 75] { rows[place] = source.likeness(of: stranger, noise: 20) }
    let clumps = Clumps(in: GramMatrix(rows: rows.flatMap { $0 }, length: 192))
    #expect(clumps.shares.allSatisfy { $0 == 1 })
  }

  @Test func anIntervalForNewImagesHoldsWhatDrawsDiffer() {
    let gain = Gain(gain: 0.2, low: 0.19, high: 0.21).onNewImages
    // 1.96 x sqrt(0.03² + 0.01²), and 0.01 of its own.
    #expect(abs(gain.low - (0.2 - (0.003_841_6 + 0.0001).squareRoot())) < 1e-12 && gain.gain == 0.2)
    #expect(abs(gain.low + gain.high - 0.4) < 1e-12)
  }

  @Test func anotherPictureOfTheSameThingVouches() throws {
    var source = RowSource(seed: 8)
    var rows = (0..<150).map { _ in source.row() }
    rows[40] = source.stranger()
    rows[90] = source.likeness(of: rows[40], noise: 40)
    let result = try Result(rows)
    // By themselves both would be drop, at six times the usual.
    #expect(result.fit.weights[40] == 1 && result.fit.weights[90] == 1)
    #expect(result.verdicts[40] == .keep && result.verdicts[90] == .keep)
  }

  /// An empty answer to Ctrl-C: nothing is fitted any more.
  @Test func aFitThatNobodyWaitsForEndsAtTheNextRound() throws {
    var source = RowSource(seed: 3)
    let rows = (0..<60).flatMap { _ in source.row() }
    let gram = GramMatrix(rows: rows, length: 96)
    let rounds = Mutex(0)
    #expect(throws: FitRefusal.stopped) {
      try RobustFit(gram: gram, rank: 4, isStopped: { rounds.withLock { $0 > 1 } }) { round in
        rounds.withLock { $0 = round + 1 }
      }
    }
    #expect(rounds.withLock { $0 } == 2, "the second round is not ended by a third")
  }

  @Test func aGainTellsHowFarItIsAndEndsWhenNobodyWaits() throws {
    var source = RowSource(seed: 3)
    var rows = (0..<100).map { _ in source.row() }
    rows[7] = source.stranger()
    let result = try Result(rows)
    let validation = CrossValidation(
      gram: result.gram, fit: result.fit, rank: 4, weights: result.skews.map(\.trainingWeight))
    let told = Mutex<[Int]>([])
    func part(stopAfter most: Int) -> GainPart? {
      told.withLock { $0 = [] }
      return validation.part(
        skew: result.skews.map(\.skew), verdicts: result.verdicts,
        watch: GainWatch(isStopped: { told.withLock { $0.count >= most } }) { done, total in
          told.withLock { $0 += [done] }
          #expect(done < total)
        })
    }
    #expect(part(stopAfter: 7) == nil && told.withLock { $0 } == Array(0..<7))
    #expect(part(stopAfter: .max) != nil)
    // Five folds of plain, weights, both, drop and six different points of the curve.
    #expect(told.withLock { $0 } == Array(0..<50))
  }

  @Test func twoPicturesInEqualPartsAreMetExactly() throws {
    var source = RowSource(seed: 7)
    let pictures = [source.row(), source.row()]
    let result = try Result((0..<120).map { pictures[$0 % 2] })
    #expect(result.fit.rank == 1 && result.isFinite)
    #expect(result.fit.orthogonalDistances.allSatisfy { $0 == 0 })
    #expect(result.skews.allSatisfy { $0.ratio == 1 } && result.verdicts.allSatisfy { $0 == .keep })
  }

  @Test func onePictureAmongCopiesIsNotANumberTooMuch() throws {
    var source = RowSource(seed: 9)
    let picture = source.row()
    var rows = [[UInt8]](repeating: picture, count: 200)
    rows[77] = source.row()
    #expect(try Result(rows).isFinite)
  }

  @Test func plainColoursHaveAModel() throws {
    // Constant pictures: every row is one grey.
    let rows = (0..<150).map { [UInt8](repeating: UInt8($0 * 89 % 256), count: 96) }
    let result = try Result(rows)
    #expect(result.fit.rank == 1 && result.isFinite)
    #expect(result.fit.orthogonalDistances.allSatisfy { $0 == 0 })
    #expect(result.verdicts.allSatisfy { $0 == .keep })
  }

  @Test func greyPicturesHaveAModel() throws {
    var source = RowSource(seed: 10, length: 64)
    let rows = (0..<140).map { index in
      (index == 50 ? source.stranger() : source.row()).flatMap { [$0, $0, $0] }
    }
    let result = try Result(rows)
    #expect(result.isFinite && result.verdicts[50] == .drop)
  }

  @Test func blackAndWhitePicturesAmongOthersStayNumbers() throws {
    var source = RowSource(seed: 13)
    var rows = (0..<120).map { _ in source.row() }
    rows[3] = [UInt8](repeating: 0, count: 96)
    rows[4] = [UInt8](repeating: 255, count: 96)
    #expect(try Result(rows).isFinite)
  }

  @Test func aModelIsItsRowsWeightedMeanAndAnOrthonormalBasis() throws {
    var source = RowSource(seed: 21)
    let rows = (0..<130).map { _ in source.row() }
    let result = try Result(rows, rank: 5)
    let (fit, components) = (result.fit, result.components)
    let total = fit.weights.reduce(0, +)
    for place in [0, 47, 95] {
      let mean = zip(rows, fit.weights).reduce(0) { $0 + Double($1.0[place]) / 255 * $1.1 } / total
      #expect(abs(result.mean[place] - mean) < 1e-13)
    }
    for row in 0..<5 {
      for column in 0...row {
        let product = (0..<96).reduce(0) { $0 + components[row * 96 + $1] * components[column * 96 + $1] }
        #expect(abs(product - (row == column ? 1 : 0)) < 1e-11)
      }
    }
  }

  @Test func aComponentInWhichMostRowsAreEqualDoesNotCount() {
    var scores = Block(rows: 5, columns: 2)
    for (row, score) in [1, -1, 2, -2, 0.5].enumerated() { scores[row, 0] = score }
    scores[4, 1] = 9
    let model = GramComponents(
      eigenvalues: [1, 1], tail: 0, scores: scores, orthogonalDistances: [1, 1, 1, 1, 1], coefficients: scores,
      centreWeights: nil, raw: scores, products: 0, converged: true)
    let round = RobustFit.Round(model, shares: [1, 1, 1, 1, 1], nearest: [9, 9, 9, 9, 9])
    // The first component alone: its MAD is 1.5, so the distances are 1, 1, 2, 2 and 0.5 over 1.4826 x 1.5.
    #expect(abs(round.scoreCut - (1 + 2 * 1.4826 * 0.5) / (1.4826 * 1.5)) < 1e-15)
    #expect(round.orthogonalCut == 1 && round.weights == [1, 1, 1, 1, 1])
  }
}
