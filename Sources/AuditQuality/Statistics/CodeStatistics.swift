import CKernels

extension PictureStatistic {
  static let codes = [
    PictureStatistic("codes", unit: "ln count", range: 0...5.5452, "how many of 256 lumas occur") {
      audit_log(Double($0.native.codes.count { $0 > 0 }))
    },
    PictureStatistic("commonest_code", unit: "ln share", "share of the commonest luma") {
      audit_log(Double($0.native.codes.max() ?? 0) / Double($0.native.pixels))
    },
    PictureStatistic("comb", range: 0...2, "steps between neighbours in the histogram of luma: gaps of posterising") {
      picture in
      let codes = picture.native.codes
      let steps = zip(codes, codes.dropFirst()).reduce(0) { $0 + Int(abs($1.1 - $1.0)) }
      return Double(steps) / Double(picture.native.pixels)
    },
  ]

  static let lags = [1, 2, 3, 4, 6, 8].enumerated().map { index, lag in
    PictureStatistic(
      "lag_\(lag)", unit: "ln code values", "mean difference of pixels \(lag) apart, across and down added"
    ) { picture in
      let sums = picture.native.sums
      let values = withUnsafeBytes(of: sums.lags) { $0.bindMemory(to: Int64.self)[index] }
      let down = withUnsafeBytes(of: sums.lags_down) { $0.bindMemory(to: Int64.self)[index] }
      let counts = withUnsafeBytes(of: sums.lag_counts) { bytes in
        let all = bytes.bindMemory(to: Int64.self)
        return (across: all[index], down: all[6 + index])
      }
      guard counts.across > 0, counts.down > 0 else { return nil }
      let scale = MeasuredPicture.fullScale / 255
      let mean = Double(values - down) / Double(counts.across) + Double(down) / Double(counts.down)
      return audit_log(mean / scale + 1e-3)
    }
  }
}
