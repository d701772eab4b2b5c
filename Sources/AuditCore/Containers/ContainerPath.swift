import Glibc

/// A path that leads into a container: `faces/00000.tar/a/1.jpg`.
package struct ContainerPath: Equatable {
  /// The file that is the container.
  package let container: [UInt8]
  /// The way from there; empty for the container itself.
  package let member: [UInt8]

  /// - Parameter path: raw bytes, absolute or from the working directory.
  /// - Returns: nil where no part of it is a file with the name of a container.
  package init?(_ path: [UInt8]) {
    var start = path.startIndex
    while start < path.endIndex {
      let end = path[start...].firstIndex(of: UInt8(ascii: "/")) ?? path.endIndex
      // Most paths have no such part, and nobody is asked about them.
      if ContainerKind(ofName: path[start..<end]) != nil, ContainerPath.isFile(path[..<end]) {
        container = Array(path[..<end])
        member = Array(path[end...].dropFirst())
        return
      }
      start = end == path.endIndex ? end : end + 1
    }
    return nil
  }

  private static func isFile(_ path: ArraySlice<UInt8>) -> Bool {
    var info = stat()
    return stat(path.map { CChar(bitPattern: $0) } + [0], &info) == 0 && info.st_mode & S_IFMT == S_IFREG
  }
}
