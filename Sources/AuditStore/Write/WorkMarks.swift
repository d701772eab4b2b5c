package import AuditCore
import Foundation
import Synchronization

/// Which files are in work, one place per worker, written into the file of the writer's lock.
///
/// After a kill or a crash it says what was in work then. A mark is one small write into the system's cache, which
/// outlives the process; nothing waits for a disk. A file that cannot be written has no marks.
package final class WorkMarks: Sendable {
  /// A file that was in work when its process ended.
  struct Mark: Equatable {
    let path: SamplePath
    let bytes: Int64
    let modified: Int64
    /// Whether nothing else was in work beside it.
    let isAlone: Bool
  }

  /// What a process that ended left behind.
  struct Left: Equatable {
    /// Of the scan, as `RunRequest` has them.
    let dataset: String
    let version: String
    let marks: [Mark]
  }

  private static let placeBytes = 8192
  /// More workers than a scan takes.
  private static let places = 1025
  private static let mostPathBytes = 4096
  private static let (free, shared, alone) = (UInt8(ascii: "-"), UInt8(ascii: "s"), UInt8(ascii: "a"))
  private static let headBytes = 1 + 8 + 8 + 2

  private let descriptor: Int32

  /// - Parameter descriptor: stays with the caller, who keeps it open.
  init(descriptor: Int32) { self.descriptor = descriptor }

  /// Says whose files are marked from now on; every place is free.
  package func begin(dataset: String, version: String) {
    clear()
    write(WorkMarks.record(WorkMarks.shared, dataset + "\0" + version), at: 0)
  }

  /// Marks a file as being in work in a worker's place, 0...1023.
  package func enter(_ sample: Sample, place: Int, isAlone: Bool) {
    guard (0..<WorkMarks.places - 1).contains(place), sample.path.bytes.count <= WorkMarks.mostPathBytes else { return }
    let state = isAlone ? WorkMarks.alone : WorkMarks.shared
    write(
      WorkMarks.record(state, sample.path.bytes, bytes: sample.bytes, modified: sample.modified),
      at: (place + 1) * WorkMarks.placeBytes)
  }

  package func leave(place: Int) {
    guard (0..<WorkMarks.places - 1).contains(place) else { return }
    write([WorkMarks.free], at: (place + 1) * WorkMarks.placeBytes)
  }

  /// Forgets all: what is in work is given up on purpose.
  package func clear() { _ = ftruncate(descriptor, 0) }

  /// What the process before left; nil where it left nothing. Whatever else the file may hold is passed over.
  func left() -> Left? {
    guard let head = text(at: 0), let end = head.payload.firstIndex(of: 0) else { return nil }
    let marks = (1..<WorkMarks.places).compactMap { place -> Mark? in
      guard let found = text(at: place * WorkMarks.placeBytes), !found.payload.contains(0) else { return nil }
      return Mark(
        path: SamplePath(bytes: found.payload), bytes: found.bytes, modified: found.modified,
        isAlone: found.state == WorkMarks.alone)
    }
    guard !marks.isEmpty else { return nil }
    return Left(
      dataset: String(decoding: head.payload[..<end], as: UTF8.self),
      version: String(decoding: head.payload[(end + 1)...], as: UTF8.self), marks: marks)
  }

  private struct Record {
    let state: UInt8
    let bytes: Int64
    let modified: Int64
    let payload: [UInt8]
  }

  private static func record(_ state: UInt8, _ text: String) -> [UInt8] { record(state, Array(text.utf8)) }

  private static func record(_ state: UInt8, _ payload: [UInt8], bytes: Int64 = 0, modified: Int64 = 0) -> [UInt8] {
    var record = [state]
    for number in [bytes, modified] { withUnsafeBytes(of: number.littleEndian) { record.append(contentsOf: $0) } }
    let length = min(payload.count, placeBytes - headBytes)
    withUnsafeBytes(of: UInt16(length).littleEndian) { record.append(contentsOf: $0) }
    return record + payload[..<length]
  }

  private func text(at offset: Int) -> Record? {
    var bytes = [UInt8](repeating: 0, count: WorkMarks.placeBytes)
    let count = pread(descriptor, &bytes, bytes.count, off_t(offset))
    guard count >= WorkMarks.headBytes, bytes[0] == WorkMarks.shared || bytes[0] == WorkMarks.alone else { return nil }
    func number(_ start: Int, _ length: Int) -> UInt64 {
      bytes[start..<(start + length)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    let length = Int(number(17, 2))
    guard length > 0, WorkMarks.headBytes + length <= count else { return nil }
    return Record(
      state: bytes[0], bytes: Int64(bitPattern: number(1, 8)), modified: Int64(bitPattern: number(9, 8)),
      payload: Array(bytes[WorkMarks.headBytes..<(WorkMarks.headBytes + length)]))
  }

  private func write(_ bytes: [UInt8], at offset: Int) { _ = pwrite(descriptor, bytes, bytes.count, off_t(offset)) }
}
