import AuditCore

/// What can be said of a network without running it, and what is still open.
struct InferredConvention {
  var input: TensorPort
  var output: TensorPort
  var outputIndex: Int
  var layout: TensorLayout
  var channels: ChannelOrder
  var size: PictureSize
  var batch: Int?
  /// nil where neither the user nor the file says it.
  var range: ValueRange?
  var outputRange: ValueRange?
  /// What was assumed, a sentence each.
  var notes: [String] = []
}

/// Reads a graph's shapes, names and metadata; the user's word goes over the file's.
struct ConventionInference {
  let graph: GraphDescription
  let options: OnnxOptions
  /// The file, for messages.
  let path: String

  /// - Parameters:
  ///   - requestedSize: what the user asked to score at; nil leaves it to the network.
  ///   - defaultSize: for a network that takes any size.
  func infer(requestedSize: PictureSize?, defaultSize: PictureSize) throws(AuditError) -> InferredConvention {
    let input = try chosenInput()
    let (layout, layoutNote) = try layout(of: input)
    let channels = try channelOrder(of: input, layout: layout)
    let size = try size(of: input, layout: layout, requested: options.size ?? requestedSize, standard: defaultSize)
    let (index, outputNote) = try chosenOutput(layout: layout, size: size, planes: channels == .gray ? 1 : 3)
    let range = try said(options.range, "input_range")
    let batch = try batch(of: input, size: size)
    return InferredConvention(
      input: input, output: graph.outputs[index], outputIndex: index, layout: layout, channels: channels, size: size,
      batch: batch, range: range, outputRange: try said(options.outputRange, "output_range") ?? range,
      notes: [layoutNote, outputNote].compactMap { $0 })
  }

  /// 768 MB of 32-bit floats in three channels, which also fit into one frame.
  private static let mostPixelsPerRun = 1 << 26

  private func chosenInput() throws(AuditError) -> TensorPort {
    guard let first = graph.inputs.first, graph.inputs.count == 1 else {
      throw refusal(
        "takes \(graph.inputs.count) inputs (\(graph.inputs.text)); it must take one picture and nothing else")
    }
    if let wanted = options.input, wanted != first.name {
      throw .usage("--onnx-input '\(wanted)': the network's only input is '\(first.name)'")
    }
    try requireFloat(first, what: "input")
    guard first.shape.count == 4 else {
      throw refusal("takes \(first.text); a batch of pictures has four dimensions")
    }
    return first
  }

  private func layout(of input: TensorPort) throws(AuditError) -> (TensorLayout, String?) {
    if let given = options.layout {
      try checkChannels(input, given)
      return (given, nil)
    }
    let isFirst = isChannelCount(input.shape[1])
    let isLast = isChannelCount(input.shape[3])
    if isFirst != isLast { return (isFirst ? .nchw : .nhwc, nil) }
    if let said: TensorLayout = try property("input_layout") { return (said, nil) }
    if !isFirst, input.shape[1] != nil, input.shape[3] != nil {
      throw refusal("takes \(input.text); pictures have 3 channels (or 1) in the second or the last dimension")
    }
    return (.nchw, "the file does not say where its channels stand: nchw was assumed (--onnx-layout)")
  }

  private func checkChannels(_ input: TensorPort, _ layout: TensorLayout) throws(AuditError) {
    let count = input.shape[layout == .nchw ? 1 : 3]
    if let count, !isChannelCount(count) {
      throw .usage(
        "--onnx-layout \(layout.rawValue): '\(input.text)' then has \(count) channels; pictures have 3 or 1")
    }
  }

  private func channelOrder(of input: TensorPort, layout: TensorLayout) throws(AuditError) -> ChannelOrder {
    let count = input.shape[layout == .nchw ? 1 : 3]
    let said = try said(options.channels, "input_color")
    if let said, let count, (said == .gray) != (count == 1) {
      throw .usage("--onnx-channels \(said.rawValue): the network's input has \(count) channels (\(input.text))")
    }
    return said ?? (count == 1 ? .gray : .rgb)
  }

