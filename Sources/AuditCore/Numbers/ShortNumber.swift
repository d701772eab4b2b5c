/// Numbers in as few bytes as they need: seven bits in each, the lowest first; all but the last have the highest bit set.
package enum ShortNumber {
  /// Takes the number that begins at a place.
  ///
  /// - Parameter place: behind the number afterwards; anywhere where there is none.
  /// - Returns: nil where the bytes end before it does, or it is beyond 64 bits.
  static func take(from bytes: UnsafeRawBufferPointer, at place: inout Int) -> UInt64? {
    var (number, shift): (UInt64, UInt64) = (0, 0)
    while place < bytes.count, shift < 64 {
      let byte = bytes[place]
      place += 1
      let part = UInt64(byte & 0x7F)
      guard shift < 63 || part < 2 else { return nil }
      number |= part << shift
      if byte < 0x80 { return number }
      shift += 7
    }
    return nil
  }
}

extension [UInt8] {
  /// A number as `ShortNumber` has it: 1 to 10 bytes.
  package mutating func append(short number: UInt64) {
    var rest = number
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(rest))
  }
}
