/// Makes frames of bytes, however they arrive: in one piece, or one by one.
package struct FrameParser {
  static let mostHeader: UInt32 = 1 << 20

  private let accepted: Set<WireFrame.Kind>
  private let mostBody: UInt64
  private var bytes: [UInt8] = []
  private var start = 0

  /// - Parameters:
  ///   - accepted: frames of other kinds are faults.
  ///   - mostBody: a longer body is refused before anything is allocated for it.
  package init(accepting accepted: Set<WireFrame.Kind>, mostBody: UInt64) {
    (self.accepted, self.mostBody) = (accepted, mostBody)
  }

  /// Whether no part of a frame waits for its rest.
  package var isBetweenFrames: Bool { start == bytes.count }

  package mutating func take(_ piece: UnsafeRawBufferPointer) {
    if start == bytes.count {
      bytes.removeAll(keepingCapacity: bytes.capacity <= 1 << 22)
      start = 0
    } else if start > 1 << 16, start > bytes.count / 2 {
      bytes.removeFirst(start)
      start = 0
    }
    bytes.append(contentsOf: piece)
  }

  package mutating func take(_ piece: [UInt8]) { piece.withUnsafeBytes { take($0) } }

  /// The next frame that is whole; nil where more bytes are needed.
  package mutating func next() throws(FrameFault) -> WireFrame? {
    let left = bytes.count - start
    // A stream that is no frames is known by its first wrong byte: its head may never become whole.
    guard bytes[start...].prefix(WireFrame.magic.count).elementsEqual(WireFrame.magic.prefix(left)) else {
      throw .magic
    }
    guard left >= WireFrame.headBytes else { return nil }
    let number: UInt16 = littleEndian(at: 4)
    guard let kind = WireFrame.Kind(rawValue: number), accepted.contains(kind) else { throw .kind(number) }
    let headerBytes: UInt32 = littleEndian(at: 8)
    guard headerBytes <= FrameParser.mostHeader else { throw .header(bytes: headerBytes) }
    let bodyBytes: UInt64 = littleEndian(at: 12)
    guard bodyBytes <= mostBody else { throw .body(bytes: bodyBytes) }
    let body = WireFrame.headBytes + Int(headerBytes)
    let end = body + Int(bodyBytes)
    guard left >= end else {
      bytes.reserveCapacity(start + end)
      return nil
    }
    defer { start += end }
    return WireFrame(
      kind, flags: littleEndian(at: 6), header: Array(bytes[(start + WireFrame.headBytes)..<(start + body)]),
      body: Array(bytes[(start + body)..<(start + end)]))
  }

  private func littleEndian<Number: FixedWidthInteger>(at offset: Int) -> Number {
    bytes.withUnsafeBytes {
      Number(littleEndian: $0.loadUnaligned(fromByteOffset: start + offset, as: Number.self))
    }
  }
}
