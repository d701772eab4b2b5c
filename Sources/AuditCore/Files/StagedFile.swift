import Glibc

/// Places beside a file or a folder for what is not whole yet.
package enum Staging {
  /// Tries names beside `path` until one is free: what has such a name already, a link above all, is somebody else's.
  ///
  /// - Parameter make: makes something there without taking over what is there; negative with `errno` set where it cannot.
  /// - Returns: the last name that was tried, and what `make` gave for it.
  package static func make(beside path: String, _ make: (String) -> Int32) -> (place: String, result: Int32) {
    var number = 0
    while true {
      let place = path + ".partial-\(getpid())" + (number == 0 ? "" : "-\(number)")
      let result = make(place)
      number += 1
      if result >= 0 || errno != EEXIST { return (place, result) }
    }
  }
}

/// A file that gets its name only when it is whole. Where that does not happen, nothing is left of it.
package final class StagedFile {
  /// Open for writing; -1 once the file has its name.
  package private(set) var descriptor: Int32
  private let path: String
  private let place: String

  /// - Parameter path: of the file; where it is a link to a file, what that leads to is replaced.
  /// - Throws: `AuditError` where the place may not be written, or is a database's.
  package init(path: String) throws(AuditError) {
    try DatabaseGuard.refuse(path)
    self.path = FilePath.status(of: path) == nil ? path : try FilePath.absolute(path)
    (place, descriptor) = Staging.make(beside: self.path) {
      open($0, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
    }
    guard descriptor >= 0 else { throw .cannotMake(path, errno, remedy: "give another place") }
  }

  deinit {
    guard descriptor >= 0 else { return }
    close(descriptor)
    unlink(place)
  }

  /// - Throws: `AuditError` with the system's words.
  package func write(_ bytes: UnsafeRawBufferPointer) throws(AuditError) {
    let code = Descriptors.write(bytes, to: descriptor)
    if code != 0 { throw refusal(code) }
  }

  /// Gives the file its name.
  package func finish() throws(AuditError) {
    let closed = close(descriptor)
    descriptor = -1
    if closed == 0, rename(place, path) == 0 { return }
    let error = refusal(errno)
    unlink(place)
    throw error
  }

  /// Writes a whole file.
  package static func write(_ bytes: [UInt8], to path: String) throws(AuditError) {
    let file = try StagedFile(path: path)
    let result = bytes.withUnsafeBytes { bytes in Result { () throws(AuditError) in try file.write(bytes) } }
    try result.get()
    try file.finish()
  }

  private func refusal(_ code: Int32) -> AuditError {
    .cannotWrite("'\(path)'", cause: String(cString: strerror(code)))
  }
}
