import AuditDigest
import Foundation
import Testing

/// The protocol of `audit worker --stdio`, spoken by an engine.
@Suite struct WorkerProtocolTests {
  /// Keys of rows, in order.
  private static func keys(_ lines: [String]) throws -> [String] {
    try lines.map { try object($0) }.compactMap { $0["k"] as? String }
  }

  private static func object(_ line: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
  }

  @Test func aWorkerSaysWhatItSpeaksAnswersInOrderAndSumsUp() throws {
    let scratch = try Scratch()
    let worker = try RunningWorker([], in: scratch)
    let pictures = (0..<5).map { Picture.ppm(UInt64($0)) }
    let frames =
      pictures.enumerated().flatMap { EngineFrame.pair("p\($0)", $1, pictures[0]) }
      + EngineFrame.image("lone", pictures[1], ord: 41) + EngineFrame.image("none", [1, 2, 3])
      + EngineFrame.image("empty", []) + EngineFrame.flush + EngineFrame.end
    worker.feedAll(frames)
    let (lines, status, err) = try worker.rest()
    #expect(status == 0, "\(err)")
    let hello = try Self.object(lines[0])
    #expect(hello["t"] as? String == "hello" && hello["proto"] as? Int == 1 && hello["schema"] as? Int == 1)
    #expect(
      hello["columns"] as? [String]
        == ["mse", "mae", "orthogonal_distance", "score_distance", "leverage", "nearest_distance"])
    #expect(try Self.keys(lines) == ["p0", "p1", "p2", "p3", "p4", "lone", "none", "empty"])
    let first = try Self.object(lines[1])
    #expect(first["st"] as? String == "ok" && first["mse"] as? Double == 0 && first["w"] as? Int == 24)
    #expect(first["sha256"] as? String == hexadecimal(sha256(pictures[0])))
    #expect(try Self.object(lines[2])["mse"] as? Double ?? 0 > 0)
    let lone = try Self.object(lines[6])
    #expect(lone["st"] as? String == "ok" && lone["mse"] is NSNull && lone["ord"] as? Int == 41)
    #expect(try Self.object(lines[7])["code"] as? String == "not_image")
    #expect(try Self.object(lines[8])["code"] as? String == "empty")
    let bye = try Self.object(lines[9])
    #expect(lines.count == 10 && bye["t"] as? String == "bye")
    #expect(bye["in"] as? Int == 8 && bye["ok"] as? Int == 6 && bye["err"] as? Int == 2)
    let rows = lines[1...8].map { $0 + "\n" }.joined()
    #expect(bye["digest"] as? String == hexadecimal(sha256(Array(rows.utf8))))
  }

  @Test(arguments: ["0", "-1", "inf", "nan", "86400.5"])
  func aTimeToBeginThatIsNoneIsRefused(seconds: String) throws {
    let run = try Command.audit(["worker", "--stdio", "--warmup-timeout=\(seconds)"])
    #expect(run.status == 2 && run.out == "", "\(run.out)")
    #expect(
      run.err.hasPrefix("audit: --warmup-timeout takes seconds, more than 0 and at most 86400; got "), "\(run.err)")
  }

  @Test(arguments: ["86400", "59.5"]) func aTimeToBeginThatIsOneIsTaken(seconds: String) throws {
    let worker = try RunningWorker(["--warmup-timeout", seconds], in: Scratch())
    worker.feedAll(EngineFrame.image("one", Picture.ppm(1)) + EngineFrame.end)
    let (lines, status, err) = try worker.rest()
    #expect(status == 0 && lines.count == 3, "\(err)")
  }

  @Test func aPictureThatNobodyCouldHandOutIsARowThatSaysWhy() throws {
    let worker = try RunningWorker([], in: Scratch())
    worker.feedAll(
      EngineFrame.bytes(1, "{\"key\":\"lost\",\"error\":\"the row group is damaged\"}")
        + EngineFrame.image("there", Picture.ppm(1)) + EngineFrame.end)
    let (lines, status, err) = try worker.rest()
    #expect(status == 0, "\(err)")
    let lost = try Self.object(lines[1])
    #expect(lost["k"] as? String == "lost" && lost["code"] as? String == "open")
    #expect((lost["detail"] as? String)?.contains("the row group is damaged") == true, "\(lost)")
    #expect(try Self.object(lines[2])["st"] as? String == "ok")
  }

  @Test func aModelGivesTheNumbersOfAScanWithIt() throws {
    let (scratch, faces) = try Scratch.withFaces(40)
    let model = scratch.path + "/model.audit"
    try #require(try Command.audit(["fit", faces, "-o", model, "--size", "64"]).status == 0)
    let scan = try Command.audit(["scan", faces, "--model", model] + Command.quick)
    try #require(scan.status == 0, "\(scan.err)")
    let worker = try RunningWorker(["--in", "paths", "--model", model], in: scratch)
    worker.feedAll(Array((0..<40).map { faces + "/" + Files.name($0) + "\n" }.joined().utf8))
    let (lines, status, err) = try worker.rest()
    #expect(status == 0 && lines.count == 42, "\(err)")
    let stored = try Command.audit(["sql", faces + ".audit.db", "SELECT mse, mae FROM samples ORDER BY path", "--nl"])
    let rows = stored.out.split(separator: "\n")
    #expect(rows.count == 40)
    for (line, row) in zip(lines.dropFirst(), rows) {
      let (own, other) = (try Self.object(line), try Self.object(String(row)))
      #expect(own["mse"] as? Double == other["mse"] as? Double && own["mae"] as? Double == other["mae"] as? Double)
      #expect(own["orthogonal_distance"] is Double && own["leverage"] is Double)
    }
  }

  @Test func oneByteAtATimeGivesTheSameRows() throws {
    let scratch = try Scratch()
    let frames =
      EngineFrame.image("a", Picture.ppm(1, width: 6, height: 5)) + EngineFrame.ping + EngineFrame.image("b", [7])
    let whole = try RunningWorker([], in: scratch)
    whole.feedAll(frames)
    let expected = try whole.rest()
    let worker = try RunningWorker([], in: scratch)
    for byte in frames { worker.feed([byte]) }
    try worker.close()
    let (lines, status, err) = try worker.rest()
    #expect(status == 0 && expected.status == 0, "\(err)")
    #expect(lines.dropFirst() == expected.lines.dropFirst() && lines[2] == "{\"t\":\"pong\"}")
  }

  @Test(arguments: [1, 64]) func everyRowComesBeforeTheNextIsAskedFor(window: Int) throws {
    let worker = try RunningWorker(["--window", "\(window)"], in: try Scratch())
    #expect(try worker.line()?["t"] as? String == "hello")
    for number in 0..<20 {
      worker.feed(EngineFrame.image("\(number)", Picture.ppm(UInt64(number))))
      #expect(try worker.line()?["k"] as? String == "\(number)")
    }
    try worker.close()
    #expect(try worker.rest().status == 0)
  }

  @Test func tenThousandTinyRequestsComeBackInOrder() throws {
    let scratch = try Scratch()
    try scratch.write(Picture.ppm(1, width: 8, height: 8), to: "a.ppm")
    let worker = try RunningWorker(["--in", "paths0"], in: scratch)
    worker.feedAll(Array((0..<10_000).map { ($0 % 3 == 0 ? "a.ppm" : "gone-\($0)") + "\0" }.joined().utf8))
    let (lines, status, err) = try worker.rest()
    #expect(status == 0 && lines.count == 10_002, "\(err)")
    #expect(try Self.keys(lines) == (0..<10_000).map { $0 % 3 == 0 ? "a.ppm" : "gone-\($0)" })
    #expect(try Self.object(lines[2])["code"] as? String == "gone")
  }

  @Test func aBodyOfSixtyMegabytesIsARowLikeAnyOther() throws {
    let worker = try RunningWorker([], in: try Scratch())
    let large = Array("P6 4472 4472 255\n".utf8) + [UInt8](repeating: 90, count: 3 * 4472 * 4472)
    worker.feedAll(
      EngineFrame.image("a", Picture.ppm(1)) + EngineFrame.image("large", large)
        + EngineFrame.image("b", Picture.ppm(2)))
    let (lines, status, err) = try worker.rest()
    #expect(status == 0, "\(err)")
    #expect(try Self.keys(lines) == ["a", "large", "b"])
    #expect(try Self.object(lines[2])["w"] as? Int == 4472, "\(lines[2])")
  }

  @Test func whatIsNoFrameEndsItAfterTheRowsBefore() throws {
    for rubbish in [
      Array("GET / HTTP/1.1\r\n\r\n".utf8), Array(EngineFrame.image("x", [1, 2, 3]).dropLast()), EngineFrame.bytes(64),
      EngineFrame.bytes(1, "{}"), EngineFrame.bytes(1, "no json"),
      EngineFrame.bytes(2, "{\"key\":\"x\",\"lengths\":[9,9]}"),
    ] {
      let worker = try RunningWorker([], in: try Scratch())
      worker.feedAll(EngineFrame.image("a", Picture.ppm(1)) + rubbish)
      let (lines, status, err) = try worker.rest()
      #expect(status == 64 && lines.count == 2, "\(lines) \(err)")
      #expect(try Self.keys(lines) == ["a"])
      #expect(try Self.object(err.trimmingCharacters(in: .newlines))["t"] as? String == "log")
    }
  }

  @Test func whatFollowsTheEndIsNotLookedAt() throws {
    let worker = try RunningWorker([], in: try Scratch())
    worker.feedAll(EngineFrame.image("a", Picture.ppm(1)) + EngineFrame.end + [1, 2, 3])
    let (lines, status, _) = try worker.rest()
    #expect(status == 0 && lines.count == 3)
  }

  @Test func anotherModelThanExpectedEndsItBeforeAnythingIsSaid() throws {
    let (scratch, faces) = try Scratch.withFaces(30)
    let model = scratch.path + "/model.audit"
    try #require(try Command.audit(["fit", faces, "-o", model, "--size", "64"]).status == 0)
    let worker = try RunningWorker(["--model", model, "--expect-model", "0f"], in: scratch)
    worker.feedAll(EngineFrame.image("a", Picture.ppm(1)))
    let (lines, status, err) = try worker.rest()
    #expect(status == 64 && lines.isEmpty && err.contains("expected 0f"), "\(err)")
    let missing = try RunningWorker(["--model", scratch.path + "/none"], in: scratch)
    missing.feedAll([])
    #expect(try missing.rest().status == 74)
  }
}
