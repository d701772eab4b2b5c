import AuditCore
import AuditImages

/// Lists DeepFaceLab's `faceset.pak`: version and length of a list, the list as a pickle, which is read as data and never
/// carried out, a table of places, and the files one after another.
struct FacesetReading {
  private static let version = 1
  /// The list of a million faces with their masks is no longer.
  private static let mostListBytes = 1 << 28

  private let bytes: FileBytes

  init(_ bytes: FileBytes) { self.bytes = bytes }

  /// - Throws: where it is no packed face set.
  func index() throws(SampleIssue) -> ContainerIndex {
    guard bytes.little64(at: 0) == FacesetReading.version, let length = bytes.little64(at: 8), length > 0,
      length <= bytes.count - 16
    else { throw SampleIssue(.open, "no packed face set of DeepFaceLab") }
    guard length <= FacesetReading.mostListBytes else {
      throw SampleIssue(.open, "its list of faces is too long: \(counted(length, "byte"))")
    }
    guard let names = bytes.copy(at: 16, count: length).withUnsafeBytes(FacesetNames.names) else {
      throw SampleIssue(.open, "its list of faces is no plain data")
    }
    let table = 16 + length
    let (space, isOver) = (names.count + 1).multipliedReportingOverflow(by: 8)
    guard !isOver, space <= bytes.count - table else {
      throw SampleIssue(.open, "it ends within its table of places")
    }
    return index(names, table: table, start: table + space)
  }

  private func index(_ names: [[UInt8]], table: Int, start: Int) -> ContainerIndex {
    var builder = ContainerIndex.Builder()
    let room = bytes.count - start
    var isCut = false
    for (number, name) in names.enumerated() {
      let place = bytes.little64(at: table + 8 * number) ?? .max
      // The last entry of the table counts from another place than the others: the last file ends with the container.
      let end = number + 1 == names.count ? room : bytes.little64(at: table + 8 * (number + 1)) ?? .max
      guard place <= end, end <= room else {
        isCut = true
        break
      }
      builder.add(name, MemberSpan(offset: start + place, stored: end - place, bytes: end - place))
    }
    if isCut { builder.trouble = SampleIssue(.open, "it ends within its faces; what is before that is read") }
    return builder.finish()
  }
}

extension FileBytes {
  /// nil beyond the end and beyond what a file can hold.
  func little64(at offset: Int) -> Int? {
    guard offset >= 0, let low = little32(at: offset), let high = little32(at: offset + 4), high < 1 << 31 else {
      return nil
    }
    return high << 32 | low
  }

  /// A part as long as it may be; shorter at the end.
  func copy(at start: Int, count length: Int) -> [UInt8] {
    var copy: [UInt8] = []
    copy.reserveCapacity(length)
    while copy.count < length {
      let next = part(at: start + copy.count, count: length - copy.count)
      if next.isEmpty { break }
      copy += next
    }
    return copy
  }
}
