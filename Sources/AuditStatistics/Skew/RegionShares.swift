package import AuditCore

/// Where in the picture the squared residual sits: a 4 x 4 grid and the frame around the picture.
///
/// - Parameters:
///   - residual: width x height x 3, interleaved, any scale.
///   - width: at least 4, like height.
/// - Returns: the share of the sum of squares in each cell, row by row from the top left, then in the border, the outer
///   8 % of width and height at each side (at least one pixel): the order of `RegionName.all`. The cells sum to 1, and
///   the border overlaps them. Empty where the residual is zero everywhere: there is nothing to share.
package func regionShares(ofResidual residual: UnsafeBufferPointer<Float>, width: Int, height: Int) -> [Double] {
  precondition(width >= 4 && height >= 4 && residual.count == 3 * width * height)
  var sums = [Double](repeating: 0, count: 17)
  let (frameX, frameY) = (borderWidth(width), borderWidth(height))
  for y in 0..<height {
    let inRow = y < frameY || y >= height - frameY
    for x in 0..<width {
      let start = 3 * (y * width + x)
      var square = 0.0
      for channel in 0..<3 {
        let value = Double(residual[start + channel])
        square += value * value
      }
      sums[y * 4 / height * 4 + x * 4 / width] += square
      if inRow || x < frameX || x >= width - frameX { sums[16] += square }
    }
  }
  let total = sums[0..<16].reduce(0, +)
  return total > 0 ? sums.map { min($0 / total, 1) } : []
}

/// The same for the difference of two pictures of one size.
package func regionShares(of image: RGBImage, against reference: RGBImage) -> [Double] {
  precondition(image.width == reference.width && image.height == reference.height)
  let residual = zip(image.pixels, reference.pixels).map { Float($0) - Float($1) }
  return residual.withUnsafeBufferPointer { regionShares(ofResidual: $0, width: image.width, height: image.height) }
}

private func borderWidth(_ side: Int) -> Int { max(1, (side * 8 + 50) / 100) }
