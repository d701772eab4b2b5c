import AuditCore
import AuditDemo
import AuditImages
import AuditMetrics
import Testing

/// Whether a picture is seen to be its reference moved by whole pixels, and only then.
@Suite struct ReferenceShiftTests {
  private static let margin = 8

  /// A drawn face with a margin that a window can move in.
  private static func face(_ person: Int, side: Int = 128) -> RGBImage {
    FaceArtist(seed: 21, width: side + 2 * margin, height: side + 2 * margin).draw(person)
  }

  private static func window(_ image: RGBImage, x: Int = 0, y: Int = 0) -> RGBImage {
    let (width, height) = (image.width - 2 * margin, image.height - 2 * margin)
    var out = RGBImage(width: width, height: height)
    for row in 0..<height {
      let start = 3 * ((row + margin + y) * image.width + margin + x)
      out.pixels.replaceSubrange(
        (3 * row * width)..<(3 * (row + 1) * width), with: image.pixels[start..<(start + 3 * width)])
    }
    return out
  }

  private static func noisy(_ image: RGBImage, _ seed: UInt64, below: Int) -> RGBImage {
    var generator = SplitMix64(seed: seed, keys: 5)
    var out = image
    for index in out.pixels.indices {
      out.pixels[index] = UInt8(max(0, min(255, Int(out.pixels[index]) + generator.integer(below: below) - below / 2)))
    }
    return out
  }

  @Test(arguments: [32, 50, 64, 128, 200]) func everyShiftWithinReachIsFound(side: Int) {
    let finder = ShiftFinder()
    let face = ReferenceShiftTests.face(1, side: side)
    let reference = ReferenceShiftTests.window(face)
    for x in stride(from: -8, through: 8, by: side < 64 ? 4 : 2) {
      for y in stride(from: -8, through: 8, by: 4) where (x, y) != (0, 0) {
        let moved = ReferenceShiftTests.noisy(
          ReferenceShiftTests.window(face, x: -x, y: -y), UInt64(100 * (x + 8) + y + 8), below: 6)
        let found = finder.shift(of: moved, against: reference)
        #expect(found?.x == x && found?.y == y, "moved by \(x), \(y), found \(String(describing: found))")
      }
    }
  }

  /// What else pairs differ in: noise, blur, light, contrast, a cover, compression, another face.
  @Test(arguments: 0..<20) func nothingElseIsTakenForAShift(person: Int) throws {
    let finder = ShiftFinder()
    let reference = ReferenceShiftTests.window(ReferenceShiftTests.face(person))
    var resizer = ImageResizer()
    var pictures: [(String, RGBImage)] = [
      ("the same", reference),
      ("noise", ReferenceShiftTests.noisy(reference, UInt64(person), below: 60)),
      (
        "blur",
        resizer.resize(
          resizer.resize(reference, width: 32, height: 32), width: reference.width, height: reference.height)
      ),
      ("another face", ReferenceShiftTests.window(ReferenceShiftTests.face(person + 100))),
      ("noise alone", ReferenceShiftTests.noisy(RGBImage(width: 128, height: 128), UInt64(person), below: 512)),
      (
        "compression",
        try decodeImage(
          encodeJPEG(reference, quality: 10), name: "a.jpg", maxPixels: 1 << 20, target: .max
        ).image
      ),
    ]
    var light = reference
    for index in light.pixels.indices { light.pixels[index] = UInt8(min(255, Int(light.pixels[index]) * 3 / 2 + 10)) }
    pictures.append(("light", light))
    var covered = reference
    for y in 70..<110 {
      for x in 30..<100 {
        for channel in 0..<3 { covered.pixels[3 * (y * reference.width + x) + channel] = 220 }
      }
    }
    pictures.append(("a cover", covered))
    for (name, picture) in pictures {
      let found = finder.shift(of: picture, against: reference)
      #expect(found == nil, "\(name): \(String(describing: found))")
    }
  }

  /// Light and a shift at once.
  @Test(arguments: [(3, -2), (-8, 8), (1, 0), (0, -7)]) func aMovedPictureInAnotherLightIsStillFound(x: Int, y: Int) {
    let face = ReferenceShiftTests.face(2)
    var moved = ReferenceShiftTests.window(face, x: -x, y: -y)
    for index in moved.pixels.indices { moved.pixels[index] = UInt8(min(255, Int(moved.pixels[index]) * 11 / 10 + 12)) }
    let found = ShiftFinder().shift(of: moved, against: ReferenceShiftTests.window(face))
    #expect(found?.x == x && found?.y == y, "\(String(describing: found))")
  }

  @Test(arguments: 0..<12) func agreementTellsTheSameFaceFromAnother(person: Int) throws {
    var resizer = ImageResizer()
    func agreement(_ image: RGBImage, _ other: RGBImage) -> Double? {
      PictureAgreement().agreement(
        of: resizer.resize(image, width: 64, height: 64), with: resizer.resize(other, width: 64, height: 64))
    }
    let face = ReferenceShiftTests.window(ReferenceShiftTests.face(person))
    var dark = face
    for index in dark.pixels.indices { dark.pixels[index] /= 3 }
    var negative = face
    for index in negative.pixels.indices { negative.pixels[index] = 255 - negative.pixels[index] }
    let small = resizer.resize(face, width: 24, height: 24)
    let same = [
      ("itself", face), ("noise", ReferenceShiftTests.noisy(face, UInt64(person), below: 60)), ("dark", dark),
      ("negative", negative), ("blur", resizer.resize(small, width: face.width, height: face.height)),
      ("moved", ReferenceShiftTests.window(ReferenceShiftTests.face(person), x: 5, y: -3)),
    ]
    for (name, picture) in same {
      let value = try #require(agreement(picture, face))
      #expect(value > PictureAgreement.lowest + 0.1, "\(name): \(value)")
    }
    let noise = ReferenceShiftTests.noisy(RGBImage(width: 128, height: 128), UInt64(person), below: 512)
    let none = try #require(agreement(noise, face))
    #expect(none < PictureAgreement.lowest, "noise: \(none)")
    #expect(agreement(RGBImage(width: 64, height: 64), face) == nil, "a flat picture has no detail to agree with")
  }

  @Test func smallPicturesAreNotJudged() {
    let face = ReferenceShiftTests.face(1, side: 31)
    #expect(
      ShiftFinder().shift(
        of: ReferenceShiftTests.window(face, x: 2), against: ReferenceShiftTests.window(face)) == nil)
  }
}
