/// Up to 1,024 neighbours in a `SampleList`, each a record of a few bytes.
///
/// A record is the place of its folder, the name, size, times and inode; all but name and size as what they differ by from
/// the first record, since files of one folder were mostly made together. Numbers are short ones.
struct SampleBlock: Sendable {
  static let most = 1024
  /// So that the records of a block begin within 32 bits.
  static let longestName = 65_535

  private(set) var starts: [UInt32] = []
  private var bytes: [UInt8] = []
  /// Of the first record.
  private let firstFolder: Int
  private let first: SampleNumbers

  /// - Parameters:
  ///   - folder: place of the first record's folder; no later record has a lower one.
  init(folder: Int, _ numbers: SampleNumbers) {
    (firstFolder, first) = (folder, numbers)
    starts.reserveCapacity(SampleBlock.most)
  }

  var count: Int { starts.count }
  var isFull: Bool { count == SampleBlock.most }

  mutating func append(_ name: ArraySlice<UInt8>, folder: Int, _ numbers: SampleNumbers) {
    starts.append(UInt32(bytes.count))
    bytes.append(short: UInt64(folder - firstFolder))
    bytes.append(short: UInt64(name.count) << 1 | (numbers.changed == nil ? 0 : 1))
    bytes += name
    bytes.append(short: UInt64(bitPattern: numbers.bytes))
    bytes.append(difference: numbers.modified, first.modified)
    if let changed = numbers.changed { bytes.append(difference: changed, first.changed ?? 0) }
    bytes.append(difference: Int64(bitPattern: numbers.inode), Int64(bitPattern: first.inode))
  }

  /// Forgets the records from a place on.
  mutating func truncate(to count: Int) {
    guard count < starts.count else { return }
    bytes.removeSubrange(Int(starts[count])...)
    starts.removeSubrange(count...)
  }

  /// Gives back what was reserved for more: an array that grows holds up to twice what it needs.
  mutating func trim() { bytes = Array(unsafeUninitializedCapacity: bytes.count, copying: bytes) }

  /// Place of a record's folder.
  func folder(of place: Int) -> Int { withRecord(place) { folder, _, _ in folder } }

  /// - Parameter body: gets the place of the folder, and the name; must not keep the latter.
  func withName<Value>(_ place: Int, _ body: (Int, UnsafeRawBufferPointer) -> Value) -> Value {
    withRecord(place) { folder, name, _ in body(folder, name) }
  }

  func record(_ place: Int) -> (folder: Int, name: [UInt8], numbers: SampleNumbers) {
    withRecord(place) { folder, name, rest in
      var rest = rest
      var numbers = SampleNumbers(bytes: Int64(bitPattern: rest.reader.next()), modified: 0, changed: nil, inode: 0)
      numbers.modified = rest.reader.next(from: first.modified)
      if rest.isChangeKnown { numbers.changed = rest.reader.next(from: first.changed ?? 0) }
      numbers.inode = UInt64(bitPattern: rest.reader.next(from: Int64(bitPattern: first.inode)))
      return (folder, Array(name), numbers)
    }
  }

  /// What it takes of memory, bytes.
  var memory: Int { starts.capacity * MemoryLayout<UInt32>.stride + bytes.capacity }

  private struct Rest {
    var reader: RecordReader
    let isChangeKnown: Bool
  }

  private func withRecord<Value>(_ place: Int, _ body: (Int, UnsafeRawBufferPointer, Rest) -> Value) -> Value {
    bytes.withUnsafeBytes { bytes in
      var reader = RecordReader(bytes: bytes, place: Int(starts[place]))
      let folder = firstFolder + Int(reader.next())
      let head = reader.next()
      let name = reader.take(Int(head >> 1))
      return body(folder, name, Rest(reader: reader, isChangeKnown: head & 1 == 1))
    }
  }
}

/// What a sample is beside its path and device.
struct SampleNumbers: Sendable {
  let bytes: Int64
  var modified: Int64
  var changed: Int64?
  var inode: UInt64
}

/// Reads a record. Of memory of our own: one that is cut is our mistake.
private struct RecordReader {
  let bytes: UnsafeRawBufferPointer
  var place: Int

  mutating func next() -> UInt64 {
    guard let number = ShortNumber.take(from: bytes, at: &place) else { preconditionFailure("a record that is cut") }
    return number
  }

  /// A number that lies near another.
  mutating func next(from other: Int64) -> Int64 {
    let value = next()
    return other &+ (Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1))
  }

  mutating func take(_ count: Int) -> UnsafeRawBufferPointer {
    defer { place += count }
    return UnsafeRawBufferPointer(rebasing: bytes[place..<(place + count)])
  }
}

extension [UInt8] {
  /// A number that lies near another, above or below it.
  fileprivate mutating func append(difference value: Int64, _ other: Int64) {
    let difference = value &- other
    append(short: UInt64(bitPattern: difference << 1 ^ difference >> 63))
  }

  fileprivate init(unsafeUninitializedCapacity count: Int, copying bytes: [UInt8]) {
    self.init(unsafeUninitializedCapacity: count) { copy, initialized in
      initialized = copy.initialize(fromContentsOf: bytes)
    }
  }
}
