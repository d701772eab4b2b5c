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
}

/// Sums over a picture at its own size, against the plain definition.
@Suite struct NativeKernelTests {
  @Test(arguments: [(1, 1), (2, 3), (3, 2), (8, 9), (9, 8), (18, 20), (37, 29), (256, 9), (9, 256), (1_100, 12)])
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
