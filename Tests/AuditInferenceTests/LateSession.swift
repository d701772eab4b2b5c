@testable import AuditInference

/// Loads in this process when it is first asked: the shelf makes runners without asking whether they can be made.
final class LateSession: TensorRunner {
  let path: String
  var session: InferenceSession?
  init(_ path: String) { self.path = path }
  func loaded() throws(InferenceFailure) -> InferenceSession {
    if let session { return session }
    do {
      let made = try InferenceSession(path: path)
      session = made
      return made
    } catch {
      throw .unusable("\(error)")
    }
  }
  func description() throws(InferenceFailure) -> GraphDescription { try loaded().description() }
  func run(_ inputs: [Tensor], outputs: [Int], within seconds: Double) throws(InferenceFailure) -> [Tensor] {
    try loaded().run(inputs, outputs: outputs)
  }
}
