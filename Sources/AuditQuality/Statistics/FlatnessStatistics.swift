import CKernels

extension PictureStatistic {
  static let flatness = [
    PictureStatistic("flattest_cells", unit: "ln full scale", "mean spread of the eight flattest of 256 cells") {
      var flattest = [Double](repeating: 0, count: 8)
      audit_quality_least($0.standard.cellSpreads, $0.standard.cellSpreads.count, &flattest)
      return audit_log(flattest.reduce(0, +) / 8 + 1e-3)
    },
    PictureStatistic("flat_cells", range: 0...1, "share of 256 cells that are one tone") {
      Double($0.standard.cellSpreads.count { $0 < 0.01 }) / Double(StandardMeasure.cells * StandardMeasure.cells)
    },
    PictureStatistic("busiest_cell", unit: "ln full scale", "spread of the busiest of 256 cells") {
      audit_log(($0.standard.cellSpreads.max() ?? 0) + 1e-3)
    },
    PictureStatistic("equal_x", unit: "ln share", "share of equal neighbours across, at 64 x 64") {
      audit_log($0.standard.equal.across + 1e-3)
    },
    PictureStatistic("equal_y", unit: "ln share", "share of equal neighbours down, at 64 x 64") {
      audit_log($0.standard.equal.down + 1e-3)
    },
    PictureStatistic("equal_runs", range: 0...1, "share of rows with nine equal pixels in a run, at 64 x 64") {
      $0.standard.equal.runs
    },
  ]
}
