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
  /// The same by eight bands of rows and of columns, band after band.
  private(set) var columnBands: [Int64] = []
  private(set) var rowBands: [Int64] = []
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
  private var second: [Int32] = []
  private var work: [Float] = []

  var pixels: Int { width * height }
  /// Of `columnBands` and `rowBands`.
  static let bands = 8

  mutating func load(_ image: RGBImage) {
    (width, height) = (image.width, image.height)
    grow()
    image.pixels.withUnsafeBufferPointer { bytes in
      guard let rgb = bytes.baseAddress else { return }
      audit_quality_luma(rgb, pixels, &luma)
      sums = audit_quality_native(
        rgb, luma, width, height, &second, &columnBands, &rowBands, &columns, &rows)
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
    }
    let needed = 14 * width + 500
    if work.count < needed { work = [Float](repeating: 0, count: needed) }
    columns = [Int64](repeating: 0, count: max(1, width - 1))
    rows = [Int64](repeating: 0, count: max(1, height - 1))
    columnBands = [Int64](repeating: 0, count: NativeMeasure.bands * columns.count)
    rowBands = [Int64](repeating: 0, count: NativeMeasure.bands * rows.count)
  }

  private mutating func measureGrain(_ rgb: UnsafePointer<UInt8>) {
    let scale = MeasuredPicture.fullScale / 255
    var parts = [audit_quality_moments](repeating: audit_quality_moments(), count: 9)
    audit_quality_grain(luma, width, height, &work, &parts)
    let whole = Moments(adding: parts, count: pixels)
    grain.variance = whole.variance / (scale * scale)
    grain.fourthMoment = whole.fourthMoment / (scale * scale * scale * scale)
    grain.parts = width < 3 || height < 3 ? [] : parts.indices.map { spread(of: parts[$0], at: $0) / scale }
    audit_quality_chroma_grain(rgb, width, height, &work, &parts)
    grain.chroma = Moments(adding: parts, count: pixels).variance.squareRoot()
  }

  /// Standard deviation of the grain in a ninth.
  private func spread(of moments: audit_quality_moments, at place: Int) -> Double {
    let (row, column) = (place / 3, place % 3)
    let across = (column + 1) * width / 3 - column * width / 3
    let down = (row + 1) * height / 3 - row * height / 3
    return Moments(adding: [moments], count: across * down).variance.squareRoot()
  }

  /// About the mean. What is summed lies around 0, so that nothing cancels.
  private struct Moments {
    let variance: Double
    let fourthMoment: Double

    init(adding parts: [audit_quality_moments], count: Int) {
      func mean(_ power: (audit_quality_moments) -> Double) -> Double {
        parts.reduce(0) { $0 + power($1) } / Double(count)
      }
      let centre = mean { $0.sum }
      let (square, third) = (mean { $0.squares }, mean { $0.thirds })
      variance = max(0, square - centre * centre)
      fourthMoment =
        mean { $0.fourths } - 4 * centre * third + 6 * centre * centre * square - 3 * centre * centre * centre * centre
    }
  }
}

/// Where among sorted values a share of them ends.
struct QuantilePlace {
  let first: Int
  /// How far from the first towards the next, 0..<1.
  let part: Double

  init(of share: Double, among count: Int) {
    let place = share * Double(count - 1)
    first = min(Int(place), count - 1)
    part = place - Double(first)
  }

  func value(between values: (Int32, Int32)) -> Double { Double(values.0) + part * Double(values.1 - values.0) }
}

/// The value below which a share of whole numbers from 0 lies, between neighbours in proportion.
func lowerQuantile(_ share: Double, of values: [Int32], count: Int) -> Double {
  let place = QuantilePlace(of: share, among: count)
  var found: (Int32, Int32) = (0, 0)
  withUnsafeMutableBytes(of: &found) { bytes in
    guard let start = bytes.bindMemory(to: Int32.self).baseAddress else { return }
    audit_quality_select(values, count, place.first, start)
  }
  return place.value(between: found)
}

/// The same of bytes, of which is known how often each of 256 values occurs.
func lowerQuantile(_ share: Double, codes: some RandomAccessCollection<Int32>, count: Int) -> Double {
  let place = QuantilePlace(of: share, among: count)
  func value(at number: Int) -> Int32 {
    var before = 0
    let code = codes.firstIndex { occurring in
      before += Int(occurring)
      return before > number
    }
    return Int32(code.map { codes.distance(from: codes.startIndex, to: $0) } ?? codes.count - 1)
  }
  return place.value(between: (value(at: place.first), value(at: min(place.first + 1, count - 1))))
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
