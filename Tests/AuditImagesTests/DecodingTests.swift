import AuditCore
import Testing

@testable import AuditImages

@Test(arguments: Manifest.shared.decode)
func pixelsAndFactsEqualThoseOfPillow(expected: Manifest.Decode) throws {
  let decoded = try decodeImage(
    try fixture(expected.file), name: expected.file, maxPixels: 10_000, target: expected.target)
  #expect(decoded.image.width == expected.imageWidth)
  #expect(decoded.image.height == expected.imageHeight)
  let pixels = try fixture(expected.file + ".rgb")
  let differing = zip(decoded.image.pixels, pixels).filter { $0 != $1 }.count
  #expect(decoded.image.pixels == pixels, "\(differing) of \(pixels.count) bytes differ")
  #expect(decoded.facts.width == expected.width)
  #expect(decoded.facts.height == expected.height)
  #expect(decoded.facts.colour.rawValue == expected.colour)
  #expect(decoded.facts.bitsPerChannel == expected.bits)
  #expect(decoded.facts.hasAlpha == expected.alpha)
  #expect(decoded.facts.orientation == expected.orientation)
  let notices = expected.frames > 1 ? [SampleIssue(.multiFrame, "\(expected.frames) frames")] : []
  #expect(decoded.notices == notices)
}

@Test(arguments: [
  (256, 256, 128, 256, 256), (1024, 1024, 128, 256, 256), (1023, 1023, 128, 256, 256), (511, 512, 128, 256, 256),
  (510, 512, 128, 510, 512), (2048, 512, 128, 1024, 256), (1024, 1024, 256, 512, 512), (4096, 4096, 64, 512, 512),
])
func aJPEGIsScaledWhileBothSidesStayTwiceTheTarget(
  width: Int, height: Int, target: Int, decodedWidth: Int, decodedHeight: Int
) throws {
  let file = try encodeJPEG(RGBImage(width: width, height: height, red: 90, green: 40, blue: 200), quality: 50)
  let decoded = try decodeImage(file, name: "", maxPixels: 1 << 25, target: target)
  #expect(decoded.image.width == decodedWidth && decoded.image.height == decodedHeight)
  #expect(decoded.facts.width == width && decoded.facts.height == height)
}

@Test func anOrientationTurnsAScaledPictureAndTheSizeOfTheWholeOne() throws {
  let plain = try encodeJPEG(RGBImage(width: 80, height: 40, red: 9, green: 90, blue: 200), quality: 90)
  let exif: [UInt8] =
    [0xFF, 0xE1, 0, 34] + Array("Exif\0\0MM\0*".utf8) + [0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0]
    + [0, 0, 0, 0]
  let decoded = try decodeImage(plain[..<2] + exif + plain[2...], name: "", maxPixels: 1 << 20, target: 10)
  #expect(decoded.image.width == 20 && decoded.image.height == 40)
  #expect(decoded.facts.width == 40 && decoded.facts.height == 80 && decoded.facts.orientation == 6)
}

/// A .dib as the clipboard and Pillow write it begins with the second header.
@Test(arguments: [
  "rgb.bmp", "bitmap.bmp", "gray.bmp", "palette.bmp", "palette_4.bmp", "rgb_555.bmp", "rgb_565.bmp", "rgba_32.bmp",
  "runs_4.bmp", "runs_8.bmp", "top_down.bmp",
])
func aBitmapWithoutItsFirstHeaderIsTheSamePicture(name: String) throws {
  let whole = try fixture(name)
  let bare = try decodeImage(Array(whole.dropFirst(14)), name: "x.dib", maxPixels: 1 << 20, target: .max)
  #expect(try bare.image == decodeImage(whole, name: "x.dib", maxPixels: 1 << 20, target: .max).image)
}

@Test func aDecoderGivesTheSamePictureTwice() throws {
  var decoder = ImageDecoder(maxPixels: 10_000, target: 128)
  let file = try fixture("baseline_420.jpg")
  let first = try decoder.decode(file, name: "a.jpg")
  _ = try decoder.decode(try fixture("rgb.png"), name: "b.png")
  #expect(try decoder.decode(file, name: "a.jpg") == first)
}

@Test func pngKeepsEveryPixel() throws {
  for (width, height) in [(1, 1), (3, 2), (129, 67)] {
    let image = Generator.noise(width, height, seed: 7)
    let file = try encodePNG(image)
    #expect(try decodeImage(file, name: "a.png", maxPixels: 10_000, target: 128).image == image)
  }
}

@Test func jpegOfHighQualityStaysClose() throws {
  var image = RGBImage(width: 64, height: 48, red: 0, green: 0, blue: 0)
  for position in 0..<(64 * 48) { image.pixels[3 * position] = UInt8(4 * (position % 64)) }
  let decoded = try decodeImage(try encodeJPEG(image, quality: 95), name: "a.jpg", maxPixels: 10_000, target: 128)
  let furthest = zip(decoded.image.pixels, image.pixels).map { abs(Int($0) - Int($1)) }.max()
  #expect(try #require(furthest) <= 12)
  #expect(try encodeJPEG(image, quality: 20).count < encodeJPEG(image, quality: 95).count)
}

@Test func jpegRefusesASizeBeyondItsFormat() {
  let image = RGBImage(width: 70_000, height: 1)
  #expect(throws: EncodingError.self) { try encodeJPEG(image, quality: 90) }
}
