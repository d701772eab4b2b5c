import AuditCore
import Testing

@testable import AuditImages

private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

@Test func anEmptyFileIsEmpty() {
  #expect(issue(decoding: []) == SampleIssue(.empty))
}

private let otherFormats: [(String, [UInt8])] = [
  ("HEIC; convert it with: heif-convert IN.heic OUT.png", [0, 0, 0, 0x18] + bytes("ftypheic")),
  ("AVIF; convert it with: heif-convert IN.avif OUT.png", [0, 0, 0, 0x1C] + bytes("ftypavif")),
  ("JPEG XL; convert it with: djxl IN.jxl OUT.png", [0xFF, 0x0A, 0, 0]),
  (
    "JPEG XL; convert it with: djxl IN.jxl OUT.png",
    [0, 0, 0, 0x0C] + bytes("JXL ") + [0x0D, 0x0A, 0x87, 0x0A]
  ),
  (
    "JPEG 2000; convert it with: opj_decompress -i IN.jp2 -o OUT.png",
    [0, 0, 0, 0x0C] + bytes("jP  ") + [0x0D, 0x0A, 0x87, 0x0A]
  ), ("PSD", bytes("8BPS\0\u{1}")),
  ("ICO", [0, 0, 1, 0, 1, 0] + [UInt8](repeating: 0, count: 16)), ("PAM", bytes("P7\nWIDTH 3\n")),
  (
    "BMP that wraps a JPEG",
    [
      0x42, 0x4D, 0, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0, 1, 0, 8, 0, 4, 0, 0, 0,
    ]
  ),
  (
    "BMP with 2 bits a pixel, which only Windows CE wrote",
    [
      0x42, 0x4D, 0, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0, 1, 0, 2, 0, 0, 0, 0, 0,
    ]
  ),
]

@Test(arguments: otherFormats)
func aPictureOfAnotherFormatIsUnsupportedByName(format: String, file: [UInt8]) {
  #expect(issue(decoding: file) == SampleIssue(.unsupported, format))
}

private let noPictures: [(String, [UInt8])] = [
  (
    "a Git-LFS pointer, not the picture itself; fetch it with: git lfs pull",
    bytes("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n")
  ),
  ("looks like HTML, maybe the error page of a download", bytes("\n<!DOCTYPE html><html><head>")),
  ("looks like SVG, which has no pixels", bytes("<?xml version=\"1.0\"?><svg width=\"3\">")),
  ("looks like XML", bytes("<?xml version=\"1.0\"?><a/>")), ("looks like JSON", bytes("{\"error\": 404}")),
  ("looks like text", bytes("a man with a hat, \u{E9}\u{E9}\n")), ("looks like text", bytes("Photo of P5")),
  ("looks like a zip archive", bytes("PK\u{3}\u{4}\u{14}\0")), ("looks like gzip data", [0x1F, 0x8B, 8]),
  ("looks like an MP4 or MOV video", [0, 0, 0, 0x18] + bytes("ftypmp42")),
  ("holds only zero bytes", [UInt8](repeating: 0, count: 4096)),
  ("looks like RIFF media", bytes("RIFF\0\0\0\0WAVEfmt ")), ("not a known picture format", [1, 2, 3, 4, 5]),
]

@Test(arguments: noPictures)
func whatIsNoPictureIsDescribed(description: String, file: [UInt8]) {
  #expect(issue(decoding: file) == SampleIssue(.notImage, description))
}

@Test func contentDecidesAndAContradictingNameIsNoticed() throws {
  let file = try fixture("lossless.webp")
  for name in ["a.jpg", "b/c.JPG"] {
    let decoded = try decodeImage(file, name: name, maxPixels: 10_000, target: 128)
    #expect(decoded.facts.format == .webp)
    #expect(decoded.notices == [SampleIssue(.extensionMismatch, "named .jpg, is webp")])
  }
  for name in ["a.webp", "a", "a.WebP", "a.dat", ".jpg", "jpg", "x.jpg/y"] {
    #expect(try decodeImage(file, name: name, maxPixels: 10_000, target: 128).notices == [], "\(name)")
  }
  let gray = try decodeImage(try fixture("binary.pgm"), name: "a.ppm", maxPixels: 10_000, target: 128)
  #expect(gray.notices == [])
  let animated = try decodeImage(try fixture("animated.png"), name: "a.gif", maxPixels: 10_000, target: 128)
  #expect(animated.notices.map(\.code) == [.extensionMismatch, .multiFrame])
}

