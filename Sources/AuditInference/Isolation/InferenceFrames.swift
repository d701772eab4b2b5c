package import AuditWorker
import Foundation

/// What the parent asks of the process that runs a network.
package enum InferenceRequest: Equatable {
  /// Load this file and describe it: an `order` that holds the path.
  case open(path: String)
  /// Run the loaded network: `work` that holds the tensors, then the indices of the wanted outputs.
  case run([Tensor], outputs: [Int])
}

/// What it answers.
package enum InferenceResponse: Equatable {
  /// `ready`, with JSON in the header.
  case description(GraphDescription)
  /// `answer`.
  case tensors([Tensor])
  /// `refusal`: the file or the library cannot be used at all, or the network would not run on these tensors.
  case refusal(String)
}

extension InferenceRequest {
  package var frame: WireFrame {
    switch self {
    case .open(let path): return WireFrame(.order, body: Array(path.utf8))
    case .run(let tensors, let outputs):
      var content = ByteWriter()
      content.put(tensors)
      content.put(each: outputs) { $0.put(UInt32($1)) }
      return WireFrame(.work, body: content.bytes)
    }
  }

  package init(_ frame: WireFrame) throws(ByteFault) {
    switch frame.kind {
    case .order: self = .open(path: String(decoding: frame.body, as: UTF8.self))
    case .work:
      var content = ByteTaker(frame.body)
      let tensors = try content.tensors()
      let outputs = try content.each { output throws(ByteFault) in Int(try output.number() as UInt32) }
      try content.end()
      self = .run(tensors, outputs: outputs)
    default: throw ByteFault()
    }
  }
}

extension InferenceResponse {
  package var frame: WireFrame {
    switch self {
    case .description(let graph):
      // Encoding strings and numbers that were just read cannot fail.
      return WireFrame(.ready, header: Array((try? JSONEncoder().encode(graph)) ?? Data()))
    case .tensors(let tensors):
      var content = ByteWriter()
      content.put(tensors)
      return WireFrame(.answer, body: content.bytes)
    case .refusal(let text): return WireFrame(.refusal, body: Array(text.utf8))
    }
  }

  package init(_ frame: WireFrame) throws(ByteFault) {
    switch frame.kind {
    case .ready:
      guard let graph = try? JSONDecoder().decode(GraphDescription.self, from: Data(frame.header)) else {
        throw ByteFault()
      }
      self = .description(graph)
    case .answer:
      var content = ByteTaker(frame.body)
      self = .tensors(try content.tensors())
      try content.end()
    case .refusal: self = .refusal(String(decoding: frame.body, as: UTF8.self))
    default: throw ByteFault()
    }
  }
}

extension ByteWriter {
  fileprivate mutating func put(_ tensors: [Tensor]) {
    put(each: tensors) { content, tensor in
      content.put(each: tensor.shape) { $0.put(UInt32($1)) }
      content.put(tensor.values)
    }
  }
}

extension ByteTaker {
  fileprivate mutating func tensors() throws(ByteFault) -> [Tensor] {
    try each { content throws(ByteFault) in
      let shape = try content.each { side throws(ByteFault) in Int(try side.number() as UInt32) }
      let values = try content.floats()
      var elements = 1
      for side in shape {
        let (product, overflow) = elements.multipliedReportingOverflow(by: side)
        guard !overflow else { throw ByteFault() }
        elements = product
      }
      guard elements == values.count else { throw ByteFault() }
      return Tensor(shape: shape, values: values)
    }
  }
}
