package import AuditCore
import Glibc

/// Reads a whole file into `buffer`, whose memory is used again from one file to the next.
///
/// - Parameters:
///   - path: raw bytes, relative to the working directory or absolute, without a zero byte.
///   - mostBytes: a larger file is refused before anything is allocated for it.
/// - Throws: `.gone` where nothing is there (any more), `.permission`, and `.open` for the rest: a folder or a device,
///   a file that is too large, an I/O error.
package func readFile(
  _ path: [UInt8], into buffer: inout [UInt8], mostBytes: Int = 1 << 30
) throws(SampleIssue) {
  // Without blocking, since a pipe with the name of a picture must not hold the scan up.
  let descriptor = path.withPath { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
  guard descriptor >= 0 else {
    let code = errno
    if code == ENOENT, let target = path.linkTarget {
      throw SampleIssue(.open, "a link to '\(SamplePath(bytes: target).printable)', where nothing is")
    }
    throw SampleIssue(errno: code)
  }
  defer { close(descriptor) }
  var status = stat()
  guard fstat(descriptor, &status) == 0 else { throw SampleIssue(errno: errno) }
  guard status.st_mode & S_IFMT == S_IFREG else { throw SampleIssue(.open, "not a regular file") }
  let size = Int(status.st_size)
  guard size <= mostBytes else {
    throw SampleIssue(.open, "\(size.formattedWithCommas) bytes, more than \(mostBytes.formattedWithCommas)")
  }
  buffer.setCount(size)
  var filled = 0
  while filled < size {
    let count = buffer.withUnsafeMutableBytes { bytes in
      read(descriptor, bytes.baseAddress?.advanced(by: filled), size - filled)
    }
    if count < 0, errno == EINTR { continue }
    guard count >= 0 else { throw SampleIssue(errno: errno) }
    if count == 0 { break }
    filled += count
  }
  // Shorter where the file shrank since its size was asked for.
  buffer.setCount(filled)
}

/// Reads the file of a sample; see `readFile(_:into:mostBytes:)`.
///
/// - Parameter root: the dataset's folder, raw bytes.
/// - Throws: `.open` also where the path, which may come from a database, would lead out of the folder.
package func readFile(_ path: SamplePath, in root: [UInt8], into buffer: inout [UInt8]) throws(SampleIssue) {
  guard FilePath.staysInside(path.bytes) else { throw SampleIssue(.open, "a path that leads out of the dataset") }
  try readFile(root + [UInt8(ascii: "/")] + path.bytes, into: &buffer)
}

extension SampleIssue {
  /// What the system said when a file could not be opened or read.
  init(errno code: Int32) {
    switch code {
    case ENOENT, ENOTDIR: self.init(.gone)
    case EACCES, EPERM: self.init(.permission)
    default: self.init(.open, String(cString: strerror(code)))
    }
  }
}

extension [UInt8] {
  fileprivate mutating func setCount(_ wanted: Int) {
    if wanted < count {
      removeLast(count - wanted)
    } else {
      append(contentsOf: repeatElement(0, count: wanted - count))
    }
  }
}
