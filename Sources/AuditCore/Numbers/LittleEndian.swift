// Inlinable, so that other modules get code for the type of their numbers: without it every number asks the runtime for
// the description of its type, which costs more than all else.

extension [UInt8] {
  /// The bytes of a number, the lowest first.
  @inlinable
  package mutating func append(littleEndian number: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }

  package mutating func append(littleEndian numbers: [some FixedWidthInteger]) { append(all: numbers) }

  package mutating func append(littleEndian numbers: [Double]) { append(all: numbers) }

  package mutating func append(littleEndian numbers: [Float]) { append(all: numbers) }

  /// Many at once: an element at a time costs more than what is done with models.
  private mutating func append<Number>(all numbers: [Number]) {
    let start = count
    numbers.withUnsafeBytes { append(contentsOf: $0) }
    withUnsafeMutableBytes { bytes in
      ByteOrder.turn(.init(rebasing: bytes[start...]), size: MemoryLayout<Number>.size)
    }
  }
}

/// Takes numbers from bytes, one after the other; nil where there are not as many left.
package struct LittleEndianReader {
  @usableFromInline let bytes: [UInt8]
  @usableFromInline var place = 0

  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Bytes that are left.
  @inlinable package var left: Int { bytes.count - place }

  package mutating func skip(_ count: Int) -> Bool {
    guard count <= left else { return false }
    place += count
    return true
  }

  @inlinable
  package mutating func next<Number: FixedWidthInteger>() -> Number? {
    let size = MemoryLayout<Number>.size
    guard size <= left else { return nil }
    defer { place += size }
    return bytes.withUnsafeBytes {
      Number(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: Number.self))
    }
  }

  /// The next byte. Thousands of single numbers are read by this and `float`: where the compiler does not specialise
  /// `next`, each asks the runtime for its type.
  package mutating func byte() -> UInt8? {
    guard place < bytes.count else { return nil }
    defer { place += 1 }
    return bytes[place]
  }

  /// Whatever it is, finite or not.
  package mutating func float() -> Float? {
    guard left >= MemoryLayout<UInt32>.size else { return nil }
    defer { place += MemoryLayout<UInt32>.size }
    let bits = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: place, as: UInt32.self) }
    return Float(bitPattern: UInt32(littleEndian: bits))
  }

  package mutating func next<Number: FixedWidthInteger>(_ count: Int) -> [Number]? { all(count) }

  /// Whatever they are, finite or not.
  package mutating func next(_ count: Int) -> [Float]? { all(count) }

  /// Whatever they are, finite or not.
  package mutating func next(_ count: Int) -> [Double]? { all(count) }

  /// Finite numbers; nil where one is not.
  package mutating func doubles(_ count: Int) -> [Double]? {
    guard let numbers: [Double] = all(count), numbers.allSatisfy(\.isFinite) else { return nil }
    return numbers
  }

  /// Finite numbers; nil where one is not.
  package mutating func floats(_ count: Int) -> [Float]? {
    guard let numbers: [Float] = all(count), numbers.allSatisfy(\.isFinite) else { return nil }
    return numbers
  }

  /// What `append(short:)` wrote; nil too where it is beyond 64 bits.
  package mutating func short() -> UInt64? { bytes.withUnsafeBytes { ShortNumber.take(from: $0, at: &place) } }

  /// Many at once, as they lie there.
  ///
  /// - Parameter count: of numbers that any bits are.
  private mutating func all<Number>(_ count: Int) -> [Number]? {
    let size = MemoryLayout<Number>.size
    guard count >= 0, count <= left / size else { return nil }
    // All threads share one empty array, and making one this way writes its length into it.
    if count == 0 { return [] }
    let range = place..<(place + count * size)
    place = range.upperBound
    return [Number](unsafeUninitializedCapacity: count) { numbers, filled in
      let copy = UnsafeMutableRawBufferPointer(numbers)
      bytes.withUnsafeBytes { copy.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[range])) }
      ByteOrder.turn(.init(rebasing: copy[..<range.count]), size: size)
      filled = count
    }
  }
}

/// Between the order of bytes in memory and that of files.
private enum ByteOrder {
  /// Turns every number round where this machine keeps the highest byte first.
  static func turn(_ numbers: UnsafeMutableRawBufferPointer, size: Int) {
    guard UInt16(1).littleEndian != 1 else { return }
    for start in stride(from: 0, to: numbers.count, by: size) { numbers[start..<(start + size)].reverse() }
  }
}
