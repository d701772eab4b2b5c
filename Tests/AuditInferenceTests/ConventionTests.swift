import AuditCore
import Testing

@testable import AuditInference

/// What is inferred from a graph, without any library.
@Suite struct ConventionTests {
  static let open: [Int?] = [nil, 3, nil, nil]

  func infer(
    _ graph: GraphDescription, _ options: OnnxOptions = OnnxOptions(), size: Int? = nil
  ) throws -> InferredConvention {
    try ConventionInference(graph: graph, options: options, path: "net.onnx")
      .infer(requestedSize: size.map { PictureSize(side: $0) }, defaultSize: PictureSize(side: 128))
  }

  func graph(_ input: [Int?], _ output: [Int?]? = nil, properties: [String: String] = [:]) -> GraphDescription {
    GraphDescription(
      inputs: [TensorPort(name: "x", shape: input)], outputs: [TensorPort(name: "y", shape: output ?? input)],
      properties: properties)
  }

  @Test func theChannelsGiveTheLayoutAway() throws {
    #expect(try infer(graph([nil, 3, 64, 96])).layout == .nchw)
    #expect(try infer(graph([nil, 64, 96, 3])).layout == .nhwc)
    #expect(try infer(graph([nil, 64, 96, 3])).size == PictureSize(width: 96, height: 64))
    #expect(try infer(graph([nil, 3, 64, 96])).size == PictureSize(width: 96, height: 64))
    #expect(try infer(graph([nil, 1, 64, 64])).channels == .gray)
  }

  @Test func whereTheShapeSaysNothingTheFileDoesAndElseItIsAssumedAloud() throws {
    let all: [Int?] = [nil, nil, nil, nil]
    #expect(try infer(graph(all, properties: ["input_layout": "NHWC"])).layout == .nhwc)
    let assumed = try infer(graph(all))
    #expect(assumed.layout == .nchw && assumed.notes.contains { $0.contains("--onnx-layout") })
  }

  @Test func theUsersWordGoesOverTheFiles() throws {
    let said = graph(Self.open, properties: ["input_range": "-1..1", "input_color": "BGR"])
    #expect(try infer(said).range == .symmetric && infer(said).channels == .bgr)
    let options = try OnnxOptions(range: "0..255", channels: "rgb")
    let inferred = try infer(said, options)
    #expect(inferred.range == .codes && inferred.channels == .rgb)
  }

  @Test func anOpenSizeIsTheDefaultOrTheWish() throws {
    #expect(try infer(graph(Self.open)).size == PictureSize(side: 128))
    #expect(try infer(graph(Self.open), size: 96).size == PictureSize(side: 96))
    #expect(try infer(graph(Self.open), OnnxOptions(size: "178x218")).size == PictureSize(width: 178, height: 218))
  }

  @Test func aFixedSizeThatDoesNotFitIsAnErrorThatNamesBoth() throws {
    let text = try sentence { _ = try infer(graph([nil, 3, 64, 64]), size: 128) }
    #expect(text == "'net.onnx' takes pictures of 64x64 only, not 128x128; give that size or none")
    #expect(try infer(graph([nil, 3, 64, 64])).size == PictureSize(side: 64))
  }

  /// What a file claims is multiplied and divided by; 2^62 x 4 and 1 / 0 ended the process.
  @Test(
    arguments: [[nil, 3, 0, 64], [nil, 3, 64, .max], [nil, 3, 1 << 40, 1 << 40], [nil, 4097, 64, 3]] as [[Int?]])
  func anImpossibleSizeIsAnError(shape: [Int?]) throws {
    let text = try sentence { _ = try infer(graph(shape)) }
    #expect(text.contains("pictures have sides of 1 to 4096 pixels"), "\(text)")
  }

  @Test(arguments: [0, .max, 1 << 62, 1 << 20]) func anImpossibleBatchIsAnError(count: Int) throws {
    let text = try sentence { _ = try infer(graph([count, 3, 64, 64])) }
    #expect(text.contains("cannot be held at a time"), "\(text)")
  }

