import AuditCore
import AuditImages

/// Lists a RecordIO file of MXNet (`train.rec`), as recognition sets are passed on: records of a mark, a length, a header
/// with the label, and a picture.
///
/// A record has no name. It is `LABEL/NUMBER.jpg` here: the number counts the records from 0, as `train.idx` does.
struct RecordReading {
  private static let mark = 0xCED7_230A
  private static let frame = 8
  /// Flag, label, two numbers of its own.
  private static let header = 24
  /// Two labels and the first bytes of a picture are among the first.
  static let pieceBytes = 64

  private let bytes: FileBytes

  init(_ bytes: FileBytes) { self.bytes = bytes }

  /// - Throws: where the first bytes are no record.
  func index() throws(SampleIssue) -> ContainerIndex {
    var builder = ContainerIndex.Builder()
    var (offset, number) = (0, 0)
    while offset < bytes.count {
      guard bytes.little32(at: offset) == RecordReading.mark, let word = bytes.little32(at: offset + 4) else {
        guard offset > 0 else { throw SampleIssue(.open, "no RecordIO: it does not begin with a record") }
        builder.trouble = SampleIssue(
          .open, "no record at byte \(offset.formattedWithCommas); what is before it is read")
        break
      }
      // The upper three bits: 0 a whole record, 1 to 3 the first, a middle and the last part of one.
      let (part, length) = (word >> 29, word & (1 << 29 - 1))
      let start = offset + RecordReading.frame
      if part == 0, length > 0 { add(start, length, number, to: &builder) }
      // A record in parts has the mark among its bytes: one in a million, and left out.
      if part == 1 { builder.leaveOut(.record) }
      if part == 0 || part == 3 { number += 1 }
      offset = start + (length + 3) / 4 * 4
      if offset - 3 > bytes.count { builder.trouble = SampleIssue(.open, "it ends within its last record") }
    }
    return builder.finish()
  }

  private func add(_ start: Int, _ length: Int, _ number: Int, to builder: inout ContainerIndex.Builder) {
    guard let flag = bytes.little32(at: start), let single = bytes.little32(at: start + 4), flag < 1 << 20 else {
      return builder.leaveOut(.record)
    }
    // Behind the header stand as many labels as the flag says; 0 means the one in the header.
    let first = flag == 0 ? single : bytes.little32(at: start + RecordReading.header) ?? single
    let place = RecordReading.header + 4 * flag
    // Records about the set and its people hold labels alone.
    if place == length { return }
    guard place < length, let label = RecordReading.label(first) else { return builder.leaveOut(.record) }
    let ending =
      switch bytes.big16(at: start + place) {
      case 0xFFD8: "jpg"
      case 0x8950: "png"
      default: "bin"
      }
    builder.add(
      Array("\(label)/\(number).\(ending)".utf8),
      MemberSpan(offset: start + place, stored: length - place, bytes: length - place))
  }

  /// A label is a number of a class, kept as a float; nil where it is none.
  private static func label(_ bits: Int) -> Int? {
    let value = Float(bitPattern: UInt32(truncatingIfNeeded: bits))
    return value.rounded() == value ? Int(exactly: value) : nil
  }
}
