import AuditCore
import AuditImages
import CKernels
import Testing

@testable import AuditQuality

/// Bytes that look like noise, by a rule that can be written down anywhere.
private func picture(_ width: Int, _ height: Int) -> RGBImage {
  let pixels = (0..<3 * width * height).map { (place: Int) -> UInt8 in
    let square = 37 * place * place
    return UInt8((square + 11 * place) % 256)
  }
  return RGBImage(width: width, height: height, pixels: pixels)
}

/// From Pillow 12: `Image.filter(ImageFilter.GaussianBlur(deviation))`.
@Test func blurEqualsPillows() {
  let expected: [(Double, [UInt8])] = [
    (
      0.6,
      [
        39, 82, 170, 94, 113, 195, 104, 120, 175, 56, 189, 212, 89, 219, 208, 85, 189, 144, 138, 239, 166, 134, 164,
        141, 101, 127, 179, 106, 110, 174, 96, 93, 131, 167, 141, 145, 163, 150, 120, 151, 212, 154, 165, 93, 151, 127,
        148, 109, 54, 68, 125, 64, 50, 103, 141, 117, 139, 101, 148, 137, 186, 132, 92, 110, 170, 123, 109, 144, 96, 56,
        84, 134, 66, 66, 132, 84, 55, 94, 146, 109, 115, 167, 111, 88, 115, 193, 156, 150, 82, 142, 116, 136, 98, 43,
        55, 114, 58, 42, 95, 152, 134, 155, 71, 171, 164,
      ]
    ),
    (
      1.7,
      [
        94, 116, 162, 94, 120, 164, 95, 128, 164, 100, 141, 163, 109, 159, 158, 121, 174, 154, 130, 185, 149, 101, 119,
        154, 99, 119, 155, 97, 122, 154, 100, 130, 152, 110, 144, 148, 122, 159, 145, 132, 170, 141, 109, 125, 144, 104,
        120, 143, 99, 114, 141, 100, 115, 138, 109, 124, 135, 121, 139, 134, 131, 150, 133, 114, 131, 137, 107, 121,
        134, 100, 109, 130, 98, 103, 127, 104, 109, 126, 116, 123, 128, 125, 134, 129, 116, 136, 134, 108, 122, 129, 99,
        107, 124, 96, 97, 121, 100, 101, 122, 110, 115, 126, 118, 126, 128,
      ]
    ),
    (
      4,
      [
        94, 133, 153, 96, 136, 153, 97, 139, 152, 100, 144, 152, 102, 147, 151, 104, 151, 151, 107, 154, 151, 95, 133,
        152, 97, 136, 152, 98, 139, 151, 100, 143, 150, 102, 146, 150, 104, 150, 150, 106, 152, 149, 96, 134, 150, 98,
        136, 150, 99, 139, 150, 101, 142, 149, 102, 145, 149, 104, 148, 148, 105, 151, 148, 98, 134, 149, 99, 136, 148,
        100, 138, 148, 102, 141, 148, 102, 143, 148, 103, 146, 147, 105, 149, 147, 99, 134, 148, 100, 136, 147, 101,
        138, 147, 102, 140, 146, 102, 142, 146, 103, 145, 146, 104, 147, 145,
      ]
    ),
  ]
  for (deviation, pixels) in expected {
    #expect(picture(7, 5).blurred(deviation: deviation).pixels == pixels, "deviation \(deviation)")
  }
}

/// Sizes around the blocks of the fast code.
@Test(arguments: [(1, 1), (5, 3), (85, 2), (86, 7), (171, 5), (200, 40)])
func smearEqualsItsDefinition(width: Int, height: Int) {
  let image = picture(width, height)
  for (length, angle) in [(3, 0), (8, 20_000), (31, 51_234)] {
    let direction = Direction(sixteenBits: angle)
    let steps = (0..<length).map { step -> (Int, Int) in
      let along = Double(step) - Double(length - 1) / 2
      return (Int((along * direction.cosine).rounded()), Int((along * direction.sine).rounded()))
    }
    let wanted = (0..<image.pixels.count).map { byte -> Double in
      let (row, column) = (byte / 3 / width, byte / 3 % width)
      return steps.reduce(0.0) { sum, step in
        let (x, y) = (min(max(column + step.0, 0), width - 1), min(max(row + step.1, 0), height - 1))
        return sum + Double(image.pixels[3 * (y * width + x) + byte % 3])
      } / Double(length)
    }
    let smeared = image.smeared(length: length, along: direction)
    for (value, mean) in zip(smeared.pixels, wanted) {
      #expect(abs(Double(value) - mean) <= 0.501, "\(length) pixels: \(value), want \(mean)")
    }
  }
}

@Test(arguments: [(1, 1), (2, 5), (9, 4), (40, 33)]) func whatIsNotMovedStaysAsItIs(width: Int, height: Int) {
  let image = picture(width, height)
  for border in [AUDIT_DAMAGE_BLACK, AUDIT_DAMAGE_REPEATED, AUDIT_DAMAGE_MIRRORED] {
    for way in [Interpolation.nearest, .linear, .cubic] {
      #expect(image.placed(Placing(), way, border: border) == image)
    }
  }
}

