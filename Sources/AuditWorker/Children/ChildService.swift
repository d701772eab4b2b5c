import AuditCore
import Foundation

/// The child's side of `ChildProcess`: answers frames, one at a time.
package enum ChildService {
  /// Serves frames from standard input until it is closed. Never returns normally to a terminal: the caller exits.
  package static func serveStandardStreams(_ answer: (WireFrame) -> WireFrame) {
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

  /// Serves until the input ends or holds no frames, or the output is closed.
  package static func serve(input: Int32, output: Int32, _ answer: (WireFrame) -> WireFrame) {
    var parser = FrameParser(accepting: WireFrame.forChildren, mostBody: WireFrame.mostOfChild)
    var room = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      do throws(FrameFault) {
        while let frame = try parser.next() {
          let bytes = answer(frame).encoded()
          guard bytes.withUnsafeBytes({ Descriptors.write($0, to: output) }) == 0 else { return }
        }
      } catch {
        return
      }
      let got = room.withUnsafeMutableBytes { Descriptors.read(into: $0, from: input) }
      guard got > 0 else { return }
      room.withUnsafeBytes { parser.take(UnsafeRawBufferPointer(rebasing: $0.prefix(got))) }
    }
  }
}
