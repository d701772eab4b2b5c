import AuditCore

/// The headers of a Windows or OS/2 bitmap.
///
/// - Source: BITMAPFILEHEADER, BITMAPCOREHEADER and BITMAPINFOHEADER to BITMAPV5HEADER of the Windows GDI reference.
struct BMPHeader {
  /// Lengths of the second header that exist.
  static let knownLengths: Set<Int> = [12, 16, 40, 52, 56, 64, 108, 124]

  private static let fileHeaderLength = 14

  let width: Int
  let height: Int
  /// Rows stand from the top; usually they stand from the bottom.
  let isTopDown: Bool
  /// 1, 4, 8, 16, 24 or 32.
  let bitsPerPixel: Int
  /// Whether pixels are run-length coded, which 4 and 8 bits may be.
  let isRunLength: Bool
  /// Where the pixels begin.
  let pixelOffset: Int
  /// R G B of each palette entry; empty above 8 bits.
  let palette: [(UInt8, UInt8, UInt8)]
  /// Bit masks of red, green, blue and alpha for 16 and 32 bits.
  let masks: [UInt32]

  init(_ file: FileBytes) throws(SampleIssue) {
    func field(_ value: Int?) throws(SampleIssue) -> Int {
      guard let value else {
        throw SampleIssue(.truncated, "the file ends after \(counted(file.count, "byte")), in its header")
      }
      return value
    }
    // A .dib may lack the first header, which says where the pixels begin.
    let start = file.byte(at: 0) == Int(UInt8(ascii: "B")) ? BMPHeader.fileHeaderLength : 0
    let offset = start == 0 ? 0 : try field(file.little32(at: 10))
    let length = try field(file.little32(at: start))
    let isCore = length == 12
    width = isCore ? try field(file.little16(at: start + 4)) : try field(file.little32(at: start + 4))
    let signedHeight =
      isCore
      ? try field(file.little16(at: start + 6))
      : Int(Int32(truncatingIfNeeded: try field(file.little32(at: start + 8))))
    height = abs(signedHeight)
    isTopDown = signedHeight < 0
    bitsPerPixel = try field(file.little16(at: start + (isCore ? 10 : 14)))
    let compression = isCore || length == 16 ? 0 : try field(file.little32(at: start + 16))
    try BMPHeader.check(bits: bitsPerPixel, compression: compression)
    isRunLength = compression == 1 || compression == 2
    var end = start + length
    if compression == 3 || compression == 6 {
      let count = compression == 6 || length >= 56 ? 4 : 3
      var found: [UInt32] = []
      for index in 0..<count { found.append(UInt32(try field(file.little32(at: start + 40 + 4 * index)))) }
      masks = found + Array(repeating: 0, count: 4 - count)
      end = max(end, start + 40 + 4 * count)
    } else {
      masks = bitsPerPixel == 16 ? [0x7C00, 0x03E0, 0x001F, 0] : [0xFF0000, 0xFF00, 0xFF, 0]
    }
    let entry = length == 12 ? 3 : 4
    let stated = length >= 40 ? file.little32(at: start + 32) ?? 0 : 0
    let entries = min(stated > 0 ? stated : 1 << min(bitsPerPixel, 8), 256)
    // Some writers forget that a palette stands in front of the pixels: their offset is that of the palette, or none.
    let hasPalette = bitsPerPixel <= 8
    let isForgotten = hasPalette && (offset == 0 || offset == start + length)
    if isForgotten {
      pixelOffset = start + length + entry * (stated > 0 ? stated : entries)
    } else {
      pixelOffset = start == 0 ? end + (stated > 0 ? entry * min(stated, 256) : 0) : offset
    }
    palette =
      hasPalette
      ? BMPHeader.palette(file, at: start + length, entry: entry, count: entries, before: pixelOffset) : []
    guard pixelOffset >= BMPHeader.fileHeaderLength else {
      throw SampleIssue(.corrupt, "the pixels would begin inside the header")
    }
  }

  /// Whether a file begins with the second header: of at least 40 bytes, one plane, and bits a pixel that exist.
  static func isBare(_ start: UnsafeRawBufferPointer) -> Bool {
    guard let length = start.little32(at: 0), length >= 40, knownLengths.contains(length),
      start.little16(at: 12) == 1, let bits = start.little16(at: 14), let compression = start.little32(at: 16)
    else { return false }
    return [1, 4, 8, 16, 24, 32].contains(bits) && compression <= 6
  }

