import AuditCore
import AuditDigest
import Foundation

/// A file system call that failed on one file.
struct FileTrouble: Error, CustomStringConvertible {
  let description: String
  /// Whether it is the file that was read, and not the place that was written to.
  var isAboutSource = false

  init(_ doing: String) { description = "\(doing): \(systemMessage())" }
  init(words: String) { description = words }

  static func unreadable() -> FileTrouble { source(FileTrouble("cannot be read")) }
  static func source(words: String) -> FileTrouble { source(FileTrouble(words: words)) }

  /// A file that cannot be found: gone, a link that leads nowhere, or behind a folder that may not be entered.
  static func missing(_ path: [UInt8]) -> FileTrouble {
    switch errno {
    case ENOENT, ENOTDIR:
      let isLink = FileFactsOnDisk(path)?.isLink ?? false
      return source(words: isLink ? "is a link that leads nowhere; left out" : "is gone since the scan; left out")
    default: return source(FileTrouble("cannot be looked at; left out"))
    }
  }

  private static func source(_ trouble: FileTrouble) -> FileTrouble {
    var trouble = trouble
    trouble.isAboutSource = true
    return trouble
  }
}

/// Copies, hashes and folders, on raw paths.
enum Files {
  private static let pieceBytes = 1 << 20

  /// SHA-256 of a file's bytes.
  static func sha256(of path: [UInt8]) throws -> [UInt8] {
    let source = try opened(path, O_NOFOLLOW)
    defer { close(source) }
    var hash = SHA256Stream()
    try forEachPiece(of: source) { hash.update($0) }
    return hash.final()
  }

  /// Opens a regular file for reading.
  private static func opened(_ path: [UInt8], _ more: Int32) throws -> Int32 {
    // Without blocking: a pipe that has taken the file's name would wait for a writer.
    let source = withCPath(path) { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK | more) }
    guard source >= 0 else { throw FileTrouble.unreadable() }
    var info = stat()
    guard fstat(source, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
      close(source)
      throw FileTrouble.source(words: "is not a file")
    }
    return source
  }

  /// Copies bytes, permissions and modification time to a new file; of a link, those of the file that it leads to where
  /// `followsLinks` says so.
  ///
  /// - Parameter isDurable: whether the bytes are on the disk when it returns.
  /// - Returns: SHA-256 of what was written.
  /// - Throws: `FileTrouble`; the new file is gone then, and one that was there is untouched.
  static func copy(
    _ path: [UInt8], to target: [UInt8], isDurable: Bool, followsLinks: Bool = false
  ) throws -> [UInt8] {
    let source = try opened(path, followsLinks ? 0 : O_NOFOLLOW)
    defer { close(source) }
    let made = withCPath(target) { open($0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600) }
    guard made >= 0 else { throw FileTrouble("cannot be made") }
    defer { close(made) }
    do {
      var hash = SHA256Stream()
      try forEachPiece(of: source) { piece in
        hash.update(piece)
        guard Descriptors.write(piece, to: made) == 0 else { throw FileTrouble("cannot be written") }
      }
      var info = stat()
      guard fstat(source, &info) == 0 else { throw FileTrouble.unreadable() }
      let times = [info.st_atim, info.st_mtim]
      guard fchmod(made, info.st_mode & 0o7777) == 0, futimens(made, times) == 0 else {
        throw FileTrouble("cannot be written")
      }
      if isDurable, fsync(made) != 0 { throw FileTrouble("cannot be written") }
      return hash.final()
    } catch {
      withCPath(target) { _ = unlink($0) }
      throw error
    }
  }

  private static func forEachPiece(of source: Int32, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    try withUnsafeTemporaryAllocation(byteCount: pieceBytes, alignment: 16) { buffer in
      while true {
        let count = Descriptors.read(into: buffer, from: source)
        guard count >= 0 else { throw FileTrouble.unreadable() }
        if count == 0 { return }
        try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      }
    }
  }

  /// Makes a folder and those above it.
  ///
  /// - Returns: the folders that were not there, outermost first.
  @discardableResult
  static func makeFolders(_ path: [UInt8]) throws -> [[UInt8]] {
    if path.isEmpty { return [] }
    if withCPath(path, { mkdir($0, 0o777) }) == 0 { return [path] }
    switch errno {
    case EEXIST:
      guard isFolder(path) else { throw FileTrouble(words: "a file is in the way of the folder") }
      return []
    case ENOENT:
      let above = try makeFolders(FilePath.folder(of: path))
      guard withCPath(path, { mkdir($0, 0o777) }) == 0 || errno == EEXIST else {
        throw FileTrouble("the folder cannot be made")
      }
      return above + [path]
    default: throw FileTrouble("the folder cannot be made")
    }
  }

  private static func isFolder(_ path: [UInt8]) -> Bool {
    var info = stat()
    return withCPath(path) { stat($0, &info) } == 0 && info.st_mode & S_IFMT == S_IFDIR
  }

  /// What a symbolic link holds; nil where there is none.
  static func linkTarget(_ path: [UInt8]) -> [UInt8]? {
    withUnsafeTemporaryAllocation(byteCount: Int(PATH_MAX), alignment: 1) { buffer in
      guard let start = buffer.baseAddress else { return nil }
      let count = withCPath(path) { readlink($0, start, buffer.count) }
      return count < 0 ? nil : Array(buffer[..<count])
    }
  }

  /// Puts what was done in a folder onto the disk.
  static func sync(folder: [UInt8]) {
    let descriptor = withCPath(folder) { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    if descriptor >= 0 {
      fsync(descriptor)
      close(descriptor)
    }
  }
}
