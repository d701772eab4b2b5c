package import Foundation

/// How to start a child process.
package struct ChildLaunch: Sendable, Equatable {
  package let executable: String
  package let arguments: [String]

  package init(executable: String, arguments: [String]) {
    self.executable = executable
    self.arguments = arguments
  }

  /// This program once more. Only the command itself may say this: in a test run the program is another one.
  package static func ownBinary(_ arguments: [String]) -> ChildLaunch {
    ChildLaunch(executable: "/proc/self/exe", arguments: arguments)
  }
}

/// Why a child gave no answer.
package enum ChildFailure: Error, Equatable {
  /// It could not be started; a sentence for a person.
  case notStarted(String)
  /// It ended; the signal or the exit status.
  case died(String)
  /// It took longer than so many seconds, and was ended.
  case timedOut(Double)
}

/// A child process that answers frames over a socket which is its standard input and output.
///
/// Started when the first frame is sent, and anew after it ended. It ends when this object does.
package final class ChildProcess {
  private let launch: ChildLaunch
  private var child: (identifier: pid_t, socket: Int32)?

  package init(_ launch: ChildLaunch) { self.launch = launch }

  deinit { end() }

  /// Ids of processes are reused, so only a child that still runs has one here.
  package var identifier: pid_t? { child?.identifier }

  /// Sends a frame and waits for the answer.
  ///
  /// - Parameter frame: its length as UInt32, little-endian, and so many bytes.
  /// - Returns: the bytes of the answer, without their length.
  package func exchange(_ frame: [UInt8], within seconds: Double) throws(ChildFailure) -> [UInt8] {
    let socket = try running()
    let deadline = Deadline(seconds: seconds)
    guard try send(frame, to: socket, deadline: deadline),
      let header = try receive(4, from: socket, deadline: deadline),
      let answer = try receive(
        header.withUnsafeBytes { Int(UInt32(littleEndian: $0.loadUnaligned(as: UInt32.self))) }, from: socket,
        deadline: deadline)
    else { throw .died(end(kill: false)) }
    return answer
  }

  private func running() throws(ChildFailure) -> Int32 {
    if let child { return child.socket }
    let started = try start()
    child = started
    return started.socket
  }

  // A socket and not two pipes: writing to a dead child then is an error that `MSG_NOSIGNAL` turns into a value.
  private func start() throws(ChildFailure) -> (identifier: pid_t, socket: Int32) {
    var ends: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
      throw .notStarted("no socket for the network's process: \(String(cString: strerror(errno)))")
    }
    defer { close(ends[1]) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO)
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
    // Its last words would tear the progress line; how it ended is in its status.
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
    var identifier: pid_t = 0
    let status = withStrings([launch.executable] + launch.arguments) { arguments in
      withStrings(environment()) { posix_spawn(&identifier, launch.executable, &actions, nil, arguments, $0) }
    }
    guard status == 0 else {
      close(ends[0])
      throw .notStarted("'\(launch.executable)' cannot be started: \(String(cString: strerror(status)))")
    }
    return (identifier, ends[0])
  }

  /// Ours, without the crash reporter: it would take seconds for every picture that ends its decoder or network.
  private func environment() -> [String] {
    var variables = ProcessInfo.processInfo.environment
    variables["SWIFT_BACKTRACE"] = "enable=no"
    return variables.map { "\($0)=\($1)" }
  }

  /// - Returns: false where the child is gone.
  private func send(_ bytes: [UInt8], to socket: Int32, deadline: Deadline) throws(ChildFailure) -> Bool {
    var sent = 0
    while sent < bytes.count {
      try wait(for: POLLOUT, on: socket, deadline: deadline)
      let put = bytes.withUnsafeBytes {
        Foundation.send(
          socket, $0.baseAddress?.advanced(by: sent), bytes.count - sent,
          Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
      }
      if put < 0, errno == EINTR || errno == EAGAIN { continue }
      guard put > 0 else { return false }
      sent += put
    }
    return true
  }

  /// - Returns: nil where the child is gone.
  private func receive(_ count: Int, from socket: Int32, deadline: Deadline) throws(ChildFailure) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      try wait(for: POLLIN, on: socket, deadline: deadline)
      let got = bytes.withUnsafeMutableBytes {
        recv(socket, $0.baseAddress?.advanced(by: filled), count - filled, Int32(MSG_DONTWAIT))
      }
      if got < 0, errno == EINTR || errno == EAGAIN { continue }
      guard got > 0 else { return nil }
      filled += got
    }
    return bytes
  }

  private func wait(for event: Int32, on socket: Int32, deadline: Deadline) throws(ChildFailure) {
    while true {
      var entry = pollfd(fd: socket, events: Int16(event), revents: 0)
      let ready = poll(&entry, 1, deadline.milliseconds)
      if ready > 0 { return }
      if ready < 0, errno == EINTR { continue }
      if ready == 0, !deadline.isOver { continue }
      end()
      throw .timedOut(deadline.seconds)
    }
  }

  /// Ends the child where it still runs and takes its status.
  ///
  /// - Parameter kill: false where it has just closed its end: then its own way of ending is what counts.
  /// - Returns: how it ended.
  @discardableResult
  private func end(kill: Bool = true) -> String {
    guard let (identifier, socket) = child else { return "not started" }
    child = nil
    close(socket)
    var status: Int32 = 0
    if !kill {
      for _ in 0..<200 {
        if waitpid(identifier, &status, WNOHANG) == identifier { return ending(status) }
        usleep(10_000)
      }
    }
    Foundation.kill(identifier, SIGKILL)
    while waitpid(identifier, &status, 0) < 0, errno == EINTR {}
    return ending(status)
  }
}

/// The status of `waitpid` in words: `SIGFPE`, or `exit status 3`.
func ending(_ status: Int32) -> String {
  let signal = status & 0x7F
  if signal == 0 { return "exit status \((status >> 8) & 0xFF)" }
  let names: [Int32: String] = [
    SIGILL: "SIGILL", SIGABRT: "SIGABRT", SIGBUS: "SIGBUS", SIGFPE: "SIGFPE", SIGKILL: "SIGKILL", SIGSEGV: "SIGSEGV",
    SIGTERM: "SIGTERM", SIGTRAP: "SIGTRAP", SIGXCPU: "SIGXCPU",
  ]
  return names[signal] ?? "signal \(signal)"
}

/// A point of time on the clock that no one sets.
private struct Deadline {
  let seconds: Double
  private let end: ContinuousClock.Instant

  init(seconds: Double) {
    self.seconds = seconds
    // A day is long enough to mean "no limit", and fits into the clock.
    end = ContinuousClock.now + .seconds(min(seconds, 86_400))
  }

  var isOver: Bool { ContinuousClock.now >= end }

  /// For `poll`: rounded up, so that it does not spin at the end.
  var milliseconds: Int32 {
    let left = end - ContinuousClock.now
    return Int32(max(0, left / .milliseconds(1)).rounded(.up))
  }
}

/// Strings as C's null-terminated array of strings, for the time of a call.
private func withStrings<Value>(
  _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Value
) -> Value {
  var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) }
  pointers.append(nil)
  defer { pointers.forEach { free($0) } }
  return pointers.withUnsafeMutableBufferPointer { buffer in
    guard let base = buffer.baseAddress else { preconditionFailure("the terminator is always there") }
    return body(base)
  }
}
