/// Reading numbers and marks from a file in memory; beyond its end there is nothing, never a trap.
extension UnsafeRawBufferPointer {
  package func byte(at offset: Int) -> Int? {
    offset >= 0 && offset < count ? Int(self[offset]) : nil
  }

  package func little16(at offset: Int) -> Int? {
    guard offset >= 0, offset <= count - 2 else { return nil }
    return Int(self[offset]) | Int(self[offset + 1]) << 8
  }

  package func little32(at offset: Int) -> Int? {
    guard offset >= 0, offset <= count - 4 else { return nil }
    return Int(UInt32(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
  }

  package func big16(at offset: Int) -> Int? {
    guard offset >= 0, offset <= count - 2 else { return nil }
    return Int(self[offset]) << 8 | Int(self[offset + 1])
  }

  package func big32(at offset: Int) -> Int? {
    guard offset >= 0, offset <= count - 4 else { return nil }
    return Int(UInt32(bigEndian: loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
  }

  /// Whether the ASCII `mark` stands at `offset`.
  package func has(_ mark: String, at offset: Int) -> Bool {
    offset >= 0 && offset <= count - mark.utf8.count && self[offset...].starts(with: mark.utf8)
  }

  package func text(at offset: Int, count length: Int) -> String? {
    guard offset >= 0, length >= 0, offset <= count - length else { return nil }
    return String(validating: self[offset..<(offset + length)], as: UTF8.self)
  }

  /// Whether the file starts with `mark`, or is so short that it is the beginning of `mark`.
  func beginsOrIsCut(_ mark: [UInt8]) -> Bool {
    count >= 2 && elementsEqual(mark.prefix(count)) || starts(with: mark)
  }

  /// The part from `offset`, at most `length` bytes, cut at the end of the file.
  package func part(at offset: Int, count length: Int) -> UnsafeRawBufferPointer {
    guard offset >= 0, offset < count, length > 0 else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    return UnsafeRawBufferPointer(rebasing: self[offset..<(offset + Swift.min(length, count - offset))])
  }
}
