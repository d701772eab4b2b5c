import AuditCore
package import AuditStore
import Foundation

/// The reader of a pipe has gone; the command ends quietly.
package struct ClosedPipe: Error {}

/// Where an export goes: a stream, or a file that gets its name only when it is whole.
package final class Output {
  /// What was added since the last flush.
  package var text = TextBuffer()

  private let descriptor: Int32
  private let file: StagedFile?
  private let isForAnEye: Bool
  private static let full = 1 << 18

  /// Writes to an open descriptor, which stays open.
  package init(descriptor: Int32) {
    self.descriptor = descriptor
    file = nil
    isForAnEye = isatty(descriptor) == 1
  }

  /// Writes a file beside `path`, renamed to it by `finish`. A device or a named pipe is written to as it is.
  ///
  /// - Throws: `AuditError` where the place may not be written.
  package init(path: String) throws {
    if let info = FilePath.status(of: path), info.st_mode & S_IFMT != S_IFREG {
      descriptor = open(path, O_WRONLY | O_CLOEXEC)
      guard descriptor >= 0 else {
        throw AuditError.cannotWrite("'\(path)'", cause: systemMessage(), remedy: "give another -o")
      }
      file = nil
      isForAnEye = isatty(descriptor) == 1
      return
    }
    let file = try StagedFile(path: path)
    descriptor = file.descriptor
    self.file = file
    isForAnEye = false
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
    guard written == head.count else { throw AuditError.cannotWrite("the output", cause: systemMessage()) }
  }

  /// Writes the rest and gives the file its name.
  package func finish() throws {
    try flush()
    try file?.finish()
  }

  /// Writes bytes at once, behind what has gathered.
  package func add(_ bytes: UnsafeRawBufferPointer) throws {
    try flush()
    try write(bytes)
  }

  private func write(_ bytes: UnsafeRawBufferPointer) throws {
    if let file { return try file.write(bytes) }
    switch Descriptors.write(bytes, to: descriptor) {
    case 0: return
    case EPIPE: throw ClosedPipe()
    case let code: throw AuditError.cannotWrite("the output", cause: String(cString: strerror(code)))
    }
  }
}

/// The system's words for the last failed call.
func systemMessage() -> String { String(cString: strerror(errno)) }
