import AuditCore
import CImageCodecs
import Glibc

/// Ends the decoding of one file: when its time is up, or when the whole scan was asked to stop. Decoders ask between
/// rows, scans and pieces of the file. For one thread.
package final class DecodeWatch {
  /// Why decoding ends.
  private enum Cause {
    case timeout
    case stop
  }

  private let seconds: Double
  private let isStopped: @Sendable () -> Bool
  private var deadline = UInt64.max
  private var questions = 0
  private var cause: Cause?

  /// - Parameters:
  ///   - seconds: for one file, from `start()` on; infinity for no end.
  ///   - isStopped: whether the scan was asked to stop.
  package init(seconds: Double = .infinity, isStopped: @escaping @Sendable () -> Bool = { false }) {
    self.seconds = seconds
    self.isStopped = isStopped
  }

  /// Lets the time of a file begin.
  func start() {
    questions = 0
    cause = nil
    let nanoseconds = seconds * 1e9
    deadline = nanoseconds < 1e18 ? DecodeWatch.now + UInt64(max(0, nanoseconds)) : .max
  }

  /// Stops the time, while a file waits for its turn.
  func rest() {
    cause = nil
    deadline = .max
  }

  /// Whether to give up.
  func ask() -> Bool {
    if cause != nil { return true }
    if isStopped() {
      cause = .stop
    } else if questions % 8 == 0, DecodeWatch.now > deadline {
      // The clock costs more than a short row, so it is not read for each.
      cause = .timeout
    }
    questions &+= 1
    return cause != nil
  }

  /// - Throws: `.timeout` where it is time to give up.
  func check() throws(SampleIssue) {
    if ask() { throw issue }
  }

  /// Why decoding was given up.
  var issue: SampleIssue {
    cause == .stop
      ? SampleIssue(.timeout, "the scan was stopped")
      : SampleIssue(.timeout, "longer than \(significant(seconds, 6)) s (--timeout)")
  }

  /// For the codecs; valid as long as this object.
  var codecWatch: audit_watch {
    audit_watch(
      ask: { context in
        guard let context else { return 0 }
        // Asked for every row: to count one more who holds the object took longer than the answer.
        return Unmanaged<DecodeWatch>.fromOpaque(context)._withUnsafeGuaranteedRef { $0.ask() ? 1 : 0 }
      }, context: Unmanaged.passUnretained(self).toOpaque())
  }

  /// Nanoseconds of a clock that never goes back.
  private static var now: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  }
}
