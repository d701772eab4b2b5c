import Glibc

/// Paths as the raw bytes that the file system has, handed to the system's own calls.
extension [UInt8] {
  /// Calls `body` with the bytes and the zero that C wants behind them.
  package func withPath<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    var copy = map { CChar(bitPattern: $0) }
    copy.append(0)
    return body(copy)
  }

  /// What the symbolic link at this path says; nil where there is none.
  package var linkTarget: [UInt8]? {
    withPath { path in
      withUnsafeTemporaryAllocation(byteCount: Int(PATH_MAX), alignment: 1) { text in
        guard let start = text.baseAddress else { return nil }
        let length = readlink(path, start, text.count)
        return length >= 0 ? Array(text[..<length]) : nil
      }
    }
  }

  /// The order of raw bytes; a path comes before those that it is the beginning of.
  package func precedes(_ other: [UInt8]) -> Bool {
    let order = memcmp(self, other, Swift.min(count, other.count))
    return order != 0 ? order < 0 : count < other.count
  }
}
