/// Bytes that do not hold what they should.
package struct ByteFault: Error, Equatable {}

/// Values as bytes, bit for bit, for another process of this program.
struct ByteWriter {
  private(set) var bytes: [UInt8] = []

  mutating func put(_ number: some FixedWidthInteger) {
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func put(_ number: Double) { put(number.bitPattern) }
  mutating func put(_ flag: Bool) { bytes.append(flag ? 1 : 0) }

  mutating func put(_ content: [UInt8]) {
    put(UInt32(content.count))
    bytes += content
  }

  mutating func put(_ text: String) { put(Array(text.utf8)) }

  mutating func put(_ numbers: [Double]) {
    put(UInt32(numbers.count))
    for number in numbers { put(number) }
  }

  /// A byte says whether there is one.
  mutating func put<Value>(_ value: Value?, _ body: (inout ByteWriter, Value) -> Void) {
    put(value != nil)
    if let value { body(&self, value) }
  }

  mutating func put(_ number: Double?) { put(number) { $0.put($1) } }

  mutating func put<Value>(each values: [Value], _ body: (inout ByteWriter, Value) -> Void) {
    put(UInt32(values.count))
    for value in values { body(&self, value) }
  }
}

/// Takes apart what `ByteWriter` wrote. Every length is checked against what is there before anything is allocated.
struct ByteTaker {
  private let content: [UInt8]
  private var place = 0

  init(_ bytes: [UInt8]) { content = bytes }

  private var left: Int { content.count - place }

  /// - Throws: where something is left.
  func end() throws(ByteFault) {
    guard left == 0 else { throw ByteFault() }
  }

  mutating func number<Number: FixedWidthInteger>() throws(ByteFault) -> Number {
    let size = MemoryLayout<Number>.size
    guard size <= left else { throw ByteFault() }
    defer { place += size }
    return content.withUnsafeBytes {
      Number(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: Number.self))
    }
  }

  mutating func double() throws(ByteFault) -> Double { Double(bitPattern: try number()) }

  mutating func flag() throws(ByteFault) -> Bool {
    let byte: UInt8 = try number()
    guard byte < 2 else { throw ByteFault() }
    return byte == 1
  }

  mutating func bytes() throws(ByteFault) -> [UInt8] {
    let count = try count()
    guard count <= left else { throw ByteFault() }
    defer { place += count }
    return Array(content[place..<(place + count)])
  }

  mutating func text() throws(ByteFault) -> String {
    guard let text = String(validating: try bytes(), as: UTF8.self) else { throw ByteFault() }
    return text
  }

  mutating func doubles() throws(ByteFault) -> [Double] {
    let count = try count()
    guard count <= left / MemoryLayout<UInt64>.size else { throw ByteFault() }
    var numbers: [Double] = []
    numbers.reserveCapacity(count)
    for _ in 0..<count { numbers.append(try double()) }
    return numbers
  }

  mutating func optional<Value>(
    _ body: (inout ByteTaker) throws(ByteFault) -> Value
  ) throws(ByteFault) -> Value? {
    guard try flag() else { return nil }
    return try body(&self)
  }

  mutating func optionalDouble() throws(ByteFault) -> Double? { try flag() ? try double() : nil }

  mutating func each<Value>(
    _ body: (inout ByteTaker) throws(ByteFault) -> Value
  ) throws(ByteFault) -> [Value] {
    let count = try count()
    // An element has a byte at least.
    guard count <= left else { throw ByteFault() }
    var values: [Value] = []
    values.reserveCapacity(count)
    for _ in 0..<count { values.append(try body(&self)) }
    return values
  }

  /// An enumeration's raw value.
  mutating func word<Word: RawRepresentable<String>>() throws(ByteFault) -> Word {
    guard let word = Word(rawValue: try text()) else { throw ByteFault() }
    return word
  }

  private mutating func count() throws(ByteFault) -> Int {
    let count: UInt32 = try number()
    return Int(count)
  }
}
