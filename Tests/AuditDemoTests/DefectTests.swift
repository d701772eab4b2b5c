import AuditCore
import Testing

@testable import AuditDemo

private let faces = (0..<4).map { FaceArtist(seed: 31, width: 64, height: 64).draw($0) }

private func spoiled(_ image: RGBImage, _ defect: Defect, _ severity: Severity, seed: UInt64 = 1) -> RGBImage {
  var generator = SplitMix64(seed: seed)
  return defect.apply(to: image, severity: severity, using: &generator)
}

@Test func thereAreAtLeastTenKindsWithThreeSeveritiesAndNamesForSQL() {
  #expect(Defect.allCases.count >= 10)
  #expect(Severity.allCases.count == 3)
  for defect in Defect.allCases {
    #expect(defect.rawValue.allSatisfy { $0.isLowercase || $0 == "_" }, "\(defect.rawValue)")
  }
}

@Test(arguments: Defect.allCases, Severity.allCases)
func everyDefectChangesEveryFaceAndKeepsItsSize(defect: Defect, severity: Severity) {
  for (number, face) in faces.enumerated() {
    let result = spoiled(face, defect, severity, seed: UInt64(number))
    #expect(result.width == 64 && result.height == 64)
    #expect(change(face, result) > 0.3, "\(defect) \(severity) on face \(number)")
    #expect(spoiled(face, defect, severity, seed: UInt64(number)) == result, "same seed, same bytes")
  }
}

/// Turning further and exchanging other channels need not change more; everything else must.
@Test(arguments: Defect.allCases.filter { $0 != .rotated && $0 != .channelSwap })
func aStrongerDefectChangesMore(defect: Defect) {
  let changes = Severity.allCases.map { severity in
    (0..<24).map { seed in
      let face = faces[seed % faces.count]
      return change(face, spoiled(face, defect, severity, seed: UInt64(seed)))
    }.reduce(0, +)
  }
  #expect(changes[0] < changes[1], "mild \(changes[0]), medium \(changes[1])")
  #expect(changes[1] < changes[2], "medium \(changes[1]), strong \(changes[2])")
}

@Test(arguments: Defect.allCases, [(1, 1), (1, 7), (5, 1), (2, 2), (3, 2), (17, 9), (31, 64), (129, 20)])
func noSizeIsTooSmallOrTooOdd(defect: Defect, size: (Int, Int)) {
  let image = FaceArtist(seed: 3, width: size.0, height: size.1).draw(0)
  for severity in Severity.allCases {
    let result = spoiled(image, defect, severity)
    #expect(result.width == size.0 && result.height == size.1)
  }
}

@Test func aStrongNegativeIsTheComplementAndAHalfTurnReversesThePixels() {
  let image = RGBImage(width: 2, height: 2, pixels: [0, 1, 2, 10, 11, 12, 100, 101, 102, 253, 254, 255])
  #expect(spoiled(image, .inverted, .strong).pixels == [255, 254, 253, 245, 244, 243, 155, 154, 153, 2, 1, 0])
  #expect(spoiled(image, .rotated, .strong).pixels == [253, 254, 255, 100, 101, 102, 10, 11, 12, 0, 1, 2])
}

@Test func aQuarterTurnMovesACornerToTheNextCorner() {
  var image = RGBImage(width: 5, height: 5)
  image.pixels[0] = 255
  let turned = spoiled(image, .rotated, .medium)
  let red = stride(from: 0, to: 75, by: 3).map { turned.pixels[$0] }
  #expect(red[4] == 255 || red[20] == 255)
  #expect(red.reduce(0) { $0 + Int($1) } == 255)
}

@Test func noiseHasItsDeviation() {
  let gray = RGBImage(width: 64, height: 64, red: 128, green: 128, blue: 128)
  let noisy = spoiled(gray, .noise, .mild)
  let squares = noisy.pixels.map { (Double($0) - 128) * (Double($0) - 128) }.reduce(0, +)
  // Deviation 14; five standard errors over 12,288 values are 0.45, rounding adds 1/12.
  #expect(abs((squares / 12_288).squareRoot() - 14) < 0.5)
}

@Test func specksTouchTheirShareOfThePixels() {
  let gray = RGBImage(width: 100, height: 100, red: 90, green: 90, blue: 90)
  let specked = spoiled(gray, .saltAndPepper, .medium)
  let touched = stride(from: 0, to: 30_000, by: 3).count { specked.pixels[$0] != 90 }
  // 800 draws of 10,000 places with repetition touch 10,000 (1 - exp(-0.08)) = 769 on average.
  #expect(abs(touched - 769) < 40)
}

@Test func barsAreBlackAndTheRestIsUntouched() {
  let face = faces[0]
  let barred = spoiled(face, .letterbox, .medium)
  var dark = 0
  for start in stride(from: 0, to: face.pixels.count, by: 3) {
    let same = barred.pixels[start..<start + 3] == face.pixels[start..<start + 3]
    if !same { #expect(barred.pixels[start..<start + 3] == [2, 2, 2]) }
    dark += same ? 0 : 1
  }
  // Two bars of 10 lines (16 % of 64) of 64 pixels, less what was that dark before.
  #expect(dark <= 1280 && dark > 1200)
}

@Test func grayHasThreeEqualChannelsAndSwappedHasThemExchanged() {
  let image = RGBImage(width: 1, height: 1, red: 200, green: 100, blue: 50)
  // 0.299 x 200 + 0.587 x 100 + 0.114 x 50 = 124.2
  #expect(spoiled(image, .gray, .strong).pixels == [124, 124, 124])
  #expect(spoiled(image, .channelSwap, .medium).pixels == [50, 100, 200])
}

@Test func blurPixelCellsAndCompressionLeaveAFlatPictureFlat() {
  let flat = RGBImage(width: 21, height: 13, red: 180, green: 90, blue: 60)
  #expect(spoiled(flat, .blurred, .strong) == flat)
  #expect(spoiled(flat, .pixelated, .strong) == flat)
  let compressed = spoiled(flat, .compressed, .strong)
  #expect(
    stride(from: 0, to: compressed.pixels.count, by: 3).allSatisfy { compressed.pixels[$0] == compressed.pixels[0] })
}

@Test func compressionWithTheFinestStepsIsInvisible() {
  // Steps of 1 in the orthonormal cosine domain leave at most a code value or two.
  let change = zip(faces[1].pixels, faces[1].compressed(0).pixels).map { abs(Int($0) - Int($1)) }
  #expect(change.reduce(0, max) <= 4)
}

@Test func aBlendTakesTheOtherPictureThatIsGiven() {
  var generator = SplitMix64(seed: 1)
  let black = RGBImage(width: 10, height: 4)
  let white = RGBImage(width: 10, height: 4, red: 255, green: 255, blue: 255)
  let result = Defect.blended.apply(to: black, severity: .medium, other: white, using: &generator)
  #expect(result.pixels.count { $0 == 255 } == 60)
  #expect(result.pixels.count { $0 == 0 } == 60)
}
