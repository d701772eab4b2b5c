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

  /// Upright where the number is not 1...8, as viewers do.
  init(number: Int) { value = (1...8).contains(number) ? number : 1 }

  /// Reads the orientation from a TIFF structure: the payload of EXIF, with or without `Exif\0\0` in front, which only
  /// JPEG needs and other formats' writers keep; nil where it holds none.
  init?(tiff payload: UnsafeRawBufferPointer) {
    let tiff = payload.has("Exif\0", at: 0) ? payload.part(at: 6, count: payload.count) : payload
    let isLittle = tiff.has("II", at: 0)
    guard isLittle || tiff.has("MM", at: 0) else { return nil }
    func number16(_ offset: Int) -> Int? { isLittle ? tiff.little16(at: offset) : tiff.big16(at: offset) }
    func number32(_ offset: Int) -> Int? { isLittle ? tiff.little32(at: offset) : tiff.big32(at: offset) }
    guard number16(2) == 42, let directory = number32(4), let entries = number16(directory) else { return nil }
    for entry in 0..<entries {
      let offset = directory + 2 + 12 * entry
      guard let tag = number16(offset) else { return nil }
      guard tag == 0x0112 else { continue }
      self.init(number: number16(offset + 8) ?? 1)
      return
    }
    return nil
  }

  /// Reads the orientation from an XMP packet, written as an attribute or as an element; nil where it holds none.
  ///
  /// - Source: Pillow's `Image.getexif`, which takes the first `tiff:Orientation="` or `tiff:Orientation>` with a digit.
  init?(xmp packet: UnsafeRawBufferPointer) {
    let name = Array("tiff:Orientation".utf8)
    var offset = 0
    while let found = packet[offset...].firstIndex(of: name[0]) {
      offset = found + 1
      guard packet[found...].starts(with: name) else { continue }
      let value = found + name.count
      let digit = packet.has("=\"", at: value) ? value + 2 : packet.has(">", at: value) ? value + 1 : -1
      if let byte = packet.byte(at: digit), (0x30...0x39).contains(byte) {
        self.init(number: byte - 0x30)
        return
      }
    }
    return nil
  }

  /// Looks through the segments of a JPEG file up to the start of the pixels: the first EXIF that holds an orientation,
  /// else the last XMP packet.
  init(jpeg file: some ByteSource) {
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
      if kind == 0xE1 {
        let payload = file.part(at: offset + 4, count: length - 2)
        if payload.has("Exif\0", at: 0), let found = ExifOrientation(tiff: payload) {
          self = found
          return
        }
        if payload.has(ExifOrientation.packetMark, at: 0) { self = ExifOrientation(xmp: payload) ?? .upright }
      }
      offset += 2 + length
    }
  }

  private static let packetMark = "http://ns.adobe.com/xap/1.0/\0"

  /// Where the stored pixels of a picture go so that it stands upright: the place of the first, and the steps to its
  /// right and lower neighbours, in pixels.
  ///
  /// - Parameters:
  ///   - width: of the stored picture, pixels, as `height`.
  func placement(width: Int, height: Int) -> (start: Int, right: Int, down: Int) {
    switch value {
    case 2: (width - 1, -1, width)
    case 3: (width * height - 1, -1, -width)
    case 4: (width * (height - 1), 1, -width)
    case 5: (0, height, 1)
    case 6: (height - 1, height, -1)
    case 7: (width * height - 1, -height, -1)
    case 8: (height * (width - 1), -height, 1)
    default: (0, 1, width)
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