  /// - Throws: `.unsupported` for what exists and is not read, `.corrupt` for what does not exist.
  private static func check(bits: Int, compression: Int) throws(SampleIssue) {
    switch compression {
    case 0: break
    case 1 where bits == 8, 2 where bits == 4: break
    case 3 where bits >= 16, 6 where bits >= 16: break
    case 1, 2, 3, 6: throw SampleIssue(.corrupt, "BMP compression \(compression) does not go with \(bits) bits a pixel")
    case 4: throw SampleIssue(.unsupported, "BMP that wraps a JPEG")
    case 5: throw SampleIssue(.unsupported, "BMP that wraps a PNG")
    default: throw SampleIssue(.corrupt, "the header names compression \(compression), which no BMP has")
    }
    switch bits {
    case 1, 4, 8, 16, 24, 32: return
    case 2: throw SampleIssue(.unsupported, "BMP with 2 bits a pixel, which only Windows CE wrote")
    default: throw SampleIssue(.corrupt, "the header says \(bits) bits a pixel, which no BMP has")
    }
  }

  private static func palette(
    _ file: FileBytes, at start: Int, entry: Int, count: Int, before pixels: Int
  ) -> [(UInt8, UInt8, UInt8)] {
    // A stated count may be wrong; no more entries than fit before the pixels are one.
    let room = max(0, min(pixels, file.count) - start) / entry
    let bytes = file.part(at: start, count: entry * min(count, room))
    return (0..<(bytes.count / entry)).map { index in
      (bytes[index * entry + 2], bytes[index * entry + 1], bytes[index * entry])
    }
  }

  /// R G B of a palette index; black beyond the palette's end.
  func colour(_ index: Int) -> (UInt8, UInt8, UInt8) { index < palette.count ? palette[index] : (0, 0, 0) }
}

/// Decodes a bitmap of 1, 4, 8 (palette), 16, 24 or 32 bits per pixel, from the bottom or the top, also run-length coded.
///
/// - Throws: `.bomb`, `.truncated`, `.corrupt`, `.unsupported`, `.timeout`.
func decodeBMP(_ file: FileBytes, _ decoding: Decoding) throws(SampleIssue) -> StoredImage {
  let header = try BMPHeader(file)
  try decoding.limit.check(width: header.width, height: header.height)
  let isPalette = header.bitsPerPixel <= 8
  let facts = FileFacts(
    format: .bmp, width: header.width, height: header.height, colour: isPalette ? .palette : .rgb,
    bitsPerChannel: isPalette ? header.bitsPerPixel : header.bitsPerPixel == 16 ? 5 : 8, hasAlpha: header.masks[3] != 0)
  return try drawn(file, facts, decoding) { out throws(SampleIssue) in
    if header.isRunLength {
      var runs = BMPRuns(file, header)
      try runs.fill(out, watch: decoding.watch)
    } else {
      try BMPRows(file: file, header: header).fill(out, watch: decoding.watch)
    }
  }
}

/// A picture that is drawn by a decoder of ours.
///
/// - Parameter fill: is given `3 * width * height` bytes, all zero.
func drawn(
  _ file: FileBytes, _ facts: FileFacts, _ decoding: Decoding,
  fill: (UnsafeMutableBufferPointer<UInt8>) throws(SampleIssue) -> Void
) throws(SampleIssue) -> StoredImage {
  let size = 3 * facts.width * facts.height
  let lease = try decoding.budget.lease(size, watch: decoding.watch)
  decoding.watch.start()
  var pixels = [UInt8](repeating: 0, count: size)
  let result = pixels.withUnsafeMutableBufferPointer { out in
    Result { () throws(SampleIssue) in try fill(out) }
  }
  // What could not be read looks like a file that ends early.
  try file.check()
  try result.get()
  return StoredImage(
    image: RGBImage(width: facts.width, height: facts.height, pixels: pixels), facts: facts, lease: lease)
}

/// Pixels that stand row by row, each row padded to four bytes.
private struct BMPRows {
  let file: FileBytes
  let header: BMPHeader

  /// Pixels of a row that are looked at together: a row may be longer than what a file gives at once.
  private static let together = 8192

  func fill(_ out: UnsafeMutableBufferPointer<UInt8>, watch: DecodeWatch) throws(SampleIssue) {
    let bytesPerRow = (header.width * header.bitsPerPixel + 31) / 32 * 4
    let usedPerRow = (header.width * header.bitsPerPixel + 7) / 8
    // The padding of the last row may be missing: it holds no pixels.
    let needed = header.pixelOffset + bytesPerRow * (header.height - 1) + usedPerRow
    guard file.count >= needed else {
      throw SampleIssue(
        .truncated, "the file ends after \(file.count.formattedWithCommas) of \(needed.formattedWithCommas) bytes")
    }
    let channels = header.masks.prefix(3).map(BMPChannel.init)
    for row in 0..<header.height {
      try watch.check()
      let stored = header.isTopDown ? row : header.height - 1 - row
      for column in stride(from: 0, to: header.width, by: BMPRows.together) {
        let count = min(BMPRows.together, header.width - column)
        let line = file.part(
          at: header.pixelOffset + stored * bytesPerRow + column * header.bitsPerPixel / 8,
          count: (count * header.bitsPerPixel + 7) / 8)
        // Less only where the file has shrunk or cannot be read.
        guard line.count * 8 >= count * header.bitsPerPixel else {
          throw SampleIssue(.truncated, "the file has shrunk")
        }
        let first = 3 * (header.width * row + column)
        fill(UnsafeMutableBufferPointer(rebasing: out[first..<(first + 3 * count)]), from: line, count, channels)
      }
    }
  }

