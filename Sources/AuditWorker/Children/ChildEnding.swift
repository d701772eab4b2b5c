import Glibc

/// How a child process ended.
package struct ChildEnding: Equatable, Sendable, CustomStringConvertible {
  /// What ended it; nil where it left by itself.
  package let signal: Int32?
  /// Its exit status; 0 where a signal ended it.
  package let status: Int32

  /// - Parameter status: as `waitpid` gives it.
  init(_ status: Int32) {
    let signal = status & 0x7F
    self.signal = signal == 0 ? nil : signal
    self.status = signal == 0 ? (status >> 8) & 0xFF : 0
  }

  /// `SIGFPE`, or `exit status 3`.
  package var description: String {
    guard let signal else { return "exit status \(status)" }
    return ChildEnding.names[signal] ?? "signal \(signal)"
  }

  private static let names: [Int32: String] = [
    SIGILL: "SIGILL", SIGABRT: "SIGABRT", SIGBUS: "SIGBUS", SIGFPE: "SIGFPE", SIGKILL: "SIGKILL", SIGSEGV: "SIGSEGV",
    SIGTERM: "SIGTERM", SIGTRAP: "SIGTRAP", SIGXCPU: "SIGXCPU",
  ]

  /// Ends a child where it still runs and takes its status.
  ///
  /// - Parameter grace: how many hundredths of a second it may take to end by itself.
  static func of(_ child: pid_t, grace: Int = 0) -> ChildEnding {
    var status: Int32 = 0
    for _ in 0..<grace {
      if waitpid(child, &status, WNOHANG) == child { return ChildEnding(status) }
      usleep(10_000)
    }
    Glibc.kill(child, SIGKILL)
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    return ChildEnding(status)
  }
}

/// A point of time on the clock that no one sets.
struct Deadline {
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
