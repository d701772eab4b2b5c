import Testing

@testable import AuditInference

@Suite struct FrameTests {
  static let requests: [InferenceRequest] = [
    .open(path: "/faces/ä b.onnx"), .run([], outputs: []),
    .run(
      [Tensor(shape: [2, 1, 3], values: [0, -1, 2.5, .infinity, 1e-30, -0.0]), Tensor(shape: [], values: [7])],
      outputs: [3, 0]),
  ]
  static let responses: [InferenceResponse] = [
    .description(
      GraphDescription(
        inputs: [TensorPort(name: "x", shape: [nil, 3])], outputs: [TensorPort(name: "y", type: .int64, shape: [])],
        properties: ["a": "b"])),
    .tensors([Tensor(shape: [0, 3], values: [])]), .unusable("no"), .refused("nö"),
  ]

  @Test func everythingThatIsSaidArrives() throws {
    for request in Self.requests { #expect(try InferenceRequest(Array(request.encoded().dropFirst(4))) == request) }
    for response in Self.responses {
      #expect(try InferenceResponse(Array(response.encoded().dropFirst(4))) == response)
    }
  }

  @Test func theBytesOfARequestAreThoseOfTheDescription() {
    let frame = InferenceRequest.run([Tensor(shape: [1, 2], values: [1, -2])], outputs: [5]).encoded()
    // Length; R; one tensor; rank 2: 1, 2; 1.0 and -2.0 as IEEE 754; one output: 5.
    #expect(
      frame == [33, 0, 0, 0, 82, 1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 128, 63, 0, 0, 0, 192]
        + [1, 0, 0, 0, 5, 0, 0, 0])
  }

  @Test func aFrameThatEndsEarlyIsAnErrorAndNeverACrash() {
    for request in Self.requests.dropFirst() {
      let frame = Array(request.encoded().dropFirst(4))
      for length in 0..<frame.count {
        #expect(throws: FrameError.self) { try InferenceRequest(Array(frame.prefix(length))) }
      }
    }
    let huge: [UInt8] = [84, 1, 0, 0, 0, 3, 0, 0, 0] + [UInt8](repeating: 255, count: 12)
    #expect(throws: FrameError.self) { try InferenceResponse(huge) }
  }

  @Test func aWorkerAnswersWhatItCannotDoWithWords() throws {
    let worker = InferenceWorker()
    let early = try InferenceResponse(
      Array(worker.answer(Array(InferenceRequest.run([], outputs: []).encoded().dropFirst(4))).dropFirst(4)))
    #expect(early == .refused("no network is loaded"))
    let damaged = try InferenceResponse(Array(worker.answer([1, 2, 3]).dropFirst(4)))
    guard case .refused(let words) = damaged else {
      Issue.record("\(damaged)")
      return
    }
    #expect(words.contains("damaged"))
  }
}
