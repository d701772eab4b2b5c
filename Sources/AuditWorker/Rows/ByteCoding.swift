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
///
/// It reads single numbers itself: a generic function of another module asks the runtime for the type of each.
package struct ByteTaker {
  private let all: [UInt8]
  private var place = 0

  package init(_ bytes: [UInt8]) { all = bytes }

  private var left: Int { all.count - place }

  /// - Throws: where something is left.
  package func end() throws(ByteFault) {
    guard left == 0 else { throw ByteFault() }
  }

  package mutating func number<Number: FixedWidthInteger>() throws(ByteFault) -> Number {
    let span = try span(MemoryLayout<Number>.size)
    return all.withUnsafeBytes {
      Number(littleEndian: $0.loadUnaligned(fromByteOffset: span.lowerBound, as: Number.self))
    }
  }

  /// The next bytes, which are taken by this.
  private mutating func span(_ count: Int) throws(ByteFault) -> Range<Int> {
    guard count <= left else { throw ByteFault() }
    defer { place += count }
    return place..<(place + count)
  }

  /// Many numbers at once.
  private mutating func many<Numbers>(
    _ take: (inout LittleEndianReader, Int) -> Numbers?
  ) throws(ByteFault) -> Numbers {
    let count = try count()
    var reader = LittleEndianReader(all)
    guard reader.skip(place), let numbers = take(&reader, count) else { throw ByteFault() }
    place = all.count - reader.left
    return numbers
  }

  mutating func double() throws(ByteFault) -> Double { Double(bitPattern: try number()) }

  mutating func flag() throws(ByteFault) -> Bool {
    let byte: UInt8 = try number()
    guard byte < 2 else { throw ByteFault() }
    return byte == 1
  }

  mutating func bytes() throws(ByteFault) -> [UInt8] {
    Array(all[try span(try count())])
  }

  mutating func text() throws(ByteFault) -> String {
    let span = try span(try count())
    guard let text = String(validating: all[span], as: UTF8.self) else { throw ByteFault() }
    return text
  }

  mutating func doubles() throws(ByteFault) -> [Double] {
    try many { $0.next($1) }
  }

  package mutating func floats() throws(ByteFault) -> [Float] {
    try many { $0.next($1) }
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
