package import AuditCore
import CImageCodecs
import Glibc

/// Where the bytes of one file lie in a container.
package struct MemberSpan: Sendable, Equatable {
  package enum Coding: UInt8, Sendable {
    case stored
    case deflated
    /// In several records of a RecordIO, with a mark between them that none of them holds.
    case records
  }

  /// Of the first byte.
  package let offset: Int
  /// How many bytes of the container it takes.
  package let stored: Int
  /// How many bytes the file has.
  package let bytes: Int
  package let coding: Coding
  /// CRC-32 of the file; nil where the container keeps none.
  package let checksum: UInt32?

  package init(offset: Int, stored: Int, bytes: Int, coding: Coding = .stored, checksum: UInt32? = nil) {
    (self.offset, self.stored, self.bytes) = (offset, stored, bytes)
    (self.coding, self.checksum) = (coding, checksum)
  }
}

/// A file without a name that holds these bytes, for another process to read.
///
/// - Returns: the descriptor, which is the caller's and closes on exec.
package func openForReading(memory bytes: [UInt8]) throws(SampleIssue) -> Int32 {
  let made = audit_spool(UInt64(bytes.count))
  guard made >= 0 else { throw SampleIssue(errno: errno) }
  let fault = bytes.withUnsafeBytes { Descriptors.write($0, to: made) }
  guard fault == 0 else {
    close(made)
    throw SampleIssue(errno: fault)
  }
  return audit_for_reading(made)
}

/// CRC-32, as a zip keeps it.
package func checksum(of bytes: [UInt8]) -> UInt32 {
  bytes.withUnsafeBytes { audit_checksum($0.baseAddress, $0.count) }
}

/// A container that is open for reading.
package final class ContainerFile: Sendable {
  /// Longer files are not taken out of a container: what its index says costs nothing to write.
  package static let mostBytes = 1 << 30

  private let file: OpenFile

  /// - Throws: as opening a file of the dataset.
  package init(_ path: [UInt8]) throws(SampleIssue) { file = try OpenFile(path) }

  /// When it was changed last, as it was opened; see `FileTime`.
  package var modified: Int64 { file.modified }

  /// Its own bytes, for one thread.
  ///
  /// - Parameter pieceBytes: how much is read at once.
  package func bytes(pieceBytes: Int = FileBytes.pieceBytes) -> FileBytes {
    FileBytes(descriptor: file.descriptor, count: file.count, pieceBytes: pieceBytes)
  }

  /// Whether the path still leads to this file, unchanged.
  package func isStill(at path: [UInt8]) -> Bool {
    var now = stat()
    return path.withPath { stat($0, &now) } == 0 && file.isStill(now)
  }

  /// Takes one file out, as a file without a name.
  ///
  /// - Returns: its descriptor for reading, which is the caller's and closes on exec.
  /// - Throws: `.tooLarge`, and `.open` for what is cut, damaged or not as long as the container says.
  package func take(_ span: MemberSpan) throws(SampleIssue) -> Int32 {
    guard span.bytes <= ContainerFile.mostBytes else {
      throw SampleIssue(
        .tooLarge, "\(counted(span.bytes, "byte")) > \(ContainerFile.mostBytes.formattedWithCommas), in a container")
    }
    guard let offset = UInt64(exactly: span.offset), let stored = UInt64(exactly: span.stored),
      let length = UInt64(exactly: span.bytes)
    else { throw SampleIssue(.open, "its place in the container is none") }
    let made = audit_spool(length)
    guard made >= 0 else { throw SampleIssue(errno: errno) }
    var checksum: UInt32 = 0
    let code = audit_member(
      file.descriptor, UInt64(file.count), offset, stored, span.coding == .deflated ? 1 : 0, length, made, &checksum)
    do throws(SampleIssue) {
      try ContainerFile.check(code)
      guard span.checksum == nil || span.checksum == checksum else {
        throw SampleIssue(.open, "its checksum in the container is not that of its bytes")
      }
    } catch {
      close(made)
      throw error
    }
    return audit_for_reading(made)
  }

  private static func check(_ code: Int32) throws(SampleIssue) {
    switch Int(code) {
    case 0: return
    case AUDIT_MEMBER_CUT: throw SampleIssue(.open, "the container ends within it")
    case AUDIT_MEMBER_DAMAGED: throw SampleIssue(.open, "what the container keeps of it cannot be inflated")
    case AUDIT_MEMBER_LONGER: throw SampleIssue(.open, "it is longer than the container says")
    default: throw SampleIssue(errno: code)
    }
  }
}
