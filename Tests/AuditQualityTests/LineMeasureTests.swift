import AuditCore
import AuditImages
import CKernels
import Foundation
import Testing

@testable import AuditQuality

/// Lines from edge to edge.
@Suite struct LineMeasureTests {
  /// Places among the values.
  private static let (seamAcross, seamDown, strongest) = (0, 3, 6)
  private static let (tearRows, tearColumns, barRows, barColumns) = (8, 11, 14, 16)

  private static func lines(of image: RGBImage) -> [Double] {
    let picture = MeasuredPicture()
    var resizer = ImageResizer()
    picture.load(image, resizer: &resizer)
    return picture.lines
  }

  /// Soft hills and a little grain; another number, another picture.
  private static func scene(_ number: Int, width: Int = 96, height: Int = 112) -> RGBImage {
    var random = SplitMix64(seed: UInt64(number))
    let (x, y, tone) = (5 + 9 * random.fraction(), 5 + 9 * random.fraction(), 70 + 90 * random.fraction())
    return drawn(width, height) { column, row in
      let hill = 35 * cos(Double(column) / x + Double(row) / y) + 25 * cos(Double(row) / x)
      return UInt8(min(max(tone + hill + 4 * random.fraction(), 0), 255))
    }
  }

  private static func drawn(_ width: Int, _ height: Int, _ tone: (Int, Int) -> UInt8) -> RGBImage {
    RGBImage(
      width: width, height: height,
      pixels: (0..<width * height).flatMap { place -> [UInt8] in
        let tone = tone(place % width, place / width)
        return [tone, tone, tone]
      })
  }

  private static func tone(_ image: RGBImage, _ column: Int, _ row: Int) -> UInt8 {
    image.pixels[3 * (row * image.width + column)]
  }

  private static func spliced(_ first: RGBImage, _ second: RGBImage, at column: Int, down rows: Range<Int>) -> RGBImage
  {
    drawn(first.width, first.height) { x, y in
      tone(x >= column && rows.contains(y) ? second : first, x, y)
    }
  }

  private static func transposed(_ image: RGBImage) -> RGBImage {
    drawn(image.height, image.width) { tone(image, $1, $0) }
  }

  @Test func whereTwoPicturesMeetALineGoesAllTheWay() {
    for number in 1...6 {
      let (first, second) = (Self.scene(number), Self.scene(number + 20))
      let (whole, half) = (
        Self.lines(of: Self.spliced(first, second, at: 40, down: 0..<112)),
        Self.lines(of: Self.spliced(first, second, at: 40, down: 0..<56))
      )
      let sound = Self.lines(of: first)
      #expect(whole[Self.seamAcross] > sound[Self.seamAcross] + 0.8, "\(number): \(whole), \(sound)")
      // A line that ends half-way belongs to the motif.
      #expect(half[Self.seamAcross] < sound[Self.seamAcross] + 0.3, "\(number): \(half), \(sound)")
      #expect(whole[Self.strongest] == max(whole[Self.seamAcross], whole[Self.seamDown]))
    }
  }

  @Test func aTurnedPictureHasItsSeamInTheOtherDirection() {
    let picture = Self.spliced(Self.scene(3), Self.scene(4), at: 61, down: 0..<112)
    let (upright, turned) = (Self.lines(of: picture), Self.lines(of: Self.transposed(picture)))
    for place in 0..<3 {
      #expect(upright[Self.seamAcross + place] == turned[Self.seamDown + place])
      #expect(upright[Self.seamDown + place] == turned[Self.seamAcross + place])
    }
    #expect(upright[Self.strongest] == turned[Self.strongest])
  }

