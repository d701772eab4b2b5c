import AuditCore

/// A function of the residual as a small plot in braille dots, residuals -0.5 to 0.5 of full scale.
struct FunctionPlot {
  private static let columns = 56
  private static let rows = 8
  private static let reach = 0.5

  let title: String
  let function: (Double) -> Double

  var lines: [String] {
    let dots = FunctionPlot.columns * 2
    let values = (0..<dots).map { dot in
      function(FunctionPlot.reach * (2 * (Double(dot) + 0.5) / Double(dots) - 1))
    }
    // A weight may rise without bound towards 0: the top of the plot is what all but a few columns stay below.
    let sorted = values.map { abs($0) }.sorted()
    let ceiling = max(sorted[sorted.count * 19 / 20], 1e-12)
    let high = values.contains { $0 > 0 } ? ceiling : 0
    let low = values.contains { $0 < 0 } ? -ceiling : 0
    let levels = FunctionPlot.rows * 4
    var cells = [[UInt8]](repeating: [UInt8](repeating: 0, count: FunctionPlot.columns), count: FunctionPlot.rows)
    var previous: Int?
    for (dot, value) in values.enumerated() {
      let clipped = min(max(value, low), high)
      let level = Int(((high - clipped) / max(high - low, 1e-12) * Double(levels - 1)).rounded())
      // Joined to its neighbour, so that a jump is drawn as a line.
      let from = previous.map { $0 < level ? $0 + 1 : $0 > level ? $0 - 1 : level } ?? level
      for step in min(from, level)...max(from, level) {
        cells[step / 4][dot / 2] |= FunctionPlot.bit(column: dot % 2, row: step % 4)
      }
      previous = level
    }
    let labels = [significant(high, 3), significant(low, 3)]
    let width = labels.map(\.count).max() ?? 0
    var out = ["  " + title]
    for (row, line) in cells.enumerated() {
      let label = row == 0 ? labels[0] : row == FunctionPlot.rows - 1 ? labels[1] : ""
      let drawn = String(String.UnicodeScalarView(line.compactMap { Unicode.Scalar(0x2800 + UInt32($0)) }))
      out.append("  " + String(repeating: " ", count: width - label.count) + label + " ┤" + drawn)
    }
    let axis = "-0.5" + String(repeating: " ", count: FunctionPlot.columns / 2 - 5) + "0"
    let rest = FunctionPlot.columns - axis.count - 3
    out.append(String(repeating: " ", count: width + 4) + axis + String(repeating: " ", count: rest) + "0.5")
    return out
  }

  /// The dot of a braille cell, two columns by four rows.
  private static func bit(column: Int, row: Int) -> UInt8 {
    let bits: [[UInt8]] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]]
    return bits[column][row]
  }
}
