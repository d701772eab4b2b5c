import AuditCore
import CKernels
import Testing

@testable import AuditQuality

/// Values at a place of the sorted ones, found without sorting.
@Suite struct SelectKernelTests {
  /// Drawn evenly, in few different values, all equal, rising, and with a few far above the others.
  private enum Values: CaseIterable { case even, few, equal, rising, rare }

  private static func values(_ kind: Values, _ count: Int) -> [Int32] {
    var random = SplitMix64(seed: UInt64(count))
    return (0..<count).map { place in
      switch kind {
      case .even: Int32(random.integer(below: 2_040_001))
      case .few: Int32(1_000 * random.integer(below: 4))
      case .equal: 77
      case .rising: Int32(place)
      // Every sixteenth, so that an even sample of them misleads.
      case .rare: place % 16 == 0 ? 0 : Int32(1_000_000 + random.integer(below: 1_000))
      }
    }
  }

  @Test(arguments: [1, 2, 17, 8_191, 8_192, 40_001, 65_536])
  func theValueAtAPlaceIsThatOfTheSortedOnes(count: Int) {
    for kind in Values.allCases {
      let values = Self.values(kind, count)
      let sorted = values.sorted()
      for share in [0, 0.05, 0.5, 0.95, 0.999, 1] {
        let first = Int(share * Double(count - 1))
        var found: [Int32] = [0, 0]
        audit_quality_select(values, count, first, &found)
        #expect(found == [sorted[first], sorted[min(first + 1, count - 1)]], "\(kind) \(count) \(share)")
      }
    }
  }

  @Test(arguments: Values.allCases.indices)
  func whatIsKnownOfAValueDoesNotChangeIt(kind: Int) {
    let values = Self.values(Values.allCases[kind], 20_000)
    let sorted = values.sorted()
    for first in [0, 300, 9_999, 19_999] {
      let last = min(first + 1, values.count - 1)
      for room in [Int32(0), 5, 100_000] {
        var found: [Int32] = [0, 0]
        audit_quality_select_within(
          values, values.count, first, max(0, sorted[first] - room), sorted[last] + room, &found)
        #expect(found == [sorted[first], sorted[last]], "\(first) \(room)")
      }
    }
  }

  @Test(arguments: [0, 3, 8, 200]) func theLeastComeInOrder(count: Int) {
    var random = SplitMix64(seed: UInt64(count))
    let values = (0..<count).map { _ in Double(random.integer(below: 50)) }
    var least = [Double](repeating: -1, count: 8)
    audit_quality_least(values, count, &least)
    #expect(least == Array((values.sorted() + [Double](repeating: .infinity, count: 8)).prefix(8)))
  }
}

/// How often codes occur, and what a picture shares with its mirror image.
@Suite struct CodeKernelTests {
  @Test(arguments: [0, 1, 7, 8, 9, 100, 5_000]) func everyCodeIsCounted(count: Int) {
    var random = SplitMix64(seed: UInt64(count))
    let rgb = (0..<3 * count).map { UInt8(random.integer(below: $0 % 5 == 0 ? 256 : 3)) }
    var (codes, channels) = ([Int32](repeating: 7, count: 256), [Int32](repeating: 7, count: 768))
    audit_quality_byte_codes(rgb, rgb.count, &codes)
    audit_quality_channel_codes(rgb, count, &channels)
    var (wanted, wantedChannels) = ([Int32](repeating: 0, count: 256), [Int32](repeating: 0, count: 768))
    for (place, code) in rgb.enumerated() {
      wanted[Int(code)] += 1
      wantedChannels[256 * (place % 3) + Int(code)] += 1
    }
    #expect(codes == wanted && channels == wantedChannels)
  }

  @Test func lumasAreCountedRoundedAndInSteps() {
    var random = SplitMix64(seed: 5)
    let luma = [0, 255_000, 7_968, 7_969, 500, 499] + (0..<9_001).map { _ in Int32(random.integer(below: 255_001)) }
    var codes = [Int32](repeating: 7, count: 256)
    audit_quality_codes(luma, luma.count, &codes)
    var (wanted, steps) = ([Int32](repeating: 0, count: 256), [Int32](repeating: 0, count: 32))
    for value in luma {
      wanted[Int(value + 500) / 1_000] += 1
      steps[min(31, Int(value) * 32 / 255_000)] += 1
    }
    let tones = audit_quality_tone_counts(luma, luma.count)
    #expect(codes == wanted)
    #expect(withUnsafeBytes(of: tones.steps) { Array($0.bindMemory(to: Int32.self)) } == steps)
    #expect(tones.dark == luma.count { $0 < 7_650 } && tones.bright == luma.count { $0 > 247_350 })
  }

  @Test(arguments: [1, 5, 64]) func aPlaneIsMultipliedWithItsMirrorImage(side: Int) {
    var random = SplitMix64(seed: 6)
    let plane = (0..<side * side).map { _ in Int32(random.integer(below: 255_001)) }
    let sums = audit_quality_mirror_sums(plane, side)
    let values = plane.map(Int64.init)
    let products = values.indices.map { values[$0] * values[$0 / side * side + side - 1 - $0 % side] }
    #expect(sums.sum == values.reduce(0, +) && sums.squares == values.map { $0 * $0 }.reduce(0, +))
    #expect(sums.products == products.reduce(0, +))
  }
}

/// Thin strokes, against windows that are looked at one by one.
@Suite struct StrokeKernelTests {
  private static let side = 128

  /// Drawn at random, of one tone, rising along the rows, and a few strokes on a flat ground.
  private enum Plane: CaseIterable { case random, flat, rising, strokes }