private func jpegHeader(_ width: Int, _ height: Int) throws -> [UInt8] {
  var file = try fixture("baseline_420.jpg")
  let frame = try #require(file.indices.first { file[$0] == 0xFF && file[$0 + 1] == 0xC0 })
  file[frame + 5] = UInt8(height >> 8)
  file[frame + 6] = UInt8(height & 255)
  file[frame + 7] = UInt8(width >> 8)
  file[frame + 8] = UInt8(width & 255)
  return file
}

private func bmpHeader(_ width: Int32, _ height: Int32) -> [UInt8] {
  func little(_ value: Int32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * Int32($0))) } }
  return bytes("BM") + little(0) + little(0) + little(54) + little(40) + little(width) + little(height)
    + [1, 0, 24, 0] + [UInt8](repeating: 0, count: 24)
}

@Test func aPictureAboveTheLimitIsRefusedFromItsHeader() throws {
  let limit = 64_000_000
  #expect(
    issue(decoding: try jpegHeader(65_500, 65_500), maxPixels: limit)
      == SampleIssue(.bomb, "4.3 Gpx > 64 Mpx (--max-pixels)"))
  #expect(
    issue(decoding: bytes("P6 2000000000 2000000000 255\n"), maxPixels: limit)
      == SampleIssue(.bomb, "4 Epx > 64 Mpx (--max-pixels)"))
  #expect(
    issue(decoding: bytes("P5 99999999999999999999 99999999999999999999 255\n"), maxPixels: limit)?.code == .bomb)
  #expect(
    issue(decoding: bmpHeader(.max, .min), maxPixels: limit)
      == SampleIssue(.bomb, "4.6 Epx > 64 Mpx (--max-pixels)"))
  #expect(
    issue(decoding: bytes("P5 1 64000000 255\n"), maxPixels: limit)
      == SampleIssue(.bomb, "1 x 64,000,000 pixels: no side may be above 65,500"))
  #expect(
    issue(decoding: try jpegHeader(65_535, 1), maxPixels: limit)
      == SampleIssue(.bomb, "Maximum supported image dimension is 65500 pixels"))
  // A PNG header of 2^31 - 1 by 2^31 - 1, its checksum right.
  let png: [UInt8] =
    [0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10, 0, 0, 0, 13] + bytes("IHDR")
    + [0x7F, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 8, 2, 0, 0, 0, 0x9B, 0xAB, 0x9C, 0x31]
    + [0, 0, 0, 0] + bytes("IDAT")
  #expect(issue(decoding: png, maxPixels: limit) == SampleIssue(.bomb, "4.6 Epx > 64 Mpx (--max-pixels)"))
  #expect(
    issue(decoding: try fixture("lossy.webp"), maxPixels: 45 * 35 - 1)
      == SampleIssue(.bomb, "1,575 px > 1,574 px (--max-pixels)"))
  #expect(issue(decoding: try fixture("lossy.webp"), maxPixels: 45 * 35) == nil)
}

@Test(arguments: [
  (1, "1 px"), (999, "999 px"), (1000, "1 kpx"), (1949, "1.9 kpx"), (999_949, "999.9 kpx"), (999_950, "1 Mpx"),
  (64_000_000, "64 Mpx"), (67_108_864, "67.1 Mpx"), (4_290_250_000, "4.3 Gpx"),
])
func pixelCountsAreWrittenShort(pixels: Int, text: String) {
  #expect(PixelLimit.text(pixels) == text)
}

@Test func aPictureWithoutPixelsIsCorrupt() {
  #expect(issue(decoding: bytes("P5 0 7 255\n")) == SampleIssue(.corrupt, "the header says 0 x 7 pixels"))
  #expect(issue(decoding: bmpHeader(0, 5))?.code == .corrupt)
}
