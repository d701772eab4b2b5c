import CKernels

extension PictureStatistic {
  static let sharpness = [
    PictureStatistic(
      "log_sharpness", unit: "ln full scale squared", "variance of the Laplacian at the picture's own size",
      formula: "ln(var(4 x - neighbours) + 1e-8)"
    ) { picture in
      inside(picture).map { count in
        let sums = picture.native.sums
        let spread = Spread(sum: sums.laplacian, squares: sums.laplacian_squares, count: count)
        let deviation = spread.deviation / MeasuredPicture.fullScale
        return audit_log(deviation * deviation + 1e-8)
      }
    },
    PictureStatistic(
      "log_noise", unit: "ln full scale", "median second mixed difference: noise in smooth parts",
      formula: "ln(median |d2x d2y| + 1e-4)"
    ) { picture in
      picture.native.medianSecond.map { audit_log($0 / MeasuredPicture.fullScale + 1e-4) }
    },
    PictureStatistic(
      "log_detail", unit: "ln full scale", "mean second mixed difference", formula: "ln(mean |d2x d2y| + 1e-5)"
    ) { picture in
      inside(picture).map {
        audit_log(Double(picture.native.sums.second) / Double($0) / MeasuredPicture.fullScale + 1e-5)
      }
    },
    PictureStatistic("entropy", unit: "nat", range: 0...3.4658, "entropy of luma in 32 steps") { picture in
      let counts = withUnsafeBytes(of: picture.standard.tones.steps) { Array($0.bindMemory(to: Int32.self)) }
      return -counts.reduce(0.0) { sum, count in
        let share = Double(count) / Double(StandardMeasure.count)
        return count == 0 ? sum : sum + share * audit_log(share)
      }
    },
  ]

  /// Pixels that have all eight neighbours; nil where there are none.
  private static func inside(_ picture: MeasuredPicture) -> Int? {
    let (width, height) = (picture.native.width - 2, picture.native.height - 2)
    return width > 0 && height > 0 ? width * height : nil
  }
}
