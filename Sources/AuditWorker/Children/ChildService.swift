import AuditCore
import Foundation

/// The child's side of `ChildProcess`: answers frames, one at a time.
package enum ChildService {
  /// Serves frames from standard input until it is closed. Never returns normally to a terminal: the caller exits.
  ///
  /// - Parameter answer: from a frame without its length to a whole one.
  package static func serveStandardStreams(_ answer: ([UInt8]) -> [UInt8]) {
    // The parent answers Ctrl-C: it finishes its batch, which needs this process.
    signal(SIGINT, SIG_IGN)
    signal(SIGPIPE, SIG_IGN)
    var noCore = rlimit(rlim_cur: 0, rlim_max: 0)
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &noCore)
    // What a library prints on standard output must not get into the frames.
    let output = dup(STDOUT_FILENO)
    dup2(STDERR_FILENO, STDOUT_FILENO)
    endWithTheParent()
    serve(input: STDIN_FILENO, output: output, answer)
  }

  /// Work that hangs would outlive a parent that was killed: a thread watches for the other end to close.
  static func endWithTheParent() {
    // `POLLRDHUP`, which Swift does not see; data that waits must not wake the thread.
    let peerHasClosed: Int16 = 0x2000
    Thread.detachNewThread {
      var entry = pollfd(fd: STDIN_FILENO, events: peerHasClosed, revents: 0)
      while poll(&entry, 1, -1) < 1 {}
      _exit(0)
    }
  }

  /// Serves until the input ends or the output is closed.
  package static func serve(input: Int32, output: Int32, _ answer: ([UInt8]) -> [UInt8]) {
    while let header = readAll(4, from: input) {
      let length = header.withUnsafeBytes { Int(UInt32(littleEndian: $0.loadUnaligned(as: UInt32.self))) }
      guard let frame = readAll(length, from: input) else { return }
      guard answer(frame).withUnsafeBytes({ Descriptors.write($0, to: output) }) == 0 else { return }
    }
  }

  private static func readAll(_ count: Int, from descriptor: Int32) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    return bytes.withUnsafeMutableBytes { Descriptors.fill($0, from: descriptor) } ? bytes : nil
  }
}
