import ArgumentParser
import AuditInference

/// What audit starts itself as, to run a network where its end does not matter. Not for people.
struct InferenceWorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inference-worker", abstract: "Run a network for another audit, over standard input and output.",
    shouldDisplay: false)

  @Flag(help: "Serve frames from standard input until it is closed.")
  var stdio = false

  func validate() throws {
    if !stdio { throw ValidationError("inference-worker is started by audit itself; it takes --stdio") }
  }

  func run() { InferenceWorker.serveStandardStreams() }
}
