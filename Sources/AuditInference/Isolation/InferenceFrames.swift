import AuditCore
import Foundation

/// What the parent asks of the process that runs a network.
///
/// On the wire: the length of what follows as UInt32, one byte for the kind, the content. Numbers are little-endian.
package enum InferenceRequest: Equatable {
  /// Load this file and describe it. Content: the path.
  case open(path: String)
  /// Run the loaded network. Content: the tensors, then the indices of the wanted outputs.
  case run([Tensor], outputs: [Int])
}

/// What it answers.
package enum InferenceResponse: Equatable {
  /// Content: JSON.
  case description(GraphDescription)
  case tensors([Tensor])
  /// The file or the library cannot be used at all.
  case unusable(String)
  /// The network would not run on these tensors.
  case refused(String)
}

/// A frame that breaks the protocol.
package struct FrameError: Error, Equatable {
  let text: String
}

extension InferenceRequest {
  package func encoded() -> [UInt8] {
    var frame: FrameWriter
    switch self {
    case .open(let path):
      frame = FrameWriter(kind: "O")
      frame.append(Array(path.utf8))
    case .run(let tensors, let outputs):
      frame = FrameWriter(kind: "R", expected: tensors.reduce(0) { $0 + 4 * $1.values.count })
      frame.append(tensors)
      frame.append(UInt32(outputs.count))
      for output in outputs { frame.append(UInt32(output)) }
    }
    return frame.finished()
  }

  /// - Parameter frame: kind and content, without the length.
  package init(_ frame: [UInt8]) throws(FrameError) {
    var reader = FrameReader(frame)
    switch try reader.kind() {
    case "O": self = .open(path: reader.text())
    case "R":
      let tensors = try reader.tensors()
      let count = try reader.count(of: 4)
      var outputs: [Int] = []
      for _ in 0..<count { outputs.append(Int(try reader.number())) }
      self = .run(tensors, outputs: outputs)
    case let kind: throw FrameError(text: "unknown request \(kind)")
    }
  }
}

extension InferenceResponse {
  package func encoded() -> [UInt8] {
    var frame: FrameWriter
    switch self {
    case .description(let graph):
      frame = FrameWriter(kind: "D")
      // Encoding strings and numbers that were just read cannot fail.
      frame.append(Array((try? JSONEncoder().encode(graph)) ?? Data()))
    case .tensors(let tensors):
      frame = FrameWriter(kind: "T", expected: tensors.reduce(0) { $0 + 4 * $1.values.count })
      frame.append(tensors)
    case .unusable(let text):
      frame = FrameWriter(kind: "U")
      frame.append(Array(text.utf8))
    case .refused(let text):
      frame = FrameWriter(kind: "E")
      frame.append(Array(text.utf8))
    }
    return frame.finished()
  }

  /// - Parameter frame: kind and content, without the length.
  package init(_ frame: [UInt8]) throws(FrameError) {
    var reader = FrameReader(frame)
    switch try reader.kind() {
    case "D":
      guard let graph = try? JSONDecoder().decode(GraphDescription.self, from: Data(reader.rest())) else {
        throw FrameError(text: "a description that is no JSON")
      }
      self = .description(graph)
    case "T": self = .tensors(try reader.tensors())
    case "U": self = .unusable(reader.text())
    case "E": self = .refused(reader.text())
    case let kind: throw FrameError(text: "unknown response \(kind)")
    }
  }
}

/// Builds one frame.
private struct FrameWriter {
  private var bytes: [UInt8]

  init(kind: Unicode.Scalar, expected: Int = 0) {
    bytes = []
    bytes.reserveCapacity(64 + expected)
    bytes.append(contentsOf: [0, 0, 0, 0, UInt8(ascii: kind)])
  }

  mutating func append(_ content: [UInt8]) { bytes.append(contentsOf: content) }

  mutating func append(_ number: UInt32) {
    bytes.append(littleEndian: number)
  }

  mutating func append(_ tensors: [Tensor]) {
    append(UInt32(tensors.count))
    for tensor in tensors {
      append(UInt32(tensor.shape.count))
      for side in tensor.shape { append(UInt32(side)) }
      bytes.append(littleEndian: tensor.values)
    }
  }

  mutating func finished() -> [UInt8] {
    let length = bytes.count - 4
    precondition(length <= Int(UInt32.max), "a batch of \(length) bytes does not fit into one frame")
    withUnsafeBytes(of: UInt32(length).littleEndian) { bytes.replaceSubrange(0..<4, with: $0) }
    return bytes
  }
}

/// Takes one frame apart; every size is checked against what is there before anything is allocated.
private struct FrameReader {
  private static let cut = FrameError(text: "a frame that ends early")

  private let size: Int
  private var reader: LittleEndianReader

  init(_ frame: [UInt8]) { (size, reader) = (frame.count, LittleEndianReader(frame)) }

  mutating func kind() throws(FrameError) -> Unicode.Scalar {
    guard let first: UInt8 = reader.next() else { throw FrameError(text: "an empty frame") }
    return Unicode.Scalar(first)
  }

  mutating func rest() -> [UInt8] { reader.next(reader.left) ?? [] }

  mutating func text() -> String { String(decoding: rest(), as: UTF8.self) }

  mutating func number() throws(FrameError) -> UInt32 {
    guard let number: UInt32 = reader.next() else { throw FrameReader.cut }
    return number
  }

  /// A count of things that take at least `size` bytes each.
  mutating func count(of size: Int) throws(FrameError) -> Int {
    let count = Int(try number())
    guard count <= reader.left / size else { throw FrameReader.cut }
    return count
  }

  mutating func tensors() throws(FrameError) -> [Tensor] {
    var tensors: [Tensor] = []
    for _ in 0..<(try count(of: 4)) {
      var shape: [Int] = []
      for _ in 0..<(try count(of: 4)) { shape.append(Int(try number())) }
      var elements = 1
      for side in shape {
        let (product, overflow) = elements.multipliedReportingOverflow(by: side)
        guard !overflow, product <= size else { throw FrameError(text: "a tensor larger than its frame") }
        elements = product
      }
      guard let values: [Float] = reader.next(elements) else { throw FrameReader.cut }
      tensors.append(Tensor(shape: shape, values: values))
    }
    return tensors
  }
}
