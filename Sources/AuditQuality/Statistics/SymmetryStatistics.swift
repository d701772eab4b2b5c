import CKernels

extension PictureStatistic {
  static let symmetry = [
    PictureStatistic("mirror", range: -1...1, "correlation of the 64 x 64 luma with its mirror image") {
      mirrorCorrelation($0.gradients.luma)
    },
    PictureStatistic("mirror_gradient", range: -1...1, "correlation of the gradient histogram with its mirror image") {
      correlation($0.gradients.upright, $0.gradients.mirrored)
    },
    PictureStatistic(
      "top_bottom", range: -1...1,
      "correlation of the rows of the upper half with those of the lower, from the edges in"
    ) { picture in
      let (luma, side) = (picture.gradients.luma, MeasuredPicture.smallSide)
      let means = (0..<side).map { row in Double(luma[(row * side)..<((row + 1) * side)].reduce(0, +)) }
      return correlation(Array(means[..<(side / 2)]), means[(side / 2)...].reversed())
    },
  ]

  static let spectrum = (0..<Spectrum.bands).map { band in
    PictureStatistic(
      "band_\(band)", unit: "ln ratio",
      "power at \(Spectrum.edges[band]) to \(Spectrum.edges[band + 1]) cycles per picture against 2 to 12"
    ) { $0.standard.spectrum[band] }
  }

  /// Whole numbers all the way: 4,096 squares of 18 bits, times 4,096, fit 60.
  private static func mirrorCorrelation(_ luma: [Int32]) -> Double {
    let sums = audit_quality_mirror_sums(luma, MeasuredPicture.smallSide)
    let count = Int64(luma.count)
    let spread = count * sums.squares - sums.sum * sums.sum
    return spread > 0 ? Double(count * sums.products - sums.sum * sums.sum) / Double(spread) : 0
  }

  /// Pearson's correlation; 0 where one of both is constant.
  static func correlation(_ a: [Double], _ b: [Double]) -> Double {
    let n = Double(a.count)
    let (meanA, meanB) = (a.reduce(0, +) / n, b.reduce(0, +) / n)
    var (aa, bb, ab) = (0.0, 0.0, 0.0)
    for (x, y) in zip(a, b) {
      aa += (x - meanA) * (x - meanA)
      bb += (y - meanB) * (y - meanB)
      ab += (x - meanA) * (y - meanB)
    }
    let product = (aa * bb).squareRoot()
    return product > 0 ? ab / product : 0
  }
}
