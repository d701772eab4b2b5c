import AuditCore
import AuditDigest
import AuditReference
import AuditStatistics
import Testing

/// Frozen models and what is scored with them.
struct LowRankModelTests {
  static let pictures = SyntheticRows.set(count: 120, seed: 11)
  static let fitted: LowRankFit = {
    var rows = pictures
    // One picture that is nothing like the others.
    rows[17] = (0..<12_288).map { UInt8($0 * 7919 % 256) }
    do {
      return try LowRankFit(rows: rows.flatMap { $0 }, keys: (0..<120).map { 1000 + $0 }, seed: 5)
    } catch {
      fatalError("\(error)")
    }
  }()

  @Test func scoringARowOfTheSubsampleGivesWhatTheFitFound() {
    let (model, fit) = (LowRankModelTests.fitted.model, LowRankModelTests.fitted.fit)
    let scorer = LowRankScorer(model)
    for row in 0..<model.count {
      let pixels = Array(model.rows[(row * 12_288)..<((row + 1) * 12_288)])
      let found = scorer.influence(of: RGBImage(width: 64, height: 64, pixels: pixels), key: model.keys[row])
      #expect(abs(found.orthogonalDistance / fit.orthogonalDistances[row] - 1) < 1e-4, "row \(row)")
      #expect(abs((found.scoreDistance ?? .infinity) / fit.scoreDistances[row] - 1) < 1e-4, "row \(row)")
      #expect(abs(found.leverage / fit.leverages[row] - 1) < 1e-4, "row \(row)")
      if let nearest = found.nearestDistance { #expect(nearest == fit.nearest[row], "row \(row)") }
    }
    #expect(LowRankModelTests.fitted.skews[17].skew > 2)
  }

  @Test func aModelSurvivesEncoding() throws {
    let model = LowRankModelTests.fitted.model
    let bytes = model.encoded()
    let decoded = try LowRankModel(decoding: bytes)
    #expect(decoded.encoded() == bytes)
    #expect(decoded.digest == model.digest)
    #expect(decoded.mean == model.mean && decoded.components == model.components && decoded.rows == model.rows)
    #expect(decoded.keys == model.keys && decoded.sums == model.sums && decoded.eigenvalues == model.eigenvalues)
  }

  @Test func aModelThatIsHandedOverWithoutItsChecksumIsTheSame() throws {
    for model in [LowRankModelTests.fitted.model, try LowRankModelTests.flagged([3, 40]).model] {
      let body = model.body()
      #expect(body == Array(model.encoded().dropLast(32)))
      let brought = try LowRankModel(body: body, digest: model.digest)
      #expect(brought.encoded() == model.encoded() && brought.digest == model.digest)
      #expect(throws: AuditError.self) { try LowRankModel(body: body.dropLast(), digest: model.digest) }
      #expect(throws: AuditError.self) { try LowRankModel(body: model.encoded(), digest: model.digest) }
    }
  }

  @Test func anImageThatTheModelNeverSawIsScoredAsInDouble() {
    let fitted = LowRankModelTests.fitted
    let (model, fit) = (fitted.model, fitted.fit)
    let (mean, components) = fit.pixels(of: model.rows, in: fitted.gram)
    let scorer = LowRankScorer(model)
    var source = SyntheticRows(seed: 99)
    for _ in 0..<10 {
      let pixels = source.picture(noise: 20)
      let found = scorer.influence(of: RGBImage(width: 64, height: 64, pixels: pixels), key: 7)
      let centred = pixels.indices.map { Double(pixels[$0]) / 255 - mean[$0] }
      var (rest, score, leverage) = (centred, 0.0, 0.0)
      for component in 0..<fit.rank {
        let row = components[(component * 12_288)..<((component + 1) * 12_288)]
        let z = zip(row, centred).reduce(0) { $0 + $1.0 * $1.1 }
        for (index, value) in row.enumerated() { rest[index] -= z * value }
        score += z * z / fit.eigenvalues[component]
        leverage += z * z / ((fit.eigenvalues[component] - fit.tail) * (fit.eigenvalues[component] - fit.tail))
      }
      let distance = rest.reduce(0) { $0 + $1 * $1 }.squareRoot()
      #expect(abs(found.orthogonalDistance / distance - 1) < 1e-5)
      #expect(abs((found.scoreDistance ?? .infinity) / score.squareRoot() - 1) < 1e-4)
      #expect(abs(found.leverage / leverage.squareRoot() - 1) < 1e-4)
      let worst = rest.indices.map { index in
        let reconstruction = Double(pixels[index]) / 255 - rest[index]
        return max(
          abs(Double(scorer.residual[index]) - rest[index]),
          abs(Double(scorer.reconstruction[index]) - reconstruction))
      }.max()
      #expect(worst ?? 1 < 1e-5)
    }
  }

  @Test func anImageOfTheSubsampleIsNotItsOwnNeighbour() throws {
    let model = LowRankModelTests.fitted.model
    let scorer = LowRankScorer(model)
    let stranger = RGBImage(width: 64, height: 64, pixels: Array(model.rows[(17 * 12_288)..<(18 * 12_288)]))
    let itself = try #require(scorer.influence(of: stranger, key: 1017).nearestDistance)
    #expect(itself == LowRankModelTests.fitted.fit.nearest[17])
    // The same picture under another name is a copy of the row, and the row no evidence for it.
    #expect(scorer.influence(of: stranger, key: 5).nearestDistance == itself)
  }

  @Test func theSameRowsMakeTheSameModelOnAnyNumberOfThreads() throws {
    let model = LowRankModelTests.fitted.model
    let again = try LowRankModel.fit(rows: model.rows, keys: model.keys, seed: 5, jobs: 3)
    #expect(again.digest == model.digest)
    let other = try LowRankModel.fit(rows: model.rows, keys: model.keys, seed: 6)
    #expect(other.digest != model.digest)
  }

  private static func flagged(_ damaged: Set<Int>) throws -> LowRankFit {
    let model = fitted.model
    return try LowRankFit(
      rows: model.rows, keys: model.keys, isDamaged: (0..<model.count).map(damaged.contains), seed: 5)
  }

  /// A scored image has the neighbour that the fit gave it, first, last and next to one another left out.
  @Test func aDamagedRowIsNobodysNeighbour() throws {
    let fitted = try LowRankModelTests.flagged([0, 17, 18, 119])
    let scorer = LowRankScorer(fitted.model)
    for row in 0..<120 {
      let pixels = Array(fitted.model.rows[(row * 12_288)..<((row + 1) * 12_288)])
      let found = scorer.influence(of: RGBImage(width: 64, height: 64, pixels: pixels), key: 1000 + UInt64(row))
      if let nearest = found.nearestDistance { #expect(nearest == fitted.fit.nearest[row], "row \(row)") }
    }
    let (all, some) = (LowRankModelTests.fitted.fit.nearest, fitted.fit.nearest)
    #expect(zip(all, some).allSatisfy { $0 <= $1 } && all != some)
  }

  @Test func aModelRemembersWhichOfItsRowsAreDamaged() throws {
    let model = try LowRankModelTests.flagged([3, 40]).model
    let read = try LowRankModel(decoding: model.encoded())
    #expect(read.isDamaged == model.isDamaged && read.digest == model.digest && read.rows == model.rows)
    #expect(read.isDamaged?.indices.filter { read.isDamaged?[$0] == true } == [3, 40])
    #expect(LowRankModelTests.fitted.model.isDamaged == nil && LowRankModelTests.fitted.model.encoded()[8] == 1)
  }

  @Test func aFlagThatIsNeitherYesNorNoIsDamage() throws {
    var bytes = try LowRankModelTests.flagged([3]).model.encoded()
    let flags = bytes.count - 32 - 120 * 12_288 - 120
    #expect(bytes[flags + 3] == 1)
    bytes[flags + 4] = 2
    bytes.replaceSubrange((bytes.count - 32)..., with: sha256(Array(bytes.dropLast(32))))
    #expect(throws: AuditError.self) { try LowRankModel(decoding: bytes) }
  }

  @Test func whereNothingIsDamagedEveryNumberIsTheSame() throws {
    let (model, other) = (LowRankModelTests.fitted.model, try LowRankModelTests.flagged([]))
    #expect(other.model.components == model.components && other.model.sums == model.sums)
    #expect(
      other.model.orthogonalCut == model.orthogonalCut && other.fit.nearest == LowRankModelTests.fitted.fit.nearest)
    let rule = VerdictRule.model(count: 120)
    #expect(other.gain(rule: rule) == LowRankModelTests.fitted.gain(rule: rule))
  }

  @Test func theRankIsATenthOfTheRowsUnlessAsked() throws {
    let model = LowRankModelTests.fitted.model
    #expect(model.rank == 12)
    let small = try LowRankFit(rows: model.rows, keys: model.keys, rank: 3, seed: 5)
    #expect(small.model.rank == 3 && small.gain(rule: .model(count: 120)).curve.count == 7)
  }

  @Test func fewRowsAreRefusedBeforeAnythingElse() {
    #expect(throws: FitRefusal.tooFewRows(count: 0)) { try LowRankModel.fit(rows: [], keys: [], seed: 1) }
    #expect(throws: FitRefusal.rowsAreEqual(count: 30)) {
      try LowRankModel.fit(rows: [UInt8](repeating: 7, count: 30 * 12_288), keys: Array(0..<30), seed: 1)
    }
  }
}

