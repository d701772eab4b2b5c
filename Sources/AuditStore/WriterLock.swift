import Foundation

/// Holds a database file for one writing process until it ends, however it ends.
///
/// `flock` on the file itself: independent of SQLite's own byte-range locks, released by the kernel when the process
/// dies. The descriptor stays open as long as the lock lives; closing it earlier would drop SQLite's locks as well.
final class WriterLock: Sendable {
  enum Failure: Error { case held }

  private let descriptor: Int32

  /// A child that was just forked holds a copy of the descriptor until it becomes another program.
  private static let tries = 10
  private static let pauseMicroseconds: UInt32 = 20_000

  /// - Throws: `Failure.held` where another process has it; nothing where the file system knows no `flock`.
  init(path: String) throws {
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { return }
    for attempt in 1...WriterLock.tries {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK { return }
      if attempt < WriterLock.tries { usleep(WriterLock.pauseMicroseconds) }
    }
    close(descriptor)
    throw Failure.held
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }
}
