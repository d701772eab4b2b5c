import AuditCore
import AuditDataset
import AuditDemo
import AuditImages
import AuditStore
import Foundation
import Testing

@testable import AuditScan

/// Sets on which a statistic has little to say: few images, or many equal ones.
struct SmallSetsTests {
  @Test(arguments: [25, 60, 99]) func belowAHundredImagesNothingIsWorseThanReview(count: Int) async throws {
    let set = try SyntheticSet(count: count, defects: [7: .notAFace, 18: .inverted])
    _ = try await set.scan()
    #expect(try set.column("SELECT count(*) FROM samples WHERE verdict = 'drop'") == ["0"])
    #expect(try set.column("SELECT count(*) FROM samples WHERE verdict IS NULL OR skew IS NULL") == ["0"])
    #expect(try set.column("SELECT fitted_on FROM model") == ["\(count)"])
    #expect(try set.column("SELECT count(*) FROM remedy WHERE name = 'drop'") == ["0"], "nothing is left out")
  }

  @Test func oneImageHasNothingToBeComparedWith() async throws {
    let set = try SyntheticSet(count: 1)
    let outcome = try await set.scan()
    #expect(outcome.notes.contains { $0.contains("no others to compare with") }, "\(outcome.notes)")
    #expect(try set.column("SELECT count(*) FROM samples WHERE status = 'ok'") == ["1"])
    #expect(try set.column("SELECT count(*) FROM samples WHERE coalesce(mse, skew, weight, verdict) NOTNULL") == ["0"])
    #expect(try set.column("SELECT count(*) FROM model") == ["0"])
  }

