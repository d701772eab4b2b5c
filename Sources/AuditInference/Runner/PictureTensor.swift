import AuditCore

/// Pictures to a batch of numbers and back.
struct PictureTensor {
  let convention: OnnxConvention

  /// - Parameter images: all of the convention's size.
  /// - Returns: `[n, c, h, w]` or `[n, h, w, c]`.
  func tensor(of images: [RGBImage]) -> Tensor {
    let size = convention.size
    let pixels = size.pixels
    let planes = convention.channels == .gray ? 1 : 3
    let table = (0...255).map { convention.range.low + Float($0) * convention.range.step }
    var values = [Float](repeating: 0, count: images.count * planes * pixels)
    values.withUnsafeMutableBufferPointer { values in
      for (index, image) in images.enumerated() {
        precondition(image.width == size.width && image.height == size.height, "a picture of another size")
        let start = index * planes * pixels
        let (pixelStep, planeStep) = convention.layout == .nchw ? (1, pixels) : (planes, 1)
        image.pixels.withUnsafeBufferPointer { bytes in
          for pixel in 0..<pixels {
            for plane in 0..<planes {
              values[start + pixel * pixelStep + plane * planeStep] =
                planes == 1
                ? luma(bytes[3 * pixel], bytes[3 * pixel + 1], bytes[3 * pixel + 2])
                : table[Int(bytes[3 * pixel + source(plane)])]
            }
          }
        }
      }
    }
    let shape =
      convention.layout == .nchw ? [planes, size.height, size.width] : [size.height, size.width, planes]
    return Tensor(shape: [images.count] + shape, values: values)
  }

  /// One picture of a batch, clamped and rounded to 8 bit.
  ///
  /// - Throws: `.modelNonfinite` where a value is not a number or infinite.
  func image(_ index: Int, of tensor: Tensor) throws(SampleIssue) -> RGBImage {
    let size = convention.size
    let pixels = size.pixels
    let planes = convention.channels == .gray ? 1 : 3
    let (pixelStep, planeStep) = convention.outputLayout == .nchw ? (1, pixels) : (planes, 1)
    let start = index * planes * pixels
    var bytes = [UInt8](repeating: 0, count: 3 * pixels)
    let bad = tensor.values.withUnsafeBufferPointer { values in
      var bad = 0
      for pixel in 0..<pixels {
        for channel in 0..<3 {
          let plane = planes == 1 ? 0 : source(channel)
          let value = values[start + pixel * pixelStep + plane * planeStep]
          if value.isFinite { bytes[3 * pixel + channel] = code(value) } else { bad += 1 }
        }
      }
      return bad
    }
    if bad > 0 {
      throw SampleIssue(.modelNonfinite, "\(bad * planes / 3) of \(pixels * planes) values are not finite numbers")
    }
    return RGBImage(width: size.width, height: size.height, pixels: bytes)
  }

  /// The nearest code value; halves away from zero.
  private func code(_ value: Float) -> UInt8 {
    let scaled = (value - convention.outputRange.low) / convention.outputRange.step
    return UInt8(max(0, min(255, scaled)).rounded())
  }

  // BGR is its own inverse, so one map serves both ways.
  private func source(_ channel: Int) -> Int { convention.channels == .bgr ? 2 - channel : channel }

  private func luma(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> Float {
    let value = 0.299 * Float(red) + 0.587 * Float(green) + 0.114 * Float(blue)
    return convention.range.low + value * convention.range.step
  }
}
