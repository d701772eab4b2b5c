import AuditCore
import CChild
import Glibc

/// A file in memory that has no name: written once, handed to children, gone with the last of them.
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
    return file
  }

  static func empty() -> HandedFile? {
    let descriptor = audit_memory_file("audit")
    return descriptor >= 0 ? HandedFile(descriptor) : nil
  }

  /// All that is in an open file from its beginning; nil where it cannot be read.
  package static func contents(of descriptor: Int32) -> [UInt8]? {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_size >= 0 else { return nil }
    let count = Int(status.st_size)
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { out, filled in
      while filled < count {
        let got = pread(descriptor, out.baseAddress?.advanced(by: filled), count - filled, off_t(filled))
        if got < 0, errno == EINTR { continue }
        guard got > 0 else { return }
        filled += got
      }
    }
    return bytes.count == count ? bytes : nil
  }
}
