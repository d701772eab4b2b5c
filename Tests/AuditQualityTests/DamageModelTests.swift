import AuditCore
import AuditDigest
import AuditImages
import AuditStatistics
import Testing

@testable import AuditQuality

/// Made-up measures: the crowd, and copies that stand out in a statistic of their kind.
private struct MadeUpSet {
  static let kinds = 3
  var base: [PictureMeasures] = []
  var keys: [UInt64] = []
  var copies: [PlantedCopy] = []
  private var random: SplitMix

  /// A small generator of the test's own.
  private struct SplitMix {
    var state: UInt64

    mutating func unit() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 40) / Double(1 << 24)
    }
  }

  init(count: Int, seed: UInt64 = 1) {
    random = SplitMix(state: seed)
    for row in 0..<count {
      base.append(picture(damage: nil, strength: 0))
      keys.append(UInt64(row + 1) &* 0xD1B5_4A32_D192_ED03)
    }
    for index in 0..<(count / 2) {
      let kind = index % (Self.kinds + 1)
      let strength = random.unit()
      let damage = kind < Self.kinds ? kind : nil
      copies.append(
        PlantedCopy(
          measures: picture(damage: damage, strength: strength), kind: damage, source: index, strength: strength))
    }
  }

  mutating func picture(damage kind: Int?, strength: Double) -> PictureMeasures {
    var statistics = (0..<PictureStatistics.all.count).map { _ in random.unit() }
    if let kind {
      for place in 0..<10 { statistics[10 * kind + place] += 0.3 + 2 * strength }
    }
    let tone = random.unit()
    func histogram() -> [Double] {
      (0..<PictureMeasures.histogramLength).map { 0.1 * tone + 0.02 * Double($0 % 9) + 0.05 * random.unit() }
    }
    return PictureMeasures(
      statistics: statistics, lines: (0..<PictureMeasures.linesLength).map { 0.1 * tone * Double($0) },
      histogram: histogram(), turnedHistograms: (0..<4).map { _ in histogram() },
      pixels: (0..<PictureMeasures.pixelsLength).map { UInt8(100 * tone + Double($0 % 64) + 40 * random.unit()) })
  }

  func model(trees: Int = 20, jobs: Int = 1) throws -> DamageModel {
    var settings = ExtraTrees.Settings(seed: 7)
    settings.trees = trees
    return try DamageModel(
      base: base, keys: keys, copies: copies, kinds: Self.kinds, settings: settings, jobs: jobs)
  }
}

struct DamageModelTests {
  /// `docs/damage.md`, 3.
  @Test func theTwoLargeModelsOfASetAreReweightedTwice() throws {
    let base = MadeUpSet(count: 60).base
    let model = try SetModel(fitting: base)
    func fitted(_ rounds: Int) throws -> (histograms: RowSubspace, pixels: ByteSubspace) {
      (
        try RowSubspace(
          fitting: base.flatMap(\.histogram), length: PictureMeasures.histogramLength, rank: 6, mostRounds: rounds),
        try ByteSubspace(
          fitting: base.flatMap(\.pixels), length: PictureMeasures.pixelsLength, rank: 6, mostRounds: rounds)
      )
    }
    let two = try fitted(2)
    #expect(model.histograms == two.histograms && model.pixels == two.pixels)
    for rounds in [1, 12] {
      let other = try fitted(rounds)
      #expect(two.histograms != other.histograms && two.pixels != other.pixels, "\(rounds) rounds are no other model")
    }
  }

  @Test func damagedPicturesGetMoreVotesThanCleanOnesAndTheRightKind() throws {
    var set = MadeUpSet(count: 120)
    let model = try set.model()
    let clean = zip(set.base, set.keys).map { model.judgement(of: $0, key: $1) }
    #expect(clean.map(\.damage).reduce(0, +) / 120 < 0.35)
    for kind in 0..<MadeUpSet.kinds {
      let judged = model.judgement(of: set.picture(damage: kind, strength: 1), key: nil)
      let most = judged.kinds.indices.max { judged.kinds[$0] < judged.kinds[$1] }
      #expect(judged.damage > 0.7 && most == kind, "kind \(kind): \(judged.damage), \(judged.kinds)")
      #expect(abs(judged.kinds.reduce(0, +) - judged.damage) < 1e-12)
      #expect(judged.oddness.parts.count == Oddness.Part.allCases.count && judged.oddness.value > 3)
    }
  }