/// Bytes that are not a whole model end in words, never in a trap.
struct DamagedModelTests {
  static let bytes = LowRankModelTests.fitted.model.encoded()

  private func words(_ bytes: [UInt8]) -> String? {
    do throws(AuditError) {
      _ = try LowRankModel(decoding: bytes)
      return nil
    } catch {
      return error.description
    }
  }

  @Test func nothingAndForeignBytesAreNotAModel() {
    let expected = "the stored reference model is damaged: these bytes are not a model; fit it anew with --fresh"
    #expect(words([]) == expected)
    #expect(words(Array("AUDIT".utf8)) == expected)
    #expect(words([UInt8](repeating: 0, count: 5000)) == expected)
  }

  @Test(arguments: [8, 11, 12, 20, 31, 40, 1000, 500_000, 2_000_000]) func aModelThatEndsEarlyIsDamaged(count: Int) {
    #expect(words(Array(DamagedModelTests.bytes.prefix(count)))?.contains("damaged") == true)
  }

  @Test func trailingBytesAreDamage() {
    #expect(words(DamagedModelTests.bytes + [0])?.contains("its header says another size") == true)
  }

  @Test func aNewerVersionIsNamed() {
    var bytes = DamagedModelTests.bytes
    bytes[8] = 3
    #expect(
      words(bytes) == "the stored reference model has version 3; this audit knows 1 and 2; fit it anew with --fresh")
  }

  @Test(arguments: 0..<40 as Range<UInt64>) func aFlippedBitIsFound(seed: UInt64) {
    var source = SyntheticRows(seed: seed)
    var bytes = DamagedModelTests.bytes
    // Half of them in the first 200 bytes, where the sizes are.
    let place = Int(source.next() * Double(seed % 2 == 0 ? 200 : bytes.count))
    bytes[place] ^= 1 << UInt8(source.next() * 8)
    #expect(words(bytes) != nil, "seed \(seed), byte \(place)")
  }
}
