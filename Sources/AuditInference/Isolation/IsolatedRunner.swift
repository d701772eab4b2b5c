package import AuditWorker

/// Carries a request to wherever the network runs, and brings the answer back.
protocol FrameTransport: AnyObject {
  /// - Throws: `.died` or `.timedOut`, after which the far side is fresh and has no network loaded.
  func exchange(_ frame: WireFrame, within seconds: Double) throws(InferenceFailure) -> WireFrame
}

/// Runs a network behind a transport, and loads it again where the far side had to be started anew.
package final class IsolatedRunner: TensorRunner {
  private let path: String
  private let transport: any FrameTransport
  private let loadSeconds: Double
  private var graph: GraphDescription?

  /// - Parameters:
  ///   - path: the network; must be readable whenever the process has to be started anew.
  ///   - launch: how to start the process.
  ///   - loadSeconds: how long loading may take.
  package convenience init(path: String, launch: ChildLaunch, loadSeconds: Double = 120) {
    self.init(path: path, transport: ChildTransport(launch), loadSeconds: loadSeconds)
  }

  init(path: String, transport: any FrameTransport, loadSeconds: Double = 120) {
    self.path = path
    self.transport = transport
    self.loadSeconds = loadSeconds
  }

  package func description() throws(InferenceFailure) -> GraphDescription {
    if let graph { return graph }
    let response: InferenceResponse
    do {
      response = try exchange(.open(path: path), within: loadSeconds)
    } catch .died(let how) {
      throw .unusable("loading '\(path)' ended the process of ONNX Runtime (\(how)); the file is damaged or too large")
    } catch .timedOut(let seconds) {
      throw .unusable("loading '\(path)' took longer than \(trimmed(seconds)) s")
    }
    switch response {
    case .description(let graph):
      self.graph = graph
      return graph
    case .refusal(let text): throw .unusable(text)
    case .tensors: throw IsolatedRunner.otherAnswer
    }
  }

  package func run(_ inputs: [Tensor], outputs: [Int], within seconds: Double) throws(InferenceFailure) -> [Tensor] {
    _ = try description()
    switch try exchange(.run(inputs, outputs: outputs), within: seconds) {
    case .tensors(let tensors): return tensors
    case .refusal(let words): throw .refused(words)
    case .description: throw IsolatedRunner.otherAnswer
    }
  }

  private static let otherAnswer = InferenceFailure.unusable("the network's process answered another question")

  private func exchange(
    _ request: InferenceRequest, within seconds: Double
  ) throws(InferenceFailure) -> InferenceResponse {
    let answer: WireFrame
    do {
      answer = try transport.exchange(request.frame, within: seconds)
    } catch {
      graph = nil
      throw error
    }
    do {
      return try InferenceResponse(answer)
    } catch {
      throw .unusable("the network's process answered with what is no answer")
    }
  }
}

/// The far side in a child process.
private final class ChildTransport: FrameTransport {
  private let process: ChildProcess

  init(_ launch: ChildLaunch) { process = ChildProcess(launch) }

  func exchange(_ frame: WireFrame, within seconds: Double) throws(InferenceFailure) -> WireFrame {
    do {
      return try process.exchange(frame, within: seconds)
    } catch {
      throw InferenceFailure(error)
    }
  }
}

extension InferenceFailure {
  fileprivate init(_ failure: ChildFailure) {
    self =
      switch failure {
      case .notStarted(let text): .unusable(text)
      case .died(let how): .died(how)
      case .timedOut(let seconds): .timedOut(seconds)
      }
  }
}

/// The far side in this process: the same frames, no isolation.
final class InProcessTransport: FrameTransport {
  private let worker: InferenceWorker

  init(_ worker: InferenceWorker) { self.worker = worker }

  func exchange(_ frame: WireFrame, within seconds: Double) throws(InferenceFailure) -> WireFrame {
    worker.answer(frame)
  }
}