  @Test func aWeightThatNoSetGivesIsNoJudge() throws {
    let set = MadeUpSet(count: 120)
    let judge = try set.model().judges[0]
    func read(_ weight: Double) -> FoldJudge? {
      var bytes: [UInt8] = []
      FoldJudge(trees: judge.trees, discriminant: judge.discriminant, soundWeight: weight).encode(to: &bytes)
      var reader = LittleEndianReader(bytes)
      return FoldJudge(decoding: &reader, classes: MadeUpSet.kinds + 1)
    }
    for weight in [1, 60 / 33.0, 1e6] { #expect(read(weight)?.soundWeight == weight) }
    for weight in [0.99, -1, 1.1e6, 1e308, .infinity, .nan] { #expect(read(weight) == nil, "\(weight)") }
  }

  @Test func moreCopiesOfEveryKindDoNotMakeDamageLikelier() throws {
    var random = SplitMix64(seed: 2)
    func drawn(_ label: Int, _ count: Int) -> [(row: JudgedFeatures, label: Int)] {
      (0..<count).map { _ in
        let described = (0..<JudgedFeatures.standardisedCount).map { place in
          Double(random.integer(below: 1_000)) / 500 - 1 + (place == label ? 0.4 : 0)
        }
        let usual = Standardisation(
          centre: [Double](repeating: 0, count: described.count),
          spread: [Double](repeating: 1, count: described.count))
        return (JudgedFeatures(described, usual: usual), label)
      }
    }
    let others = drawn(0, 100)
    func votes(_ judge: FoldJudge) -> Double {
      others.reduce(0) { $0 + 1 - judge.votes(of: $1.row)[0] } / Double(others.count)
    }
    func judge(copies: Int) throws -> FoldJudge {
      let seen = drawn(0, 200) + drawn(1, copies) + drawn(2, copies)
      return try FoldJudge.crossFitted(
        seen.map(\.row), labels: seen.map(\.label), classes: 3, origins: [], folds: seen.indices.map { $0 % 2 },
        count: 2, settings: .init(seed: 3), jobs: 1, isStopped: { false })[0]
    }
    let (few, many) = (try judge(copies: 30), try judge(copies: 90))
    #expect(few.soundWeight == 1 && abs(many.soundWeight - 90.0 / 33) < 1e-12)
    let unweighted = FoldJudge(trees: many.trees, discriminant: many.discriminant, soundWeight: 1)
    let (wanted, found, more) = (votes(few), votes(many), votes(unweighted))
    #expect(more > wanted && abs(found - wanted) < (more - wanted) / 2, "\(wanted) \(found) \(more)")
  }

  @Test func whatIsThoughtOfThePicturesThatWereLearntFromIsWhatTheModelSaysOfThem() throws {
    let set = MadeUpSet(count: 60)
    let (model, judgements) = try DamageModel.learnt(
      base: set.base, keys: set.keys, copies: set.copies, kinds: MadeUpSet.kinds, settings: .init(seed: 7))
    for row in set.base.indices {
      let again = model.judgement(of: set.base[row], key: set.keys[row])
      #expect(again.kinds == judgements[row].kinds && again.oddness == judgements[row].oddness)
    }
  }

  @Test func strongDamageIsFoundMoreOftenThanMildDamage() throws {
    let model = try MadeUpSet(count: 240).model()
    for kind in 0..<MadeUpSet.kinds {
      let (mild, gross) = (
        try #require(model.recall(of: kind, third: 0, threshold: 0.5)),
        try #require(model.recall(of: kind, third: 2, threshold: 0.5))
      )
      #expect(gross >= mild && gross > 0.9, "kind \(kind): \(mild), \(gross)")
    }
    #expect(model.recall(of: 99, threshold: 0.5) == nil)
    #expect(model.copies.count == 120 && model.damagedCopies.count == 90 && model.copies(of: 1).count == 30)
  }

  @Test func jobsOrderAndShardDoNotMatter() throws {
    let set = MadeUpSet(count: 60)
    let model = try set.model()
    #expect(try model == set.model(jobs: 3))
    let byAll = set.base.map { model.judgement(of: $0, key: nil).damage }
    // The fold of a picture follows from its key; for many nobody has a vote.
    #expect(set.base.indices.contains { model.judgement(of: set.base[$0], key: set.keys[$0]).damage != byAll[$0] })
    #expect(model.judgement(of: set.base[3], key: 12_345).damage == byAll[3])
  }

  @Test func foldsFollowFromTheKeyAndAreAboutEqual() {
    // The keys of a subsample are the smallest ones.
    var counts = [0, 0, 0, 0]
    for index in 0..<4000 { counts[DamageModel.fold(ofKey: UInt64(index) &* 1_000_003 << 12)] += 1 }
    #expect(counts.allSatisfy { (900...1100).contains($0) }, "\(counts)")
  }

  @Test func featuresAreAsManyAsPromisedAndTheirOwnSetIsInTheMiddle() throws {
    let set = MadeUpSet(count: 60)
    let model = try set.model().set
    let features = set.base.map { model.place(of: $0).features }
    #expect(features.allSatisfy { $0.count == SetPlace.featureCount && $0.allSatisfy(\.isFinite) })
    let details = set.base.map { model.place(of: $0).details }
    #expect(details.allSatisfy { $0.count == SetPlace.detailCount && $0.allSatisfy(\.isFinite) })
    for place in 0..<102 { #expect(abs(try #require(median(features.map { $0[place] }))) < 1e-12) }
  }

  /// A discriminant sees where a thumbnail lies among those of its set, a distance alone would not tell which way.
  @Test func whatAPictureShowsIsWhereItsThumbnailLiesAmongThoseOfTheSet() throws {
    let set = MadeUpSet(count: 60)
    let model = try set.model().set
    for measures in set.base.prefix(5) {
      let place = model.place(of: measures)
      let length = place.composition.reduce(0) { $0 + $1 * $1 }.squareRoot()
      #expect(abs(length - place.pixels.score) < 1e-6 * max(1, length))
      // 60 pictures have a model of six components.
      #expect(place.composition.count == 32 && place.composition.dropFirst(6).allSatisfy { $0 == 0 })
    }
  }

  /// Pictures that are too small for seams stand where the others of the set do.
  @Test func aPictureWithoutLinesIsJudged() throws {
    let set = MadeUpSet(count: 60)
    let (model, measures) = (try set.model(), set.base[7])
    let without = PictureMeasures(
      statistics: measures.statistics, lines: measures.lines.map { _ in .nan }, histogram: measures.histogram,
      turnedHistograms: measures.turnedHistograms, pixels: measures.pixels)
    let judged = model.judgement(of: without, key: nil)
    #expect((0...1).contains(judged.damage) && judged.kinds.allSatisfy { (0...1).contains($0) })
  }

  @Test func fewPicturesAreRefused() {
    let set = MadeUpSet(count: 24)
    #expect(throws: FitRefusal.tooFewRows(count: 24)) { try set.model() }
  }
}

struct DamageModelCodingTests {
  private static func resigned(_ bytes: [UInt8]) -> [UInt8] {
    let body = Array(bytes.dropLast(32))
    return body + sha256(body)
  }

  @Test func aModelComesBackAsItWas() throws {
    let model = try MadeUpSet(count: 60).model()
    let decoded = try DamageModel(decoding: model.encoded())
    #expect(decoded == model && decoded.encoded() == model.encoded())
  }

  @Test func aModelThatIsHandedOverWithoutItsChecksumIsTheSame() throws {
    let model = try MadeUpSet(count: 30).model(trees: 2)
    #expect(model.body() == Array(model.encoded().dropLast(32)))
    #expect(try DamageModel(body: model.body()) == model)
    #expect(throws: AuditError.self) { try DamageModel(body: model.encoded()) }
    #expect(throws: AuditError.self) { try DamageModel(body: model.body().dropLast()) }
  }

  @Test func cutAndChangedBytesAreRefused() throws {
    let bytes = try MadeUpSet(count: 30).model(trees: 2).encoded()
    for length in [0, 7, 8, 11, 40, 48, 300, bytes.count / 2, bytes.count - 1] {
      #expect(throws: AuditError.self) { try DamageModel(decoding: Array(bytes.prefix(length))) }
      if length > 8 {
        #expect(throws: AuditError.self) { try DamageModel(decoding: Self.resigned(Array(bytes.prefix(length)))) }
      }
    }
    for place in stride(from: 0, to: bytes.count, by: bytes.count / 23) {
      var changed = bytes
      changed[place] ^= 16
      #expect(throws: AuditError.self) { try DamageModel(decoding: changed) }
    }
    #expect(throws: AuditError.self) { try DamageModel(decoding: Self.resigned(bytes + [0])) }
  }

  /// Whoever changes a model can sign it too: what is read is then refused, or judges without a trap.
  @Test func signedNonsenseIsRefusedOrJudges() throws {
    var set = MadeUpSet(count: 30)
    let bytes = try set.model(trees: 2).encoded()
    let picture = set.picture(damage: 1, strength: 1)
    var state: UInt64 = 1
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    // The header, the trees and the discriminants are where a number leads somewhere.
    let discriminant = 8 * (MadeUpSet.kinds + 1) * (JudgedFeatures.curveCount + 1)
    let judges = bytes.count - 32 - 15 * 32 - 4 * (500 + discriminant)..<bytes.count - 32
    var refused = 0
    for round in 0..<150 {
      var changed = bytes
      let place = round % 2 == 0 ? 8 + random(40) : judges.lowerBound + random(round % 4 == 1 ? 500 : judges.count)
      changed[place] = UInt8(random(256))
      do {
        let model = try DamageModel(decoding: Self.resigned(changed))
        let judged = model.judgement(of: picture, key: set.keys[3])
        #expect(judged.kinds.count == model.kinds)
      } catch { refused += 1 }
    }
    #expect(refused > 40)
  }
}

struct PictureMeasuresTests {
  private static let image: RGBImage = {
    var state: UInt64 = 9
    let pixels = (0..<(48 * 64 * 3)).map { place -> UInt8 in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(place / 144 + Int(state >> 58))
    }
    return RGBImage(width: 48, height: 64, pixels: pixels)
  }()

  private func measures(_ image: RGBImage) -> PictureMeasures {
    let picture = MeasuredPicture()
    var resizer = ImageResizer()
    picture.load(image, resizer: &resizer)
    return PictureMeasures(picture, image: image, resizer: &resizer)
  }

  @Test func aPictureGivesEveryNumber() {
    let measures = measures(Self.image)
    #expect(measures.statistics.count == 102 && measures.statistics.allSatisfy(\.isFinite))
    #expect(measures.histogram.count == 576 && measures.turnedHistograms.count == 4)
    #expect(measures.pixels.count == 3072)
    #expect(measures.lines.count == 18 && measures.lines.allSatisfy(\.isFinite))
    let tiny = self.measures(RGBImage(width: 1, height: 1, pixels: [1, 2, 3]))
    #expect(tiny.statistics.contains { $0.isNaN })
  }

  /// A square is turned pixel by pixel, as the picture would be.
  @Test func turnsAreThoseOfThePicture() {
    let side = PictureMeasures.side
    let square = RGBImage(
      width: side, height: side, pixels: (0..<3072).map { UInt8(truncatingIfNeeded: $0 &* 7919 >> 4) })
    let measures = measures(square)
    func pixel(_ bytes: [UInt8], _ row: Int, _ column: Int) -> ArraySlice<UInt8> {
      bytes[(3 * (row * side + column))..<(3 * (row * side + column) + 3)]
    }
    for row in 0..<side {
      for column in 0..<side {
        let wanted = pixel(square.pixels, row, column)
        #expect(pixel(measures.pixels(turned: .upsideDown), side - 1 - row, column).elementsEqual(wanted))
        #expect(pixel(measures.pixels(turned: .halfTurn), side - 1 - row, side - 1 - column).elementsEqual(wanted))
        #expect(pixel(measures.pixels(turned: .left), side - 1 - column, row).elementsEqual(wanted))
        #expect(pixel(measures.pixels(turned: .right), column, side - 1 - row).elementsEqual(wanted))
      }
    }
  }
}
