import AuditCore
import AuditImages

/// Lists a zip by its central directory (PKWARE APPNOTE 4.3.12 to 4.3.16, with ZIP64).
struct ZipReading {
  private static let endMark = "PK\u{5}\u{6}"
  private static let wideEndMark = "PK\u{6}\u{6}"
  private static let wideLocatorMark = "PK\u{6}\u{7}"
  private static let entryMark = "PK\u{1}\u{2}"
  private static let localMark = "PK\u{3}\u{4}"

  private let bytes: FileBytes

  init(_ bytes: FileBytes) { self.bytes = bytes }

  /// - Throws: where there is no directory.
  func index() throws(SampleIssue) -> ContainerIndex {
    var builder = ContainerIndex.Builder()
    builder.trouble = try forEachEntry { entry in
      guard !entry.isFolder else { return }
      if let span = entry.span {
        builder.add(entry.name, span)
      } else {
        builder.leaveOut(entry.isEncrypted ? .encrypted : .packed)
      }
    }
    return builder.finish()
  }

  /// Goes through the directory in its order.
  ///
  /// - Returns: what ended it before its end; nil where nothing did.
  /// - Throws: where there is no directory.
  func forEachEntry(_ body: (ZipEntry) -> Void) throws(SampleIssue) -> SampleIssue? {
    let (directory, prefix) = try directory()
    var offset = directory.lowerBound
    while offset < directory.upperBound {
      guard bytes.has(ZipReading.entryMark, at: offset), let entry = ZipEntry(bytes, at: offset, behind: prefix)
      else {
        return SampleIssue(
          .open, "its directory is damaged at byte \(offset.formattedWithCommas); what is before it is read")
      }
      body(entry)
      offset += entry.length
    }
    return nil
  }

  /// The place of a file's bytes behind its own header, which the directory does not know the length of.
  func located(_ span: MemberSpan) throws(SampleIssue) -> MemberSpan {
    guard bytes.has(ZipReading.localMark, at: span.offset), let name = bytes.little16(at: span.offset + 26),
      let extra = bytes.little16(at: span.offset + 28)
    else { throw SampleIssue(.open, "the container has no file where its directory says") }
    return MemberSpan(
      offset: span.offset + 30 + name + extra, stored: span.stored, bytes: span.bytes, coding: span.coding,
      checksum: span.checksum)
  }

  /// The place of the directory, and how many bytes stand before the zip: a program that unpacks it, of which its places
  /// need not know.
  private func directory() throws(SampleIssue) -> (Range<Int>, prefix: Int) {
    guard var end = end() else { throw SampleIssue(.open, "no zip, or cut: it has no directory at its end") }
    var size = bytes.little32(at: end + 12) ?? 0
    var start = bytes.little32(at: end + 16) ?? 0
    if size == 0xFFFF_FFFF || start == 0xFFFF_FFFF, bytes.has(ZipReading.wideLocatorMark, at: end - 20),
      let said = bytes.little64(at: end - 12),
      let place = [said, end - 76].first(where: { bytes.has(ZipReading.wideEndMark, at: $0) }),
      let wideSize = bytes.little64(at: place + 40), let wideStart = bytes.little64(at: place + 48)
    {
      (size, start, end) = (wideSize, wideStart, place)
    }
    let isThere = size == 0 || bytes.has(ZipReading.entryMark, at: start)
    if !isThere, size <= end, start < end - size, bytes.has(ZipReading.entryMark, at: end - size) {
      return ((end - size)..<end, end - size - start)
    }
    guard start <= bytes.count, size <= bytes.count - start else {
      throw SampleIssue(.open, "its directory lies beyond its end: the zip is cut, or a part of several")
    }
    return (start..<(start + size), 0)
  }

  /// Where the end record begins: behind it may stand a comment of 65,535 bytes.
  private func end() -> Int? {
    let first = max(0, bytes.count - 22 - 0xFFFF)
    return bytes.copy(at: first, count: bytes.count - first).withUnsafeBytes { tail in
      stride(from: tail.count - 22, through: 0, by: -1).first { place in
        tail.has(ZipReading.endMark, at: place)
          && tail.little16(at: place + 20).map { place + 22 + $0 <= tail.count } ?? false
      }
    }.map { first + $0 }
  }
}

/// One entry of a zip's directory.
struct ZipEntry {
  let name: [UInt8]
  /// Kind and permissions of the file where Unix kept them; nil for what other systems have.
  let mode: Int?
  /// When it was changed, as MS-DOS has it.
  let time: Int
  /// Of the entry itself.
  let length: Int
  /// nil where it is encrypted, packed in another way than DEFLATE, or where a number is none. Its offset is that of the
  /// file's own header.
  let span: MemberSpan?

  /// Whether the name is said to be UTF-8.
  let isUnicode: Bool
  let isEncrypted: Bool

  var isFolder: Bool { name.last == UInt8(ascii: "/") }

  /// - Parameter prefix: how many bytes stand before the zip.
  /// - Returns: nil where the entry does not end within the file.
  init?(_ bytes: FileBytes, at offset: Int, behind prefix: Int) {
    guard let maker = bytes.little16(at: offset + 4), let attributes = bytes.little32(at: offset + 38),
      let flags = bytes.little16(at: offset + 8), let method = bytes.little16(at: offset + 10),
      let time = bytes.little32(at: offset + 12), let checksum = bytes.little32(at: offset + 16),
      let stored = bytes.little32(at: offset + 20),
      let size = bytes.little32(at: offset + 24), let nameCount = bytes.little16(at: offset + 28),
      let extraCount = bytes.little16(at: offset + 30), let commentCount = bytes.little16(at: offset + 32),
      let local = bytes.little32(at: offset + 42)
    else { return nil }
    self.time = time
    mode = maker >> 8 == 3 && attributes >> 16 != 0 ? attributes >> 16 : nil
    isUnicode = flags & 1 << 11 != 0
    isEncrypted = flags & 1 != 0
    name = Array(bytes.part(at: offset + 46, count: nameCount))
    guard name.count == nameCount else { return nil }
    length = 46 + nameCount + extraCount + commentCount
    var wide = ZipEntry.wideNumbers(bytes, at: offset + 46 + nameCount, count: extraCount)[...]
    func number(_ narrow: Int) -> Int? { narrow == 0xFFFF_FFFF && !wide.isEmpty ? wide.removeFirst() : narrow }
    // In this order, and only those that do not fit.
    let (wideSize, wideStored, place) = (number(size), number(stored), number(local))
    guard !isEncrypted, method == 0 || method == 8, let wideSize, let wideStored, let place,
      place <= bytes.count - prefix, method == 8 || wideSize == wideStored
    else {
      span = nil
      return
    }
    span = MemberSpan(
      offset: prefix + place, stored: wideStored, bytes: wideSize, coding: method == 8 ? .deflated : .stored,
      checksum: UInt32(truncatingIfNeeded: checksum))
  }

  /// The numbers of the ZIP64 field among the extra ones; nil for one beyond what a file can hold.
  private static func wideNumbers(_ bytes: FileBytes, at start: Int, count: Int) -> [Int?] {
    var (offset, end) = (start, start + count)
    while offset + 4 <= end, let kind = bytes.little16(at: offset), let size = bytes.little16(at: offset + 2) {
      if kind == 1 {
        end = min(end, offset + 4 + size)
        return stride(from: offset + 4, through: end - 8, by: 8).map { bytes.little64(at: $0) }
      }
      offset += 4 + size
    }
    return []
  }
}
