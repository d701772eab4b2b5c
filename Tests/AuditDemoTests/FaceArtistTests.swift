import AuditCore
import Foundation
import Testing

@testable import AuditDemo

/// Mean absolute change in code values.
func change(_ first: RGBImage, _ second: RGBImage) -> Double {
  let sum = zip(first.pixels, second.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
  return Double(sum) / Double(first.pixels.count)
}

/// FNV-1a, 64 bits.
func fingerprint(_ bytes: [UInt8]) -> UInt64 {
  bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
}

@Test func theSameSeedDrawsTheSamePixelsInAnyOrder() {
  let artist = FaceArtist(seed: 21, width: 48, height: 48)
  let forward = (0..<4).map { artist.draw($0) }
  let backward = (0..<4).reversed().map { FaceArtist(seed: 21, width: 48, height: 48).draw($0) }
  #expect(forward == backward.reversed())
}

@Test func anotherSeedDrawsAnotherFace() {
  let first = FaceArtist(seed: 21, width: 48, height: 48).draw(0)
  let second = FaceArtist(seed: 22, width: 48, height: 48).draw(0)
  #expect(change(first, second) > 10)
}

/// Written down from a release build on x86-64: a debug build and every other machine must draw the same bytes.
@Test func thePixelsAreThoseOfEveryOtherMachine() {
  let faces = (0..<12).flatMap { FaceArtist(seed: 7, width: 40, height: 40).draw($0).pixels }
  #expect(fingerprint(faces) == 0x922B_4AFF_88DC_D874)
  let frames = (0..<8).flatMap {
    FaceArtist(seed: 7, mode: .frames(people: 2, clips: 2), width: 33, height: 40).draw($0).pixels
  }
  #expect(fingerprint(frames) == 0xEB04_2CFB_CA67_E582)
}

@Test func framesOfOnePersonDifferLessThanPeopleDo() {
  let artist = FaceArtist(seed: 4, mode: .frames(people: 4, clips: 1), width: 32, height: 32)
  let clips = (0..<4).map { person in (0..<6).map { artist.draw(person: person, clip: 0, frame: $0) } }
  let within = clips.flatMap { clip in (1..<6).map { change(clip[0], clip[$0]) } }
  let between = (0..<4).flatMap { left in (0..<left).map { right in change(clips[left][0], clips[right][0]) } }
  #expect(within.reduce(0, max) < between.reduce(.infinity, min))
}

@Test func neighbouringFramesAreCloserThanDistantOnes() {
  let artist = FaceArtist(seed: 4, mode: .frames(people: 1, clips: 1), width: 64, height: 64)
  let clip = (0..<12).map { artist.draw($0) }
  let next = (1..<12).map { change(clip[$0 - 1], clip[$0]) }.reduce(0, +) / 11
  let distant = (6..<12).map { change(clip[$0 - 6], clip[$0]) }.reduce(0, +) / 6
  #expect(next > 0)
  #expect(next < distant)
}

@Test func portraitsCoverPaleAndDeepSkin() {
  var generator = SplitMix64(seed: 5)
  let lumas = (0..<200).map { _ in
    let skin = Person(generator: &generator).skin
    return 0.299 * skin.x + 0.587 * skin.y + 0.114 * skin.z
  }
  #expect(lumas.reduce(1, min) < 0.25)
  #expect(lumas.reduce(0, max) > 0.8)
}

@Test(arguments: [(1, 1), (1, 9), (2, 1), (3, 50), (17, 5), (31, 64), (65, 33)])
func everySizeCanBeDrawn(width: Int, height: Int) {
  let image = FaceArtist(seed: 2, width: width, height: height).draw(3)
  #expect(image.width == width && image.height == height)
}

@Test func theSineAgreesWithTheMathematicalLibrary() {
  for step in -250...250 {
    let turns = Float(step) * 0.0137
    #expect(abs(Double(sine(turns: turns)) - sin(2 * Double.pi * Double(turns))) < 5e-6, "\(turns) turns")
    #expect(abs(Double(cosine(turns: turns)) - cos(2 * Double.pi * Double(turns))) < 5e-6, "\(turns) turns")
  }
}
