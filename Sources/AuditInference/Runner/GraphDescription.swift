/// What a network file says about itself.
package struct GraphDescription: Sendable, Equatable, Codable {
  package var inputs: [TensorPort]
  package var outputs: [TensorPort]
  /// The file's own metadata, such as `input_range`.
  package var properties: [String: String]

  package init(inputs: [TensorPort], outputs: [TensorPort], properties: [String: String] = [:]) {
    self.inputs = inputs
    self.outputs = outputs
    self.properties = properties
  }
}

/// An input or an output of a network.
package struct TensorPort: Sendable, Equatable, Codable {
  package let name: String
  package let type: ElementType
  /// nil where the graph leaves the dimension open.
  package let shape: [Int?]

  package init(name: String, type: ElementType = .float, shape: [Int?]) {
    self.name = name
    self.type = type
    self.shape = shape
  }

  /// For a person: `x (float ?x3x64x64)`.
  package var text: String {
    let dimensions = shape.map { $0.map(String.init) ?? "?" }.joined(separator: "x")
    return "\(name) (\(type.rawValue)\(dimensions.isEmpty ? "" : " " + dimensions))"
  }
}

/// Element types of the ONNX format, as far as anybody gives them to pictures.
package enum ElementType: String, Sendable, Codable {
  case float
  case double
  case half
  case bfloat16
  case uint8
  case int8
  case int32
  case int64
  case bool
  case notATensor = "not a tensor"
  case other = "another type"

  /// - Parameter code: the number in the ONNX format (`TensorProto.DataType`); 0 where it is no tensor.
  init(code: Int32) {
    switch code {
    case 0: self = .notATensor
    case 1: self = .float
    case 2: self = .uint8
    case 3: self = .int8
    case 6: self = .int32
    case 7: self = .int64
    case 9: self = .bool
    case 10: self = .half
    case 11: self = .double
    case 16: self = .bfloat16
    default: self = .other
    }
  }
}

extension [TensorPort] {
  /// For a person: `x (float ?x3x64x64), mask (float ?x1x64x64)`.
  var text: String { map(\.text).joined(separator: ", ") }
}
