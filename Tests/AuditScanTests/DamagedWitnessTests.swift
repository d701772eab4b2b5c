import AuditCore
import AuditDataset
import AuditDemo
import AuditImages
import AuditQuality
import AuditReference
import AuditStore
import Testing

@testable import AuditScan

/// From files to verdicts: damage is learnt before the reference model is fitted, in which damaged pictures vouch for nobody.
struct DamagedWitnessTests {
  private static let artist = FaceArtist(seed: 33, mode: .frames(people: 3, clips: 4), width: 96, height: 96)

  private static let defects: [Defect] = [.saltAndPepper, .noise, .pixelated, .blurred, .posterised, .overexposed]

  /// Drawn frames, one of thirteen of them damaged one way or another, and two negatives of one look.
  private static func set(frames: Int = 160) throws -> SyntheticSet {
    let set = try SyntheticSet(count: 0)
    var generator = SplitMix64(seed: 33, keys: 9)
    for number in 0..<frames {
      var picture = artist.draw(person: number % 3, clip: number / 3 % 4, frame: number / 12)
      if number % 13 == 5 {
        let defect = defects[number / 13 % defects.count]
        picture = defect.apply(to: picture, severity: .strong, using: &generator)
      }
      try set.write(encodePNG(picture), to: "frames/\(1000 + number).png")
    }
    for number in 0..<2 {
      let picture = artist.draw(person: 1, clip: 2, frame: 100 + 9 * number)
      let negative = RGBImage(
        width: picture.width, height: picture.height, pixels: picture.pixels.map { 255 - $0 })
      try set.write(encodePNG(negative), to: "strange/\(number).png")
    }
    return set
  }

  private static let results = [
    "SELECT digest FROM run", "SELECT digest FROM model ORDER BY kind",
    "SELECT path || ' ' || verdict || ' ' || skew || ' ' || alike || ' ' || weight || ' ' || confidence FROM samples",
    "SELECT name || ' ' || gain || ' ' || low || ' ' || high FROM remedy ORDER BY name",
  ]

  private static func everything(_ set: SyntheticSet, in name: String) throws -> [[String]] {
    try results.map { try set.column($0, in: name) }
  }

  /// What a scan of the set gives that nothing disturbs, on one thread.
  private static let whole = Task {
    let set = try DamagedWitnessTests.set()
    _ = try await set.scan(jobs: 1) { $0.choices.quality = true }
    return try everything(set, in: "a.db")
  }

  private static func verdicts(_ set: SyntheticSet, in name: String) throws -> [String] {
    try set.column("SELECT verdict FROM samples WHERE path LIKE 'strange/%' ORDER BY path", in: name)
  }

  @Test func twoDamagedPicturesOfOneLookVouchForNobody() async throws {
    // Among fewer it is less sure what damage is.
    let set = try Self.set(frames: 320)
    _ = try await set.scan(into: "skew.db")
    #expect(try Self.verdicts(set, in: "skew.db") == ["review", "review"])
    _ = try await set.scan(into: "all.db") { $0.choices.quality = true }
    #expect(try Self.verdicts(set, in: "all.db") == ["drop", "drop"])
    #expect(
      try set.column("SELECT alike FROM samples WHERE path LIKE 'strange/%' ORDER BY path", in: "all.db")
        == ["1.0", "1.0"])
  }

  /// Stopped at any step, and gone on with: before damage is learnt, between that and the fit, in the fit, while samples are
  /// scored and while they are ranked.
  @Test(arguments: [ScanProgress.Phase.learn, .read, .fit, .score, .rank])
  func aScanThatWasStoppedGivesWhatAWholeOneGives(phase: ScanProgress.Phase) async throws {
    let set = try Self.set()
    let stop = StopRequest()
    let outcome = try await set.scan(into: "parts.db", stop: stop) {
      $0.choices.quality = true
    } progress: {
      if $0.phase == phase, $0.done > 0 || phase == .rank { stop.set() }
    }
    #expect(outcome.isInterrupted)
    _ = try await set.scan(into: "parts.db", jobs: 3) { $0.choices.quality = true }
    #expect(try await Self.everything(set, in: "parts.db") == Self.whole.value)
  }

  @Test func lookingAtPicturesLaterGivesWhatLookingAtOnceGives() async throws {
    let set = try Self.set()
    _ = try await set.scan(into: "later.db")
    _ = try await set.scan(into: "later.db") { $0.choices.quality = true }
    #expect(try set.column("SELECT count(*) FROM run", in: "later.db") == ["1"])
    #expect(try await Self.everything(set, in: "later.db") == Self.whole.value)
  }

  /// A model learns damage from some pictures; the fit may ask for others.
  @Test func picturesThatDamageWasNotLearntFromAreJudgedToo() async throws {
    let set = try Self.set(frames: 320)
    _ = try await set.scan { $0.choices.quality = true }
    let store = try Store(reading: set.database())
    let run = try #require(try set.column("SELECT id FROM run").first.flatMap { Int64($0) })
    let damage = try DamageModel(decoding: #require(try store.damageModel(of: run)))
    let model = try LowRankModel(decoding: #require(try store.model(of: run)))
    let later = FaceArtist(seed: 91, width: 64, height: 64).draw(1)
    try set.write(
      encodePNG(RGBImage(width: 64, height: 64, pixels: later.pixels.map { 255 - $0 })), to: "strange/later.png")
    let files = ScanRequest(dataset: set.faces).files
    let plan = try Plan(ScanTarget(files)) { _ in }
    let key = SampleKey(seed: model.seed, path: SamplePath("strange/later.png")).value
    for jobs in [1, 3] {
      let pictures = DamagedPictures(
        damage, known: KnownPictures(), plan: plan, settings: ScanSettings(), jobs: jobs, risks: RiskyFiles(),
        stop: StopRequest(), progress: { _ in })
      #expect(try await pictures.flags(of: model.keys, in: plan) == model.isDamaged, "\(jobs)")
      #expect(try await pictures.flags(of: [key, 1], in: plan) == [true, false], "\(jobs)")
    }
  }
}
