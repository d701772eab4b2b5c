import AuditCore

/// The headers of a Windows or OS/2 bitmap.
///
/// - Source: BITMAPFILEHEADER, BITMAPCOREHEADER and BITMAPINFOHEADER to BITMAPV5HEADER of the Windows GDI reference.
struct BMPHeader {
  /// Lengths of the second header that exist.
  static let knownLengths: Set<Int> = [12, 16, 40, 52, 56, 64, 108, 124]

  let width: Int
  let height: Int
  /// Rows stand from the top; usually they stand from the bottom.
  let isTopDown: Bool
  /// 1, 4, 8, 16, 24 or 32.
  let bitsPerPixel: Int
  /// Where the pixels begin.
  let pixelOffset: Int
  /// R G B of each palette entry; empty above 8 bits.
  let palette: [(UInt8, UInt8, UInt8)]
  /// Bit masks of red, green, blue and alpha for 16 and 32 bits.
  let masks: [UInt32]

  init(_ file: UnsafeRawBufferPointer) throws(SampleIssue) {
    func field(_ value: Int?) throws(SampleIssue) -> Int {
      guard let value else { throw SampleIssue(.truncated, "the file ends after \(file.count) bytes, in its header") }
      return value
    }
    let offset = try field(file.little32(at: 10))
    let length = try field(file.little32(at: 14))
    let isCore = length == 12
    width = isCore ? try field(file.little16(at: 18)) : try field(file.little32(at: 18))
    let signedHeight =
      isCore
      ? try field(file.little16(at: 20)) : Int(Int32(truncatingIfNeeded: try field(file.little32(at: 22))))
    height = abs(signedHeight)
    isTopDown = signedHeight < 0
    let bits = try field(file.little16(at: isCore ? 24 : 28))
    let compression = isCore || length == 16 ? 0 : try field(file.little32(at: 30))
    guard [1, 4, 8, 16, 24, 32].contains(bits) else { throw SampleIssue(.corrupt, "\(bits) bits per pixel") }
    bitsPerPixel = bits
    switch compression {
    case 0: masks = bits == 16 ? [0x7C00, 0x03E0, 0x001F, 0] : [0xFF0000, 0xFF00, 0xFF, 0]
    case 3 where bits >= 16, 6 where bits >= 16:
      let count = compression == 6 || length >= 56 ? 4 : 3
      var found: [UInt32] = []
      for index in 0..<count { found.append(UInt32(try field(file.little32(at: 54 + 4 * index)))) }
      masks = found + Array(repeating: 0, count: 4 - count)
    case 1, 2: throw SampleIssue(.unsupported, "BMP with run-length compression")
    case 4: throw SampleIssue(.unsupported, "BMP that wraps a JPEG")
    case 5: throw SampleIssue(.unsupported, "BMP that wraps a PNG")
    default: throw SampleIssue(.corrupt, "BMP of unknown compression \(compression)")
    }
    palette = bits > 8 ? [] : try BMPHeader.palette(file, headerLength: length, bits: bits, pixelOffset: offset)
    pixelOffset = offset
  }

  private static func palette(
    _ file: UnsafeRawBufferPointer, headerLength: Int, bits: Int, pixelOffset: Int
  ) throws(SampleIssue) -> [(UInt8, UInt8, UInt8)] {
    let start = 14 + headerLength
    let entry = headerLength == 12 ? 3 : 4
    let stated = headerLength >= 40 ? file.little32(at: 46) ?? 0 : 0
    // A stated count may be wrong; no more entries than fit before the pixels are one.
    let room = max(0, min(pixelOffset, file.count) - start) / entry
    let count = min(stated > 0 ? stated : 1 << bits, 1 << bits, room)
    return (0..<count).map { index in
      let offset = start + index * entry
      return (file[offset + 2], file[offset + 1], file[offset])
    }
  }
}

/// Decodes an uncompressed bitmap of 1, 4, 8 (palette), 16, 24 or 32 bits per pixel, from the bottom or the top.
///
/// - Throws: `.bomb`, `.truncated`, `.corrupt`; `.unsupported` for run-length compression.
func decodeBMP(_ file: UnsafeRawBufferPointer, limit: PixelLimit) throws(SampleIssue) -> StoredImage {
  let header = try BMPHeader(file)
  try limit.check(width: header.width, height: header.height)
  let bytesPerRow = (header.width * header.bitsPerPixel + 31) / 32 * 4
  let usedPerRow = (header.width * header.bitsPerPixel + 7) / 8
  // The padding of the last row may be missing: it holds no pixels.
  let needed = header.pixelOffset + bytesPerRow * (header.height - 1) + usedPerRow
  guard file.count >= needed else {
    throw SampleIssue(
      .truncated, "the file ends after \(file.count.formattedWithCommas) of \(needed.formattedWithCommas) bytes")
  }
  guard header.pixelOffset >= 14 else { throw SampleIssue(.corrupt, "the pixels would begin inside the header") }
  let size = 3 * header.width * header.height
  let pixels = [UInt8](unsafeUninitializedCapacity: size) { out, count in
    for row in 0..<header.height {
      let stored = header.isTopDown ? row : header.height - 1 - row
      let line = file.part(at: header.pixelOffset + stored * bytesPerRow, count: usedPerRow)
      fillRow(UnsafeMutableBufferPointer(rebasing: out[(3 * header.width * row)...]), from: line, header)
    }
    count = size
  }
  let isPalette = header.bitsPerPixel <= 8
  return StoredImage(
    image: RGBImage(width: header.width, height: header.height, pixels: pixels),
    facts: FileFacts(
      format: .bmp, width: header.width, height: header.height, colour: isPalette ? .palette : .rgb,
      bitsPerChannel: isPalette ? header.bitsPerPixel : header.bitsPerPixel == 16 ? 5 : 8,
      hasAlpha: header.masks[3] != 0))
}

private func fillRow(_ out: UnsafeMutableBufferPointer<UInt8>, from line: UnsafeRawBufferPointer, _ header: BMPHeader) {
  switch header.bitsPerPixel {
  case 24:
    for column in 0..<header.width {
      out[3 * column] = line[3 * column + 2]
      out[3 * column + 1] = line[3 * column + 1]
      out[3 * column + 2] = line[3 * column]
    }
  case 16, 32:
    let channels = header.masks.prefix(3).map(BMPChannel.init)
    for column in 0..<header.width {
      let value =
        header.bitsPerPixel == 16 ? line.little16(at: 2 * column) ?? 0 : line.little32(at: 4 * column) ?? 0
      for channel in 0..<3 { out[3 * column + channel] = channels[channel].byte(of: UInt32(value)) }
    }
  default:
    let bits = header.bitsPerPixel
    let perByte = 8 / bits
    for column in 0..<header.width {
      let shift = 8 - bits * (column % perByte + 1)
      let index = Int(line[column / perByte] >> shift) & (1 << bits - 1)
      let colour = index < header.palette.count ? header.palette[index] : (0, 0, 0)
      (out[3 * column], out[3 * column + 1], out[3 * column + 2]) = colour
    }
  }
}

/// One colour's place in a pixel of 16 or 32 bits; its largest value becomes 255, the rest is rounded down as Pillow does.
private struct BMPChannel {
  private let mask: UInt32
  private let shift: Int
  private let largest: Int

  init(mask: UInt32) {
    self.mask = mask
    shift = mask == 0 ? 0 : mask.trailingZeroBitCount
    largest = mask == 0 ? 1 : Int(mask >> UInt32(shift))
  }

  func byte(of pixel: UInt32) -> UInt8 {
    UInt8(Int(pixel & mask) >> shift * 255 / largest)
  }
}
