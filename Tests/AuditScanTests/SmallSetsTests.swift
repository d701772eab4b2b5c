import AuditCore
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

  @Test(arguments: [1, 2, 24]) func belowTwentyFiveImagesThereIsNoModel(count: Int) async throws {
    let set = try SyntheticSet(count: count)
    let outcome = try await set.scan()
    #expect(outcome.notes.contains { $0.contains("needs 25") }, "\(outcome.notes)")
    #expect(try set.column("SELECT count(*) FROM samples WHERE status = 'ok'") == ["\(count)"])
    #expect(
      try set.column("SELECT count(*) FROM samples WHERE coalesce(mse, skew, weight, verdict) NOTNULL") == ["0"])
    #expect(try set.column("SELECT count(*) FROM model") == ["0"])
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
