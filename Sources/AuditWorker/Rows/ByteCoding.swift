import AuditCore

/// Bytes that do not hold what they should.
package struct ByteFault: Error, Equatable {
  package init() {}
}

/// Values as bytes, bit for bit, for another process of this program.
package struct ByteWriter {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  package mutating func put(_ number: some FixedWidthInteger) { bytes.append(littleEndian: number) }

  mutating func put(_ number: Double) { put(number.bitPattern) }
  mutating func put(_ flag: Bool) { bytes.append(flag ? 1 : 0) }

  mutating func put(_ content: [UInt8]) {
    put(UInt32(content.count))
    bytes += content
  }

  mutating func put(_ text: String) { put(Array(text.utf8)) }

  mutating func put(_ numbers: [Double]) {
    put(UInt32(numbers.count))
    bytes.append(littleEndian: numbers)
  }

  package mutating func put(_ numbers: [Float]) {
    put(UInt32(numbers.count))
    bytes.append(littleEndian: numbers)
  }

  /// A byte says whether there is one.
  mutating func put<Value>(_ value: Value?, _ body: (inout ByteWriter, Value) -> Void) {
    put(value != nil)
    if let value { body(&self, value) }
  }

  mutating func put(_ number: Double?) { put(number) { $0.put($1) } }

  package mutating func put<Value>(each values: [Value], _ body: (inout ByteWriter, Value) -> Void) {
    put(UInt32(values.count))
    for value in values { body(&self, value) }
  }
}

/// Takes apart what `ByteWriter` wrote. Every length is checked against what is there before anything is allocated.
package struct ByteTaker {
  private var reader: LittleEndianReader

  package init(_ bytes: [UInt8]) { reader = LittleEndianReader(bytes) }

  /// - Throws: where something is left.
  package func end() throws(ByteFault) {
    guard reader.left == 0 else { throw ByteFault() }
  }

  package mutating func number<Number: FixedWidthInteger>() throws(ByteFault) -> Number {
    guard let number: Number = reader.next() else { throw ByteFault() }
    return number
  }

  mutating func double() throws(ByteFault) -> Double { Double(bitPattern: try number()) }

  mutating func flag() throws(ByteFault) -> Bool {
    let byte: UInt8 = try number()
    guard byte < 2 else { throw ByteFault() }
    return byte == 1
  }

  mutating func bytes() throws(ByteFault) -> [UInt8] {
    guard let bytes: [UInt8] = reader.next(try count()) else { throw ByteFault() }
    return bytes
  }

  mutating func text() throws(ByteFault) -> String {
    guard let text = String(validating: try bytes(), as: UTF8.self) else { throw ByteFault() }
    return text
  }

  mutating func doubles() throws(ByteFault) -> [Double] {
    guard let numbers: [Double] = reader.next(try count()) else { throw ByteFault() }
    return numbers
  }

  package mutating func floats() throws(ByteFault) -> [Float] {
    guard let numbers: [Float] = reader.next(try count()) else { throw ByteFault() }
    return numbers
  }

  mutating func optional<Value>(
    _ body: (inout ByteTaker) throws(ByteFault) -> Value
  ) throws(ByteFault) -> Value? {
    guard try flag() else { return nil }
    return try body(&self)
  }

  mutating func optionalDouble() throws(ByteFault) -> Double? { try flag() ? try double() : nil }

  package mutating func each<Value>(
    _ body: (inout ByteTaker) throws(ByteFault) -> Value
  ) throws(ByteFault) -> [Value] {
    let count = try count()
    // An element has a byte at least.
    guard count <= reader.left else { throw ByteFault() }
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
