import AuditCore
import CKernels

/// What is summed over a picture at its own size.
struct NativeMeasure {
  private(set) var width = 0
  private(set) var height = 0
  private(set) var sums = audit_quality_sums()
  /// Median of the second mixed differences, luma units; nil below 3 x 3 pixels.
  private(set) var medianSecond: Double?
  /// Sums of steps to the right and downwards, by column and row.
  private(set) var columns: [Int64] = []
  private(set) var rows: [Int64] = []
  /// How often each of 256 lumas occurs.
  private(set) var codes = [Int32](repeating: 0, count: 256)
  /// Spread of the grain (picture less its blur), code values: whole picture, nine parts, red less green.
  private(set) var grain = Grain()

  struct Grain {
    var variance = 0.0
    var fourthMoment = 0.0
    /// Row by row from the top left; empty below 3 x 3 pixels.
    var parts: [Double] = []
    var chroma = 0.0
  }

  /// Luma of the picture; longer where a larger one was measured before.
  private(set) var luma: [Int32] = []
  private var chroma: [Int32] = []
  private var second: [Int32] = []
  private var work: [Double] = []
  private var rough: [Double] = []

  var pixels: Int { width * height }

  mutating func load(_ image: RGBImage) {
    (width, height) = (image.width, image.height)
    grow()
    image.pixels.withUnsafeBufferPointer { bytes in
      guard let rgb = bytes.baseAddress else { return }
      audit_quality_luma(rgb, pixels, &luma)
      sums = audit_quality_native(rgb, luma, width, height, &second, &columns, &rows)
      audit_quality_codes(luma, pixels, &codes)
      measureGrain(rgb)
    }
    let inside = max(0, width - 2) * max(0, height - 2)
    medianSecond = inside == 0 ? nil : lowerQuantile(0.5, of: second, count: inside)
  }

  private mutating func grow() {
    if luma.count < pixels {
      luma = [Int32](repeating: 0, count: pixels)
      second = luma
      chroma = luma
      work = [Double](repeating: 0, count: pixels)
      rough = work
    }
    columns = [Int64](repeating: 0, count: max(1, width - 1))
    rows = [Int64](repeating: 0, count: max(1, height - 1))
  }

  private mutating func measureGrain(_ rgb: UnsafePointer<UInt8>) {
    audit_quality_grain(luma, width, height, &work, &rough)
    let scale = MeasuredPicture.fullScale / 255
    let mean = part(0, width, 0, height, centre: 0).sum / Double(pixels)
    let whole = part(0, width, 0, height, centre: mean)
    grain.variance = whole.squares / Double(pixels) / (scale * scale)
    grain.fourthMoment = whole.fourths / Double(pixels) / (scale * scale * scale * scale)
    grain.parts = width < 3 || height < 3 ? [] : (0..<9).map { spread(row: $0 / 3, column: $0 % 3) / scale }
    audit_quality_chroma(rgb, pixels, &chroma)
    audit_quality_grain(chroma, width, height, &work, &rough)
    grain.chroma = spread(0, width, 0, height)
  }

  private func spread(row: Int, column: Int) -> Double {
    spread(column * width / 3, (column + 1) * width / 3, row * height / 3, (row + 1) * height / 3)
  }

  /// Standard deviation of the grain in a part.
  private func spread(_ left: Int, _ right: Int, _ top: Int, _ bottom: Int) -> Double {
    let count = Double((right - left) * (bottom - top))
    let mean = part(left, right, top, bottom, centre: 0).sum / count
    return (part(left, right, top, bottom, centre: mean).squares / count).squareRoot()
  }

  private func part(_ left: Int, _ right: Int, _ top: Int, _ bottom: Int, centre: Double) -> audit_quality_moments {
    audit_quality_part(rough, width, left, right, top, bottom, centre)
  }
}

/// The value below which a share of whole numbers in 0...2^22 - 1 lies, between neighbours in proportion.
func lowerQuantile(_ share: Double, of values: [Int32], count: Int) -> Double {
  let place = share * Double(count - 1)
  let first = min(Int(place), count - 1)
  var found: (Int32, Int32) = (0, 0)
  withUnsafeMutableBytes(of: &found) { bytes in
    guard let start = bytes.bindMemory(to: Int32.self).baseAddress else { return }
    audit_quality_select(values, count, first, start)
  }
  return Double(found.0) + (place - Double(first)) * Double(found.1 - found.0)
}

/// The same of bytes, of which is known how often each of 256 values occurs.
func lowerQuantile(_ share: Double, codes: [Int32], count: Int) -> Double {
  let place = share * Double(count - 1)
  let first = min(Int(place), count - 1)
  func value(at number: Int) -> Int {
    var before = 0
    return codes.firstIndex { occurring in
      before += Int(occurring)
      return before > number
    } ?? codes.count - 1
  }
  let (low, high) = (value(at: first), value(at: min(first + 1, count - 1)))
  return Double(low) + (place - Double(first)) * Double(high - low)
}

/// Mean and standard deviation from whole sums.
struct Spread {
  let mean: Double
  let deviation: Double

  init(sum: Int64, squares: Int64, count: Int) {
    let n = Double(count)
    mean = Double(sum) / n
    // n times the squares less the square of the sum is exact as a whole number of twice the width.
    let (high, low) = squares.multipliedFullWidth(by: Int64(count))
    let square = sum.multipliedFullWidth(by: sum)
    let (difference, borrow) = low.subtractingReportingOverflow(square.low)
    let top = high - square.high - (borrow ? 1 : 0)
    deviation = max(0, Double(top) * 0x1p64 + Double(difference)).squareRoot() / n
  }

  init(_ values: [Int32], count: Int) {
    var (sum, squares) = (Int64(0), Int64(0))
    audit_quality_squares(values, count, &sum, &squares)
    self.init(sum: sum, squares: squares, count: count)
  }
}
