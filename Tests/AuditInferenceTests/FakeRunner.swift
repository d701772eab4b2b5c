@testable import AuditInference

/// A network made of Swift: copies its first input, and fails where it is told to.
final class FakeRunner: TensorRunner {
  var graph: GraphDescription
  /// Looks at a batch before it is run; what it throws is thrown.
  var trouble: ([Tensor]) throws(InferenceFailure) -> Void = { _ throws(InferenceFailure) in }
  var map: (Float) -> Float = { $0 }
  private(set) var batches: [Int] = []

  init(inputs: [TensorPort], outputs: [TensorPort], properties: [String: String] = [:]) {
    graph = GraphDescription(inputs: inputs, outputs: outputs, properties: properties)
  }

  convenience init(properties: [String: String] = ["input_range": "0..1"]) {
    let port = TensorPort(name: "x", shape: [nil, 3, nil, nil])
    self.init(inputs: [port], outputs: [port], properties: properties)
  }

  func description() -> GraphDescription { graph }

  func run(_ inputs: [Tensor], outputs: [Int], within seconds: Double) throws(InferenceFailure) -> [Tensor] {
    batches.append(inputs[0].shape[0])
    try trouble(inputs)
    return outputs.map { _ in Tensor(shape: inputs[0].shape, values: inputs[0].values.map(map)) }
  }
}