  private static func plane(_ kind: Plane) -> [Int32] {
    var random = SplitMix64(seed: 8)
    return (0..<side * side).map { place in
      switch kind {
      case .random: Int32(random.integer(below: 255_001))
      case .flat: 1_000
      case .rising: Int32(place % side * 1_900 + place / side)
      case .strokes: place / side % 40 == 3 ? 200_000 : 90_000
      }
    }
  }

  /// The smallest or largest of the square window about each place, as much of it as lies inside.
  private static func extreme(_ plane: [Int32], reach: Int, _ pick: (Int32, Int32) -> Int32) -> [Int32] {
    func window(_ place: Int) -> ClosedRange<Int> { max(0, place - reach)...min(side - 1, place + reach) }
    let rows = plane.indices.map { place in
      window(place % side).map { plane[place / side * side + $0] }.reduce(plane[place], pick)
    }
    return plane.indices.map { place in
      window(place / side).map { rows[$0 * side + place % side] }.reduce(rows[place], pick)
    }
  }

  @Test(arguments: Plane.allCases.indices) func topHatsAreThoseOfTheirDefinition(kind: Int) {
    let plane = Self.plane(Plane.allCases[kind])
    var work = [Int32](repeating: 0, count: 5 * plane.count + 16)
    var bright = [audit_quality_strokes](repeating: audit_quality_strokes(), count: 3)
    var dark = bright
    let (limit, first) = (Int32(38_250), 16_219)
    audit_quality_top_hats(plane, limit, first, &work, &bright, &dark)
    for (number, reach) in [1, 2, 4].enumerated() {
      let opened = Self.extreme(Self.extreme(plane, reach: reach, min), reach: reach, max)
      let closed = Self.extreme(Self.extreme(plane, reach: reach, max), reach: reach, min)
      let hats = [zip(plane, opened).map { $0 - $1 }, zip(closed, plane).map { $0 - $1 }]
      for (hat, found) in zip(hats, [bright[number], dark[number]]) {
        let sorted = hat.sorted()
        #expect(found.sum == hat.reduce(0) { $0 + Int64($1) } && Int(found.above) == hat.count { $0 > limit })
        #expect(found.at.0 == sorted[first] && found.at.1 == sorted[first + 1], "\(kind) \(reach)")
      }
    }
  }
}

/// Sums over a picture at its own size, against the plain definition.
@Suite struct NativeKernelTests {
  private static func luma(_ bytes: [UInt8], _ pixel: Int) -> Int32 {
    299 * Int32(bytes[3 * pixel]) + 587 * Int32(bytes[3 * pixel + 1]) + 114 * Int32(bytes[3 * pixel + 2])
  }

  @Test(
    arguments: [
      (1, 1), (2, 3), (3, 2), (8, 9), (9, 8), (18, 20), (37, 29), (256, 9), (9, 256), (1_100, 12), (17, 4_200),
      (65, 40), (34, 130),
    ])
  func sumsAreThoseOfTheirDefinition(size: (Int, Int)) {
    let (width, height) = size
    var random = SplitMix64(seed: 3)
    let bytes = (0..<3 * width * height).map { _ in UInt8(random.integer(below: 256)) }
    var native = NativeMeasure()
    native.load(RGBImage(width: width, height: height, pixels: bytes))
    let luma = native.luma
    func value(_ x: Int, _ y: Int) -> Int64 { Int64(luma[y * width + x]) }
    let lags = [1, 2, 3, 4, 6, 8]
    for (number, lag) in lags.enumerated() {
      var (across, down) = (Int64(0), Int64(0))
      for y in 0..<height {
        for x in 0..<width {
          if x + lag < width { across += abs(value(x, y) - value(x + lag, y)) }
          if y + lag < height { down += abs(value(x, y) - value(x, y + lag)) }
        }
      }
      let both = withUnsafeBytes(of: native.sums.lags) { $0.bindMemory(to: Int64.self)[number] }
      let below = withUnsafeBytes(of: native.sums.lags_down) { $0.bindMemory(to: Int64.self)[number] }
      #expect(both == across + down && below == down, "lag \(lag)")
    }
    let columns: [[Int64]] = (0..<width - 1).map { x in
      (0..<height).map { y in abs(value(x + 1, y) - value(x, y)) }
    }
    let rows: [[Int64]] = (0..<height - 1).map { y in (0..<width).map { x in abs(value(x, y + 1) - value(x, y)) } }
    #expect(Array(native.columns.prefix(width - 1)) == columns.map { $0.reduce(0, +) })
    #expect(Array(native.rows.prefix(height - 1)) == rows.map { $0.reduce(0, +) })
    #expect(Int(native.sums.flat_steps) == columns.joined().count { $0 < 1_000 })
    #expect(luma == (0..<width * height).map { Self.luma(bytes, $0) })
    var (laplacian, squares, second) = (Int64(0), Int64(0), Int64(0))
    for y in 0..<max(0, height - 2) {
      for x in 0..<max(0, width - 2) {
        let rows = (0..<3).map { row in (0..<3).map { value(x + $0, y + row) } }
        let cross = 4 * rows[1][1] - rows[0][1] - rows[2][1] - rows[1][0] - rows[1][2]
        laplacian += cross
        squares += cross * cross
        second += abs(
          rows[0][0] + rows[0][2] + rows[2][0] + rows[2][2] + 4 * rows[1][1]
            - 2 * (rows[0][1] + rows[1][0] + rows[1][2] + rows[2][1]))
      }
    }
    #expect(native.sums.laplacian == laplacian && native.sums.laplacian_squares == squares)
    #expect(native.sums.second == second)
  }
}
