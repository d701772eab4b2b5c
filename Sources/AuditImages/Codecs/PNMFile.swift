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

  init(_ file: FileBytes) throws(SampleIssue) {
    guard file.count > 2 else {
      throw SampleIssue(.truncated, "the file ends after \(counted(file.count, "byte")), in its header")
    }
    kind = (file.byte(at: 1) ?? 0x30) - 0x30
    var words = PNMWords(file, at: 2)
    width = try words.number()
    height = try words.number()
    maxValue = kind == 1 || kind == 4 ? 1 : try words.number()
    guard (1...65535).contains(maxValue) else {
      throw SampleIssue(.corrupt, "the header says that values reach \(maxValue); 1 to 65535 are possible")
    }
    // Exactly one blank ends the header; a binary picture may begin with a byte that looks like another.
    end = words.offset + 1
  }
}

/// The numbers of a netpbm file, separated by blanks and by comments from `#` to the end of the line.
private struct PNMWords {
  private let file: FileBytes
  private(set) var offset: Int

  init(_ file: FileBytes, at offset: Int) {
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
    guard offset > start else {
      throw SampleIssue(.corrupt, "byte \(offset.formattedWithCommas) should begin a number")
    }
    return value
  }

  /// The next digit 0 or 1; plain bitmaps need no blanks between them.
  mutating func bit() throws(SampleIssue) -> Int {
    try skipBlanks()
    guard let byte = file.byte(at: offset), byte == 0x30 || byte == 0x31 else {
      throw SampleIssue(.corrupt, "byte \(offset.formattedWithCommas) should be 0 or 1")
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
    throw SampleIssue(.truncated, "the file ends after \(counted(file.count, "byte"))")
  }
}

/// Decodes a netpbm picture: P1...P6, comments, largest values up to 65535.
///
/// Values are scaled to round(255 v / largest value), halves to even, and capped at 255; Pillow does the same.
///
/// - Throws: `.bomb`, `.truncated`, `.corrupt` or `.timeout`.
func decodePNM(_ file: FileBytes, _ decoding: Decoding) throws(SampleIssue) -> StoredImage {
  let header = try PNMHeader(file)
  try decoding.limit.check(width: header.width, height: header.height)
  let facts = FileFacts(
    format: .pnm, width: header.width, height: header.height, colour: header.channels == 3 ? .rgb : .gray,
    bitsPerChannel: header.isBitmap ? 1 : header.maxValue > 255 ? 16 : 8)
  let values = PNMValues(file: file, header: header, scale: PNMScale(header.maxValue))
  try values.checkLength()
  return try drawn(file, facts, decoding) { out throws(SampleIssue) in
    if header.isPlain {
      try values.fillPlain(out, watch: decoding.watch)
    } else {
      try values.fillBinary(out, watch: decoding.watch)
    }
  }
}

/// The values behind a header.
private struct PNMValues {
  let file: FileBytes
  let header: PNMHeader
  let scale: PNMScale

  /// Values of a row that are looked at together: a row may be longer than what a file gives at once.
  private static let together = 3 * 8192

  private var perRow: Int { header.width * header.channels }
  private var bytesPerRow: Int {
    header.isBitmap ? (header.width + 7) / 8 : perRow * (header.maxValue > 255 ? 2 : 1)
  }

  /// - Throws: `.truncated` where the file cannot hold all values: before anything is allocated for them.
  func checkLength() throws(SampleIssue) {
    // A value that is written out takes a byte at least.
    let needed = (header.isPlain ? perRow : bytesPerRow) * header.height
    guard file.count - header.end < needed else { return }
    let whole = header.isPlain ? "" : " of \((header.end + needed).formattedWithCommas)"
    throw SampleIssue(.truncated, "the file ends after \(file.count.formattedWithCommas)\(whole) bytes")
  }

  func fillPlain(_ out: UnsafeMutableBufferPointer<UInt8>, watch: DecodeWatch) throws(SampleIssue) {
    var words = PNMWords(file, at: header.end)
    for row in 0..<header.height {
      try watch.check()
      for index in (row * perRow)..<((row + 1) * perRow) {
        // Ink is 1 in bitmaps.
        put(header.isBitmap ? try words.bit() == 1 ? 0 : 255 : scale.byte(try words.number()), index, out)
      }
    }
  }

  func fillBinary(_ out: UnsafeMutableBufferPointer<UInt8>, watch: DecodeWatch) throws(SampleIssue) {
    let bits = header.isBitmap ? 1 : header.maxValue > 255 ? 16 : 8
    for row in 0..<header.height {
      try watch.check()
      for first in stride(from: 0, to: perRow, by: PNMValues.together) {
        let count = min(PNMValues.together, perRow - first)
        let line = file.part(at: header.end + row * bytesPerRow + first * bits / 8, count: (count * bits + 7) / 8)
        // Less only where the file has shrunk or cannot be read.
        guard line.count * 8 >= count * bits else { throw SampleIssue(.truncated, "the file has shrunk") }
        fill(out, from: line, at: row * perRow + first, count: count)
      }
    }
  }

  private func fill(
    _ out: UnsafeMutableBufferPointer<UInt8>, from line: UnsafeRawBufferPointer, at start: Int, count: Int
  ) {
    if header.isBitmap {
      for index in 0..<count { put(line[index / 8] >> (7 - index % 8) & 1 == 1 ? 0 : 255, start + index, out) }
    } else if header.maxValue > 255 {
      for index in 0..<count {
        put(scale.byte(Int(line[2 * index]) << 8 | Int(line[2 * index + 1])), start + index, out)
      }
    } else if header.maxValue == 255, header.channels == 1 {
      var position = 3 * start
      for value in line[..<count] {
        out[position] = value
        out[position + 1] = value
        out[position + 2] = value
        position += 3
      }
    } else if header.maxValue == 255 {
      UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(out)[start...]).copyMemory(
        from: UnsafeRawBufferPointer(rebasing: line[..<count]))
    } else {
      for index in 0..<count { put(scale.byte(Int(line[index])), start + index, out) }
    }
  }

  private func put(_ value: UInt8, _ index: Int, _ out: UnsafeMutableBufferPointer<UInt8>) {
    if header.channels == 3 {
      out[index] = value
    } else {
      (out[3 * index], out[3 * index + 1], out[3 * index + 2]) = (value, value, value)
    }
  }
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