  private func fill(
    _ out: UnsafeMutableBufferPointer<UInt8>, from line: UnsafeRawBufferPointer, _ count: Int, _ channels: [BMPChannel]
  ) {
    switch header.bitsPerPixel {
    case 24:
      for column in 0..<count {
        out[3 * column] = line[3 * column + 2]
        out[3 * column + 1] = line[3 * column + 1]
        out[3 * column + 2] = line[3 * column]
      }
    case 16, 32:
      for column in 0..<count {
        let value =
          header.bitsPerPixel == 16 ? line.little16(at: 2 * column) ?? 0 : line.little32(at: 4 * column) ?? 0
        for channel in 0..<3 { out[3 * column + channel] = channels[channel].byte(of: UInt32(value)) }
      }
    default:
      let bits = header.bitsPerPixel
      let perByte = 8 / bits
      for column in 0..<count {
        let shift = 8 - bits * (column % perByte + 1)
        let index = Int(line[column / perByte] >> shift) & (1 << bits - 1)
        (out[3 * column], out[3 * column + 1], out[3 * column + 2]) = header.colour(index)
      }
    }
  }
}

/// Pixels of 4 or 8 bits as runs: a count and a colour, or a zero and what is to be done.
///
/// What no run reaches has the palette's first colour. Pixels beyond the end of a row are left out, as Pillow does.
private struct BMPRuns {
  private let file: FileBytes
  private let header: BMPHeader
  private var offset: Int
  private var x = 0
  /// Rows in the order of the file.
  private var y = 0

  init(_ file: FileBytes, _ header: BMPHeader) {
    self.file = file
    self.header = header
    offset = header.pixelOffset
  }

  mutating func fill(_ out: UnsafeMutableBufferPointer<UInt8>, watch: DecodeWatch) throws(SampleIssue) {
    for pixel in 0..<(header.width * header.height) { put(0, pixel, out) }
    var steps = 0
    while y < header.height {
      steps += 1
      if steps % 1024 == 0 { try watch.check() }
      let (count, value) = try pair()
      if count > 0 {
        for index in 0..<count { draw(colour(value, index), out) }
        continue
      }
      switch value {
      case 0: (x, y) = (0, y + 1)
      case 1: return
      case 2:
        let (right, up) = try pair()
        (x, y) = (x + right, y + up)
      default: try copy(value, out)
      }
      // The last row may be full without a mark that the picture ends.
      if y == header.height - 1, x >= header.width { return }
    }
  }

  /// Pixels that follow one by one, padded to two bytes.
  private mutating func copy(_ count: Int, _ out: UnsafeMutableBufferPointer<UInt8>) throws(SampleIssue) {
    let bytes = header.bitsPerPixel == 4 ? (count + 1) / 2 : count
    let part = file.part(at: offset, count: bytes)
    guard part.count == bytes else { throw end }
    offset += bytes + bytes % 2
    for index in 0..<count {
      draw(header.bitsPerPixel == 8 ? Int(part[index]) : colour(Int(part[index / 2]), index), out)
    }
  }

  private mutating func pair() throws(SampleIssue) -> (Int, Int) {
    guard let first = file.byte(at: offset), let second = file.byte(at: offset + 1) else { throw end }
    offset += 2
    return (first, second)
  }

  /// Of 4 bits the two halves take turns.
  private func colour(_ value: Int, _ index: Int) -> Int {
    header.bitsPerPixel == 8 ? value : index % 2 == 0 ? value >> 4 : value & 15
  }

  private mutating func draw(_ index: Int, _ out: UnsafeMutableBufferPointer<UInt8>) {
    if x < header.width {
      put(index, header.width * (header.isTopDown ? y : header.height - 1 - y) + x, out)
    }
    x += 1
  }

  private func put(_ index: Int, _ pixel: Int, _ out: UnsafeMutableBufferPointer<UInt8>) {
    (out[3 * pixel], out[3 * pixel + 1], out[3 * pixel + 2]) = header.colour(index)
  }

  private var end: SampleIssue {
    SampleIssue(.truncated, "the file ends after \(counted(file.count, "byte")), before its last row")
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
