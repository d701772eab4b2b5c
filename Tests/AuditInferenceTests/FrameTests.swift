import AuditCore
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

  /// What a process that went wrong may send: an error or a message, and what is read comes back when it is sent again.
  @Test func changedAndRandomFramesAreAnErrorOrAMessage() throws {
    var random = SplitMix64(seed: 8)
    let frames =
      Self.requests.map { Array($0.encoded().dropFirst(4)) }
      + Self.responses.map { Array($0.encoded().dropFirst(4)) }
    var (read, refused) = (0, 0)
    for round in 0..<4000 {
      var frame =
        round % 4 == 0
        ? (0..<random.integer(below: 40)).map { _ in UInt8(random.integer(below: 256)) }
        : frames[round % frames.count]
      if round % 4 == 0, !frame.isEmpty { frame[0] = random.choice(Array("ORDTUE".utf8)) }
      if round % 4 != 0, !frame.isEmpty {
        frame[random.integer(below: frame.count)] = UInt8(random.integer(below: 256))
      }
      if round % 3 == 0 { frame.removeLast(random.integer(below: frame.count + 1)) }
      if case .run(let tensors, let outputs)? = try? InferenceRequest(frame) {
        read += 1
        // Bytes and not values: a number may be none.
        let again = InferenceRequest.run(tensors, outputs: outputs).encoded()
        #expect(frame.starts(with: again.dropFirst(4)))
      }
      do throws(FrameError) { _ = try InferenceResponse(frame) } catch { refused += 1 }
    }
    #expect(read > 100 && refused > 1000, "\(read) read, \(refused) refused")
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
