import AuditCore
import AuditWorker

/// The far side of the protocol: holds one network and answers requests, one at a time.
///
/// `audit inference-worker --stdio` runs it in a child process; tests run it in their own.
package final class InferenceWorker {
  private let load: (String) throws(AuditError) -> any TensorRunner
  private var session: (any TensorRunner)?

  /// - Parameter load: makes the runner of a file; by default the real one.
  init(load: @escaping (String) throws(AuditError) -> any TensorRunner = InferenceSession.init(path:)) {
    self.load = load
  }

  /// - Parameter frame: kind and content of a request.
  /// - Returns: a whole frame, its length included.
  func answer(_ frame: [UInt8]) -> [UInt8] {
    do {
      return response(to: try InferenceRequest(frame)).encoded()
    } catch {
      return InferenceResponse.refused("the request was damaged: \(error.text)").encoded()
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
        return .unusable("\(error)")
      }
    case .run(let tensors, let outputs):
      guard let session else { return .refused("no network is loaded") }
      do {
        return .tensors(try session.run(tensors, outputs: outputs, within: .infinity))
      } catch {
        if case .refused(let words) = error { return .refused(words) }
        return .refused("\(error)")
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