@Test func aHalfTurnReversesThePixelsAndAShiftMovesThem() {
  let image = picture(11, 8)
  let turned = image.placed(Placing(turn: Direction(degrees: 180)), .cubic, border: AUDIT_DAMAGE_BLACK)
  #expect(turned == image.rearranged(mirrored: true, flipped: true))
  let shifted = image.placed(Placing(shift: (2, -3)), .cubic, border: AUDIT_DAMAGE_BLACK)
  for row in 0..<8 {
    for column in 0..<11 {
      let source = column >= 2 && row < 5 ? 3 * ((row + 3) * 11 + column - 2) : nil
      let value = source.map { Array(image.pixels[$0..<$0 + 3]) } ?? [0, 0, 0]
      #expect(Array(shifted.pixels[3 * (row * 11 + column)..<3 * (row * 11 + column) + 3]) == value)
    }
  }
}

@Test func theBorderGoesOnOrIsMirrored() {
  let row = RGBImage(width: 3, height: 1, pixels: [1, 1, 1, 2, 2, 2, 3, 3, 3])
  let shift = Placing(shift: (5, 0))
  #expect(row.placed(shift, .nearest, border: AUDIT_DAMAGE_REPEATED).pixels == [1, 1, 1, 1, 1, 1, 1, 1, 1])
  // d c b a | a b c d: places -5, -4, -3.
  #expect(row.placed(shift, .nearest, border: AUDIT_DAMAGE_MIRRORED).pixels == [2, 2, 2, 3, 3, 3, 3, 3, 3])
}

@Test(arguments: [Interpolation.nearest, .linear, .cubic]) func aFlatPictureStaysFlatUnderEveryTurn(way: Interpolation)
{
  let flat = RGBImage(width: 23, height: 17, red: 7, green: 130, blue: 251)
  for degrees in stride(from: -60.0, through: 60, by: 13) {
    let placing = Placing(turn: Direction(degrees: degrees), scale: 1.37, shift: (3.3, -2.7))
    #expect(flat.placed(placing, way, border: AUDIT_DAMAGE_REPEATED) == flat)
  }
}

/// The hash and the sum of four bytes, written out; lengths around the registers of every instruction set.
@Test(arguments: [1, 5, 16, 21, 43, 1000]) func noiseEqualsItsDefinition(count: Int) {
  func hashed(_ number: Int, _ seed: UInt32) -> UInt32 {
    var bits = UInt32(number) &* 0x9E37_79B1 ^ seed
    bits = (bits ^ bits >> 16) &* 0x7FEB_352D
    bits = (bits ^ bits >> 15) &* 0x846C_A68B
    return bits ^ bits >> 16
  }
  let image = picture(count, 1)
  let scale = (0..<256).map { Int32(9_000 + 50 * $0) }
  for isGray in [false, true] {
    var bytes = image.pixels
    audit_damage_noise(&bytes, count, 77, scale, isGray ? 1 : 0)
    for (place, value) in image.pixels.enumerated() {
      let bits = hashed(isGray ? place / 3 : place, 77)
      let bytes4 = [bits & 255, bits >> 8 & 255, bits >> 16 & 255, bits >> 24]
      let sum = bytes4.reduce(-510) { $0 + Int($1) }
      let noise = (sum * Int(scale[Int(value)]) + 32768) >> 16
      let wanted = Int(value) + noise
      #expect(Int(bytes[place]) == min(max(wanted, 0), 255))
    }
  }
}

@Test func mixingEqualsItsDefinitionAtEveryLength() {
  for count in [1, 7, 16, 33, 64, 129, 500] {
    var bytes = picture(count, 1).pixels
    let (own, other) = (bytes, Array(bytes.reversed()))
    audit_damage_mix(&bytes, other, bytes.count, 20_000)
    for place in bytes.indices {
      let sum: Int = Int(own[place]) * 45_536 + Int(other[place]) * 20_000
      #expect(Int(bytes[place]) == (sum + 32_768) >> 16)
    }
  }
}

/// Where rows stay rows the kernel adds them up first; every value is the weighted sum of its 16 neighbours all the same.
@Test func valuesBetweenPixelsAreWeightedSums() {
  let image = picture(13, 9)
  for border in [AUDIT_DAMAGE_BLACK, AUDIT_DAMAGE_REPEATED, AUDIT_DAMAGE_MIRRORED] {
    let warps = [
      Warped(start: (-90_000, 70_000), step: (61_001, 50_007), turn: 0, border: border),
      Warped(start: (-400_000, 20_000), step: (140_000, 9_000), turn: 0, border: border),
      Warped(start: (-90_000, 70_000), step: (61_001, 50_007), turn: 7_000, border: border),
    ]
    for warp in warps {
      #expect(warp.pixels(of: image) == warp.definition(of: image), "\(border) \(warp)")
    }
  }
}

