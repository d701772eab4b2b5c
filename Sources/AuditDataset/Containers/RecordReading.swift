import AuditCore
import AuditImages

/// Lists a RecordIO file of MXNet (`train.rec`), as recognition sets are passed on: records of a mark, a length, a header
/// with the label, and a picture.
///
/// A record has no name. It is `LABEL/KEY.jpg` here, with its key in the `.idx` beside the file; where there is none, the
/// records count from 0, as the keys of a `.idx` mostly do.
struct RecordReading {
  private static let mark = 0xCED7_230A
  private static let markBytes: [UInt8] = [0x0A, 0x23, 0xD7, 0xCE]
  private static let frame = 8
  /// Flag, label, two numbers of its own.
  private static let header = 24
  /// Two labels and the first bytes of a picture are among the first.
  static let pieceBytes = 64

  private let bytes: FileBytes
  private let keys: RecordKeys?

  init(_ bytes: FileBytes, keys: RecordKeys? = nil) { (self.bytes, self.keys) = (bytes, keys) }

  /// One record, or the first part of one.
  private struct Record {
    /// Of its first frame.
    let offset: Int
    /// Length of what stands behind that frame.
    let first: Int
    /// Length of the whole.
    var length: Int
    let number: Int
  }

  /// - Throws: where the first bytes are no record.
  func index() throws(SampleIssue) -> ContainerIndex {
    var builder = ContainerIndex.Builder()
    var (offset, number, begun) = (0, 0, Record?.none)
    while offset < bytes.count {
      guard let (part, length) = frame(at: offset) else {
        guard offset > 0 else { throw SampleIssue(.open, "no RecordIO: it does not begin with a record") }
        builder.trouble = SampleIssue(
          .open, "no record at byte \(offset.formattedWithCommas); what is before it is read")
        break
      }
      let next = offset + RecordReading.frame + (length + 3) / 4 * 4
      switch part {
      case 0: add(Record(offset: offset, first: length, length: length, number: number), to: next, &builder)
      case 1: begun = Record(offset: offset, first: length, length: length, number: number)
      default: begun?.length += 4 + length
      }
      if part == 3, let record = begun {
        add(record, to: next, &builder)
        begun = nil
      }
      if part == 0 || part == 3 { number += 1 }
      offset = next
      if offset - 3 > bytes.count { builder.trouble = SampleIssue(.open, "it ends within its last record") }
    }
    let index = builder.finish()
    guard keys != nil, index.count == 0, number > 0 else { return index }
    var counted = try RecordReading(bytes).index()
    counted.trouble = counted.trouble ?? SampleIssue(.open, "its .idx names none of its records, which are counted")
    return counted
  }

  /// The upper three bits of a frame's length: 0 a whole record, 1 to 3 the first, a middle and the last part of one that
  /// has the mark among its bytes, where a part ends.
  private func frame(at offset: Int) -> (part: Int, length: Int)? {
    guard bytes.little32(at: offset) == RecordReading.mark, let word = bytes.little32(at: offset + 4) else {
      return nil
    }
    return (word >> 29, word & (1 << 29 - 1))
  }

  /// - Parameter end: where the next record begins.
  private func add(_ record: Record, to end: Int, _ builder: inout ContainerIndex.Builder) {
    guard record.length > 0 else { return }
    let start = record.offset + RecordReading.frame
    guard record.first >= RecordReading.header, let flag = bytes.little32(at: start),
      let single = bytes.little32(at: start + 4), flag < 1 << 20
    else { return builder.leaveOut(.record) }
    // Behind the header stand as many labels as the flag says; 0 means the one in the header.
    let first = flag == 0 ? single : bytes.little32(at: start + RecordReading.header) ?? single
    let place = RecordReading.header + 4 * flag
    // Records about the set and its people hold labels alone.
    if place == record.length { return }
    guard place <= record.first, place < record.length, let label = RecordReading.label(first) else {
      return builder.leaveOut(.record)
    }
    guard let key = keys.map({ $0.key(at: record.offset) }) ?? UInt64(record.number) else {
      return builder.leaveOut(.unnamed)
    }
    let ending =
      switch bytes.big16(at: start + place) {
      case 0xFFD8: "jpg"
      case 0x8950: "png"
      default: "bin"
      }
    let length = record.length - place
    builder.add(
      Array("\(label)/\(key).\(ending)".utf8),
      record.first == record.length
        ? MemberSpan(offset: start + place, stored: length, bytes: length)
        : MemberSpan(offset: record.offset, stored: end - record.offset, bytes: length, coding: .records))
  }

  /// The bytes of a picture that lies in several parts.
  func joined(_ span: MemberSpan) throws(SampleIssue) -> [UInt8] {
    var (offset, whole) = (span.offset, [UInt8]())
    guard span.bytes <= ContainerFile.mostBytes else { throw SampleIssue(.tooLarge, counted(span.bytes, "byte")) }
    while let (part, length) = frame(at: offset), whole.count + length <= span.stored {
      if offset > span.offset { whole += RecordReading.markBytes }
      let piece = bytes.copy(at: offset + RecordReading.frame, count: length)
      guard piece.count == length else { break }
      whole += piece
      offset += RecordReading.frame + (length + 3) / 4 * 4
      if part == 3, whole.count >= span.bytes { return Array(whole.suffix(span.bytes)) }
    }
    throw SampleIssue(.open, "the container ends within it")
  }

  /// A label is a number of a class, kept as a float; nil where it is none.
  private static func label(_ bits: Int) -> Int? {
    let value = Float(bitPattern: UInt32(truncatingIfNeeded: bits))
    return value.rounded() == value ? Int(exactly: value) : nil
  }
}
