import AuditCore

/// What strong JPEG compression leaves of a picture, without a codec: 8 x 8 blocks in the cosine domain, quantised.
extension RGBImage {
  /// - Parameter coarseness: factor on the quantiser steps of ITU-T T.81, annex K; 1 is JPEG quality 50.
  func compressed(_ coarseness: Float) -> RGBImage {
    var result = self
    for top in stride(from: 0, to: height, by: 8) {
      for left in stride(from: 0, to: width, by: 8) { compressBlock(left, top, coarseness, &result) }
    }
    return result
  }

  private func compressBlock(_ left: Int, _ top: Int, _ coarseness: Float, _ result: inout RGBImage) {
    var planes = [[Float]](repeating: [Float](repeating: 0, count: 64), count: 3)
    for place in 0..<64 {
      let values = Self.lumaChroma(colour(min(left + place % 8, width - 1), min(top + place / 8, height - 1)))
      for plane in 0..<3 { planes[plane][place] = values[plane] }
    }
    for plane in 0..<3 {
      let steps = plane == 0 ? Self.lumaSteps : Self.chromaSteps
      var block = Self.transformed(planes[plane], inverse: false)
      for place in 0..<64 {
        let step = max(1, min(Float(steps[place]) * coarseness, 1024))
        block[place] = (block[place] / step).rounded() * step
      }
      planes[plane] = Self.transformed(block, inverse: true)
    }
    for row in top..<min(top + 8, height) {
      for column in left..<min(left + 8, width) {
        let place = (row - top) * 8 + column - left
        let rgb = Self.rgb(SIMD3(planes[0][place], planes[1][place], planes[2][place]))
        for channel in 0..<3 { result.pixels[3 * (row * width + column) + channel] = Self.code(rgb[channel]) }
      }
    }
  }

  /// Y - 128, Cb, Cr of ITU-R BT.601, full range.
  private static func lumaChroma(_ rgb: SIMD3<Float>) -> SIMD3<Float> {
    let luma = 0.299 * rgb.x + 0.587 * rgb.y + 0.114 * rgb.z
    return SIMD3(luma - 128, (rgb.z - luma) / 1.772, (rgb.x - luma) / 1.402)
  }

  private static func rgb(_ values: SIMD3<Float>) -> SIMD3<Float> {
    let luma = values.x + 128
    let red = luma + 1.402 * values.z
    let blue = luma + 1.772 * values.y
    return SIMD3(red, (luma - 0.299 * red - 0.114 * blue) / 0.587, blue)
  }

  /// The orthonormal cosine transform of 8 x 8 values, rows then columns, or its inverse.
  private static func transformed(_ block: [Float], inverse: Bool) -> [Float] {
    var rows = [Float](repeating: 0, count: 64)
    for line in 0..<8 {
      for out in 0..<8 {
        var sum = Float(0)
        for index in 0..<8 {
          sum += block[line * 8 + index] * (inverse ? basis[index * 8 + out] : basis[out * 8 + index])
        }
        rows[out * 8 + line] = sum
      }
    }
    var result = [Float](repeating: 0, count: 64)
    for line in 0..<8 {
      for out in 0..<8 {
        var sum = Float(0)
        for index in 0..<8 {
          sum += rows[line * 8 + index] * (inverse ? basis[index * 8 + out] : basis[out * 8 + index])
        }
        result[out * 8 + line] = sum
      }
    }
    return result
  }

  /// basis[8 k + i] = c(k) cos((2 i + 1) k pi / 16) / 2.
  private static let basis: [Float] = (0..<64).map { place in
    let (k, i) = (place / 8, place % 8)
    return (k == 0 ? 0.70710678 : 1) * cosine(turns: Float((2 * i + 1) * k) / 32) / 2
  }

  private static let lumaSteps = [
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51,
    87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101,
    72, 92, 95, 98, 112, 100, 103, 99,
  ]

  private static let chromaSteps = [
    17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99,
  ]
}
