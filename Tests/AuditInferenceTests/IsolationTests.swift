import AuditCore
import AuditWorker
import Foundation
import Testing

@testable import AuditInference

/// The child process, with real crashes of the real library.
@Suite(.serialized) struct IsolationTests {
  static let hasBinary = FileManager.default.isExecutableFile(atPath: Support.binary)

  func runner(_ network: String) -> IsolatedRunner {
    IsolatedRunner(path: Support.network(network), launch: Support.launch)
  }

  @Test func frontAndBackAgreeInOneProcess() throws {
    let fake = FakeRunner()
    let worker = InferenceWorker { _ in fake }
    let isolated = IsolatedRunner(path: "any", transport: InProcessTransport(worker))
    let tensor = Tensor(shape: [1, 3, 1, 2], values: [1, 2, 3, 4, 5, 6])
    #expect(try isolated.run([tensor], outputs: [0], within: 1) == [tensor])
    #expect(try isolated.description() == fake.graph)
  }

  @Test func aServerThatIsGoneIsLoadedAnew() throws {
    final class Flaky: FrameTransport {
      let inner: InProcessTransport
      var failures: [InferenceFailure] = []
      var opened = 0
      init(_ inner: InProcessTransport) { self.inner = inner }
      func exchange(_ frame: WireFrame, within seconds: Double) throws(InferenceFailure) -> WireFrame {
        if frame.kind == .order { opened += 1 } else if let failure = failures.popLast() { throw failure }
        return try inner.exchange(frame, within: seconds)
      }
    }
    let transport = Flaky(InProcessTransport(InferenceWorker { _ in FakeRunner() }))
    let isolated = IsolatedRunner(path: "any", transport: transport)
    let tensor = Tensor(shape: [1, 3, 1, 1], values: [1, 2, 3])
    _ = try isolated.run([tensor], outputs: [0], within: 1)
    transport.failures = [.died("SIGSEGV")]
    #expect(throws: InferenceFailure.died("SIGSEGV")) { try isolated.run([tensor], outputs: [0], within: 1) }
    #expect(try isolated.run([tensor], outputs: [0], within: 1) == [tensor])
    #expect(transport.opened == 2)
  }

  @Test func aProgramThatCannotBeStartedIsNamed() {
    let isolated = IsolatedRunner(
      path: "any", launch: ChildLaunch(executable: "/no/such/program", arguments: []))
    let error = #expect(throws: InferenceFailure.self) { try isolated.description() }
    #expect("\(error, default: "")".contains("'/no/such/program' cannot be started"))
  }

  @Test func aProgramThatEndsAtOnceIsAnErrorOfTheNetwork() {
    let isolated = IsolatedRunner(path: "any.onnx", launch: ChildLaunch(executable: "/bin/false", arguments: []))
    let error = #expect(throws: InferenceFailure.self) { try isolated.description() }
    #expect("\(error, default: "")".contains("exit status 1"))
  }

  @Test func aProgramThatHangsIsEnded() throws {
    let process = ChildProcess(ChildLaunch(executable: "/bin/sleep", arguments: ["60"]))
    let start = ContinuousClock.now
    #expect(throws: ChildFailure.timedOut(0.2)) { try process.exchange(WireFrame(.order), within: 0.2) }
    #expect(ContinuousClock.now - start < .seconds(20))
    #expect(process.identifier == nil)
  }

  /// What says other things than frames is ended at its first wrong byte, and not waited for.
  @Test func aProgramThatSpeaksNoFramesIsEndedAtOnce() throws {
    let process = ChildProcess(ChildLaunch(executable: "/bin/sh", arguments: ["-c", "echo hello; sleep 60"]))
    let error = #expect(throws: ChildFailure.self) { try process.exchange(WireFrame(.order), within: 30) }
    #expect("\(error, default: "")".contains("AUF1"))
    #expect(process.identifier == nil)
  }

  @Test func aLargeFrameToAProgramThatDoesNotReadIsNoDeadlock() {
    let process = ChildProcess(ChildLaunch(executable: "/bin/sleep", arguments: ["60"]))
    let frame = WireFrame(.work, body: [UInt8](repeating: 0, count: 8_000_000))
    #expect(throws: ChildFailure.timedOut(0.3)) { try process.exchange(frame, within: 0.3) }
  }