  @Test func rowsThatWereMovedDoNotFitTheirNeighbours() {
    for number in 1...4 {
      let sound = Self.scene(number)
      var random = SplitMix64(seed: UInt64(number))
      let shifts = (0..<sound.height).map { _ in random.fraction() < 0.3 ? 20 + random.integer(below: 40) : 0 }
      let torn = Self.drawn(sound.width, sound.height) { x, y in
        Self.tone(sound, (x + shifts[y]) % sound.width, y)
      }
      let (before, after) = (Self.lines(of: sound), Self.lines(of: torn))
      for place in 0..<3 { #expect(after[Self.tearRows + place] > before[Self.tearRows + place] + 0.1, "\(after)") }
      #expect(after[Self.tearColumns + 1] < after[Self.tearRows + 1])
    }
  }

  @Test func barsReachInwardFromBothEnds() {
    let sound = Self.scene(5)
    func barred(_ top: Int, _ bottom: Int) -> RGBImage {
      Self.drawn(96, 112) { x, y in y < top || y >= 112 - bottom ? 2 : Self.tone(sound, x, y) }
    }
    let (both, one) = (Self.lines(of: barred(28, 14)), Self.lines(of: barred(28, 0)))
    #expect(abs(both[Self.barRows] - 0.125) < 0.02 && abs(both[Self.barRows + 1] - 0.25) < 0.02)
    #expect(one[Self.barRows] == 0 && abs(one[Self.barRows + 1] - 0.25) < 0.02)
    #expect(both[Self.barColumns] == 0 && both[Self.barColumns + 1] == 0)
    // A picture of one tone is a bar all through.
    #expect(Self.lines(of: Self.drawn(30, 20) { _, _ in 77 }).suffix(4) == [1, 1, 1, 1])
  }

  @Test(arguments: [(1, 1), (7, 40), (40, 7), (8, 8), (9, 300), (31, 17)])
  func everySizeHasTheLinesThatItCanHave(size: (Int, Int)) {
    let lines = Self.lines(of: Self.scene(2, width: size.0, height: size.1))
    #expect(lines.count == LineMeasure.count && lines.dropFirst(8).allSatisfy(\.isFinite))
    let hasSeams = size.0 >= 8 && size.1 >= 8
    #expect(lines.prefix(8).allSatisfy { hasSeams ? $0.isFinite : $0.isNaN }, "\(lines)")
  }

  @Test func bandsAddUpToAllSteps() {
    let (width, height) = (37, 29)
    var random = SplitMix64(seed: 4)
    let bytes = (0..<3 * width * height).map { _ in UInt8(random.integer(below: 256)) }
    var native = NativeMeasure()
    native.load(RGBImage(width: width, height: height, pixels: bytes))
    var (columns, rows) = ([Int64](repeating: 0, count: width - 1), [Int64](repeating: 0, count: height - 1))
    audit_quality_steps(native.luma, width, height, &columns, &rows)
    let (across, down) = (native.columnBands, native.rowBands)
    #expect(native.columns == columns && native.rows == rows)
    #expect(columns.indices.map { line in (0..<8).reduce(0) { $0 + across[$1 * (width - 1) + line] } } == columns)
    #expect(rows.indices.map { line in (0..<8).reduce(0) { $0 + down[$1 * (height - 1) + line] } } == rows)
  }

  @Test(arguments: [(8, 8), (9, 40), (31, 17), (130, 70)])
  func seamsStandOutInAllBandsButTwo(size: (Int, Int)) {
    let (width, height) = size
    var native = NativeMeasure()
    native.load(Self.scene(7, width: width, height: height))
    for (sums, length) in [(native.columnBands, height), (native.rowBands, width)] {
      let lines = sums.count / 8
      func mean(_ band: Int, _ line: Int) -> Double {
        let inside = line < 0 ? -line : line < lines ? line : 2 * lines - 2 - line
        let pixels = (band + 1) * length / 8 - band * length / 8
        return Double(sums[band * lines + inside]) / Double(pixels) / 1_000
      }
      func ratio(_ band: Int, _ line: Int) -> Double {
        let about: Double = [-3, -2, 2, 3].map { mean(band, line + $0) }.reduce(0, +)
        return (mean(band, line) + 1.5) / (about / 4 + 1.5)
      }
      let ratios = (0..<lines).map { line in (0..<8).map { ratio($0, line) }.sorted() }
      let thirds = ratios.map { $0[2] }.sorted(by: >)
      let fifth = ratios.map { $0[4] }.max() ?? 0
      let wanted = [audit_log(thirds[0]), audit_log(thirds[1]), audit_log(fifth)]
      var (work, found) = ([Double](repeating: 0, count: 8 * (lines + 14)), [0.0, 0, 0])
      audit_quality_seams(sums, lines, length, &work, &found)
      #expect(found == wanted, "\(size)")
    }
  }

  @Test func tearsStandOutFromTheMedianAboutThem() {
    var random = SplitMix64(seed: 12)
    let sums = (0..<127).map { _ in Int64(random.integer(below: 9) * random.integer(below: 900_000)) }
    let means: [Double] = sums.map { Double($0) / 128 / 1_000 }
    func mirrored(_ line: Int) -> Double { means[line < 0 ? -1 - line : line < 127 ? line : 253 - line] }
    let ratios = means.indices.map { line -> Double in
      let about = (line - 6...line + 6).map { mirrored($0) }.sorted()
      return audit_log((means[line] + 1) / (about[6] + 1))
    }
    let mean = ratios.reduce(0, +) / 127
    let squares = ratios.map { ($0 - mean) * ($0 - mean) }
    let (ordered, spread) = (ratios.sorted(by: >), (squares.reduce(0, +) / 127).squareRoot())
    var found = [0.0, 0, 0]
    audit_quality_tears(sums, &found)
    #expect(found == [ordered[3], ordered[7], spread])
  }
}
