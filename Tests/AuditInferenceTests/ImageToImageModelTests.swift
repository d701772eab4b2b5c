import AuditCore
import Testing

@testable import AuditInference

@Suite struct ImageToImageModelTests {
  static let side = PictureSize(side: 16)

  func plan(
    _ runner: any TensorRunner, _ options: OnnxOptions = OnnxOptions(), size: PictureSize = side,
    network: String = "copy", examples: [RGBImage] = []
  ) throws -> OnnxModelPlan {
    try OnnxPlanner(path: Support.network(network), options: options, runner: runner)
      .plan(requestedSize: nil, defaultSize: size) { _ throws(AuditError) in examples }
  }

  @Test(arguments: ValueRange.allCases, ChannelOrder.allCases)
  func everyCodeValueSurvivesTheWayThereAndBack(range: ValueRange, channels: ChannelOrder) throws {
    for layout in TensorLayout.allCases {
      let convention = OnnxConvention(
        input: "x", output: "y", outputIndex: 0, layout: layout, outputLayout: layout, range: range,
        outputRange: range, channels: channels, size: PictureSize(width: 20, height: 13), batch: nil)
      let tensors = PictureTensor(convention: convention)
      var images = [picture(20, 13), picture(20, 13, seed: 5)]
      if channels == .gray {
        for index in images.indices {
          images[index].pixels = images[index].pixels.indices.map { images[index].pixels[$0 / 3 * 3] }
        }
      }
      let tensor = tensors.tensor(of: images)
      #expect(try tensors.image(0, of: tensor) == images[0])
      #expect(try tensors.image(1, of: tensor) == images[1])
    }
  }

  @Test func valuesLieWhereTheLayoutSays() {
    let image = RGBImage(width: 2, height: 1, pixels: [0, 51, 102, 153, 204, 255])
    func values(_ layout: TensorLayout, _ range: ValueRange, _ channels: ChannelOrder) -> [Float] {
      let convention = OnnxConvention(
        input: "", output: "", outputIndex: 0, layout: layout, outputLayout: layout, range: range, outputRange: range,
        channels: channels, size: PictureSize(width: 2, height: 1), batch: nil)
      return PictureTensor(convention: convention).tensor(of: [image]).values
    }
    #expect(values(.nchw, .codes, .rgb) == [0, 153, 51, 204, 102, 255])
    #expect(values(.nchw, .codes, .bgr) == [102, 255, 51, 204, 0, 153])
    #expect(values(.nhwc, .codes, .bgr) == [102, 51, 0, 255, 204, 153])
    for (value, expected) in zip(values(.nhwc, .symmetric, .rgb), [-1, -0.6, -0.2, 0.2, 0.6, 1] as [Float]) {
      #expect(abs(value - expected) < 1e-6)
    }
    for (value, expected) in zip(values(.nhwc, .unit, .rgb), [0, 0.2, 0.4, 0.6, 0.8, 1] as [Float]) {
      #expect(abs(value - expected) < 1e-6)
    }
    // 0.299, 0.587, 0.114 of (0, 51, 102) and (153, 204, 255).
    for (value, expected) in zip(values(.nchw, .codes, .gray), [41.565, 194.565] as [Float]) {
      #expect(abs(value - expected) < 1e-3)
    }
  }

  @Test func anOutputIsRoundedAndClamped() throws {
    let convention = OnnxConvention(
      input: "", output: "", outputIndex: 0, layout: .nhwc, outputLayout: .nhwc, range: .codes, outputRange: .codes,
      channels: .rgb, size: PictureSize(width: 2, height: 1), batch: nil)
    let tensor = Tensor(shape: [1, 1, 2, 3], values: [-3, 0.49, 0.5, 254.5, 300, 127.4])
    #expect(try PictureTensor(convention: convention).image(0, of: tensor).pixels == [0, 0, 1, 255, 255, 127])
  }

