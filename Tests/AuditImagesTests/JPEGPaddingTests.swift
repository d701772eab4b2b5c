import AuditCore
import Testing

@testable import AuditImages

/// Where markers of a kind begin.
private func markers(_ file: [UInt8], _ kinds: ClosedRange<UInt8>) -> [Int] {
  file.indices.dropLast().filter { file[$0] == 0xFF && kinds.contains(file[$0 + 1]) }
}

private func padded(_ file: [UInt8], before places: [Int], with padding: (Int) -> [UInt8]) -> [UInt8] {
  var result: [UInt8] = []
  var start = 0
  for (index, place) in places.enumerated() {
    result += file[start..<place] + padding(index)
    start = place
  }
  return result + file[start...]
}

private func decoded(_ file: [UInt8]) throws -> DecodedImage {
  try decodeImage(file, name: "a.jpg", maxPixels: 1 << 20, target: 1 << 40)
}

/// As cameras write that fill up to a whole word or sector: some bytes in front of one marker, many before another.
private let paddings: [(String, @Sendable (Int) -> [UInt8])] = [
  ("one zero", { _ in [0] }), ("five zeros", { _ in [UInt8](repeating: 0, count: 5) }),
  ("zeros up to a whole word", { index in [UInt8](repeating: 0, count: (7 * index) % 16) }),
  ("a sector of zeros", { _ in [UInt8](repeating: 0, count: 512) }),
  ("ones", { _ in [0xFF, 0, 0xFF, 0, 0xFF, 0, 0xFF, 0, 0xFF, 0, 0xFF, 0, 0xFF, 0, 0xFF, 0, 0xFF, 0, 0xFF, 0] }),
  ("fill bytes of a marker", { _ in [UInt8](repeating: 0xFF, count: 100) }),
]

@Test(arguments: paddings)
func paddingInFrontOfRestartMarkersLeavesEveryPixel(name: String, padding: @Sendable (Int) -> [UInt8]) throws {
  let file = try fixture("restart.jpg")
  let restarts = markers(file, 0xD0...0xD7)
  #expect(restarts.count > 3)
  let found = try decoded(padded(file, before: restarts + [file.count - 2], with: padding))
  #expect(found.image.pixels == (try fixture("restart.jpg.rgb")), "\(name)")
  #expect(found.notices.allSatisfy { $0.code == .padding }, "\(name): \(found.notices)")
}

@Test(arguments: ["baseline_420.jpg", "progressive.jpg", "gray.jpg", "cmyk_progressive.jpg"])
func paddingInFrontOfTheEndAndBetweenScansIsNoticed(name: String) throws {
  let file = try fixture(name)
  let zeros = [UInt8](repeating: 0, count: 300)
  // Tables stand in front of scans; the first tables end the header, in which any bytes are passed over.
  let scans = markers(file, 0xDA...0xDA)
  let tables = markers(file, 0xC4...0xC4).filter { $0 > scans[0] }
  let found = try decoded(padded(file, before: tables + [file.count - 2]) { _ in zeros })
  #expect(found.image.pixels == (try fixture(name + ".rgb")))
  // Some bytes libjpeg had fetched already, and does not count.
  #expect(found.notices.map(\.code) == [.padding])
}

@Test func otherBytesInFrontOfARestartMarkerAreDamage() throws {
  let file = try fixture("restart.jpg")
  let restarts = markers(file, 0xD0...0xD7)
  for place in restarts {
    let noise = Generator.bytes(20, seed: 3).map { $0 & 0x7F | 1 }
    #expect(issue(decoding: padded(file, before: [place]) { _ in noise })?.code == .corrupt)
    // Data in front of padding is data all the same.
    let mixed = noise + [UInt8](repeating: 0, count: 20)
    #expect(issue(decoding: padded(file, before: [place]) { _ in mixed })?.code == .corrupt)
  }
}

/// A picture with detail everywhere, so that a decoder that lost its place goes on wrongly to the end.
private let detailed: RGBImage = {
  var image = Generator.noise(160, 120, seed: 5)
  for position in image.pixels.indices { image.pixels[position] = image.pixels[position] / 2 + 64 }
  return image
}()

/// Share of bytes that differ by more than a tenth of full scale.
private func difference(_ one: RGBImage, _ other: RGBImage) -> Double {
  let differing = zip(one.pixels, other.pixels).filter { abs(Int($0) - Int($1)) > 25 }.count
  return Double(differing) / Double(one.pixels.count)
}

/// Of a changed bit a decoder can know only where it lost its place. Where it did not, one coefficient is wrong: that shows
/// in one block, and of a mean value in those behind it, which only the shift of all of them tells.
@Test func aBitThatMakesTheDecoderLoseItsPlaceIsDamage() throws {
  let file = try encodeJPEG(detailed, quality: 90)
  let whole = try decoded(file).image
  let start = try #require(markers(file, 0xDA...0xDA).first) + 14
  var generator = Generator(seed: 29)
  var (refused, striped) = (0, 0)
  for _ in 0..<300 {
    var damaged = file
    damaged[start + generator.below((file.count - start) / 2)] ^= 1 << UInt8(generator.below(8))
    do throws(SampleIssue) {
      let image = try decodeImage(damaged, name: "", maxPixels: 1 << 20, target: 1 << 40).image
      if difference(image, whole) > 0.05 { striped += 1 }
    } catch {
      refused += 1
    }
  }
  #expect(refused > 100 && striped <= 3, "\(refused) of 300 were refused, \(striped) read with stripes")
}

@Test(arguments: ["arithmetic.jpg", "arithmetic_progressive.jpg"])
func anArithmeticCodedJPEGThatEndsEarlyIsNeverRead(name: String) throws {
  let file = try fixture(name)
  for length in (file.count / 10)..<file.count {
    let found = try #require(issue(decoding: Array(file[..<length])), "cut at \(length) of \(file.count)")
    #expect(found.code == .truncated, "cut at \(length) of \(file.count): \(found)")
    let filled = file[..<length] + [UInt8](repeating: 0, count: file.count - length)
    #expect(issue(decoding: Array(filled)) != nil, "zeros from \(length) of \(file.count)")
  }
}