  @Test(.needsLibrary, .enabled(if: hasBinary)) func aChildGivesWhatThisProcessGives() throws {
    let image = Tensor(shape: [2, 3, 16, 16], values: (0..<1536).map { Float($0) / 1536 })
    let inside = try InferenceSession(path: Support.network("box")).run([image], outputs: [0])
    #expect(try runner("box").run([image], outputs: [0], within: 30) == inside)
  }

  @Test(.needsLibrary, .enabled(if: hasBinary)) func onlyThePicturesThatKillOrHangTheNetworkHaveIssues() throws {
    let isolated = runner("faulty")
    let plan = try OnnxPlanner(path: Support.network("faulty"), runner: isolated)
      .plan(requestedSize: nil, defaultSize: PictureSize(side: 16)) { _ throws(AuditError) in [] }
    let model = ImageToImageModel(plan: plan, runner: isolated, secondsPerImage: 1)
    let good = picture(16, 16)
    let black = RGBImage(width: 16, height: 16)
    let white = RGBImage(width: 16, height: 16, red: 255, green: 255, blue: 255)
    let dark = RGBImage(width: 16, height: 16, red: 10, green: 20, blue: 5)
    let results = try model.reconstruct([good, black, good, white, dark, good])
    #expect(results[0] == .success(good) && results[2] == .success(good) && results[5] == .success(good))
    #expect(results[1] == .failure(SampleIssue(.crash, "the network ended its process (SIGFPE)")))
    #expect(results[3] == .failure(SampleIssue(.timeout, "the network took longer than 1 s")))
    guard case .failure(let issue) = results[4] else {
      Issue.record("\(results[4])")
      return
    }
    #expect(issue.code == .modelNonfinite)
  }

  @Test(.needsLibrary, .enabled(if: hasBinary)) func aChildThatHangsEndsWithItsParent() throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Support.binary)
    process.arguments = Support.launch.arguments
    let input = Pipe()
    let output = Pipe()
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    let open = InferenceRequest.open(path: Support.network("faulty"))
    try input.fileHandleForWriting.write(contentsOf: Data(open.frame.encoded()))
    let head = try #require(try output.fileHandleForReading.read(upToCount: 6))
    #expect(Array(head) == Array("AUF1".utf8) + [UInt8(WireFrame.Kind.ready.rawValue), 0])
    let white = Tensor(shape: [1, 3, 4, 4], values: [Float](repeating: 1, count: 48))
    let hang = InferenceRequest.run([white], outputs: [0])
    try input.fileHandleForWriting.write(contentsOf: Data(hang.frame.encoded()))
    Thread.sleep(forTimeInterval: 0.5)
    #expect(process.isRunning)
    try input.fileHandleForWriting.close()
    let deadline = ContinuousClock.now + .seconds(20)
    while process.isRunning, ContinuousClock.now < deadline { Thread.sleep(forTimeInterval: 0.05) }
    #expect(!process.isRunning)
    process.terminate()
  }

  @Test(.needsLibrary, .enabled(if: hasBinary)) func aTextFileIsNamedAcrossTheProcesses() throws {
    let scratch = try Scratch()
    let path = try scratch.write(Array("version https://git-lfs.github.com/spec/v1\n".utf8), to: "net.onnx")
    let error = #expect(throws: InferenceFailure.self) {
      try IsolatedRunner(path: path, launch: Support.launch).description()
    }
    #expect("\(error, default: "")".contains("git lfs pull"))
  }

  @Test(.needsModels, .enabled(if: hasBinary)) func aTooSmallPictureEndsOnlyTheChild() throws {
    let path = try #require(Support.models) + "/lpips_alex.onnx"
    let isolated = IsolatedRunner(path: path, launch: Support.launch)
    func pair(_ side: Int) -> [Tensor] {
      let one = Tensor(shape: [1, 3, side, side], values: [Float](repeating: 0.5, count: 3 * side * side))
      return [one, one]
    }
    #expect(throws: InferenceFailure.died("SIGFPE")) { try isolated.run(pair(20), outputs: [0], within: 30) }
    #expect(try isolated.run(pair(64), outputs: [0], within: 30) == [Tensor(shape: [1], values: [0])])
  }
}