  @Test func aValueThatIsNotFiniteIsAnIssueOfItsOwnPictureOnly() throws {
    let runner = FakeRunner()
    runner.map = { $0 == 1 ? .nan : $0 }
    let model = ImageToImageModel(plan: try plan(runner), runner: runner)
    let dark = RGBImage(width: 16, height: 16, red: 3, green: 4, blue: 5)
    let results = try model.reconstruct([dark, RGBImage(width: 16, height: 16, red: 255), dark])
    #expect(results[0] == .success(dark) && results[2] == .success(dark))
    #expect(results[1] == .failure(SampleIssue(.modelNonfinite, "256 of 768 values are not finite numbers")))
  }

  @Test func aBatchThatDiesIsRunOneByOne() throws {
    let runner = FakeRunner()
    let model = ImageToImageModel(plan: try plan(runner), runner: runner)
    // The first value of a picture tells it apart: 7 kills, 9 hangs, 11 is refused.
    runner.trouble = { (inputs: [Tensor]) throws(InferenceFailure) in
      let each = inputs[0].values.count / inputs[0].shape[0]
      for start in stride(from: 0, to: inputs[0].values.count, by: each) {
        switch (inputs[0].values[start] * 255).rounded() {
        case 7: throw .died("SIGFPE")
        case 9: throw .timedOut(30)
        case 11: throw .refused("no such axis")
        default: break
        }
      }
    }
    let images = [1, 7, 2, 9, 11].map { RGBImage(width: 16, height: 16, red: UInt8($0)) }
    let results = try model.reconstruct(images)
    #expect(results[0] == .success(images[0]) && results[2] == .success(images[2]))
    #expect(results[1] == .failure(SampleIssue(.crash, "the network ended its process (SIGFPE)")))
    #expect(results[3] == .failure(SampleIssue(.timeout, "the network took longer than 30 s")))
    #expect(results[4] == .failure(SampleIssue(.crash, "the network could not be run: no such axis")))
    #expect(runner.batches.suffix(6) == [5, 1, 1, 1, 1, 1])
    runner.trouble = { (_: [Tensor]) throws(InferenceFailure) in throw .unusable("the file is gone") }
    #expect(try sentence { _ = try model.reconstruct(images) } == "the file is gone")
  }

  @Test func picturesGoThroughInRunsOfTheBatch() throws {
    let runner = FakeRunner()
    let model = ImageToImageModel(plan: try plan(runner), runner: runner)
    let before = runner.batches.count
    let images = (0..<150).map { picture(16, 16, seed: $0) }
    let results = try model.reconstruct(images)
    #expect(results.map { try? $0.get() } == images)
    #expect(Array(runner.batches.dropFirst(before)) == [64, 64, 22])
    #expect(try model.reconstruct([]).isEmpty)
  }

  @Test func aNetworkThatDiesOnGreyIsAnErrorBeforeAnythingIsScored() throws {
    let runner = FakeRunner()
    runner.trouble = { (_: [Tensor]) throws(InferenceFailure) in throw .died("SIGFPE") }
    let text = try sentence { _ = try plan(runner) }
    #expect(text.contains("cannot be run on a picture of 16x16") && text.contains("SIGFPE"), "\(text)")
  }

  @Test func withoutAPictureTheRangeIsAssumedAloud() throws {
    let made = try plan(FakeRunner(properties: [:]))
    #expect(made.convention.range == .unit && made.notes.count == 1 && made.notes[0].contains("0..1 was assumed"))
  }

  @Test(
    .needsLibrary,
    arguments: [
      ("takes_unit", ValueRange.unit, ValueRange.unit), ("takes_symmetric", .symmetric, .symmetric),
      ("takes_codes", .codes, .codes), ("symmetric_to_unit", .symmetric, .unit), ("copy", .unit, .unit),
    ])
  func theRangeThatRedrawsThePicturesIsFound(network: String, range: ValueRange, outputRange: ValueRange) throws {
    let examples = (0..<4).map { picture(16, 16, seed: $0) }
    let session = try InferenceSession(path: Support.network(network))
    let made = try plan(session, network: network, examples: examples)
    #expect(made.convention.range == range && made.convention.outputRange == outputRange, "\(made.notes)")
    #expect(made.notes.contains { $0.contains("redraws 4 pictures best") })
    let results = try ImageToImageModel(plan: made, runner: session).reconstruct(examples)
    #expect(results.map { try? $0.get() } == examples)
  }

