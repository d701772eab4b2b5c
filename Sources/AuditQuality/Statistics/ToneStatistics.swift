import CKernels

extension PictureStatistic {
  static let tone = [
    PictureStatistic("brightness", range: 0...1, "mean luma") { $0.standard.brightness },
    PictureStatistic("contrast", range: 0...0.5, "standard deviation of luma") { $0.standard.contrast },
  ]

  static let quantiles = [
    PictureStatistic("p5", range: 0...1, "luma that 5 % of the pixels lie below") { $0.standard.quantile(0.05) },
    PictureStatistic("p95", range: 0...1, "luma that 95 % of the pixels lie below") { $0.standard.quantile(0.95) },
    PictureStatistic(
      "log_direction", unit: "ln ratio", "steps across over steps down: above 0 vertical edges prevail",
      formula: "ln(mean |dx| / mean |dy|)"
    ) { picture in
      let native = picture.native
      guard native.width > 1, native.height > 1 else { return nil }
      let across = Double(native.sums.horizontal) / Double((native.width - 1) * native.height)
      let down = Double(native.sums.vertical) / Double(native.width * (native.height - 1))
      return audit_log(
        across / MeasuredPicture.fullScale / (down / MeasuredPicture.fullScale + 1e-6) + 1e-6)
    },
  ]

  static let extent = [
    PictureStatistic("black_share", range: 0...1, "share of pixels darker than 0.03") {
      Double($0.standard.tones.dark) / Double(StandardMeasure.count)
    },
    PictureStatistic("white_share", range: 0...1, "share of pixels brighter than 0.97") {
      Double($0.standard.tones.bright) / Double(StandardMeasure.count)
    },
    PictureStatistic("border_spread", range: 0...0.5, "standard deviation of luma on the border, 6 of 128 pixels") {
      borderSpread($0.standard)
    },
    PictureStatistic("flat_lines", range: 0...2, "shares of rows and of columns that are one tone, added") { picture in
      let standard = picture.standard
      return [standard.rows, standard.columns].reduce(0.0) { sum, lines in
        let flat = standard.deviations(lines, of: StandardMeasure.side).count { $0 < 0.01 }
        return sum + Double(flat) / Double(StandardMeasure.side)
      }
    },
  ]

  /// Corners count twice, once with their row and once with their column.
  private static func borderSpread(_ standard: StandardMeasure) -> Double {
    let (side, width) = (StandardMeasure.side, 6)
    var (sum, squares) = (Int64(0), Int64(0))
    for line in 0..<side where line < width || line >= side - width {
      sum += standard.rows.sums[line] + standard.columns.sums[line]
      squares += standard.rows.squares[line] + standard.columns.squares[line]
    }
    return Spread(sum: sum, squares: squares, count: 4 * width * side).deviation / MeasuredPicture.fullScale
  }
}
