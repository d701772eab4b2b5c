import AuditCore
import Testing

@testable import AuditImages

/// Some of every format and kind.
private let victims = [
  "baseline_420.jpg", "progressive.jpg", "restart.jpg", "gray.jpg", "cmyk_progressive.jpg", "rgb.png", "palette_2.png",
  "interlaced.png", "interlaced_16.png", "animated.png", "lossy.webp", "lossless.webp", "lossy_alpha.webp",
  "animated.webp", "rgb.bmp", "palette_4.bmp", "bitmap.bmp", "rgb_565.bmp", "os2.bmp", "binary.ppm", "binary.pbm",
  "plain.ppm", "plain.pbm", "binary_16.pgm", "runs_8.bmp", "runs_4.bmp", "plain.gif", "interlaced.gif", "animated.gif",
  "lzw.tif", "tiles.tif", "planes.tif", "rgb_16_big.tif", "gray_16_strips.tif",
]

@Test(arguments: victims)
func aCutFileIsTruncatedOrStillWhole(name: String) throws {
  let file = try fixture(name)
  let whole = try decodeImage(file, name: name, maxPixels: 10_000, target: 128).image
  // The last number of a plain file, once cut, is another number.
  let limit = name == "plain.ppm" ? file.count - 5 : file.count
  var truncated = 0
  // Under 4 bytes nothing tells what a file was to be.
  for length in 4..<limit {
    do throws(SampleIssue) {
      let image = try decodeImage(Array(file[..<length]), name: name, maxPixels: 10_000, target: 128).image
      #expect(image == whole, "\(name) cut at \(length) of \(file.count) decodes to another picture")
    } catch {
      #expect(error.code == .truncated, "\(name) cut at \(length) of \(file.count): \(error)")
      truncated += 1
    }
  }
  // Of the animated ones the first frame is whole early.
  #expect(truncated >= limit / 4, "\(name): only \(truncated) cuts of \(limit) were noticed")
}

@Test(arguments: victims)
func flippedBytesGiveAPictureOrAnIssueAndNeverACrash(name: String) throws {
  let original = try fixture(name)
  var generator = Generator(seed: 11)
  var decoder = ImageDecoder(maxPixels: 1 << 18, target: 128)
  var issues = 0
  for round in 0..<400 {
    var file = original
    for _ in 0...generator.below(3) {
      // The header decides most, so half of the hits go there.
      let position = round % 2 == 0 ? generator.below(min(file.count, 64)) : generator.below(file.count)
      file[position] = round % 3 == 0 ? file[position] ^ (1 << UInt8(generator.below(8))) : generator.byte()
    }
    if round % 5 == 0 { file.removeLast(generator.below(file.count)) }
    do throws(SampleIssue) {
      let image = try decoder.decode(file, name: name).image
      #expect(image.width * image.height <= 1 << 18)
    } catch {
      issues += 1
    }
  }
  #expect(issues > 100, "\(name): only \(issues) of 400 damaged files were noticed")
}

@Test func randomBytesAreNoPicture() {
  var generator = Generator(seed: 17)
  for length in 1..<400 {
    let file = (0..<length).map { _ in generator.byte() | 0x80 }
    #expect(issue(decoding: file)?.code == .notImage, "\(length) bytes")
  }
}

@Test func aJPEGWithoutItsEndMarkerAloneIsWhole() throws {
  for name in ["baseline_420.jpg", "progressive.jpg", "gray.jpg", "cmyk.jpg"] {
    let file = try fixture(name)
    #expect(file.suffix(2) == [0xFF, 0xD9])
    let decoded = try decodeImage(file.dropLast(2), name: name, maxPixels: 10_000, target: 128)
    #expect(decoded.image.pixels == (try fixture(name + ".rgb")))
  }
}

@Test func aProgressiveJPEGCutBetweenTwoScansIsTruncated() throws {
  let file = try fixture("progressive.jpg")
  let scans = file.indices.dropLast().filter { file[$0] == 0xFF && file[$0 + 1] == 0xDA }
  #expect(scans.count > 4)
  for scan in scans.dropFirst() {
    #expect(issue(decoding: Array(file[..<scan]))?.code == .truncated)
    // With an end marker of its own the file says that it is whole; then its coarser picture is what it shows.
    #expect(issue(decoding: file[..<scan] + [0xFF, 0xD9]) == nil)
  }
}

@Test func theDetailOfATruncatedJPEGSaysItsLengthAndTheCodecsWords() throws {
  let file = try encodeJPEG(Generator.noise(96, 96, seed: 1), quality: 90)
  #expect(
    issue(decoding: Array(file[..<5000]))
      == SampleIssue(
        .truncated, "the file ends after 5,000 bytes: Corrupt JPEG data: premature end of data segment"))
}

@Test func aPNGThatEndsEarlySaysSoOnce() throws {
  let file = try fixture("rgb.png")
  for length in [file.count / 2, file.count / 3] {
    #expect(
      issue(decoding: Array(file[..<length])) == SampleIssue(.truncated, "the file ends after \(length) bytes"))
  }
}

