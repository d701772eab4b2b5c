package import AuditCore
import CKernels
import Glibc

/// Brings pictures to another size; keeps its tables and work space from one picture to the next.
///
/// Along each axis on its own: area average where it shrinks (Pillow's BOX), bicubic with a = -1/2 where it grows
/// (Pillow's BICUBIC), nothing where it is equal. Rows first, rounded to bytes, then columns: results equal Pillow's
/// bit for bit. Aspect is the caller's business.
package struct ImageResizer: Sendable {
  private struct Sizes: Hashable {
    let from: Int
    let to: Int
  }

  private struct ByteAxis {
    let axis: ResizeAxis
    let weights: [Int32]
  }

  private struct FloatAxis {
    let axis: ResizeAxis
    let weights: [Float]
  }

  // A set of many sizes needs a table each; they are quick to make, so a full store is simply emptied.
  private static let mostTables = 64

  private var byteAxes: [Sizes: ByteAxis] = [:]
  private var floatAxes: [Sizes: FloatAxis] = [:]
  private var between: [UInt8] = []
  private var betweenFloats: [Float] = []
  private let scalar: Int32

  /// - Parameter scalar: whether to take the plain definition instead of the fast kernels; by default what
  ///   `AUDIT_KERNELS=scalar` in the environment says.
  package init(scalar: Bool = ImageResizer.isScalarAsked) { self.scalar = scalar ? 1 : 0 }

  /// Whether the environment says `AUDIT_KERNELS=scalar`.
  package static let isScalarAsked = getenv("AUDIT_KERNELS").map { String(cString: $0) == "scalar" } ?? false

  /// `image` at `width` x `height` pixels, both from 1.
  package mutating func resize(_ image: RGBImage, width: Int, height: Int) -> RGBImage {
    precondition(width > 0 && height > 0, "resize to \(width)x\(height)")
    if image.width == width, image.height == height { return image }
    if image.height == height { return horizontal(image, width: width) }
    if image.width == width { return vertical(image, height: height) }
    return vertical(horizontal(image, width: width), height: height)
  }

  /// Enlarges a square picture of floats, as a reconstruction is.
  ///
  /// - Parameters:
  ///   - values: R G B interleaved, row by row, 0...1 of full scale: `3 * side * side` numbers.
  ///   - size: side in pixels of the result, at least `side`; equal means only rounding.
  /// - Returns: round(255 v) of the bicubic values, capped to 0...1; what is not a number becomes 0.
  package mutating func enlarge(_ values: UnsafeBufferPointer<Float>, side: Int, to size: Int) -> RGBImage {
    precondition(side > 0 && size >= side && values.count == 3 * side * side, "\(values.count) values for side \(side)")
    let table = floatTable(from: side, to: size)
    let needed = 3 * size * side + 1
    if betweenFloats.count < needed { betweenFloats = [Float](repeating: 0, count: needed) }
    let bytes = 3 * size * size
    let pixels = [UInt8](unsafeUninitializedCapacity: bytes) { out, count in
      guard let source = values.baseAddress, let start = out.baseAddress else { return }
      betweenFloats.withUnsafeMutableBufferPointer { scratch in
        guard let scratch = scratch.baseAddress else { return }
        audit_resize_enlarge(
          source, side, table.axis.windows, table.weights, table.axis.stride, size, scratch, start, scalar)
      }
      count = bytes
    }
    return RGBImage(width: size, height: size, pixels: pixels)
  }

  /// As `enlarge(_:side:to:)`, for an array.
  package mutating func enlarge(_ values: [Float], side: Int, to size: Int) -> RGBImage {
    values.withUnsafeBufferPointer { enlarge($0, side: side, to: size) }
  }

  private mutating func horizontal(_ image: RGBImage, width: Int) -> RGBImage {
    let table = byteTable(from: image.width, to: width)
    let bytes = 3 * width * image.height
    let pixels = [UInt8](unsafeUninitializedCapacity: bytes) { out, count in
      guard let start = out.baseAddress else { return }
      audit_resize_horizontal(
        image.pixels, image.width, image.height, table.axis.windows, table.weights, table.axis.stride, width, start,
        scalar)
      count = bytes
    }
    return RGBImage(width: width, height: image.height, pixels: pixels)
  }

  private mutating func vertical(_ image: RGBImage, height: Int) -> RGBImage {
    let table = byteTable(from: image.height, to: height)
    let bytes = 3 * image.width * height
    let pixels = [UInt8](unsafeUninitializedCapacity: bytes) { out, count in
      guard let start = out.baseAddress else { return }
      audit_resize_vertical(
        image.pixels, 3 * image.width, table.axis.windows, table.weights, table.axis.stride, height, start, scalar)
      count = bytes
    }
    return RGBImage(width: image.width, height: height, pixels: pixels)
  }

  private mutating func byteTable(from: Int, to: Int) -> ByteAxis {
    let sizes = Sizes(from: from, to: to)
    if let known = byteAxes[sizes] { return known }
    let axis = ResizeAxis(from: from, to: to, filter: to < from ? .box : .bicubic)
    let made = ByteAxis(axis: axis, weights: axis.fixedPoint)
    if byteAxes.count >= ImageResizer.mostTables { byteAxes.removeAll(keepingCapacity: true) }
    byteAxes[sizes] = made
    return made
  }

  private mutating func floatTable(from: Int, to: Int) -> FloatAxis {
    let sizes = Sizes(from: from, to: to)
    if let known = floatAxes[sizes] { return known }
    let axis = ResizeAxis(from: from, to: to, filter: .bicubic)
    let made = FloatAxis(axis: axis, weights: axis.weights.map { Float($0) })
    if floatAxes.count >= ImageResizer.mostTables { floatAxes.removeAll(keepingCapacity: true) }
    floatAxes[sizes] = made
    return made
  }
}
