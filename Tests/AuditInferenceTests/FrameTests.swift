import AuditCore
import AuditWorker
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
    .tensors([Tensor(shape: [0, 3], values: [])]), .refusal("nö"),
  ]

  @Test func everythingThatIsSaidArrives() throws {
    for request in Self.requests { #expect(try InferenceRequest(request.frame) == request) }
    for response in Self.responses { #expect(try InferenceResponse(response.frame) == response) }
  }

  @Test func theBytesOfARequestAreThoseOfTheDescription() {
    let frame = InferenceRequest.run([Tensor(shape: [1, 2], values: [1, -2])], outputs: [5]).frame
    // One tensor; rank 2: 1, 2; two values: 1.0 and -2.0 as IEEE 754; one output: 5.
    let body: [UInt8] =
      [1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 0, 0, 128, 63, 0, 0, 0, 192] + [
        1, 0, 0, 0, 5, 0, 0, 0,
      ]
    // AUF1; work; no flags; no header; 36 bytes of body.
    #expect(frame.encoded() == [65, 85, 70, 49, 67, 0, 0, 0, 0, 0, 0, 0, 36, 0, 0, 0, 0, 0, 0, 0] + body)
  }

  @Test func aFrameThatEndsEarlyIsAnErrorAndNeverACrash() {
    for request in Self.requests.dropFirst() {
      let body = request.frame.body
      for length in 0..<body.count {
        #expect(throws: ByteFault.self) { try InferenceRequest(WireFrame(.work, body: Array(body.prefix(length)))) }
      }
    }
    let huge: [UInt8] = [1, 0, 0, 0, 3, 0, 0, 0] + [UInt8](repeating: 255, count: 12) + [0, 0, 0, 0]
    #expect(throws: ByteFault.self) { try InferenceResponse(WireFrame(.answer, body: huge)) }
  }

  /// What a process that went wrong may send: an error or a message, and what is read comes back when it is sent again.
  @Test func changedAndRandomFramesAreAnErrorOrAMessage() throws {
    var random = SplitMix64(seed: 8)
    let frames = Self.requests.map(\.frame) + Self.responses.map(\.frame)
    let kinds = WireFrame.Kind.allCases
    var (read, refused) = (0, 0)
    for round in 0..<4000 {
      let sent = frames[round % frames.count]
      var body =
        round % 4 == 0 ? (0..<random.integer(below: 40)).map { _ in UInt8(random.integer(below: 256)) } : sent.body
      if round % 4 != 0, !body.isEmpty { body[random.integer(below: body.count)] = UInt8(random.integer(below: 256)) }
      if round % 3 == 0 { body.removeLast(random.integer(below: body.count + 1)) }
      let frame = WireFrame(round % 5 == 0 ? random.choice(kinds) : sent.kind, header: sent.header, body: body)
      if case .run(let tensors, let outputs)? = try? InferenceRequest(frame) {
        read += 1
        // Bytes and not values: a number may be none.
        #expect(frame.body == InferenceRequest.run(tensors, outputs: outputs).frame.body)
      }
      do throws(ByteFault) { _ = try InferenceResponse(frame) } catch { refused += 1 }
    }
    #expect(read > 100 && refused > 1000, "\(read) read, \(refused) refused")
  }

  @Test func aWorkerAnswersWhatItCannotDoWithWords() throws {
    let worker = InferenceWorker()
    let early = try InferenceResponse(worker.answer(InferenceRequest.run([], outputs: []).frame))
    #expect(early == .refusal("no network is loaded"))
    let damaged = try InferenceResponse(worker.answer(WireFrame(.work, body: [1, 2, 3])))
    #expect(damaged == .refusal("the request was damaged"))
  }
}
