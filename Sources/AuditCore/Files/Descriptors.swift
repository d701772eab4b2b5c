import Glibc

/// Reading from and writing to open descriptors, begun anew where a signal comes in between.
package enum Descriptors {
  /// Writes all bytes, however many calls that takes.
  ///
  /// - Returns: 0, or the system's error number.
  package static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
    var rest = bytes
    while !rest.isEmpty {
      let written = Glibc.write(descriptor, rest.baseAddress, rest.count)
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { return written < 0 ? errno : EIO }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
    }
    return 0
  }

  /// Reads what comes next.
  ///
  /// - Returns: how many bytes; 0 at the end, negative with `errno` set where nothing can be read.
  package static func read(into buffer: UnsafeMutableRawBufferPointer, from descriptor: Int32) -> Int {
    var count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
    while count < 0, errno == EINTR { count = Glibc.read(descriptor, buffer.baseAddress, buffer.count) }
    return count
  }

  /// Reads until the buffer is full.
  ///
  /// - Returns: false where there is not as much.
  package static func fill(_ buffer: UnsafeMutableRawBufferPointer, from descriptor: Int32) -> Bool {
    var rest = buffer
    while !rest.isEmpty {
      let count = read(into: rest, from: descriptor)
      guard count > 0 else { return false }
      rest = UnsafeMutableRawBufferPointer(rebasing: rest.dropFirst(count))
    }
    return true
  }
}
