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
    let windows: [audit_resize_window]
    let weights: [Int32]
    let stride: Int
    let isMean: Bool

    init(_ axis: ResizeAxis) {
      windows = axis.windows
      weights = axis.fixedPoint
      stride = axis.stride
      isMean = axis.filter == .box
    }

    /// Size of the tables in bytes.
    var bytes: Int { 8 * windows.count + 4 * weights.count }

    func withPointers(_ body: (audit_resize_axis) -> Void) {
      windows.withUnsafeBufferPointer { windows in
        weights.withUnsafeBufferPointer { weights in
          guard let windows = windows.baseAddress, let weights = weights.baseAddress else { return }
          body(audit_resize_axis(windows: windows, weights: weights, stride: stride, means: isMean ? 1 : 0))
        }
      }
    }
  }

  private struct FloatAxis {
    let axis: ResizeAxis
    let weights: [Float]
  }

  // A set of many sizes needs a table each; they are quick to make, so a full store is simply emptied.
  private static let mostTables = 64
  private static let mostTableBytes = 1 << 20
  /// Work space for all rows between both passes; a picture that would need more is made from strips.
  private static let mostBetween = 6 << 20
  /// Rows of a strip.
  private static let strip = 64

  private var byteAxes: [Sizes: ByteAxis] = [:]
  private var byteAxesBytes = 0
  private var floatAxes: [Sizes: FloatAxis] = [:]
  private var between: [UInt8] = []
  private var betweenFloats: [Float] = []
  private let scalar: Int32

  /// - Parameter scalar: whether to take the plain definition instead of the fast kernels; by default what
  ///   `AUDIT_KERNELS=scalar` in the environment says.
  package init(scalar: Bool = KernelChoice.isScalar) { self.scalar = scalar ? 1 : 0 }

  /// `image` at `width` x `height` pixels, both from 1.
  package mutating func resize(_ image: RGBImage, width: Int, height: Int) -> RGBImage {
    precondition(width > 0 && height > 0, "resize to \(width)x\(height)")
    if image.width == width, image.height == height { return image }
    let bytes = 3 * width * height
    let pixels = [UInt8](unsafeUninitializedCapacity: bytes) { out, count in
      if let start = out.baseAddress { resize(image, width: width, height: height, into: start) }
      count = bytes
    }
    return RGBImage(width: width, height: height, pixels: pixels)
  }

  private mutating func resize(_ image: RGBImage, width: Int, height: Int, into out: UnsafeMutablePointer<UInt8>) {
    if image.height == height { return horizontal(image, width: width, into: out) }
    if image.width == width {
      return vertical(image.pixels, width: width, from: image.height, height: height, into: out)
    }
    let needed = 3 * width * max(image.height, 2)
    if needed > ImageResizer.mostBetween, height < image.height {
      return strips(image, width: width, height: height, into: out)
    }
    // The work space is taken out of `self` for the time, so that the passes may use their tables.
    var rows = between
    between = []
    defer { between = rows.count <= ImageResizer.mostBetween ? rows : [] }
    if rows.count < needed { rows = [UInt8](repeating: 0, count: needed) }
    if scalar == 0, image.width == 2 * width, image.height == 2 * height {
      return audit_resize_halve(image.pixels, width, height, &rows, out)
    }
    rows.withUnsafeMutableBufferPointer { rows in
      guard let start = rows.baseAddress else { return }
      horizontal(image, width: width, into: start)
      vertical(start, width: width, from: image.height, height: height, into: out)
    }
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

  private mutating func horizontal(_ image: RGBImage, width: Int, into out: UnsafeMutablePointer<UInt8>) {
    byteTable(from: image.width, to: width).withPointers { axis in
      audit_resize_horizontal(image.pixels, image.width, image.height, axis, width, out, scalar)
    }
  }

  private mutating func vertical(
    _ rows: UnsafePointer<UInt8>, width: Int, from: Int, height: Int, into out: UnsafeMutablePointer<UInt8>
  ) {
    byteTable(from: from, to: height).withPointers { axis in
      audit_resize_vertical(rows, 3 * width, axis, height, out, scalar)
    }
  }

  /// Both passes for a picture that becomes less high, some rows at a time: the sums of an output row's window grow strip
  /// by strip. Equal to the two passes over the whole.
  private mutating func strips(
    _ image: RGBImage, width: Int, height: Int, into out: UnsafeMutablePointer<UInt8>
  ) {
    let columns = byteTable(from: image.width, to: width)
    let rows = byteTable(from: image.height, to: height)
    var narrow = [UInt8](repeating: 0, count: 3 * width * ImageResizer.strip)
    var sums = [UInt32](repeating: 0, count: 3 * width)
    for y in 0..<height {
      let window = rows.windows[y]
      for index in sums.indices { sums[index] = 0 }
      var first = Int(window.first)
      let end = first + Int(window.count)
      while first < end {
        let count = min(ImageResizer.strip, end - first)
        image.pixels.withUnsafeBufferPointer { pixels in
          guard let start = pixels.baseAddress else { return }
          lay(start + 3 * image.width * first, image.width, count, by: columns, width: width, into: &narrow)
        }
        audit_resize_add_rows(narrow, 3 * width, count, &sums)
        first += count
      }
      audit_resize_weigh(sums, 3 * width, rows.weights[rows.stride * y], out + 3 * width * y)
    }
  }

  /// Rows at the output's width.
  private func lay(
    _ source: UnsafePointer<UInt8>, _ sourceWidth: Int, _ count: Int, by columns: ByteAxis, width: Int,
    into rows: inout [UInt8]
  ) {
    rows.withUnsafeMutableBufferPointer { rows in
      guard let start = rows.baseAddress else { return }
      columns.withPointers { axis in
        audit_resize_horizontal(source, sourceWidth, count, axis, width, start, scalar)
      }
    }
  }

  private mutating func byteTable(from: Int, to: Int) -> ByteAxis {
    let sizes = Sizes(from: from, to: to)
    if let known = byteAxes[sizes] { return known }
    let made = ByteAxis(ResizeAxis(from: from, to: to, filter: to < from ? .box : .bicubic))
    guard made.bytes <= ImageResizer.mostTableBytes / 4 else { return made }
    if byteAxes.count >= ImageResizer.mostTables || byteAxesBytes + made.bytes > ImageResizer.mostTableBytes {
      byteAxes.removeAll(keepingCapacity: true)
      byteAxesBytes = 0
    }
    byteAxes[sizes] = made
    byteAxesBytes += made.bytes
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