  @Test func anotherNumberOfInputsIsAnError() throws {
    var two = graph(Self.open)
    two.inputs.append(TensorPort(name: "noise", shape: [nil, 8]))
    let text = try sentence { _ = try infer(two) }
    #expect(text.contains("takes 2 inputs") && text.contains("noise (float ?x8)"), "\(text)")
    two.inputs = []
    #expect(try sentence { _ = try infer(two) }.contains("takes 0 inputs"))
  }

  @Test func theOutputThatCanBeAPictureIsChosenAndSaid() throws {
    var graph = graph(Self.open)
    graph.outputs.insert(TensorPort(name: "code", shape: [nil, 64]), at: 0)
    let inferred = try infer(graph)
    #expect(inferred.outputIndex == 1 && inferred.notes == ["of 2 outputs, 'y' is the picture"])
    graph.outputs.append(TensorPort(name: "other", shape: Self.open))
    #expect(try sentence { _ = try infer(graph) }.contains("choose one with --onnx-output NAME"))
    #expect(try infer(graph, OnnxOptions(output: "other")).outputIndex == 2)
    let text = try sentence { _ = try infer(graph, OnnxOptions(output: "othr")) }
    #expect(text.contains("; did you mean 'other'?"))
    graph.outputs = [TensorPort(name: "code", shape: [nil, 64])]
    #expect(try sentence { _ = try infer(graph) }.contains("none can be a picture of 128x128 with 3 channels"))
  }

  @Test func anotherTypeIsAnErrorThatSaysWhich() throws {
    var graph = graph(Self.open)
    graph.inputs = [TensorPort(name: "x", type: .half, shape: Self.open)]
    #expect(try sentence { _ = try infer(graph) }.contains("x (half ?x3x?x?); only 32-bit floats"))
    graph.inputs = [TensorPort(name: "x", shape: Self.open)]
    graph.outputs = [TensorPort(name: "y", type: .uint8, shape: Self.open)]
    #expect(try sentence { _ = try infer(graph) }.contains("y (uint8 ?x3x?x?); only 32-bit floats"))
  }

  @Test func shapesThatAreNoPicturesAreErrors() throws {
    #expect(try sentence { _ = try infer(graph([nil, 12288])) }.contains("four dimensions"))
    #expect(try sentence { _ = try infer(graph([nil, 4, 64, 64])) }.contains("pictures have 3 channels"))
    #expect(
      try sentence { _ = try infer(graph([nil, 3, 64, 64]), OnnxOptions(layout: "nhwc")) }.contains("64 channels"))
    #expect(
      try sentence { _ = try infer(graph([nil, 1, 64, 64]), OnnxOptions(channels: "bgr")) }.contains("1 channels"))
    #expect(
      try sentence { _ = try infer(graph(Self.open, properties: ["input_range": "ImageNet"])) }.contains("'ImageNet'"))
    #expect(try sentence { _ = try infer(graph(Self.open), OnnxOptions(input: "image")) }.contains("only input is 'x'"))
  }

  @Test(arguments: [
    ("0..1", ValueRange.unit), ("0-1", .unit), ("[0, 1]", .unit), ("0.0..1.0", .unit), ("-1..1", .symmetric),
    ("[-1,1]", .symmetric), ("-1-1", .symmetric), ("-1 to 1", .symmetric), ("0..255", .codes), ("0:255", .codes),
  ])
  func aRangeMayBeWrittenAsPeopleDo(text: String, range: ValueRange) {
    #expect(word(text) == range)
  }

  @Test func wordsThatAreNoneOfThemAreErrorsWithTheNearest() throws {
    #expect(
      try sentence { _ = try OnnxOptions(range: "0..2") }
        == "--onnx-range takes 0..1, -1..1, 0..255; got '0..2'  (did you mean 0..1?)")
    #expect(
      try sentence { _ = try OnnxOptions(layout: "hwc") }
        == "--onnx-layout takes nchw, nhwc; got 'hwc'  (did you mean nhwc?)")
    #expect(try sentence { _ = try OnnxOptions(channels: "cmyk") }.hasPrefix("--onnx-channels takes rgb, bgr, gray"))
    for size in ["", "0", "12x", "x12", "5000", "1x2x3", "-4"] {
      #expect(try sentence { _ = try OnnxOptions(size: size) }.contains("'\(size)'"))
    }
  }
}
