import AuditCore

/// The header of a netpbm file: P1...P6, width, height and (not for bitmaps) the largest value.
///
/// - Source: the netpbm formats pbm(5), pgm(5), ppm(5).
struct PNMHeader {
  /// 1...6, the digit after P.
  let kind: Int
  let width: Int
  let height: Int
  /// 1...65535.
  let maxValue: Int
  /// Where the pixels begin.
  let end: Int

  var isPlain: Bool { kind <= 3 }
  var isBitmap: Bool { kind == 1 || kind == 4 }
  var channels: Int { kind == 3 || kind == 6 ? 3 : 1 }

  static func endsWord(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte) || byte == UInt8(ascii: "#")
  }

  init(_ file: UnsafeRawBufferPointer) throws(SampleIssue) {
    guard file.count > 2 else {
      throw SampleIssue(.truncated, "the file ends after \(file.count) bytes, in its header")
    }
    kind = Int(file[1]) - Int(UInt8(ascii: "0"))
    var words = PNMWords(file, at: 2)
    width = try words.number()
    height = try words.number()
    maxValue = kind == 1 || kind == 4 ? 1 : try words.number()
    guard (1...65535).contains(maxValue) else {
      throw SampleIssue(.corrupt, "the header says a largest value of \(maxValue)")
    }
    // Exactly one blank ends the header; a binary picture may begin with a byte that looks like another.
    end = words.offset + 1
  }
}

/// The numbers of a netpbm file, separated by blanks and by comments from `#` to the end of the line.
private struct PNMWords {
  private let file: UnsafeRawBufferPointer
  private(set) var offset: Int

  init(_ file: UnsafeRawBufferPointer, at offset: Int) {
    self.file = file
    self.offset = offset
  }

  /// The next number; values beyond 2^40 stay there, which is above every limit.
  mutating func number() throws(SampleIssue) -> Int {
    try skipBlanks()
    let start = offset
    var value = 0
    while let byte = file.byte(at: offset), (0x30...0x39).contains(byte) {
      value = min(value * 10 + byte - 0x30, 1 << 40)
      offset += 1
    }
    guard offset > start else { throw SampleIssue(.corrupt, "no number at byte \(offset.formattedWithCommas)") }
    return value
  }

  /// The next digit 0 or 1; plain bitmaps need no blanks between them.
  mutating func bit() throws(SampleIssue) -> Int {
    try skipBlanks()
    guard let byte = file.byte(at: offset), byte == 0x30 || byte == 0x31 else {
      throw SampleIssue(.corrupt, "no 0 or 1 at byte \(offset.formattedWithCommas)")
    }
    offset += 1
    return byte - 0x30
  }

  private mutating func skipBlanks() throws(SampleIssue) {
    while let byte = file.byte(at: offset) {
      if byte == 0x23 {
        while let byte = file.byte(at: offset), byte != 0x0A, byte != 0x0D { offset += 1 }
      } else if PNMHeader.endsWord(UInt8(byte)) {
        offset += 1
      } else {
        return
      }
    }
    throw SampleIssue(.truncated, "the file ends after \(file.count.formattedWithCommas) bytes")
  }
}

/// Decodes a netpbm picture: P1...P6, comments, largest values up to 65535.
///
/// Values are scaled to round(255 v / largest value), halves to even, and capped at 255; Pillow does the same.
///
/// - Throws: `.bomb`, `.truncated` or `.corrupt`.
func decodePNM(_ file: UnsafeRawBufferPointer, limit: PixelLimit) throws(SampleIssue) -> StoredImage {
  let header = try PNMHeader(file)
  try limit.check(width: header.width, height: header.height)
  let values = header.isPlain ? try plainValues(file, header) : try binaryValues(file, header)
  let pixels =
    header.channels == 3
    ? values
    : [UInt8](unsafeUninitializedCapacity: 3 * values.count) { out, count in
      for (position, value) in values.enumerated() {
        out[3 * position] = value
        out[3 * position + 1] = value
        out[3 * position + 2] = value
      }
      count = 3 * values.count
    }
  let bits = header.isBitmap ? 1 : header.maxValue > 255 ? 16 : 8
  return StoredImage(
    image: RGBImage(width: header.width, height: header.height, pixels: pixels),
    facts: FileFacts(
      format: .pnm, width: header.width, height: header.height, colour: header.channels == 3 ? .rgb : .gray,
      bitsPerChannel: bits))
}

private func plainValues(_ file: UnsafeRawBufferPointer, _ header: PNMHeader) throws(SampleIssue) -> [UInt8] {
  let count = header.width * header.height * header.channels
  // Each value takes a byte at least, so that a header cannot ask for more memory than its file is worth.
  guard file.count - header.end >= count else {
    throw SampleIssue(.truncated, "the file ends after \(file.count.formattedWithCommas) bytes")
  }
  var words = PNMWords(file, at: header.end)
  let scale = PNMScale(header.maxValue)
  var values = [UInt8]()
  values.reserveCapacity(count)
  for _ in 0..<count {
    // Ink is 1 in bitmaps.
    values.append(header.isBitmap ? try words.bit() == 1 ? 0 : 255 : scale.byte(try words.number()))
  }
  return values
}

private func binaryValues(_ file: UnsafeRawBufferPointer, _ header: PNMHeader) throws(SampleIssue) -> [UInt8] {
  let bytesPerRow =
    header.isBitmap ? (header.width + 7) / 8 : header.width * header.channels * (header.maxValue > 255 ? 2 : 1)
  let needed = bytesPerRow * header.height
  guard file.count - header.end >= needed else {
    throw SampleIssue(
      .truncated,
      "the file ends after \(file.count.formattedWithCommas) of \((header.end + needed).formattedWithCommas) bytes")
  }
  let data = file.part(at: header.end, count: needed)
  if header.isBitmap {
    return (0..<header.height).flatMap { row in
      (0..<header.width).map { column in
        data[row * bytesPerRow + column / 8] >> (7 - column % 8) & 1 == 1 ? 0 : 255
      }
    }
  }
  if header.maxValue == 255 { return Array(data) }
  let scale = PNMScale(header.maxValue)
  if header.maxValue < 256 { return data.map { scale.byte(Int($0)) } }
  return (0..<(needed / 2)).map { scale.byte(Int(data[2 * $0]) << 8 | Int(data[2 * $0 + 1])) }
}

/// Values 0...largest to 0...255.
private struct PNMScale {
  private let table: [UInt8]

  init(_ maxValue: Int) {
    table = (0...maxValue).map { value in
      UInt8((Double(value) / Double(maxValue) * 255).rounded(.toNearestOrEven))
    }
  }

  func byte(_ value: Int) -> UInt8 { value < table.count ? table[value] : 255 }
}