  @Test(arguments: [2, 3, 10, 24]) func fewImagesAreEachComparedWithTheOthers(count: Int) async throws {
    let set = try SyntheticSet(count: count)
    let outcome = try await set.scan()
    #expect(outcome.notes.contains { $0.contains("the median picture of the others") }, "\(outcome.notes)")
    #expect(
      try set.column("SELECT count(*) FROM samples WHERE mse NOTNULL AND skew NOTNULL AND weight NOTNULL")
        == ["\(count)"])
    #expect(try set.column("SELECT count(*) FROM samples WHERE verdict NOT IN ('keep', 'review')") == ["0"])
    #expect(try set.column("SELECT kind || fitted_on FROM model") == ["leave-one-out\(count)"])
    #expect(try set.column("SELECT count(*) FROM remedy") == ["0"])
    _ = try await set.scan(into: "other.db", jobs: 1)
    let digest = try set.column("SELECT digest FROM run")
    #expect(digest != ["-"])
    #expect(try set.column("SELECT digest FROM run", in: "other.db") == digest)
  }

  /// Expected numbers by hand: with two, each is the other's reference.
  @Test func twoImagesAreEachOthersReference() async throws {
    let set = try SyntheticSet(count: 0)
    for (name, level) in [("a", UInt8(100)), ("b", 151)] {
      try set.write(
        encodePNG(RGBImage(width: 64, height: 64, pixels: [UInt8](repeating: level, count: 12_288))), to: "\(name).png")
    }
    _ = try await set.scan()
    // 51 of 255 code values in each of 12,288 numbers.
    #expect(try set.column("SELECT round(mae, 6) || ' ' || round(mse, 6) FROM samples") == ["0.2 0.04", "0.2 0.04"])
    #expect(try set.column("SELECT round(od * od, 3) FROM samples") == ["491.52", "491.52"])
    #expect(try set.column("SELECT skew || verdict FROM samples") == ["1.0keep", "1.0keep"])
  }

  @Test(arguments: [Defect.notAFace, .inverted]) func aForeignPictureAmongTenIsReviewed(defect: Defect) async throws {
    let set = try SyntheticSet(count: 0)
    let artist = FaceArtist(seed: 21, mode: .frames(people: 1, clips: 1), width: 32, height: 32)
    var generator = SplitMix64(seed: 21, keys: 9)
    for number in 0..<10 {
      let face = artist.draw(number)
      let image = number == 4 ? defect.apply(to: face, severity: .strong, using: &generator) : face
      try set.write(encodePNG(image), to: "\(1000 + number).png")
    }
    _ = try await set.scan { $0.choices.thresholds.dropAbove = 0.1 }
    #expect(try set.column("SELECT path FROM samples ORDER BY skew DESC LIMIT 1") == ["1004.png"])
    #expect(try set.column("SELECT verdict FROM samples WHERE path = '1004.png'") == ["review"])
    #expect(try set.column("SELECT count(*) FROM samples WHERE verdict = 'drop'") == ["0"])
  }

  @Test func anImageThatComesToAFewMakesAllOfThemAnew() async throws {
    let set = try SyntheticSet(count: 9)
    _ = try await set.scan()
    let artist = FaceArtist(seed: 21, mode: .frames(people: 3, clips: 1), width: 32, height: 32)
    try set.write(encodePNG(artist.draw(9)), to: SyntheticSet.name(9))
    _ = try await set.scan()
    _ = try await set.scan(into: "fresh.db")
    #expect(try set.column("SELECT count(*) FROM samples WHERE skew NOTNULL") == ["10"])
    let digest = try set.column("SELECT digest FROM run", in: "fresh.db")
    #expect(try set.column("SELECT digest FROM run") == digest)
    let again = try await set.scan()
    #expect(again.scoredNow == 0, "nothing has changed")
  }

  /// A negative, and the same one through other encoders and sizes: nothing of it vouches for the rest.
  @Test func theSameNegativeFiveTimesIsDroppedFiveTimes() async throws {
    let set = try SyntheticSet(count: 0)
    let artist = FaceArtist(seed: 21, mode: .frames(people: 1, clips: 1), width: 256, height: 256)
    for number in 0..<150 { try set.write(encodePNG(artist.draw(number)), to: "\(1000 + number).png") }
    var generator = SplitMix64(seed: 21, keys: 9)
    let negative = Defect.inverted.apply(to: artist.draw(70), severity: .strong, using: &generator)
    var resizer = ImageResizer()
    let copies = [
      ("a.png", try encodePNG(negative)), ("b.jpg", try encodeJPEG(negative, quality: 30)),
      ("c.jpg", try encodeJPEG(negative, quality: 80)),
      ("d.png", try encodePNG(resizer.resize(negative, width: 200, height: 200))),
      ("e.png", try encodePNG(resizer.resize(negative, width: 250, height: 250))),
    ]
    for (name, file) in copies { try set.write(file, to: name) }
    _ = try await set.scan()
    let verdicts = try set.column(
      "SELECT path || ' ' || verdict || ' ' || (skew > 2) FROM samples WHERE path > '2' ORDER BY path")
    #expect(verdicts == copies.map { "\($0.0) drop 1" })
  }

  @Test func nineOfTenEqualFilesAreCopiesAndStay() async throws {
    let set = try SyntheticSet(count: 0)
    let artist = FaceArtist(seed: 8, width: 32, height: 32)
    let picture = try encodePNG(artist.draw(0))
    for number in 0..<120 {
      try set.write(number % 10 == 3 ? encodePNG(artist.draw(number)) : picture, to: "\(1000 + number).png")
    }
    _ = try await set.scan()
    #expect(try set.column("SELECT count(*) FROM samples WHERE dup_kind = 'exact'") == ["107"])
    #expect(try set.column("SELECT DISTINCT verdict FROM samples WHERE duplicate_of NOTNULL") == ["keep"])
    #expect(try set.column("SELECT count(*) FROM samples WHERE skew IS NULL OR weight IS NULL") == ["0"])
    #expect(try set.column("SELECT min(weight) > 0.1 FROM samples") == ["1"], "what is no copy is trained with")
  }

  @Test func anAllEqualSetIsRefusedAModelWithWords() async throws {
    let set = try SyntheticSet(count: 0)
    let picture = try encodePNG(FaceArtist(seed: 8, width: 32, height: 32).draw(0))
    for number in 0..<40 { try set.write(picture, to: "\(1000 + number).png") }
    let outcome = try await set.scan()
    #expect(outcome.notes.contains { $0.hasPrefix("all 40 images are the same picture") }, "\(outcome.notes)")
    #expect(try set.column("SELECT count(*) FROM samples WHERE verdict NOTNULL") == ["0"])
  }

  /// Two pictures in equal parts: the model meets both exactly, and every spread is 0.
  @Test func twoPicturesInEqualPartsAreAllKept() async throws {
    let set = try SyntheticSet(count: 0)
    let pictures = try (0..<2).map { try encodePNG(FaceArtist(seed: 8, width: 32, height: 32).draw($0)) }
    for number in 0..<120 { try set.write(pictures[number % 2], to: "\(1000 + number).png") }
    _ = try await set.scan()
    #expect(try set.column("SELECT DISTINCT verdict || ' ' || weight FROM samples") == ["keep 1.0"])
  }

  @Test func plainColoursAreRanked() async throws {
    let set = try SyntheticSet(count: 0)
    for number in 0..<120 {
      let level = UInt8(number * 2)
      let image = RGBImage(width: 16, height: 16, pixels: [UInt8](repeating: level, count: 768))
      try set.write(encodePNG(image), to: "\(1000 + number).png")
    }
    _ = try await set.scan()
    #expect(try set.column("SELECT count(*) FROM samples WHERE skew IS NULL OR verdict IS NULL") == ["0"])
    #expect(try set.column("SELECT count(*) FROM samples WHERE verdict = 'drop'") == ["0"])
  }

  /// Binary PGM: one channel, repeated into three.
  @Test func greyPicturesAreASetLikeAnyOther() async throws {
    let set = try SyntheticSet(count: 0)
    let artist = FaceArtist(seed: 8, mode: .frames(people: 2, clips: 1), width: 32, height: 32)
    for number in 0..<120 {
      let pixels = artist.draw(number).pixels
      let face: [UInt8] = stride(from: 1, to: 3072, by: 3).map { pixels[$0] }
      let noise: [UInt8] = (0..<1024).map { UInt8($0 * 7919 % 256) }
      let levels = number == 50 ? noise : face
      try set.write(Array("P5 32 32 255\n".utf8) + levels, to: "\(1000 + number).pgm")
    }
    _ = try await set.scan()
    #expect(try set.column("SELECT DISTINCT colour FROM samples") == ["gray"])
    #expect(try set.column("SELECT path FROM samples WHERE verdict = 'drop'") == ["1050.pgm"])
  }

  @Test(.enabled(if: SmallSetsTests.orl != nil, "no ../shared/faces/orl_gray_pgm here"))
  func realGreyFacesAreNotDropped() async throws {
    let set = try SyntheticSet(count: 0)
    let faces = try #require(SmallSetsTests.orl)
    _ = try await set.scan { $0.files.folders = [faces] }
    #expect(try set.column("SELECT count(*) FROM samples WHERE status = 'ok'") == ["400"])
    #expect(try set.column("SELECT count(*) FROM samples WHERE verdict = 'drop'") == ["0"])
  }

  static let orl: String? = {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let folder = root.appendingPathComponent("shared/faces/orl_gray_pgm").path
    return FileManager.default.fileExists(atPath: folder) ? folder : nil
  }()
}
