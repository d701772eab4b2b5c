import CKernels

extension PictureStatistic {
  /// The strongest straight line: a border, a bar, a seam.
  static let lines = [
    PictureStatistic("line_x", unit: "ln ratio", "strongest vertical line over the median column of steps") {
      strength($0.standard.stepsAcross)
    },
    PictureStatistic("line_y", unit: "ln ratio", "strongest horizontal line over the median row of steps") {
      strength($0.standard.stepsDown)
    },
    PictureStatistic("line_x_at", range: 0...1, "where the strongest vertical line stands: 0 left, 1 right") {
      place($0.standard.stepsAcross)
    },
    PictureStatistic("line_y_at", range: 0...1, "where the strongest horizontal line stands: 0 top, 1 bottom") {
      place($0.standard.stepsDown)
    },
  ]

  private static func strength(_ sums: [Int64]) -> Double {
    // A line of 128 steps sums to less than 2^31.
    let narrow = sums.map { Int32(truncatingIfNeeded: $0) }
    var middle: [Int32] = [0, 0]
    audit_quality_select(narrow, narrow.count, narrow.count / 2, &middle)
    func mean(_ sum: Int32) -> Double { Double(sum) / Double(StandardMeasure.side) / MeasuredPicture.fullScale }
    return audit_log(mean(narrow.max() ?? 0) / (mean(middle[0]) + 1e-3) + 1e-6)
  }

  private static func place(_ sums: [Int64]) -> Double {
    let most = sums.max() ?? 0
    return Double(sums.firstIndex(of: most) ?? 0) / Double(sums.count)
  }
}
