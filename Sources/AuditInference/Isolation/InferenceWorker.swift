import AuditCore
import Foundation

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
    // The parent answers Ctrl-C: it finishes its batch, which needs this process.
    signal(SIGINT, SIG_IGN)
    signal(SIGPIPE, SIG_IGN)
    var noCore = rlimit(rlim_cur: 0, rlim_max: 0)
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &noCore)
    // What the library prints on standard output must not get into the frames.
    let output = dup(STDOUT_FILENO)
    dup2(STDERR_FILENO, STDOUT_FILENO)
    endWithTheParent()
    InferenceWorker().serve(input: STDIN_FILENO, output: output)
  }

  /// A network that hangs would outlive a parent that was killed: a thread watches for the other end to close.
  private static func endWithTheParent() {
    // `POLLRDHUP`, which Swift does not see; data that waits must not wake the thread.
    let peerHasClosed: Int16 = 0x2000
    Thread.detachNewThread {
      var entry = pollfd(fd: STDIN_FILENO, events: peerHasClosed, revents: 0)
      while poll(&entry, 1, -1) < 1 {}
      _exit(0)
    }
  }

  /// Serves until the input ends or the output is closed.
  package func serve(input: Int32, output: Int32) {
    while let header = readAll(4, from: input) {
      let length = header.withUnsafeBytes { Int(UInt32(littleEndian: $0.loadUnaligned(as: UInt32.self))) }
      guard let frame = readAll(length, from: input), writeAll(answer(frame), to: output) else { return }
    }
  }

  private func readAll(_ count: Int, from descriptor: Int32) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let got = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress?.advanced(by: filled), count - filled) }
      if got < 0, errno == EINTR { continue }
      guard got > 0 else { return nil }
      filled += got
    }
    return bytes
  }

  private func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let put = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress?.advanced(by: sent), bytes.count - sent) }
      if put < 0, errno == EINTR { continue }
      guard put > 0 else { return false }
      sent += put
    }
    return true
  }
}
