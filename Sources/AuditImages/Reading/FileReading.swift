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
  let file = try OpenFile(path)
  guard file.count <= mostBytes else {
    throw SampleIssue(.open, "\(counted(file.count, "byte")), more than \(mostBytes.formattedWithCommas)")
  }
  buffer.setCount(file.count)
  let result = buffer.withUnsafeMutableBytes { bytes in
    Result { () throws(SampleIssue) in try file.read(into: bytes) }
  }
  // Shorter where the file shrank since its size was asked for.
  buffer.setCount(try result.get())
}

/// Reads the file of a sample; see `readFile(_:into:mostBytes:)`.
///
/// - Parameter root: the dataset's folder, raw bytes.
/// - Throws: `.open` also where the path, which may come from a database, would lead out of the folder.
package func readFile(_ path: SamplePath, in root: [UInt8], into buffer: inout [UInt8]) throws(SampleIssue) {
  guard FilePath.staysInside(path.bytes) else { throw SampleIssue(.open, "a path that leads out of the dataset") }
  try readFile(root + [UInt8(ascii: "/")] + path.bytes, into: &buffer)
}

/// Opens the files of a dataset for decoding: small ones come whole into memory that is used again, of large ones only
/// pieces do.
package final class FileReader {
  /// Up to here a file is small.
  static let wholeBytes = 4 << 20

  private let maxBytes: Int
  private var buffer = UnsafeMutableRawBufferPointer(start: nil, count: 0)

  /// - Parameter maxBytes: a larger file is refused without being read.
  package init(maxBytes: Int) { self.maxBytes = maxBytes }

  deinit { buffer.deallocate() }

  /// Lends the bytes of a file.
  ///
  /// - Parameters:
  ///   - path: raw bytes, relative to the working directory or absolute, without a zero byte.
  ///   - body: must not keep the bytes.
  /// - Throws: `.gone`, `.permission` and `.open` as `readFile`, `.open` also where a large file changed while `body`
  ///   read it, `.tooLarge`, and what `body` throws.
  package func read<Value>(
    _ path: [UInt8], _ body: (FileBytes) throws(SampleIssue) -> Value
  ) throws(SampleIssue) -> Value {
    try read(OpenFile(path), body)
  }

  /// Lends the bytes of a file that somebody else opened, and whose descriptor stays with them.
  ///
  /// - Throws: as for a path.
  package func read<Value>(
    open descriptor: Int32, _ body: (FileBytes) throws(SampleIssue) -> Value
  ) throws(SampleIssue) -> Value {
    try read(OpenFile(copyOf: descriptor), body)
  }

  /// Lends the bytes of a file that is in memory already.
  ///
  /// - Throws: `.tooLarge`, and what `body` throws.
  package func read<Value>(
    bytes: UnsafeRawBufferPointer, _ body: (FileBytes) throws(SampleIssue) -> Value
  ) throws(SampleIssue) -> Value {
    let file = FileBytes(memory: bytes)
    guard file.count <= maxBytes else { throw tooLarge(file) }
    return try body(file)
  }

  private func read<Value>(
    _ file: borrowing OpenFile, _ body: (FileBytes) throws(SampleIssue) -> Value
  ) throws(SampleIssue) -> Value {
    guard file.count <= maxBytes else {
      throw tooLarge(FileBytes(descriptor: file.descriptor, count: file.count))
    }
    guard file.count > FileReader.wholeBytes else {
      if buffer.count < file.count { grow(to: file.count) }
      let filled = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<file.count]))
      return try body(FileBytes(memory: UnsafeRawBufferPointer(rebasing: buffer[..<filled])))
    }
    let bytes = FileBytes(descriptor: file.descriptor, count: file.count)
    let value = try body(bytes)
    try bytes.check()
    guard file.isUnchanged else { throw SampleIssue(.open, "the file changed while it was read") }
    return value
  }

  private func grow(to count: Int) {
    buffer.deallocate()
    buffer = .allocate(byteCount: min(max(count + count / 2, 1 << 16), FileReader.wholeBytes), alignment: 16)
  }

  private func tooLarge(_ bytes: FileBytes) -> SampleIssue {
    let size = "\(counted(bytes.count, "byte")) > \(maxBytes.formattedWithCommas) (--max-bytes)"
    // The first bytes live as long as the object that read them.
    let phrase = withExtendedLifetime(bytes) { FileContent(bytes.head, isWhole: false).phrase }
    return SampleIssue(.tooLarge, "\(size); \(phrase)")
  }
}

