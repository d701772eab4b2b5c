package import AuditCore
package import AuditWorker

/// Something that runs networks. One file with one of these; whoever scores is handed it.
package protocol InferenceProvider: Sendable {
  static var name: String { get }

  /// A runner of one network, for one worker. The file is looked at when the runner is first asked.
  ///
  /// - Parameter path: of the network's file.
  func runner(of path: String) -> any TensorRunner
}

extension AuditError {
  /// Where nobody said what runs networks.
  package static let noInference = AuditError.internalError("networks run only under the command audit")
}

/// ONNX Runtime in a child process, which a file may end in this one's place.
package struct OnnxRuntimeProvider: InferenceProvider {
  package static let name = "onnxruntime"

  private let launch: ChildLaunch

  package init(_ launch: ChildLaunch) { self.launch = launch }

  /// This program once more, as `audit inference-worker --stdio`.
  package static var ownBinary: OnnxRuntimeProvider {
    OnnxRuntimeProvider(.ownBinary(["inference-worker", "--stdio"]))
  }

  package func runner(of path: String) -> any TensorRunner { IsolatedRunner(path: path, launch: launch) }
}