  @Test(.needsLibrary) func aSaidRangeIsTakenWithoutATrial() throws {
    let session = try InferenceSession(path: Support.network("takes_codes"))
    let made = try plan(session, try OnnxOptions(range: "0..255"), network: "takes_codes")
    #expect(made.convention.range == .codes && made.notes.isEmpty)
  }

  @Test(.needsLibrary) func lastChannelsInBlueGreenRedComeBackInOrder() throws {
    let session = try InferenceSession(path: Support.network("last_bgr"))
    let made = try plan(session, network: "last_bgr")
    #expect(made.convention.text == "pixels -> drawn, nhwc, bgr, values 0..1, 24x32")
    let image = RGBImage(width: 24, height: 32, red: 200, green: 100, blue: 40)
    // The network halves its first channel and quarters its last: blue and red.
    let expected = RGBImage(width: 24, height: 32, red: 50, green: 100, blue: 20)
    #expect(try ImageToImageModel(plan: made, runner: session).reconstruct([image]) == [.success(expected)])
  }

  @Test(.needsLibrary) func aConvolutionGivesTheMeanOfItsNeighbours() throws {
    let session = try InferenceSession(path: Support.network("box"))
    let image = picture(16, 16)
    let made = try plan(session, network: "box")
    let result = try ImageToImageModel(plan: made, runner: session).reconstruct([image])[0].get()
    for (x, y, channel) in [(1, 1, 0), (7, 9, 1), (14, 14, 2), (5, 2, 2)] {
      var sum = 0
      for dy in -1...1 {
        for dx in -1...1 { sum += Int(image.pixels[3 * ((y + dy) * 16 + x + dx) + channel]) }
      }
      #expect(abs(Double(result.pixels[3 * (y * 16 + x) + channel]) - Double(sum) / 9) <= 0.5 + 1e-3)
    }
  }

  @Test(.needsLibrary) func aGrayNetworkRedrawsLuma() throws {
    let session = try InferenceSession(path: Support.network("gray"))
    let made = try plan(session, network: "gray")
    let image = RGBImage(width: 16, height: 16, red: 255)
    // 0.299 x 255 = 76.2
    let expected = RGBImage(width: 16, height: 16, red: 76, green: 76, blue: 76)
    #expect(try ImageToImageModel(plan: made, runner: session).reconstruct([image]) == [.success(expected)])
  }

  @Test(.needsLibrary) func aFixedBatchIsFilledUp() throws {
    let session = try InferenceSession(path: Support.network("batch_of_four"))
    let made = try plan(session, try OnnxOptions(range: "0..1"), network: "batch_of_four")
    #expect(made.convention.batch == 4 && made.convention.size == PictureSize(side: 32))
    let images = (0..<6).map { picture(32, 32, seed: $0) }
    let results = try ImageToImageModel(plan: made, runner: session).reconstruct(images)
    #expect(results.map { try? $0.get() } == images)
  }

  @Test(.needsLibrary) func aBatchThatOnlyClaimsToBeOpenIsFoundOut() throws {
    let session = try InferenceSession(path: Support.network("one_at_a_time"))
    let made = try plan(session, size: PictureSize(side: 32), network: "one_at_a_time")
    #expect(made.convention.batch == 1 && made.notes == ["the network runs on one picture at a time only"])
    let images = (0..<3).map { picture(32, 32, seed: $0) }
    let results = try ImageToImageModel(plan: made, runner: session).reconstruct(images)
    #expect(results.map { try? $0.get() } == images)
  }

  @Test(.needsLibrary) func anOutputOfAnotherSizeIsAnError() throws {
    let session = try InferenceSession(path: Support.network("halves"))
    let text = try sentence { _ = try plan(session, network: "halves") }
    #expect(text.contains("gives 1x3x8x8 in 'y' for a picture of 16x16"), "\(text)")
  }

  @Test(
    .needsLibrary,
    arguments: [("two_inputs", "takes 2 inputs"), ("two_outputs", "--onnx-output"), ("double", "double")])
  func aNetworkOfAnotherKindIsAnError(network: String, words: String) throws {
    let session = try InferenceSession(path: Support.network(network))
    #expect(try sentence { _ = try plan(session, network: network) }.contains(words))
  }
}
