extension PictureStatistic {
  static let symmetry = [
    PictureStatistic("mirror", range: -1...1, "correlation of the 64 x 64 luma with its mirror image") { picture in
      let (luma, side) = (picture.gradients.luma.map(Double.init), MeasuredPicture.smallSide)
      return correlation(luma, luma.indices.map { luma[$0 / side * side + side - 1 - $0 % side] })
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
