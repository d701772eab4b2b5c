import Glibc

/// Refuses to write anything over a database: what people decided is kept nowhere else.
package enum DatabaseGuard {
  /// What SQLite's files begin with: a database, its log in either order of bytes, and its rollback journal.
  private static let beginnings: [[UInt8]] = [
    Array("SQLite format 3\0".utf8), [0x37, 0x7F, 0x06, 0x82], [0x37, 0x7F, 0x06, 0x83],
    [0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7],
  ]

  /// - Parameter output: where a file would be written that is no database; links are followed.
  /// - Throws: `AuditError` where a database, or a log of one, is there.
  package static func refuse(_ output: String) throws(AuditError) {
    guard let info = FilePath.status(of: output), info.st_mode & S_IFMT == S_IFREG else { return }
    let descriptor = FilePath.open(output, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var head = [UInt8](repeating: 0, count: 16)
    let count = head.withUnsafeMutableBytes { Descriptors.read(into: $0, from: descriptor) }
    guard beginnings.contains(where: { head.prefix(max(0, count)).starts(with: $0) }) else { return }
    throw .placeRefused(
      path: output, finding: "holds a database, and nothing else is written over one", safe: .nothingWritten,
      remedy: "give another place")
  }
}
