import CKernels

extension PictureStatistic {
  static let grid = [
    PictureStatistic(
      "block_x", unit: "ln ratio", "steps at every eighth column over the others: blocks of an encoder"
    ) { block($0.native.columns, lines: $0.native.width - 1, pixels: $0.native.height) },
    PictureStatistic("block_y", unit: "ln ratio", "steps at every eighth row over the others: blocks of an encoder") {
      block($0.native.rows, lines: $0.native.height - 1, pixels: $0.native.width)
    },
    PictureStatistic("log_flat", unit: "ln share", "share of neighbours less than one code value apart") { picture in
      let count = (picture.native.width - 1) * picture.native.height
      return count > 0 ? audit_log(Double(picture.native.sums.flat_steps) / Double(count) + 1e-3) : nil
    },
  ]

  private static func block(_ sums: [Int64], lines: Int, pixels: Int) -> Double? {
    guard lines > 8 else { return nil }
    var (on, off) = ((sum: Int64(0), count: 0), (sum: Int64(0), count: 0))
    for (index, sum) in sums.prefix(lines).enumerated() {
      if index % 8 == 7 { on = (on.sum + sum, on.count + 1) } else { off = (off.sum + sum, off.count + 1) }
    }
    func mean(_ lines: (sum: Int64, count: Int)) -> Double {
      Double(lines.sum) / Double(lines.count * pixels) / MeasuredPicture.fullScale
    }
    return audit_log((mean(on) + 1e-6) / (mean(off) + 2e-6))
  }
}
