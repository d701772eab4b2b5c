import AuditCore
import Foundation

/// What the system says about a path.
struct FileFactsOnDisk: Equatable {
  let device: UInt64
  let inode: UInt64
  let mode: UInt32
  /// How many names the file has.
  let links: UInt64
  let bytes: Int64
  /// Nanoseconds since 1970; see `FileTime`.
  let modified: Int64

  /// nil where there is nothing.
  init?(_ path: [UInt8]) {
    var info = stat()
    guard withCPath(path, { lstat($0, &info) }) == 0 else { return nil }
    self.init(info)
  }

  /// nil where there is nothing.
  ///
  /// - Throws: `FileTrouble` where the system does not say: what may not be looked at is not gone.
  init?(at path: [UInt8]) throws {
    var info = stat()
    guard withCPath(path, { lstat($0, &info) }) == 0 else {
      guard errno == ENOENT || errno == ENOTDIR else { throw FileTrouble("cannot be looked at") }
      return nil
    }
    self.init(info)
  }

  /// What a link leads to; nil where there is nothing.
  init?(following path: [UInt8]) {
    var info = stat()
    guard withCPath(path, { stat($0, &info) }) == 0 else { return nil }
    self.init(info)
  }

  private init(_ info: stat) {
    device = UInt64(info.st_dev)
    inode = UInt64(info.st_ino)
    mode = UInt32(info.st_mode)
    links = UInt64(info.st_nlink)
    bytes = Int64(info.st_size)
    modified = FileTime.nanoseconds(info.st_mtim)
  }

  /// Whether both are one file under whatever names.
  func isSameFile(as other: FileFactsOnDisk) -> Bool { device == other.device && inode == other.inode }

  var isRegular: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFREG) }
  var isFolder: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFDIR) }
  var isLink: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFLNK) }
}

/// Lends a path to a system call.
func withCPath<Result>(_ path: [UInt8], _ body: (UnsafePointer<CChar>) -> Result) -> Result {
  (path + [0]).withUnsafeBufferPointer { buffer in
    buffer.withMemoryRebound(to: CChar.self) { characters in
      // An array with a terminating zero is never empty, so it has an address.
      guard let start = characters.baseAddress else { preconditionFailure("a path buffer without an address") }
      return body(start)
    }
  }
}
