import AuditCore
import AuditDemo
import AuditImages
import Testing

/// Who vouches for whom, from files to verdicts: a stranger alone, a few pictures of one look, and one picture again.
struct LookAlikeTests {
  private static let artist = FaceArtist(seed: 33, mode: .frames(people: 3, clips: 4), width: 96, height: 96)

  /// 208 drawn frames without a defect, so that a set has a verdict `drop`.
  private static func set() throws -> SyntheticSet {
    let set = try SyntheticSet(count: 0)
    for number in 0..<208 {
      let picture = artist.draw(person: number % 3, clip: number / 3 % 4, frame: number / 12)
      try set.write(encodePNG(picture), to: "frames/\(1000 + number).png")
    }
    return set
  }

  /// A frame that is not in the set, through a camera that shows it as a negative.
  private static func negative(_ number: Int) -> RGBImage {
    let picture = artist.draw(person: 1, clip: 2, frame: 100 + 3 * number)
    return RGBImage(width: picture.width, height: picture.height, pixels: picture.pixels.map { 255 - $0 })
  }

  private static func verdicts(of set: SyntheticSet) async throws -> [String] {
    _ = try await set.scan()
    return try set.column("SELECT verdict FROM samples WHERE path LIKE 'strange/%' ORDER BY path")
  }

  /// Alone it is left out; a dozen different ones are a second camera, and none of them is.
  @Test(arguments: [1, 4, 6, 12, 20]) func aSmallRealGroupVouchesForItself(pictures: Int) async throws {
    let set = try LookAlikeTests.set()
    for number in 0..<pictures {
      try set.write(encodePNG(LookAlikeTests.negative(number)), to: "strange/\(100 + number).png")
    }
    let verdicts = try await LookAlikeTests.verdicts(of: set)
    #expect(verdicts.count == pictures)
    #expect(verdicts.allSatisfy { ($0 == "drop") == (pictures == 1) }, "\(verdicts)")
  }

  /// Two of one look are too few for the model to draw: each has the skew of a stranger, less what the other explains.
  @Test(arguments: [2, 3]) func twoOfOneLookVouchForEachOther(frames: Int) async throws {
    let set = try LookAlikeTests.set()
    for number in [0, frames] {
      try set.write(encodePNG(LookAlikeTests.negative(number)), to: "strange/\(100 + number).png")
    }
    #expect(try await LookAlikeTests.verdicts(of: set) == ["review", "review"])
    #expect(
      try set.column("SELECT ratio > 2 AND alike < 1 FROM samples WHERE path LIKE 'strange/%' ORDER BY path")
        == ["1", "1"])
  }

  @Test func thePictureThroughAnotherEncoderOrSizeVouchesForNothing() async throws {
    let set = try LookAlikeTests.set()
    let negative = LookAlikeTests.negative(0)
    var resizer = ImageResizer()
    let files = [
      ("a.png", try encodePNG(negative)),
      ("b.webp", try encodeWebP(negative, quality: 80)),
      ("c.jpg", try encodeJPEG(negative, quality: 30)),
      ("d.png", try encodePNG(resizer.resize(negative, width: 75, height: 75))),
      ("e.jpg", try encodeJPEG(resizer.resize(negative, width: 64, height: 64), quality: 60)),
    ]
    for (name, bytes) in files { try set.write(bytes, to: "strange/" + name) }
    let verdicts = try await LookAlikeTests.verdicts(of: set)
    #expect(verdicts == ["drop", "drop", "drop", "drop", "drop"])
  }
}