/// Opens a file of a dataset for another process to read: a regular file, and nothing that could block.
///
/// - Returns: the descriptor, which is the caller's and closes on exec.
/// - Throws: `.gone`, `.permission` or `.open`, as reading the path would.
package func openForReading(_ path: [UInt8]) throws(SampleIssue) -> Int32 { try OpenFile(path).taken() }

/// A regular file that is open for reading; closed when it goes.
struct OpenFile: ~Copyable {
  let descriptor: Int32
  private let status: stat

  init(_ path: [UInt8]) throws(SampleIssue) {
    // Without blocking, since a pipe with the name of a picture must not hold the scan up.
    let opened = path.withPath { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard opened >= 0 else {
      let code = errno
      if code == ENOENT, let target = path.linkTarget {
        throw SampleIssue(.open, "a link to '\(SamplePath(bytes: target).printable)', where nothing is")
      }
      throw SampleIssue(errno: code)
    }
    try self.init(taking: opened)
  }

  /// - Parameter descriptor: stays with the caller.
  init(copyOf descriptor: Int32) throws(SampleIssue) {
    let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0 else { throw SampleIssue(errno: errno) }
    try self.init(taking: copy)
  }

  private init(taking opened: Int32) throws(SampleIssue) {
    var found = stat()
    let code = fstat(opened, &found) == 0 ? 0 : errno
    guard code == 0, found.st_mode & S_IFMT == S_IFREG, found.st_size >= 0 else {
      close(opened)
      throw code == 0 ? SampleIssue(.open, "not a regular file") : SampleIssue(errno: code)
    }
    descriptor = opened
    status = found
  }

  deinit { close(descriptor) }

  /// The descriptor, which is the caller's from now on.
  consuming func taken() -> Int32 {
    let descriptor = descriptor
    discard self
    return descriptor
  }

  /// Size of the file when it was opened.
  var count: Int { Int(status.st_size) }

  /// See `FileTime`.
  var modified: Int64 { FileTime.nanoseconds(status.st_mtim) }

  /// Whether a file is this one, as it was when it was opened.
  func isStill(_ now: stat) -> Bool {
    now.st_dev == status.st_dev && now.st_ino == status.st_ino && now.st_size == status.st_size
      && now.st_mtim.tv_sec == status.st_mtim.tv_sec && now.st_mtim.tv_nsec == status.st_mtim.tv_nsec
  }

  /// Whether size and modification time are still those of the opening.
  var isUnchanged: Bool {
    var now = stat()
    return fstat(descriptor, &now) == 0 && isStill(now)
  }

  /// Reads from the beginning.
  ///
  /// - Returns: how many bytes of `out` were filled; fewer at the end of the file.
  func read(into out: UnsafeMutableRawBufferPointer) throws(SampleIssue) -> Int {
    let (filled, code) = readFully(descriptor, at: 0, into: out)
    guard code == 0 else { throw SampleIssue(errno: code) }
    return filled
  }
}

extension SampleIssue {
  /// What the system said when a file could not be opened or read.
  package init(errno code: Int32) {
    switch code {
    case ENOENT, ENOTDIR: self.init(.gone)
    case EACCES, EPERM: self.init(.permission)
    default: self.init(.open, String(cString: strerror(code)))
    }
  }
}

extension [UInt8] {
  /// Gives memory back that is far more than is needed, so that one large file does not stay for all that follow.
  fileprivate mutating func setCount(_ wanted: Int) {
    if capacity > 1 << 24, wanted < capacity / 4 { self = [] }
    if wanted < count {
      removeLast(count - wanted)
    } else {
      append(contentsOf: repeatElement(0, count: wanted - count))
    }
  }
}
