import AuditCore
import Foundation

/// The reader of a pipe has gone; the command ends quietly.
package struct ClosedPipe: Error {}

/// Where an export goes: a stream, or a file that gets its name only when it is whole.
package final class Output {
  /// What was added since the last flush.
  package var text = TextBuffer()

  private var descriptor: Int32
  private let temporary: String?
  private let final: String?
  private let isForAnEye: Bool
  private static let full = 1 << 18

  /// Writes to an open descriptor, which stays open.
  package init(descriptor: Int32) {
    self.descriptor = descriptor
    temporary = nil
    final = nil
    isForAnEye = isatty(descriptor) == 1
  }

  /// Writes a file beside `path`, renamed to it by `finish`. A device or a named pipe is written to as it is.
  ///
  /// - Throws: `AuditError.other` where the place may not be written.
  package init(path: String) throws {
    var info = stat()
    let isThere = stat(path, &info) == 0
    if isThere, info.st_mode & S_IFMT != S_IFREG {
      descriptor = open(path, O_WRONLY | O_CLOEXEC)
      guard descriptor >= 0 else {
        throw AuditError.other("cannot write '\(path)': \(systemMessage()); give another -o")
      }
      temporary = nil
      final = nil
      isForAnEye = isatty(descriptor) == 1
      return
    }
    // A link to a file stays a link: what it leads to is replaced.
    let path = isThere ? FilePath.absolute(path) : path
    let temporary = path + ".partial-\(ProcessInfo.processInfo.processIdentifier)"
    descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw AuditError.cannotMake(path, errno, remedy: "give another -o")
    }
    self.temporary = temporary
    final = path
    isForAnEye = false
  }

  deinit {
    guard let temporary, descriptor >= 0 else { return }
    close(descriptor)
    unlink(temporary)
  }

  /// Hands on what has gathered, once it is worth a system call.
  package func flushIfFull() throws {
    if text.bytes.count >= Output.full { try flush() }
  }

  package func flush() throws {
    // Rows are added whole, so that no character is cut in two here.
    try (isForAnEye ? Array(Escaping.listing.text(text.bytes).utf8) : text.bytes).withUnsafeBytes { try write($0) }
    text.removeAll()
  }

  /// Overwrites bytes at the start of a file, such as a header whose length was not known.
  package func rewrite(_ head: [UInt8]) throws {
    try flush()
    let written = head.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    guard written == head.count else { throw failure() }
  }

  /// Writes the rest and gives the file its name.
  package func finish() throws {
    try flush()
    guard let temporary, let final else { return }
    guard close(descriptor) == 0 else { throw failure() }
    descriptor = -1
    guard rename(temporary, final) == 0 else {
      let error = failure()
      unlink(temporary)
      throw error
    }
  }

  private func write(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes
    while !rest.isEmpty {
      let written = Foundation.write(descriptor, rest.baseAddress, rest.count)
      if written < 0 {
        if errno == EINTR { continue }
        if errno == EPIPE { throw ClosedPipe() }
        throw failure()
      }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
    }
  }

  private func failure() -> AuditError {
    .other("cannot write \(final.map { "'\($0)'" } ?? "the output"): \(systemMessage())")
  }
}

/// The system's words for the last failed call.
func systemMessage() -> String { String(cString: strerror(errno)) }
