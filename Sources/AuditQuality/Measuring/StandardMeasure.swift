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
  /// How often each value of red, green and blue occurs, one after the other, and of saturation.
  private(set) var channelCodes = [Int32](repeating: 0, count: 3 * 256)
  private(set) var saturationCodes = [Int32](repeating: 0, count: 256)
  /// Sums and sums of squares of luma, by row, column and cell of 8 x 8 pixels.
  private(set) var rows = Lines(count: side)
  private(set) var columns = Lines(count: side)
  private var cellLines = Lines(count: cells * cells)
  /// Standard deviation of luma in each cell, full scale.
  private(set) var cellSpreads: [Double] = []
  /// How often luma lies in each of 32 equal steps, and how many are darker than 0.03 and brighter than 0.97.
  private(set) var tones = audit_quality_tones()
  /// Sums of steps to the right and downwards, by column and row.
  private(set) var stepsAcross = [Int64](repeating: 0, count: side - 1)
  private(set) var stepsDown = [Int64](repeating: 0, count: side - 1)
  /// Of each size of window, what an opening and a closing take away.
  private(set) var topHats: [TopHat] = []
  private(set) var spectrum = [Double](repeating: 0, count: Spectrum.bands)
  /// Equal neighbours at 64 x 64: shares across and down, and of the rows with eight in a run.
  private(set) var equal = (across: 0.0, down: 0.0, runs: 0.0)

  private var work = [Int32](repeating: 0, count: 5 * count + 16)
  private var saturation = [UInt8](repeating: 0, count: count)
  private var transform = Spectrum()

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

    fileprivate init(_ strokes: audit_quality_strokes, at place: QuantilePlace) {
      let count = Double(StandardMeasure.count)
      mean = Double(strokes.sum) / count / MeasuredPicture.fullScale
      top = place.value(between: (strokes.at.0, strokes.at.1)) / MeasuredPicture.fullScale
      share = Double(strokes.above) / count
    }
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
    cellSpreads = deviations(cellLines, of: 64)
    tones = audit_quality_tone_counts(luma, StandardMeasure.count)
    audit_quality_steps(luma, StandardMeasure.side, StandardMeasure.side, &stepsAcross, &stepsDown)
    measureStrokes()
    spectrum = transform.bands(of: luma, sum: rows.sums.reduce(0, +))
    measureEqual(small)
  }

  private mutating func measureStrokes() {
    let place = QuantilePlace(of: 0.99, among: StandardMeasure.count)
    var bright = [audit_quality_strokes](repeating: audit_quality_strokes(), count: StandardMeasure.windows.count)
    var dark = bright
    audit_quality_top_hats(luma, StandardMeasure.strong, place.first, &work, &bright, &dark)
    topHats = zip(bright, dark).flatMap { [TopHat($0, at: place), TopHat($1, at: place)] }
  }

  private mutating func measureColours() {
    colours = audit_quality_colour_sums(pixels, StandardMeasure.count, &saturation)
    audit_quality_byte_codes(saturation, StandardMeasure.count, &saturationCodes)
    audit_quality_channel_codes(pixels, StandardMeasure.count, &channelCodes)
  }

  private mutating func measureEqual(_ small: RGBImage) {
    let side = MeasuredPicture.smallSide
    let found = audit_quality_equal_neighbours(small.pixels)
    let pairs = Double(side * (side - 1))
    equal = (Double(found.across) / pairs, Double(found.down) / pairs, Double(found.runs) / Double(side))
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
    let place = QuantilePlace(of: share, among: StandardMeasure.count)
    var found: (Int32, Int32) = (0, 0)
    let range = tones.range(from: place.first, to: min(place.first + 1, StandardMeasure.count - 1))
    withUnsafeMutableBytes(of: &found) { bytes in
      guard let start = bytes.bindMemory(to: Int32.self).baseAddress else { return }
      audit_quality_select_within(luma, StandardMeasure.count, place.first, range.lowerBound, range.upperBound, start)
    }
    return place.value(between: found) / MeasuredPicture.fullScale
  }
}

extension audit_quality_tones {
  /// Between which lumas the values at two places of the sorted ones lie.
  fileprivate func range(from first: Int, to last: Int) -> ClosedRange<Int32> {
    withUnsafeBytes(of: steps) { bytes in
      let counts = bytes.bindMemory(to: Int32.self)
      func step(at place: Int) -> Int {
        var before = 0
        return counts.indices.first { step in
          before += Int(counts[step])
          return before > place
        } ?? counts.count - 1
      }
      /// The least luma of a step.
      func start(_ step: Int) -> Int32 {
        Int32((step * Int(MeasuredPicture.fullScale) + counts.count - 1) / counts.count)
      }
      return start(step(at: first))...start(step(at: last) + 1)
    }
  }
}
