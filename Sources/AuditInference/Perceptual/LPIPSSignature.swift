import AuditCore

/// What a file must look like to be an LPIPS network: two batches of pictures in, one number for each pair out.
struct LPIPSSignature: Equatable {
  let range: ValueRange
  /// nil where any size goes.
  let size: PictureSize?
  /// nil where any number of pairs goes.
  let batch: Int?

  /// - Throws: a sentence that says what is different.
  init(_ graph: GraphDescription, path: String) throws(AuditError) {
    func refusal(_ text: String) -> AuditError {
      .wrongFile(
        path: path, finding: "is no LPIPS network: it \(text)",
        remedy: "`audit models import --help` says how to make one")
    }
    guard graph.inputs.count == 2 else {
      throw refusal("takes \(graph.inputs.count) inputs (\(graph.inputs.text)), not two pictures")
    }
    guard graph.outputs.count == 1 else {
      throw refusal("gives \(graph.outputs.count) outputs (\(graph.outputs.text)), not one distance")
    }
    for port in graph.inputs + graph.outputs where port.type != .float {
      throw refusal("has \(port.text); only 32-bit floats are supported")
    }
    for port in graph.inputs {
      guard port.shape.count == 4, port.shape[1] == nil || port.shape[1] == 3 else {
        throw refusal("takes \(port.text), not a batch of pictures ?x3x?x?")
      }
    }
    guard graph.inputs[0].shape == graph.inputs[1].shape else {
      throw refusal("takes two different shapes (\(graph.inputs.text))")
    }
    let shape = graph.inputs[0].shape
    guard (shape[2] == nil) == (shape[3] == nil) else {
      throw refusal("fixes one side of its pictures only (\(graph.inputs[0].text))")
    }
    if let height = shape[2], let width = shape[3] {
      size = PictureSize(width: width, height: height)
    } else {
      size = nil
    }
    batch = shape[0]
    // The published networks take -1..1; the property is there where somebody exported another convention.
    if let said = graph.properties["input_range"] {
      guard let range: ValueRange = word(said) else { throw refusal("says input_range '\(said)', which is unknown") }
      self.range = range
    } else {
      range = .symmetric
    }
  }

  func convention(size: PictureSize) -> OnnxConvention {
    OnnxConvention(
      input: "", output: "", outputIndex: 0, layout: .nchw, outputLayout: .nchw, range: range, outputRange: range,
      channels: .rgb, size: size, batch: batch)
  }
}
