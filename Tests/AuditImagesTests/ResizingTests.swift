import AuditCore
import Testing

@testable import AuditImages

@Test func resizedPicturesEqualThoseOfPillowBitForBit() throws {
  var resizers = [ImageResizer(scalar: false), ImageResizer(scalar: true)]
  for expected in Manifest.shared.resize {
    let image = Generator.noise(expected.from[0], expected.from[1], seed: expected.seed)
    for kernel in resizers.indices {
      let resized = resizers[kernel].resize(image, width: expected.to[0], height: expected.to[1])
      let name = "\(expected.from) to \(expected.to), \(["fast", "scalar"][kernel])"
      #expect(resized.width == expected.to[0] && resized.height == expected.to[1], "\(name)")
      if let file = expected.file { #expect(resized.pixels == (try fixture(file)), "\(name)") }
      if let digest = expected.fnv { #expect(fnv(resized.pixels) == digest, "\(name)") }
    }
  }
}

/// Written from the definition of the arithmetic, apart from the code under test: window, weights of 22 bits, rows first.
private func plainlyShrunk(_ image: RGBImage, width: Int, height: Int) -> RGBImage {
  func weights(_ from: Int, _ to: Int, _ position: Int) -> [(index: Int, weight: Int)] {
    let scale = Double(from) / Double(to)
    let center = (Double(position) + 0.5) * scale
    let window = Int(max(center - 0.5 * scale + 0.5, 0))..<min(Int(center + 0.5 * scale + 0.5), from)
    let inside = window.filter { index in
      let distance = (Double(index) - center + 0.5) * (1 / scale)
      return distance > -0.5 && distance <= 0.5
    }
    return inside.map { ($0, Int((4_194_304 / Double(inside.count)).rounded(.toNearestOrAwayFromZero))) }
  }
  func shrunk(_ lines: [[Int]], to count: Int) -> [[Int]] {
    (0..<count).map { position in
      let parts = weights(lines.count, count, position)
      return lines[0].indices.map { place in
        min(parts.reduce(1 << 21) { $0 + $1.weight * lines[$1.index][place] } >> 22, 255)
      }
    }
  }
  // A list of columns, each with the bytes of all rows; then a list of rows.
  var columns = [[Int]](repeating: [], count: image.width)
  for (position, value) in image.pixels.enumerated() { columns[position / 3 % image.width].append(Int(value)) }
  let narrow = shrunk(columns, to: width)
  var rows = [[Int]](repeating: [], count: image.height)
  for y in 0..<image.height {
    for column in narrow { rows[y] += column[(3 * y)..<(3 * y + 3)] }
  }
  let pixels = shrunk(rows, to: height).joined().map { UInt8($0) }
  return RGBImage(width: width, height: height, pixels: pixels)
}

/// Sizes around every block of the fast kernels, whole factors and others.
@Test(arguments: 0..<60 as Range<UInt32>)
func fastShrinkingEqualsThePlainDefinition(seed: UInt32) {
  var generator = Generator(seed: seed)
  let (width, height) = (1 + generator.below(70), 1 + generator.below(20))
  let isWhole = seed % 2 == 0
  let (across, down) = (1 + generator.below(5), 1 + generator.below(5))
  let from = isWhole ? (width * across, height * down) : (width + generator.below(90), height + generator.below(50))
  let image = Generator.noise(from.0, from.1, seed: seed)
  var resizer = ImageResizer()
  let fast = resizer.resize(image, width: width, height: height)
  #expect(fast == plainlyShrunk(image, width: width, height: height), "seed \(seed): \(from) to \(width)x\(height)")
}

@Test func fastAndScalarKernelsGiveTheSameBytes() {
  var fast = ImageResizer(scalar: false)
  var scalar = ImageResizer(scalar: true)
  var generator = Generator(seed: 3)
  for round in 0..<80 {
    let (width, height) = (1 + generator.below(150), 1 + generator.below(60))
    let (newWidth, newHeight) = (1 + generator.below(150), 1 + generator.below(60))
    let image = Generator.noise(width, height, seed: UInt32(round))
    let expected = scalar.resize(image, width: newWidth, height: newHeight)
    #expect(
      fast.resize(image, width: newWidth, height: newHeight) == expected,
      "\(width)x\(height) to \(newWidth)x\(newHeight)")
  }
  // Whole powers of two, where means are shifts.
  for divisor in [2, 4, 8, 16, 64, 512] {
    for width in [1, 3, 4, 5, 9, 64] {
      let noise = Generator.noise(divisor * width, 12, seed: UInt32(divisor + width))
      let white = RGBImage(width: divisor * width, height: 12, red: 255, green: 255, blue: 254)
      for image in [noise, white] {
        let expected = scalar.resize(image, width: width, height: 3)
        #expect(fast.resize(image, width: width, height: 3) == expected, "\(width) of \(divisor) each")
      }
    }
  }
  for (side, size) in [(1, 1), (2, 5), (16, 16), (16, 32), (17, 51), (64, 128), (64, 256), (64, 200)] {
    let values = Generator.bytes(3 * side * side, seed: UInt32(size)).map { Float($0) / 200 - 0.1 }
    #expect(
      fast.enlarge(values, side: side, to: size) == scalar.enlarge(values, side: side, to: size), "\(side) to \(size)")
  }
}

/// Pillow adds in double precision, the kernel in single: a value within 1e-4 code values of a half may round otherwise.
@Test(arguments: [false, true])
func enlargedFloatsAreWithinOneCodeValueOfPillow(scalar: Bool) throws {
  var resizer = ImageResizer(scalar: scalar)
  for expected in Manifest.shared.enlarge {
    let values = Generator.bytes(3 * expected.side * expected.side, seed: expected.seed).map { byte in
      Float(byte) * 1.2 / 255 - 0.0973
    }
    let enlarged = resizer.enlarge(values, side: expected.side, to: expected.size)
    let pixels = try fixture(expected.file)
    let differences = zip(enlarged.pixels, pixels).map { abs(Int($0) - Int($1)) }
    #expect(differences.count == pixels.count)
    #expect(try #require(differences.max()) <= 1)
    #expect(differences.filter { $0 > 0 }.count * 1000 <= pixels.count, "\(expected.side) to \(expected.size)")
  }
}

@Test func whatIsNotANumberBecomesBlack() {
  var resizer = ImageResizer()
  let values: [Float] = [.nan, .infinity, -.infinity, 0.5, 2, -1, 0, 1, 0.25, 1e-9, 0.999, 0.1]
  let enlarged = resizer.enlarge(values, side: 2, to: 2)
  #expect(enlarged.pixels == [0, 255, 0, 128, 255, 0, 0, 255, 64, 0, 255, 26])
}

@Test func aPictureOfOneColourKeepsIt() {
  var resizer = ImageResizer()
  for (width, height) in [(128, 128), (31, 77), (7, 300), (300, 300)] {
    let image = RGBImage(width: 97, height: 203, red: 255, green: 1, blue: 128)
    let expected = RGBImage(width: width, height: height, red: 255, green: 1, blue: 128)
    #expect(resizer.resize(image, width: width, height: height) == expected, "\(width)x\(height)")
  }
}

@Test func manySizesInOneResizerStayRight() {
  var shared = ImageResizer()
  for round in 0..<200 {
    let image = Generator.noise(20 + round % 90, 20 + round % 77, seed: UInt32(round))
    var own = ImageResizer()
    #expect(shared.resize(image, width: 32, height: 32) == own.resize(image, width: 32, height: 32))
  }
}
