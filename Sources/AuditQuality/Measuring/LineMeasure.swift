import CKernels

/// Straight lines from edge to edge: where two pictures meet, where rows were torn apart, where bars end. `PictureStatistic`
/// knows the strongest line alone; that of a picture in two parts is weak, but goes all the way.
struct LineMeasure {
  /// Numbers of `values`.
  static let count = 2 * seamCount + 2 + 2 * tearCount + 2 * barCount
  private static let (seamCount, tearCount, barCount) = (3, 3, 2)

  /// Of seams across and down, then of both the stronger ones; of tears between rows, then between columns; of bars above and
  /// below, then beside. Those of seams are NaN below 8 x 8 pixels.
  private(set) var values = [Double](repeating: .nan, count: count)

  mutating func load(_ native: NativeMeasure, _ standard: StandardMeasure) {
    let seams = LineMeasure.seams(in: native)
    let tears = [standard.stepsDown, standard.stepsAcross].map { LineMeasure.tears($0) }
    let bars = [standard.rows, standard.columns].map { LineMeasure.bars(standard, $0) }
    values = seams + tears.flatMap { $0 } + bars.flatMap { $0 }
  }
}

// MARK: Seams

extension LineMeasure {
  /// Parts that a line is looked at in, each by itself.
  private static let bands = NativeMeasure.bands
  /// Code values that are added to steps, so that flat parts do not divide by 0.
  private static let flat = 1.5

  /// A step that all bands of a line have but two is a seam: a line of the motif crosses few.
  ///
  /// - Returns: of both directions how far the strongest and second strongest line stand out in the third weakest of their bands, and
  ///   the strongest in the fifth weakest (logarithms of ratios); then the larger of the first and of the third ones.
  private static func seams(in native: NativeMeasure) -> [Double] {
    let (width, height) = (native.width, native.height)
    guard width >= bands, height >= bands else { return [Double](repeating: .nan, count: 2 * seamCount + 2) }
    let (upright, level) = (seams(native.columnBands, along: height), seams(native.rowBands, along: width))
    return upright + level + [max(upright[0], level[0]), max(upright[2], level[2])]
  }

  /// - Parameters:
  ///   - sums: of steps across each line, band by band.
  ///   - length: of a line, pixels.
  private static func seams(_ sums: [Int64], along length: Int) -> [Double] {
    let lines = sums.count / bands
    let means = (0..<bands).flatMap { band -> [Double] in
      let pixels = Double((band + 1) * length / bands - band * length / bands)
      return sums[band * lines..<(band + 1) * lines].map { Double($0) / pixels / codeValue }
    }
    func inside(_ line: Int) -> Int { line < 0 ? -line : line < lines ? line : 2 * lines - 2 - line }
    var (first, second, fifth) = (0.0, 0.0, 0.0)
    var ratios = [Double](repeating: 0, count: bands)
    for line in 0..<lines {
      let near = (inside(line - 3), inside(line - 2), inside(line + 2), inside(line + 3))
      for band in 0..<bands {
        let start = band * lines
        let about = means[start + near.0] + means[start + near.1] + means[start + near.2] + means[start + near.3]
        place((means[start + line] + flat) / (about / 4 + flat), in: &ratios, after: band)
      }
      if ratios[2] > first { (first, second) = (ratios[2], first) } else { second = max(second, ratios[2]) }
      fifth = max(fifth, ratios[4])
    }
    return [audit_log(first), audit_log(second), audit_log(fifth)]
  }

  /// Puts a value where it belongs among the first ones, which are sorted.
  private static func place(_ value: Double, in sorted: inout [Double], after count: Int) {
    var at = count
    while at > 0, sorted[at - 1] > value {
      sorted[at] = sorted[at - 1]
      at -= 1
    }
    sorted[at] = value
  }

  private static let codeValue = MeasuredPicture.fullScale / 255
}

// MARK: Tears

extension LineMeasure {
  /// Lines that one is compared with, it among them.
  private static let window = 13

  /// Rows that were moved sideways do not fit those above and below: many lines have steps that their neighbours do not.
  ///
  /// - Parameter sums: of steps across each line of the picture at 128 x 128.
  /// - Returns: of the logarithms of each line's mean step over the median about it the fourth and eighth largest, and the
  ///   standard deviation.
  private static func tears(_ sums: [Int64]) -> [Double] {
    let means = sums.map { Double($0) / Double(StandardMeasure.side) / codeValue }
    let medians = runningMedians(of: means)
    let ratios = zip(means, medians).map { audit_log(($0 + 1) / ($1 + 1)) }
    let ordered = ratios.sorted(by: >)
    let mean = ratios.reduce(0, +) / Double(ratios.count)
    let variance = ratios.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(ratios.count)
    return [ordered[3], ordered[7], variance.squareRoot()]
  }

  /// The median of the 13 values about each; the ends are mirrored (c b a | a b c).
  private static func runningMedians(of values: [Double]) -> [Double] {
    let (half, count) = (window / 2, values.count)
    func value(_ place: Int) -> Double {
      values[place < 0 ? -1 - place : place < count ? place : 2 * count - 1 - place]
    }
    var sorted = [Double](repeating: 0, count: window)
    for (number, place) in (-half...half).enumerated() { self.place(value(place), in: &sorted, after: number) }
    return values.indices.map { line in
      if line > 0 {
        let gone = value(line - half - 1)
        var at = 0
        while sorted[at] < gone { at += 1 }
        for later in at..<window - 1 { sorted[later] = sorted[later + 1] }
        place(value(line + half), in: &sorted, after: window - 1)
      }
      return sorted[half]
    }
  }
}

// MARK: Bars

extension LineMeasure {
  /// A line is one tone below this spread, and of the tone of the first within this, full scale.
  private static let (evenness, nearness) = (0.02, 0.03)

  /// How far lines of one tone reach inward from the two ends, of the side at 128 x 128: the shallower, then the deeper.
  private static func bars(_ standard: StandardMeasure, _ lines: StandardMeasure.Lines) -> [Double] {
    let deviations = standard.deviations(lines, of: StandardMeasure.side)
    let means = lines.sums.map { Double($0) / Double(StandardMeasure.side) / MeasuredPicture.fullScale }
    func depth(_ order: some Collection<Int>, from first: Int) -> Double {
      let reached = order.prefix { deviations[$0] < evenness && abs(means[$0] - means[first]) < nearness }
      return Double(reached.count) / Double(StandardMeasure.side)
    }
    let ends = (depth(means.indices, from: 0), depth(means.indices.reversed(), from: means.count - 1))
    return [min(ends.0, ends.1), max(ends.0, ends.1)]
  }
}
