import AuditCore
import CKernels

/// What is summed over a picture at 128 x 128, whatever its own size and shape.
struct StandardMeasure {
  static let side = MeasuredPicture.side
  static let count = side * side
  static let cells = side / 8

  private(set) var luma = [Int32](repeating: 0, count: count)
  /// R G B of each pixel.
  private(set) var pixels: [UInt8] = []
  private(set) var colours = audit_quality_colours()
  /// How often each value of red, green, blue and of saturation occurs.
  private(set) var channelCodes = [[Int32]](repeating: [Int32](repeating: 0, count: 256), count: 3)
  private(set) var saturationCodes = [Int32](repeating: 0, count: 256)
  /// Sums and sums of squares of luma, by row, column and cell of 8 x 8 pixels.
  private(set) var rows = Lines(count: side)
  private(set) var columns = Lines(count: side)
  private(set) var cellLines = Lines(count: cells * cells)
  /// Sums of steps to the right and downwards, by column and row.
  private(set) var stepsAcross = [Int64](repeating: 0, count: side - 1)
  private(set) var stepsDown = [Int64](repeating: 0, count: side - 1)
  /// Of each size of window, what an opening and a closing take away.
  private(set) var topHats: [TopHat] = []
  private(set) var spectrum = [Double](repeating: 0, count: Spectrum.bands)
  /// Equal neighbours at 64 x 64: shares across and down, and of the rows with eight in a run.
  private(set) var equal = (across: 0.0, down: 0.0, runs: 0.0)

  private var white = [Int32](repeating: 0, count: count)
  private var black = [Int32](repeating: 0, count: count)
  private var work = [Int32](repeating: 0, count: 2 * count + 16 * side)
  private var saturation = [UInt8](repeating: 0, count: count)
  private let transform = Spectrum()

  struct Lines {
    var sums: [Int64]
    var squares: [Int64]

    init(count: Int) {
      sums = [Int64](repeating: 0, count: count)
      squares = sums
    }
  }

  /// Thin strokes of one width and tone: mean, 99th percentile and share above 0.15, full scale.
  struct TopHat {
    let mean: Double
    let top: Double
    let share: Double
  }

  /// Sides of the windows, pixels.
  static let windows = [3, 5, 9]
  private static let strong = Int32(0.15 * MeasuredPicture.fullScale)

  mutating func load(_ image: RGBImage, small: RGBImage) {
    pixels = image.pixels
    audit_quality_luma(pixels, StandardMeasure.count, &luma)
    measureColours()
    audit_quality_lines(
      luma, StandardMeasure.side, &rows.sums, &rows.squares, &columns.sums, &columns.squares, &cellLines.sums,
      &cellLines.squares)
    audit_quality_steps(luma, StandardMeasure.side, StandardMeasure.side, &stepsAcross, &stepsDown)
    topHats.removeAll(keepingCapacity: true)
    for window in StandardMeasure.windows {
      audit_quality_top_hats(luma, StandardMeasure.side, window, &white, &black, &work)
      topHats.append(StandardMeasure.topHat(white))
      topHats.append(StandardMeasure.topHat(black))
    }
    spectrum = transform.bands(of: luma)
    measureEqual(small)
  }

  private static func topHat(_ plane: [Int32]) -> TopHat {
    var (sum, above) = (Int64(0), Int64(0))
    audit_quality_above(plane, count, strong, &sum, &above)
    return TopHat(
      mean: Double(sum) / Double(count) / MeasuredPicture.fullScale,
      top: lowerQuantile(0.99, of: plane, count: count) / MeasuredPicture.fullScale,
      share: Double(above) / Double(count))
  }

  private mutating func measureColours() {
    colours = audit_quality_colour_sums(pixels, StandardMeasure.count, &saturation)
    audit_quality_byte_codes(saturation, StandardMeasure.count, 1, &saturationCodes)
    pixels.withUnsafeBufferPointer { bytes in
      guard let first = bytes.baseAddress else { return }
      for channel in 0..<3 {
        audit_quality_byte_codes(first + channel, StandardMeasure.count, 3, &channelCodes[channel])
      }
    }
  }

  private mutating func measureEqual(_ small: RGBImage) {
    let side = MeasuredPicture.smallSide
    var (across, down, runs) = (0, 0, 0)
    small.pixels.withUnsafeBufferPointer { bytes in
      func areEqual(_ one: Int, _ other: Int) -> Bool {
        (0..<3).allSatisfy { abs(Int(bytes[3 * one + $0]) - Int(bytes[3 * other + $0])) <= 2 }
      }
      for y in 0..<side {
        var (run, longest) = (0, 0)
        for x in 0..<side {
          let place = y * side + x
          if x + 1 < side {
            run = areEqual(place, place + 1) ? run + 1 : 0
            across += run > 0 ? 1 : 0
            longest = max(longest, run)
          }
          if y + 1 < side, areEqual(place, place + side) { down += 1 }
        }
        if longest >= 8 { runs += 1 }
      }
    }
    let pairs = Double(side * (side - 1))
    equal = (Double(across) / pairs, Double(down) / pairs, Double(runs) / Double(side))
  }
}

extension StandardMeasure {
  /// Mean of luma, full scale.
  var brightness: Double { Double(rows.sums.reduce(0, +)) / Double(StandardMeasure.count) / MeasuredPicture.fullScale }

  /// Its standard deviation, full scale.
  var contrast: Double {
    Spread(sum: rows.sums.reduce(0, +), squares: rows.squares.reduce(0, +), count: StandardMeasure.count).deviation
      / MeasuredPicture.fullScale
  }

  /// Standard deviation of luma in each line or cell, full scale.
  func deviations(_ lines: Lines, of pixels: Int) -> [Double] {
    zip(lines.sums, lines.squares).map {
      Spread(sum: $0, squares: $1, count: pixels).deviation / MeasuredPicture.fullScale
    }
  }

  /// A share of the luma, full scale.
  func quantile(_ share: Double) -> Double {
    lowerQuantile(share, of: luma, count: StandardMeasure.count) / MeasuredPicture.fullScale
  }
}
