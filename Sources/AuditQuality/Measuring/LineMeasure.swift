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

  private var work: [Double] = []

  mutating func load(_ native: NativeMeasure, _ standard: StandardMeasure) {
    values.removeAll(keepingCapacity: true)
    addSeams(of: native)
    for sums in [standard.stepsDown, standard.stepsAcross] { addTears(between: sums) }
    for lines in [standard.rows, standard.columns] { values += LineMeasure.bars(standard, lines) }
  }
}

// MARK: Seams and tears

extension LineMeasure {
  /// Parts that a line is looked at in, each by itself.
  private static let bands = NativeMeasure.bands

  /// A step that all bands of a line have but two is a seam: a line of the motif crosses few.
  ///
  /// Of both directions how far the strongest and second strongest line stand out in the third weakest of their bands, and the
  /// strongest in the fifth weakest (logarithms of ratios); then the larger of the first and of the third ones.
  private mutating func addSeams(of native: NativeMeasure) {
    let (width, height, count) = (native.width, native.height, LineMeasure.seamCount)
    guard width >= LineMeasure.bands, height >= LineMeasure.bands else {
      values += [Double](repeating: .nan, count: 2 * count + 2)
      return
    }
    addSeams(native.columnBands, along: height)
    addSeams(native.rowBands, along: width)
    values += [max(values[0], values[count]), max(values[count - 1], values[2 * count - 1])]
  }

  /// - Parameters:
  ///   - sums: of steps across each line, band by band.
  ///   - length: of a line, pixels.
  private mutating func addSeams(_ sums: [Int64], along length: Int) {
    let lines = sums.count / LineMeasure.bands
    let needed = LineMeasure.bands * (lines + 14)
    if work.count < needed { work = [Double](repeating: 0, count: needed) }
    var found = [Double](repeating: 0, count: LineMeasure.seamCount)
    audit_quality_seams(sums, lines, length, &work, &found)
    values += found
  }

  /// Rows that were moved sideways do not fit those above and below: many lines have steps that their neighbours do not.
  ///
  /// Of the logarithms of each line's mean step over the median about it the fourth and eighth largest, and the standard
  /// deviation.
  ///
  /// - Parameter sums: of steps across each line of the picture at 128 x 128.
  private mutating func addTears(between sums: [Int64]) {
    var found = [Double](repeating: 0, count: LineMeasure.tearCount)
    audit_quality_tears(sums, &found)
    values += found
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
