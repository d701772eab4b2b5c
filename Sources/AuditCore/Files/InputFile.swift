import Glibc

/// Files that a person names to be read: none of them is waited for.
package enum InputFile {
  /// Opens a file, or a pipe that somebody writes into.
  ///
  /// - Returns: the descriptor, and what was read of it already.
  /// - Throws: `AuditError.unreadable`, or of `FilePath.refuseNowhere`.
  package static func open(_ path: String, takesPipes: Bool) throws(AuditError) -> (descriptor: Int32, begun: [UInt8]) {
    try FilePath.refuseNowhere(path)
    // Without blocking: to open a pipe that nobody writes into would wait for ever.
    let descriptor = FilePath.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .cannotOpen(path, errno) }
    do throws(AuditError) {
      let begun = try check(descriptor, path, takesPipes: takesPipes)
      _ = fcntl(descriptor, F_SETFL, 0)
      return (descriptor, begun)
    } catch {
      close(descriptor)
      throw error
    }
  }

  /// All bytes of a file or pipe; `-` is standard input.
  ///
  /// - Returns: nil where there are more than `mostBytes`.
  /// - Throws: as `open`.
  package static func contents(of path: String, mostBytes: Int) throws(AuditError) -> [UInt8]? {
    var (descriptor, bytes) = path == "-" ? (STDIN_FILENO, []) : try open(path, takesPipes: true)
    defer { if path != "-" { close(descriptor) } }
    var piece = [UInt8](repeating: 0, count: 1 << 18)
    while bytes.count <= mostBytes {
      let count = piece.withUnsafeMutableBytes { Descriptors.read(into: $0, from: descriptor) }
      guard count >= 0 else { throw .unreadable(path: path, cause: String(cString: strerror(errno))) }
      if count == 0 { return bytes }
      bytes += piece.prefix(count)
    }
    return nil
  }

  private static func check(_ descriptor: Int32, _ path: String, takesPipes: Bool) throws(AuditError) -> [UInt8] {
    var info = stat()
    guard fstat(descriptor, &info) == 0 else { throw .unreadable(path: path, cause: String(cString: strerror(errno))) }
    if !takesPipes, info.st_mode & S_IFMT != S_IFREG {
      let kind = info.st_mode & S_IFMT == S_IFDIR ? "a folder, not a file" : "not a regular file"
      throw .unreadable(path: path, cause: "it is \(kind)")
    }
    guard info.st_mode & S_IFMT == S_IFIFO else { return [] }
    // A first look: a pipe without a writer is at its end at once.
    var first = [UInt8](repeating: 0, count: 1 << 16)
    let count = read(descriptor, &first, first.count)
    if count == 0 {
      throw .unreadable(
        path: path, cause: "it is a pipe that nobody writes into; start its writer first, or give - behind a shell's |")
    }
    return Array(first.prefix(max(0, count)))
  }
}