/// 20 x 20 pixels of a picture, all in 65536ths.
private struct Warped {
  let start: (x: Int, y: Int)
  let step: (x: Int, y: Int)
  let turn: Int
  let border: audit_damage_border
  private static let side = 20

  init(start: (Int, Int), step: (Int, Int), turn: Int, border: audit_damage_border) {
    (self.start, self.step, self.turn, self.border) = (start, step, turn, border)
  }

  func pixels(of image: RGBImage) -> [UInt8] {
    var map = audit_damage_map(
      start: (Int64(start.x), Int64(start.y)), right: (Int64(step.x), Int64(turn)), down: (Int64(-turn), Int64(step.y)))
    var work = [Int32](repeating: 0, count: 3 * image.width + 1)
    var out = [UInt8](repeating: 7, count: 3 * Warped.side * Warped.side)
    audit_damage_warp(
      image.pixels, image.width, image.height, &map, Interpolation.cubic.weights, border, Warped.side, Warped.side,
      &work, &out)
    return out
  }

  func definition(of image: RGBImage) -> [UInt8] {
    (0..<Warped.side * Warped.side).flatMap { pixel -> [UInt8] in
      let (row, column) = (pixel / Warped.side, pixel % Warped.side)
      let x: Int = start.x + column * step.x - row * turn
      let y: Int = start.y + column * turn + row * step.y
      if border == AUDIT_DAMAGE_BLACK, isOutside(x, image.width) || isOutside(y, image.height) { return [0, 0, 0] }
      return (0..<3).map { channel -> UInt8 in
        var sum = 1 << 21
        for (line, down) in taps(y, image.height) {
          for (place, across) in taps(x, image.width) {
            let value = image.pixels[3 * (line * image.width + place) + channel]
            sum += down * across * Int(value)
          }
        }
        return UInt8(min(max(sum >> 22, 0), 255))
      }
    }
  }

  private func isOutside(_ place: Int, _ length: Int) -> Bool { place < -32768 || place >= (length << 16) - 32768 }

  /// Places and weights of the four neighbours along an axis.
  private func taps(_ place: Int, _ length: Int) -> [(place: Int, weight: Int)] {
    let near = place + 128
    let first = 4 * ((near >> 8) & 255)
    return (0..<4).map { (inside((near >> 16) - 1 + $0, length), Int(Interpolation.cubic.weights[first + $0])) }
  }

  private func inside(_ place: Int, _ length: Int) -> Int {
    guard border == AUDIT_DAMAGE_MIRRORED else { return min(max(place, 0), length - 1) }
    let rest = ((place % (2 * length)) + 2 * length) % (2 * length)
    return min(rest, 2 * length - 1 - rest)
  }
}

/// What JPEG leaves of a picture is told without a file; a file says the same. Sizes around blocks and shared colours, pictures of
/// noise, of slopes, of black and white, and of colours that no file can keep.
@Test(arguments: [(1, 1), (2, 1), (3, 2), (5, 4), (8, 8), (9, 17), (17, 16), (31, 33), (64, 48), (89, 109), (130, 7)])
func whatJPEGLeavesIsWhatComesOutOfAFile(width: Int, height: Int) throws {
  var random = SplitMix64(seed: UInt64(width * height))
  let rules: [(Int, Int, Int) -> Int] = [
    { _, _, _ in 0 }, { 3 * $0 + 5 * $1 + 40 * $2 }, { x, y, _ in (x / 3 + y / 2) % 2 * 255 },
    { _, _, channel in channel == 0 ? 250 : 3 },
  ]
  for (number, rule) in rules.enumerated() {
    let pixels = (0..<3 * width * height).map { place -> UInt8 in
      let value = rule(place / 3 % width, place / 3 / width, place % 3)
      return UInt8(truncatingIfNeeded: number == 0 || number == 3 ? value ^ random.integer(below: 256) : value)
    }
    let image = RGBImage(width: width, height: height, pixels: pixels)
    for quality in [1, 6, 11, 49, 50, 85, 90, 96, 100] {
      for sampling in ChromaSampling.allCases {
        let file = try encodeJPEG(image, quality: quality, sampling: sampling)
        let read = try decodeImage(file, name: "", maxPixels: width * height, target: .max).image
        let told = try CopyEncoding.jpeg(quality: quality, sampling).passed(image)
        #expect(told == read, "picture \(number), quality \(quality), \(sampling)")
      }
    }
  }
}

@Test func noJPEGFileIsAsLongAsThis() throws {
  let row = [UInt8](repeating: 9, count: 3 * 65_501)
  for image in [
    RGBImage(width: 65_501, height: 1, pixels: row), RGBImage(width: 1, height: 65_501, pixels: row),
  ] {
    #expect(throws: EncodingError.self) { try CopyEncoding.jpeg(quality: 90, .half).passed(image) }
  }
  let longest = RGBImage(width: 1, height: 65_500, pixels: Array(row.dropLast(3)))
  #expect(try CopyEncoding.jpeg(quality: 90, .half).passed(longest).height == 65_500)
}
