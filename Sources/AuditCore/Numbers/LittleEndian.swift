extension [UInt8] {
  /// The bytes of a number, the lowest first.
  package mutating func append(littleEndian number: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }

  package mutating func append<Number: FixedWidthInteger>(littleEndian numbers: [Number]) {
    numbers.map(\.littleEndian).withUnsafeBytes { append(contentsOf: $0) }
  }

  package mutating func append(littleEndian numbers: [Double]) { append(littleEndian: numbers.map(\.bitPattern)) }

  package mutating func append(littleEndian numbers: [Float]) { append(littleEndian: numbers.map(\.bitPattern)) }

  /// A number in as few bytes as it needs, seven bits each, the lowest first.
  package mutating func append(short number: UInt32) {
    var rest = number
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(rest))
  }
}

/// Takes numbers from bytes, one after the other; nil where there are not as many left.
package struct LittleEndianReader {
  private let bytes: [UInt8]
  private var place = 0

  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Bytes that are left.
  package var left: Int { bytes.count - place }

  package mutating func skip(_ count: Int) -> Bool {
    guard count <= left else { return false }
    place += count
    return true
  }

  package mutating func next<Number: FixedWidthInteger>() -> Number? {
    let size = MemoryLayout<Number>.size
    guard size <= left else { return nil }
    defer { place += size }
    return bytes.withUnsafeBytes {
      Number(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: Number.self))
    }
  }

  package mutating func next<Number: FixedWidthInteger>(_ count: Int) -> [Number]? {
    let size = MemoryLayout<Number>.size
    guard count >= 0, count <= left / size else { return nil }
    let start = place
    place += count * size
    return bytes.withUnsafeBytes { raw in
      (0..<count).map { Number(littleEndian: raw.loadUnaligned(fromByteOffset: start + $0 * size, as: Number.self)) }
    }
  }

  /// Finite numbers; nil where one is not.
  package mutating func doubles(_ count: Int) -> [Double]? {
    guard let bits: [UInt64] = next(count) else { return nil }
    let numbers = bits.map { Double(bitPattern: $0) }
    return numbers.allSatisfy(\.isFinite) ? numbers : nil
  }

  /// Finite numbers; nil where one is not.
  package mutating func floats(_ count: Int) -> [Float]? {
    guard let bits: [UInt32] = next(count) else { return nil }
    let numbers = bits.map { Float(bitPattern: $0) }
    return numbers.allSatisfy(\.isFinite) ? numbers : nil
  }

  /// What `append(short:)` wrote; nil too where it is beyond 32 bits.
  package mutating func short() -> UInt32? {
    var number: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 35, by: 7) {
      guard let byte: UInt8 = next() else { return nil }
      number |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return UInt32(exactly: number) }
    }
    return nil
  }
}