  private func size(
    of input: TensorPort, layout: TensorLayout, requested: PictureSize?, standard: PictureSize
  ) throws(AuditError) -> PictureSize {
    let height = input.shape[layout == .nchw ? 2 : 1]
    let width = input.shape[layout == .nchw ? 3 : 2]
    let wanted = requested ?? standard
    let size = PictureSize(width: width ?? wanted.width, height: height ?? wanted.height)
    if let requested, requested != size {
      throw refusal(
        "takes pictures of \(width.map(String.init) ?? "any")x\(height.map(String.init) ?? "any") only, "
          + "not \(requested); give that size or none")
    }
    guard size.isPossible else {
      throw refusal("takes \(input.text); pictures have sides of 1 to \(PictureSize.longestSide) pixels")
    }
    return size
  }

  /// Pictures per run that the file fixes; nil where it takes any number.
  private func batch(of input: TensorPort, size: PictureSize) throws(AuditError) -> Int? {
    guard let count = input.shape[0] else { return nil }
    guard count >= 1, count <= ConventionInference.mostPixelsPerRun / size.pixels else {
      throw refusal("takes \(input.text): that many pictures of \(size) cannot be held at a time")
    }
    return count
  }

  private func chosenOutput(
    layout: TensorLayout, size: PictureSize, planes: Int
  ) throws(AuditError) -> (Int, String?) {
    if let wanted = options.output {
      guard let index = graph.outputs.firstIndex(where: { $0.name == wanted }) else {
        throw .unknownName(
          "--onnx-output '\(wanted)': the network's outputs are \(graph.outputs.text)",
          near: Spelling.nearest(to: wanted, in: graph.outputs.map(\.name)).map { "'\($0)'" })
      }
      try requireFloat(graph.outputs[index], what: "output")
      return (index, nil)
    }
    let fitting = graph.outputs.indices.filter { couldHold(graph.outputs[$0], size: size, planes: planes) }
    guard let index = fitting.first else {
      try requireFloat(graph.outputs.first ?? TensorPort(name: "none", type: .notATensor, shape: []), what: "output")
      throw refusal("gives \(graph.outputs.text); none can be a picture of \(size) with \(planes) channels")
    }
    if fitting.count > 1 {
      throw refusal(
        "has \(fitting.count) outputs that may be the picture (\(graph.outputs.text)); "
          + "choose one with --onnx-output NAME")
    }
    let isOnly = graph.outputs.count == 1
    return (index, isOnly ? nil : "of \(graph.outputs.count) outputs, '\(graph.outputs[index].name)' is the picture")
  }

  /// Whether the dimensions that are known allow a picture.
  private func couldHold(_ port: TensorPort, size: PictureSize, planes: Int) -> Bool {
    guard port.type == .float, port.shape.count == 4 || port.shape.isEmpty else { return false }
    // An exporter that cannot work out an output's shape leaves it away altogether.
    guard !port.shape.isEmpty else { return true }
    return [[planes, size.height, size.width], [size.height, size.width, planes]].contains { wanted in
      zip(port.shape.dropFirst(), wanted).allSatisfy { $0 == nil || $0 == $1 }
    }
  }

  private func requireFloat(_ port: TensorPort, what: String) throws(AuditError) {
    guard port.type != .float else { return }
    throw refusal("has the \(what) \(port.text); only 32-bit floats are supported: export the network in float32")
  }

  private func isChannelCount(_ count: Int?) -> Bool { count == 3 || count == 1 }

  /// What the user said, or else the file's property.
  private func said<Value: RawRepresentable & CaseIterable>(
    _ option: Value?, _ name: String
  ) throws(AuditError) -> Value? where Value.RawValue == String {
    if let option { return option }
    return try property(name)
  }

  /// A property of the file as one of an enum's words; nil where it is not there.
  private func property<Value: RawRepresentable & CaseIterable>(
    _ name: String
  ) throws(AuditError) -> Value? where Value.RawValue == String {
    guard let text = graph.properties[name] else { return nil }
    if let value: Value = word(text) { return value }
    throw refusal(
      "says \(name) '\(text)', which is none of \(Value.allCases.map(\.rawValue).joined(separator: ", ")); "
        + "say it with an --onnx option")
  }

  private func refusal(_ text: String) -> AuditError { .wrongFile(path: path, finding: text) }
}
