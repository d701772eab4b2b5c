import AuditCore
import Foundation

/// Holds a database for one writing process until it ends, however it ends.
///
/// `flock` on a file of its own beside the database, `NAME-lock`: closing any descriptor of the database itself would
/// drop the locks that SQLite has for this process. The kernel lets go when the process dies. The file is taken away by
/// whoever held it; after a kill it stays, with what was in work written in it (`WorkMarks`), until the next writer.
final class WriterLock: Sendable {
  enum Failure: Error, Equatable {
    /// Another process, or another store of this one, has it.
    case held
    /// The file system has no `flock`; the system's error number.
    case unsupported(Int32)
    /// The file of the lock cannot be opened; the system's error number.
    case refused(Int32)
  }

  let path: String
  let marks: WorkMarks
  private let descriptor: Int32

  /// A child that was just forked holds a copy of the descriptor until it becomes another program.
  private static let tries = 10
  private static let pauseMicroseconds: UInt32 = 20_000

  init(database: String) throws(Failure) {
    path = WriterLock.path(for: database)
    descriptor = try WriterLock.locked(path)
    marks = WorkMarks(descriptor: descriptor)
  }

  deinit {
    // While it is still held: whoever opened it meanwhile sees that it is gone and makes a new one.
    if WriterLock.isStill(descriptor, at: path) { unlink(path) }
    close(descriptor)
  }

  /// One path for every way to the same database: links are followed.
  static func path(for database: String) -> String { FilePath.resolved(database) + "-lock" }

  private static func locked(_ path: String) throws(Failure) -> Int32 {
    var pauses = 0
    while true {
      let descriptor = try opened(path)
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
        if isStill(descriptor, at: path) { return descriptor }
        // The one before took the file away between the two calls; a lock on it would keep nobody out.
        close(descriptor)
        continue
      }
      let cause = errno
      close(descriptor)
      if cause == EINTR { continue }
      guard cause == EWOULDBLOCK else { throw .unsupported(cause) }
      pauses += 1
      guard pauses < tries else { throw .held }
      usleep(pauseMicroseconds)
    }
  }

  private static func opened(_ path: String) throws(Failure) -> Int32 {
    // No link is followed: it could lead to a file of somebody else's choice.
    let flags = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
    let descriptor = open(path, O_RDWR | O_CREAT | flags, 0o644)
    if descriptor >= 0 { return descriptor }
    let cause = errno
    // Left behind by another user: enough for the lock itself.
    let readable = cause == EACCES ? open(path, O_RDONLY | flags) : -1
    guard readable >= 0 else { throw .refused(cause) }
    return readable
  }

  /// Whether the file that is open is the one that has the name.
  private static func isStill(_ descriptor: Int32, at path: String) -> Bool {
    var (mine, named) = (stat(), stat())
    guard fstat(descriptor, &mine) == 0, lstat(path, &named) == 0 else { return false }
    return FileKey(mine) == FileKey(named)
  }
}
