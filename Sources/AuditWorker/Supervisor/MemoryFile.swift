import AuditCore
import CChild
import Glibc

/// A file in memory that has no name: written once, handed to children, gone with the last of them.
///
/// What children have in common is sealed: one that a picture took over cannot change it for the next.
package enum MemoryFile {
  /// Why there is none.
  package struct Refusal: Error {
    /// Of the system.
    package let code: Int32
  }

  /// - Throws: where the system gives no memory for it, or lets no file become so large.
  package static func holding(_ contents: [[UInt8]]) throws(Refusal) -> HandedFile {
    guard let file = empty() else { throw Refusal(code: errno) }
    for content in contents {
      let code = content.withUnsafeBytes { Descriptors.write($0, to: file.descriptor) }
      guard code == 0 else { throw Refusal(code: code) }
    }
    guard audit_seal(file.descriptor) == 0 else { throw Refusal(code: errno) }
    return file
  }

  static func empty() -> HandedFile? {
    let descriptor = audit_memory_file("audit")
    return descriptor >= 0 ? HandedFile(descriptor) : nil
  }

  /// Bytes in an open file; nil where its size is not known.
  package static func size(of descriptor: Int32) -> Int? {
    var status = stat()
    return fstat(descriptor, &status) == 0 && status.st_size >= 0 ? Int(status.st_size) : nil
  }

  /// All that is in an open file from its beginning; nil where it cannot be read.
  package static func contents(of descriptor: Int32) -> [UInt8]? {
    size(of: descriptor).flatMap { contents(of: descriptor, in: 0..<$0) }
  }

  /// Some of what is in an open file; nil where it cannot be read.
  ///
  /// - Parameter range: within its size.
  package static func contents(of descriptor: Int32, in range: Range<Int>) -> [UInt8]? {
    let count = range.count
    // All threads share one empty array, and making one this way writes its length into it.
    if count == 0 { return [] }
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { out, filled in
      while filled < count {
        let place = off_t(range.lowerBound + filled)
        let got = pread(descriptor, out.baseAddress?.advanced(by: filled), count - filled, place)
        if got < 0, errno == EINTR { continue }
        guard got > 0 else { return }
        filled += got
      }
    }
    return bytes.count == count ? bytes : nil
  }
}
