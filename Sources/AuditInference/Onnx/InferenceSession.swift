package import AuditCore
import COnnxRuntime

/// A loaded network that runs in this process, on one thread.
///
/// The library may end the process on tensors that a network was not made for: use it through a child
/// (`IsolatedRunner`) wherever the network or the pictures come from a user.
package final class InferenceSession: TensorRunner {
  private let session: OpaquePointer
  private let graph: GraphDescription

  /// - Throws: `AuditError` where the library is missing, or the file is no network that it can load.
  package init(path: String) throws(AuditError) {
    try NetworkFile.check(path)
    let library = try OnnxRuntimeLibrary.shared()
    var message = [CChar](repeating: 0, count: Int(AUDIT_ONNX_MESSAGE))
    guard let session = audit_onnx_session_open(library.pointer, path, &message) else {
      throw .network(Self.sentence(path: path, words: text(of: message)))
    }
    self.session = session
    graph = Self.describe(session)
  }

  deinit { audit_onnx_session_close(session) }

  package func description() -> GraphDescription { graph }

  package func run(
    _ inputs: [Tensor], outputs: [Int], within seconds: Double = .infinity
  ) throws(InferenceFailure) -> [Tensor] {
    guard inputs.count == graph.inputs.count else {
      throw .refused("it takes \(graph.inputs.count) inputs and was given \(inputs.count)")
    }
    guard outputs.allSatisfy(graph.outputs.indices.contains), Set(outputs).count == outputs.count else {
      throw .refused("it has \(graph.outputs.count) outputs; number \(outputs) was asked for")
    }
    var message = [CChar](repeating: 0, count: Int(AUDIT_ONNX_MESSAGE))
    for (index, tensor) in inputs.enumerated() {
      let shape = tensor.shape.map(Int64.init)
      let isSet = audit_onnx_set_input(
        session, index, shape, shape.count, tensor.values, tensor.values.count, &message)
      if !isSet { throw .refused(Self.firstLine(text(of: message))) }
    }
    // The count goes along: no output at all is a valid wish, and an empty array has no address.
    guard audit_onnx_run(session, outputs.map { $0 }, outputs.count, &message) else {
      throw .refused(Self.firstLine(text(of: message)))
    }
    return outputs.indices.map { position in Self.tensor(audit_onnx_result(session, position)) }
  }

  private static func tensor(_ result: audit_onnx_output) -> Tensor {
    let shape = withUnsafeBytes(of: result.shape) { bytes in
      bytes.bindMemory(to: Int64.self).prefix(result.rank).map(Int.init)
    }
    return Tensor(shape: shape, values: Array(UnsafeBufferPointer(start: result.values, count: result.count)))
  }

  private static func describe(_ session: OpaquePointer) -> GraphDescription {
    let inputs = (0..<audit_onnx_input_count(session)).map { port(audit_onnx_input_port(session, $0).pointee) }
    let outputs = (0..<audit_onnx_output_count(session)).map { port(audit_onnx_output_port(session, $0).pointee) }
    var properties: [String: String] = [:]
    for index in 0..<audit_onnx_property_count(session) {
      let name = String(cString: audit_onnx_property_name(session, index))
      properties[name] = String(cString: audit_onnx_property_text(session, index))
    }
    return GraphDescription(inputs: inputs, outputs: outputs, properties: properties)
  }

  private static func port(_ port: audit_onnx_port) -> TensorPort {
    let shape = withUnsafeBytes(of: port.shape) { bytes in
      bytes.bindMemory(to: Int64.self).prefix(port.rank).map { $0 < 0 ? nil : Int($0) }
    }
    return TensorPort(name: String(cString: port.name), type: ElementType(code: port.element_type), shape: shape)
  }

  /// The library's words with what they mean for the person who gave the file.
  static func sentence(path: String, words: String) -> String {
    let words = firstLine(words)
    if words.contains("Protobuf parsing failed") {
      return "'\(path)' is damaged, cut off, or no ONNX network; export or fetch it again"
    }
    if words.lowercased().contains("external data") {
      return "'\(path)' keeps its weights in a second file, which is not beside it or damaged; "
        + "export it into one file (torch.onnx.export(..., external_data=False))"
    }
    if words.contains("opset") || words.contains("IR version") || words.contains("ir_version") {
      return "'\(path)' is newer than the installed ONNX Runtime (\(words)); update it with: pip install -U onnxruntime"
    }
    return "'\(path)' cannot be loaded: \(words)"
  }

  /// The first line, and the indices where it announces them; behind them may come a native stack.
  private static func firstLine(_ words: String) -> String {
    let lines = words.split(separator: "\n").map { $0.drop { $0 == " " } }
    let wanted = lines.prefix(1) + lines.dropFirst().prefix { $0.hasPrefix("index:") }
    return wanted.joined(separator: " ")
  }
}
