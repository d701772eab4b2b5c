import AuditCore
import AuditWorker

/// The far side of the worker protocol where the work is a network's: holds one and answers requests, one at a time.
///
/// `audit inference-worker --stdio` runs it in a child process; tests run it in their own.
package final class InferenceWorker {
  private let load: (String) throws(AuditError) -> any TensorRunner
  private var session: (any TensorRunner)?

  /// - Parameter load: makes the runner of a file; by default the real one.
  init(load: @escaping (String) throws(AuditError) -> any TensorRunner = InferenceSession.init(path:)) {
    self.load = load
  }

  func answer(_ frame: WireFrame) -> WireFrame {
    do throws(ByteFault) {
      return response(to: try InferenceRequest(frame)).frame
    } catch {
      return InferenceResponse.refusal("the request was damaged").frame
    }
  }

  private func response(to request: InferenceRequest) -> InferenceResponse {
    switch request {
    case .open(let path):
      do {
        let session = try load(path)
        self.session = session
        return .description(try session.description())
      } catch {
        return .refusal("\(error)")
      }
    case .run(let tensors, let outputs):
      guard let session else { return .refusal("no network is loaded") }
      do {
        return .tensors(try session.run(tensors, outputs: outputs, within: .infinity))
      } catch {
        if case .refused(let words) = error { return .refusal(words) }
        return .refusal("\(error)")
      }
    }
  }

  /// Serves requests from standard input until it is closed. Never returns normally to a terminal: the caller exits.
  package static func serveStandardStreams() {
    let worker = InferenceWorker()
    ChildService.serveStandardStreams { worker.answer($0) }
  }

  /// Serves until the input ends or the output is closed.
  package func serve(input: Int32, output: Int32) {
    ChildService.serve(input: input, output: output) { answer($0) }
  }
}
