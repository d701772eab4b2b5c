package import AuditCore
import CImageCodecs
import Glibc

/// Something that gives its bytes by their place.
package protocol ByteSource {
  var count: Int { get }

  /// The part from `offset`, at most `length` bytes, cut at the end; valid until the next part is asked for. What is
  /// longer than `FileBytes.pieceBytes` may be cut.
  func part(at offset: Int, count length: Int) -> UnsafeRawBufferPointer
}

extension ByteSource {
  package func byte(at offset: Int) -> Int? { part(at: offset, count: 1).byte(at: 0) }
  package func little16(at offset: Int) -> Int? { part(at: offset, count: 2).little16(at: 0) }
  package func little32(at offset: Int) -> Int? { part(at: offset, count: 4).little32(at: 0) }
  package func big16(at offset: Int) -> Int? { part(at: offset, count: 2).big16(at: 0) }
  package func big32(at offset: Int) -> Int? { part(at: offset, count: 4).big32(at: 0) }
  package func text(at offset: Int, count length: Int) -> String? {
    part(at: offset, count: length).text(at: 0, count: length)
  }
  package func has(_ mark: String, at offset: Int) -> Bool { part(at: offset, count: mark.utf8.count).has(mark, at: 0) }
}

extension UnsafeRawBufferPointer: ByteSource {}

/// The bytes of an open file: all in memory, or read in pieces where the file is large. For one thread.
package final class FileBytes: ByteSource {
  /// The longest part that a file that is not in memory gives at once.
  package static let pieceBytes = 1 << 16

  package let count: Int
  private let memory: UnsafeRawBufferPointer?
  private let pieceBytes: Int
  private let descriptor: Int32
  private var piece: UnsafeMutableRawBufferPointer?
  private var pieceStart = 0
  private var pieceCount = 0
  private var failure: Int32 = 0

  /// A file that is wholly in `memory`, which must outlive this.
  package init(memory: UnsafeRawBufferPointer) {
    self.memory = memory
    pieceBytes = FileBytes.pieceBytes
    count = memory.count
    descriptor = -1
  }

  /// A file that is read in pieces from an open descriptor, which must outlive this.
  ///
  /// - Parameter pieceBytes: fewer than usual for who looks at a little here and there.
  package init(descriptor: Int32, count: Int, pieceBytes: Int = FileBytes.pieceBytes) {
    memory = nil
    self.pieceBytes = min(pieceBytes, FileBytes.pieceBytes)
    self.descriptor = descriptor
    self.count = count
  }

  deinit { piece?.deallocate() }

  var isInMemory: Bool { memory != nil }

  /// The first bytes: all of a file in memory, else a piece.
  package var head: UnsafeRawBufferPointer { memory ?? part(at: 0, count: FileBytes.pieceBytes) }

  package func part(at offset: Int, count length: Int) -> UnsafeRawBufferPointer {
    if let memory { return memory.part(at: offset, count: length) }
    guard offset >= 0, offset < count, length > 0 else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    let wanted = min(length, pieceBytes, count - offset)
    if offset < pieceStart || offset + wanted > pieceStart + pieceCount { load(offset) }
    guard let piece, offset >= pieceStart else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    return UnsafeRawBufferPointer(piece).part(
      at: offset - pieceStart, count: min(wanted, pieceStart + pieceCount - offset))
  }

  private func load(_ offset: Int) {
    let buffer =
      piece ?? UnsafeMutableRawBufferPointer.allocate(byteCount: pieceBytes, alignment: 16)
    piece = buffer
    pieceStart = offset
    pieceCount = read(at: offset, into: buffer)
  }

  /// Fills `out` from `offset`; less at the end of the file or where it cannot be read.
  private func read(at offset: Int, into out: UnsafeMutableRawBufferPointer) -> Int {
    if let memory {
      let bytes = memory.part(at: offset, count: out.count)
      out.copyMemory(from: bytes)
      return bytes.count
    }
    let (filled, code) = readFully(descriptor, at: offset, into: out)
    if code != 0 { failure = code }
    return filled
  }

  /// All bytes at once, for a codec that takes no pieces; a copy where they are not in memory yet.
  package func whole() throws(SampleIssue) -> [UInt8] {
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { out, filled in
      filled = read(at: 0, into: UnsafeMutableRawBufferPointer(out))
    }
    try check()
    return bytes
  }

  /// Hands the whole file on, piece by piece.
  ///
  /// - Throws: `.open` where the file cannot be read, `.timeout` where the watch ends it.
  package func forEachPiece(
    watch: DecodeWatch = DecodeWatch(), _ body: (UnsafeRawBufferPointer) -> Void
  ) throws(SampleIssue) {
    if let memory { return body(memory) }
    watch.start()
    var offset = 0
    while offset < count {
      try watch.check()
      let next = part(at: offset, count: FileBytes.pieceBytes)
      if next.isEmpty { break }
      body(next)
      offset += next.count
    }
    try check()
  }

  /// - Throws: `.open` where a part could not be read, whatever was made of the rest.
  package func check() throws(SampleIssue) {
    if failure != 0 { throw SampleIssue(errno: failure) }
  }

  /// For the codecs; valid as long as this object.
  func input(watch: audit_watch) -> audit_input {
    audit_input(
      file: audit_file(
        bytes: memory?.baseAddress?.assumingMemoryBound(to: UInt8.self), descriptor: descriptor,
        length: UInt64(count)), watch: watch)
  }
}

/// Fills `out` from a place in an open file, however many calls that takes.
///
/// - Returns: how many bytes were filled, fewer at the end of the file or after an error, whose errno stands beside it.
func readFully(
  _ descriptor: Int32, at offset: Int, into out: UnsafeMutableRawBufferPointer
) -> (filled: Int, code: Int32) {
  var filled = 0
  while filled < out.count {
    let count = pread(descriptor, out.baseAddress?.advanced(by: filled), out.count - filled, off_t(offset + filled))
    if count < 0, errno == EINTR { continue }
    if count < 0 { return (filled, errno) }
    if count == 0 { break }
    filled += count
  }
  return (filled, 0)
}
