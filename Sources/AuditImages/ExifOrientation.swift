import AuditCore

/// How a stored picture must be turned to stand upright: tag 0x0112 of EXIF, 1...8.
///
/// - Source: CIPA DC-008 (Exif 2.32), section 4.6.4, "Orientation".
struct ExifOrientation: Equatable {
  static let upright = ExifOrientation(value: 1)

  private(set) var value: Int

  /// Whether width and height change places.
  var swapsSides: Bool { value >= 5 }

  private init(value: Int) { self.value = value }

  /// Reads the orientation from a TIFF structure (the payload of EXIF without `Exif\0\0`); upright where there is none or it is
  /// not 1...8, as viewers do.
  init(tiff: UnsafeRawBufferPointer) {
    self = .upright
    let isLittle = tiff.has("II", at: 0)
    guard isLittle || tiff.has("MM", at: 0) else { return }
    func number16(_ offset: Int) -> Int? { isLittle ? tiff.little16(at: offset) : tiff.big16(at: offset) }
    func number32(_ offset: Int) -> Int? { isLittle ? tiff.little32(at: offset) : tiff.big32(at: offset) }
    guard number16(2) == 42, let directory = number32(4), let entries = number16(directory) else { return }
    for entry in 0..<entries {
      let offset = directory + 2 + 12 * entry
      guard let tag = number16(offset) else { return }
      guard tag == 0x0112 else { continue }
      if let value = number16(offset + 8), (1...8).contains(value) { self.value = value }
      return
    }
  }

  /// Looks for the first EXIF segment of a JPEG file, up to the start of the pixels.
  init(jpeg file: UnsafeRawBufferPointer) {
    self = .upright
    var offset = 2
    while let mark = file.byte(at: offset), mark == 0xFF, let kind = file.byte(at: offset + 1) {
      if kind == 0xFF {
        offset += 1
        continue
      }
      if kind == 0x01 || (0xD0...0xD8).contains(kind) {
        offset += 2
        continue
      }
      guard kind != 0xDA, kind != 0xD9, let length = file.big16(at: offset + 2), length >= 2 else { return }
      if kind == 0xE1, file.has("Exif\0", at: offset + 4) {
        self = ExifOrientation(tiff: file.part(at: offset + 10, count: length - 8))
        return
      }
      offset += 2 + length
    }
  }

  /// The picture as a viewer shows it.
  func upright(_ image: RGBImage) -> RGBImage {
    guard value > 1 else { return image }
    let (width, height) = (image.width, image.height)
    let (newWidth, newHeight) = swapsSides ? (height, width) : (width, height)
    // Where the new picture's first pixel lies in the old one, and the steps to its right and lower neighbours.
    let (lastColumn, lastRow) = (width - 1, (height - 1) * width)
    let (start, right, down) =
      switch value {
      case 2: (lastColumn, -1, width)
      case 3: (lastRow + lastColumn, -1, -width)
      case 4: (lastRow, 1, -width)
      case 5: (0, width, 1)
      case 6: (lastRow, -width, 1)
      case 7: (lastRow + lastColumn, -width, -1)
      default: (lastColumn, width, -1)
      }
    let pixels = [UInt8](unsafeUninitializedCapacity: image.pixels.count) { out, count in
      image.pixels.withUnsafeBufferPointer { old in
        var position = 0
        for row in 0..<newHeight {
          var source = 3 * (start + row * down)
          for _ in 0..<newWidth {
            out[position] = old[source]
            out[position + 1] = old[source + 1]
            out[position + 2] = old[source + 2]
            position += 3
            source += 3 * right
          }
        }
      }
      count = image.pixels.count
    }
    return RGBImage(width: newWidth, height: newHeight, pixels: pixels)
  }
}
