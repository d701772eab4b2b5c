import CKernels

/// One plane per channel of both images, `distance` elements apart.
struct ChannelPlanes<Element> {
  let base: UnsafePointer<Element>
  let distance: Int

  func image(_ channel: Int) -> UnsafePointer<Element> { base + channel * distance }
  func reference(_ channel: Int) -> UnsafePointer<Element> { base + (3 + channel) * distance }
}

extension Scratch<Float> {
  /// Room for planes that kernels read in whole vectors, up to 16 floats past the end.
  func planes(_ count: Int) -> UnsafeMutablePointer<Float> { room(count + 16) }
}

/// All channels as floats, in codes.
final class FloatPlanes: PairPart {
  private let memory = Scratch<Float>()

  func measure(_ pair: ImagePair) -> ChannelPlanes<Float> {
    let planes = memory.planes(6 * pair.count)
    pair.kernels.widen(pair.imageCodes(0), 6 * pair.count, planes)
    return ChannelPlanes(base: UnsafePointer(planes), distance: pair.count)
  }
}

/// Luma of both images in thousandths of a code: 299 R + 587 G + 114 B, exact.
final class LumaPlanes: PairPart {
  struct Planes {
    let image: UnsafePointer<Float>
    let reference: UnsafePointer<Float>
    /// What 1.0 of full scale is in these units.
    static let fullScale = 255_000.0
  }

  private let memory = Scratch<Float>()

  func measure(_ pair: ImagePair) -> Planes {
    let count = pair.count
    let planes = memory.planes(2 * count)
    pair.kernels.luma(pair.imageCodes(0), pair.imageCodes(1), pair.imageCodes(2), count, planes)
    pair.kernels.luma(pair.referenceCodes(0), pair.referenceCodes(1), pair.referenceCodes(2), count, planes + count)
    return Planes(image: UnsafePointer(planes), reference: UnsafePointer(planes + count))
  }
}

/// Residuals of each channel in codes, with a frame of one repeated edge pixel.
final class ResidualPlanes: PairPart {
  struct Planes {
    let base: UnsafePointer<Int16>
    let distance: Int
    let stride: Int

    /// From the frame's corner.
    func framed(_ channel: Int) -> UnsafePointer<Int16> { base + channel * distance }
    /// From the first pixel.
    func inner(_ channel: Int) -> UnsafePointer<Int16> { framed(channel) + stride + 1 }
  }

  private let memory = Scratch<Int16>()

  func measure(_ pair: ImagePair) -> Planes {
    let stride = pair.width + 2
    let distance = stride * (pair.height + 2)
    let planes = memory.room(3 * distance)
    for channel in 0..<3 {
      pair.kernels.residuals(
        pair.imageCodes(channel), pair.referenceCodes(channel), pair.width, pair.height, planes + channel * distance)
    }
    return Planes(base: UnsafePointer(planes), distance: distance, stride: stride)
  }
}
