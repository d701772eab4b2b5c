import AuditCore

/// One message of the worker protocol.
///
/// On the wire, little-endian: `AUF1`, kind (2 bytes), flags (2), length of the header (4), length of the body (8), the
/// header, the body.
package struct WireFrame: Sendable, Equatable {
  package enum Kind: UInt16, Sendable, CaseIterable {
    // From whoever hands out work. The header is JSON.
    /// The body is a picture file.
    case image = 1
    /// The body is a picture file and its reference, whose lengths the header says.
    case pair = 2
    /// The header names a file.
    case path = 3
    /// Send what is ready.
    case flush = 4
    /// Send a sign of life once everything before is answered.
    case ping = 5
    /// Nothing follows.
    case end = 6

    // To a child and from it. The header is binary, or JSON where said.
    /// What the child works by: JSON, with a file of models beside it; or the path of a network.
    case order = 64
    /// The child can begin; JSON.
    case ready = 65
    /// The child cannot do it; the body is a sentence.
    case refusal = 66
    /// Something to read or score: `WorkRequest`, with the bytes or open files that it speaks of.
    case work = 67
    /// What became of the oldest piece of work that is not answered.
    case answer = 68
  }

  package let kind: Kind
  package let flags: UInt16
  package let header: [UInt8]
  package let body: [UInt8]

  package init(_ kind: Kind, flags: UInt16 = 0, header: [UInt8] = [], body: [UInt8] = []) {
    (self.kind, self.flags, self.header, self.body) = (kind, flags, header, body)
  }

  /// Kinds that a child takes, and kinds that it answers with.
  static let forChildren: Set<Kind> = [.order, .work]
  static let fromChildren: Set<Kind> = [.ready, .refusal, .answer]
  /// Bytes of the longest body between a parent and its child.
  static let mostOfChild: UInt64 = 1 << 31

  static let magic = Array("AUF1".utf8)
  static let headBytes = 20

  package func encoded() -> [UInt8] {
    precondition(header.count <= Int(UInt32.max), "a header of \(header.count) bytes")
    var bytes = WireFrame.magic
    bytes.reserveCapacity(WireFrame.headBytes + header.count + body.count)
    bytes.append(littleEndian: kind.rawValue)
    bytes.append(littleEndian: flags)
    bytes.append(littleEndian: UInt32(header.count))
    bytes.append(littleEndian: UInt64(body.count))
    bytes += header
    bytes += body
    return bytes
  }
}

/// Bytes that are no frames of the protocol. Nothing behind them can be understood.
package enum FrameFault: Error, Equatable {
  case magic
  case kind(UInt16)
  case header(bytes: UInt32)
  case body(bytes: UInt64)
  /// The stream ends inside a frame.
  case cut
}

extension FrameFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .magic: "a frame begins with AUF1, and these bytes do not"
    case .kind(let kind): "no frame of kind \(kind) is taken here"
    case .header(let bytes): "a header of \(bytes) bytes is more than \(FrameParser.mostHeader)"
    case .body(let bytes): "a body of \(bytes) bytes is more than is taken"
    case .cut: "the stream ends inside a frame"
    }
  }
}
