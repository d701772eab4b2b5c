/// An 8-bit RGB picture: R G B, row by row from the top, no padding.
package struct RGBImage: Sendable, Equatable {
  package let width: Int
  package let height: Int
  /// `3 * width * height` bytes.
  package var pixels: [UInt8]

  package init(width: Int, height: Int, pixels: [UInt8]) {
    precondition(width > 0 && height > 0 && pixels.count == 3 * width * height, "pixels do not fill \(width)x\(height)")
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// A picture of one colour.
  package init(width: Int, height: Int, red: UInt8 = 0, green: UInt8 = 0, blue: UInt8 = 0) {
    var pixels = [UInt8]()
    pixels.reserveCapacity(3 * width * height)
    for _ in 0..<(width * height) { pixels.append(contentsOf: [red, green, blue]) }
    self.init(width: width, height: height, pixels: pixels)
  }
}
