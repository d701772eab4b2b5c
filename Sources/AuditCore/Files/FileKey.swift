package import Glibc

/// Which file it is, whatever its names.
package struct FileKey: Hashable, Sendable {
  package let device: UInt64
  package let inode: UInt64

  package init(_ status: stat) { (device, inode) = (UInt64(status.st_dev), UInt64(status.st_ino)) }

  /// - Returns: nil where there is no such file.
  package init?(_ path: String) {
    guard let status = FilePath.status(of: path) else { return nil }
    self.init(status)
  }
}