@Test func anImpossibleCodeInTheMiddleOfAJPEGIsCorrupt() throws {
  var file = try fixture("baseline_420.jpg")
  // Sixteen ones are no code of the standard tables.
  let middle = file.count - 300
  for position in stride(from: middle, to: middle + 8, by: 2) { (file[position], file[position + 1]) = (0xFF, 0) }
  #expect(issue(decoding: file) == SampleIssue(.corrupt, "Corrupt JPEG data: bad Huffman code"))
}

/// What a decoder leaves over that lost its place; libjpeg says nothing of it before the end marker is looked for.
@Test func pixelDataLeftOverInAJPEGIsCorrupt() throws {
  let file = try encodeJPEG(Generator.noise(96, 96, seed: 1), quality: 90)
  let body = Array(file.dropLast(2))
  let end: [UInt8] = [0xFF, 0xD9]
  for added in [30, 100, 5000] {
    let noise = Generator.bytes(added, seed: 3).map { $0 & 0x7F }
    let found = try #require(issue(decoding: body + noise + end), "\(added) bytes")
    #expect(found.code == .corrupt && found.detail.hasSuffix(" bytes left over after the last row"))
  }
  let zeros = [UInt8](repeating: 0, count: 1000)
  #expect(issue(decoding: body + zeros)?.code == .corrupt)
  #expect(issue(decoding: body + zeros + end) == nil)
  #expect(issue(decoding: body + [0xFF] + end) == nil)
  #expect(issue(decoding: body + [0x12, 0x34] + end) == nil)
  #expect(issue(decoding: file + zeros) == nil)
}

@Test func pixelDataLeftOverBetweenTheScansOfAProgressiveJPEGIsCorrupt() throws {
  let file = try fixture("progressive.jpg")
  let scans = file.indices.dropLast().filter { file[$0] == 0xFF && file[$0 + 1] == 0xDA }
  for scan in scans.dropFirst() {
    // Before a scan may stand its tables; noise in front of either is noise behind the scan before.
    let noise = Generator.bytes(40, seed: 3).map { $0 & 0x7F }
    #expect(issue(decoding: file[..<scan] + noise + file[scan...])?.code == .corrupt)
  }
}

@Test func anEndMarkerInTheMiddleOfAJPEGIsCorrupt() throws {
  var file = try encodeJPEG(Generator.noise(96, 96, seed: 1), quality: 90)
  (file[4000], file[4001]) = (0xFF, 0xD9)
  #expect(issue(decoding: file) == SampleIssue(.corrupt, "Corrupt JPEG data: premature end of data segment"))
}

@Test func aWrongChecksumOfAPNGIsCorrupt() throws {
  var file = try fixture("rgb.png")
  file[file.count / 2] ^= 1
  let found = try #require(issue(decoding: file))
  #expect(found.code == .corrupt && !found.detail.isEmpty)
}

@Test func aPNGWithoutItsLastChunkIsWhole() throws {
  let file = try fixture("rgb.png")
  let decoded = try decodeImage(file.dropLast(12), name: "", maxPixels: 10_000, target: 128)
  #expect(decoded.image.pixels == (try fixture("rgb.png.rgb")))
}

@Test func aHundredAndOneScansAreNotDecoded() throws {
  let file = try fixture("progressive.jpg")
  let scans = file.indices.dropLast().filter { file[$0] == 0xFF && file[$0 + 1] == 0xDA }
  let first = try #require(scans.dropFirst().first)
  let second = try #require(scans.dropFirst(2).first)
  var long = Array(file[..<first])
  for _ in 0..<100 { long += file[first..<second] }
  long += file[second...]
  #expect(issue(decoding: long) == SampleIssue(.bomb, "more than 100 scans"))
}

/// EXIF and XMP of anybody: an orientation of 1 to 8, or none.
@Test func randomlyChangedOrientationsAreOneOfEightOrNone() throws {
  // A TIFF structure of one entry: orientation 6, both orders of bytes; then XMP as an attribute and as an element.
  let little: [UInt8] = [
    0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0,
  ]
  let big: [UInt8] = [
    0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0,
  ]
  let texts = ["<x tiff:Orientation=\"6\"/>", "<tiff:Orientation>6</tiff:Orientation>"].map { Array($0.utf8) }
  func value(_ bytes: [UInt8]) -> Int? {
    bytes.withUnsafeBytes { (ExifOrientation(tiff: $0) ?? ExifOrientation(xmp: $0))?.value }
  }
  for seed in [little, big] + texts { #expect(value(seed) == 6) }
  var generator = Generator(seed: 23)
  var found = 0
  for round in 0..<4000 {
    var bytes = [little, big, texts[0], texts[1]][round % 4]
    for _ in 0...generator.below(3) { bytes[generator.below(bytes.count)] = generator.byte() }
    if round % 3 == 0 { bytes.removeLast(generator.below(bytes.count)) }
    guard let value = value(bytes) else { continue }
    found += 1
    #expect((1...8).contains(value), "\(bytes)")
  }
  #expect(found > 300 && found < 4000, "\(found) of 4,000 held an orientation")
}
