import AuditCore

/// A folder that paths of a database or a journal are joined to, and what keeps them in it: such paths may be anything,
/// since the file that they come from may have been made by anybody.
struct RootFolder: Sendable {
  /// Absolute.
  let path: [UInt8]
  /// The same without links.
  private let resolved: [UInt8]

  init(_ path: [UInt8]) {
    self.path = path
    resolved = FilePath.resolved(path)
  }

  init(_ path: String) { self.init(PathText.bytes(of: path)) }

  /// Where a file lies, for reading it.
  ///
  /// - Throws: `FileTrouble` where the path's own text leads out of the folder.
  func file(_ relative: SamplePath) throws -> [UInt8] {
    guard FilePath.staysInside(relative.bytes) else {
      throw FileTrouble.source(words: "leads out of '\(SamplePath(bytes: path).printable)'; left alone")
    }
    return FilePath.joined(path, relative.bytes)
  }

  /// Where a file lies, for making, moving or removing it.
  ///
  /// - Throws: `FileTrouble` also where a folder on the way is a link that leads elsewhere.
  func ownFile(_ relative: SamplePath) throws -> [UInt8] {
    let file = try file(relative)
    guard FilePath.contains(resolved, FilePath.resolved(FilePath.folder(of: file))) else {
      throw FileTrouble.source(
        words: "lies behind a link that leads out of '\(SamplePath(bytes: path).printable)'; left alone")
    }
    return file
  }

  /// The real place of one of its files: what a link to it leads to.
  func realPlace(_ relative: SamplePath) -> [UInt8] {
    let file = FilePath.joined(path, relative.bytes)
    return FilePath.joined(FilePath.resolved(FilePath.folder(of: file)), Array(file[(lastSlash(file) + 1)...]))
  }

  private func lastSlash(_ file: [UInt8]) -> Int { file.lastIndex(of: UInt8(ascii: "/")) ?? -1 }
}
