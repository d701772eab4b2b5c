import Glibc

/// Lines of a file, one at a time: memory follows the longest line, which is bounded.
package struct LineFile {
  /// What a line may hold.
  package static let mostBytes = 1 << 20

  private let path: String

  package init(_ path: String) { self.path = path }

  /// - Parameter body: gets the number of each line, from 1, and its bytes without the line feed; empty lines are left out.
  /// - Throws: `AuditError` where the file cannot be read or a line is too long, and what `body` throws.
  package func forEachLine(_ body: (Int, ArraySlice<UInt8>) throws -> Void) throws {
    let (file, _) = try InputFile.open(path, takesPipes: false)
    defer { close(file) }
    var piece = [UInt8](repeating: 0, count: 1 << 18)
    var rest: [UInt8] = []
    var number = 0
    func hand(_ line: ArraySlice<UInt8>) throws {
      number += 1
      if !line.isEmpty { try body(number, line) }
    }
    while true {
      let count = piece.withUnsafeMutableBytes { Descriptors.read(into: $0, from: file) }
      guard count >= 0 else { throw AuditError.unreadable(path: path, cause: String(cString: strerror(errno))) }
      if count == 0 { break }
      rest += piece[..<count]
      var start = rest.startIndex
      while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
        try hand(rest[start..<end])
        start = end + 1
      }
      rest.removeFirst(start)
      guard rest.count <= LineFile.mostBytes else {
        throw AuditError.unreadable(
          path: path, cause: "line \(number + 1) is longer than \(LineFile.mostBytes.formattedWithCommas) bytes")
      }
    }
    if !rest.isEmpty { try hand(rest[...]) }
  }
}
