package import AuditCore
import AuditImages
import Glibc

/// Writes a container again without some of its files. The bytes of the others are not changed, nor packed anew, but for
/// StyleGAN's list of labels, which loses the names of those that go.
package struct ContainerCopy {
  private let file: ContainerFile
  private let kind: ContainerKind

  /// - Parameter path: of the container, raw bytes.
  /// - Throws: where it cannot be opened, or is none by its name.
  package init(_ path: [UInt8]) throws(SampleIssue) {
    guard let kind = ContainerKind(ofName: path) else { throw SampleIssue(.open, "no tar and no zip by its name") }
    self.kind = kind
    file = try ContainerFile(path)
  }

  /// - Parameters:
  ///   - keeps: whether a file stays, by its name in the container.
  ///   - write: takes the bytes of the copy, one piece after another.
  /// - Throws: `SampleIssue` where the container is damaged, so that nobody knows what it held; what `write` throws.
  package func write(
    keeping keeps: ([UInt8]) -> Bool, _ write: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    switch kind {
    case .tar: try writeTar(keeps, write)
    case .zip: try writeZip(keeps, write)
    case .pak, .rec: throw SampleIssue(.open, "a .\(kind.rawValue) is read only: it is not written again")
    }
  }

  /// Whether it was changed last at this time, nanoseconds since 1970.
  package func isUnchanged(since modified: Int64) -> Bool { file.modified == modified }

  /// Hands on the names of a tar's files as the tar has them, which need not be what they are called here: `./a.jpg`.
  ///
  /// - Throws: where it is no tar.
  package func forEachNameInTar(_ body: (_ name: [UInt8], _ path: [UInt8]) -> Void) throws(SampleIssue) {
    guard kind == .tar else { throw SampleIssue(.open, "WebDataset reads tars alone") }
    _ = try TarReading(file.bytes(pieceBytes: TarReading.pieceBytes)).forEachEntry { entry in
      if case .file = entry.kind { body(entry.name, ContainerIndex.path(entry.name)) }
    }
  }

  /// A part of a tar as it is, a link that becomes the file that it led to, since that one goes, or StyleGAN's list of labels.
  private enum TarPart {
    case bytes(Range<Int>)
    case file(ofLink: TarReading.Entry, to: [UInt8])
    case labels(TarReading.Entry)
  }

  private func writeTar(_ keeps: ([UInt8]) -> Bool, _ write: (UnsafeRawBufferPointer) throws -> Void) throws {
    var (parts, left) = ([TarPart](), Set<[UInt8]>())
    let trouble = try TarReading(file.bytes(pieceBytes: TarReading.pieceBytes)).forEachEntry { entry in
      let path = ContainerIndex.path(entry.name)
      guard keeps(path) else {
        left.insert(path)
        return
      }
      if case .link(let target) = entry.kind, left.contains(ContainerIndex.path(target)) {
        parts.append(.file(ofLink: entry, to: ContainerIndex.path(target)))
      } else if case .file = entry.kind, ContainerCopy.isDocument(path) {
        parts.append(.labels(entry))
      } else if case .bytes(let last) = parts.last, last.upperBound == entry.place.lowerBound {
        // Neighbours are one piece: most of a set stays.
        parts[parts.count - 1] = .bytes(last.lowerBound..<entry.place.upperBound)
      } else {
        parts.append(.bytes(entry.place))
      }
    }
    if let trouble { throw trouble }
    let bytes = file.bytes()
    for part in parts {
      switch part {
      case .bytes(let place): try writePart(place, bytes, write)
      case .file(let link, let target): try writeFile(ofLink: link, to: target, bytes, write)
      case .labels(let entry): try writeLabels(entry, without: left, bytes, write)
      }
    }
    // Two empty blocks end a tar.
    try [UInt8](repeating: 0, count: 2 * TarReading.block).withUnsafeBytes(write)
  }

  private func writePart(
    _ place: Range<Int>, _ bytes: FileBytes, _ write: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let end = min(place.upperBound, bytes.count)
    try copy(bytes, place.lowerBound..<end, write)
    // What fills the last file up may be missing.
    try [UInt8](repeating: 0, count: place.upperBound - end).withUnsafeBytes(write)
  }

  /// What stood before its own header may have told its size, and goes: name and size fit into the header.
  private func writeLabels(
    _ entry: TarReading.Entry, without left: Set<[UInt8]>, _ bytes: FileBytes,
    _ write: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    guard let document = try document(entry.name, entry.span, without: left) else {
      return try writePart(entry.place, bytes, write)
    }
    let old = ContainerCopy.header(of: entry, bytes)
    guard let header = TarReading.header(ofFile: document.count, like: old, named: DatasetLabels.document) else {
      throw SampleIssue(.open, "the header of '\(DatasetLabels.document)' cannot be written again")
    }
    try (header + document + TarReading.filling(document.count)).withUnsafeBytes(write)
  }

  /// The block that stands right before a file.
  private static func header(of entry: TarReading.Entry, _ bytes: FileBytes) -> [UInt8] {
    bytes.copy(at: entry.span.offset - TarReading.block, count: TarReading.block)
  }

  private func writeFile(
    ofLink entry: TarReading.Entry, to target: [UInt8], _ bytes: FileBytes,
    _ write: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    guard let span = try ContainerKind.tar.index(file).span(of: target),
      let header = TarReading.header(ofFile: span.bytes, like: ContainerCopy.header(of: entry, bytes))
    else { throw SampleIssue(.open, "'\(SamplePath(bytes: entry.name).printable)' links to what is left out") }
    try copy(bytes, entry.place.lowerBound..<(entry.span.offset - TarReading.block), write)
    try header.withUnsafeBytes(write)
    try copy(bytes, span.offset..<(span.offset + span.stored), write)
    try TarReading.filling(span.stored).withUnsafeBytes(write)
  }

  private func writeZip(_ keeps: ([UInt8]) -> Bool, _ write: (UnsafeRawBufferPointer) throws -> Void) throws {
    let reading = ZipReading(file.bytes())
    var (entries, left) = ([ZipEntry](), Set<[UInt8]>())
    let trouble = try reading.forEachEntry { entry in
      let path = ContainerIndex.path(entry.name)
      if keeps(path) { entries.append(entry) } else { left.insert(path) }
    }
    if let trouble { throw trouble }
    var writing = ZipWriting()
    let bytes = file.bytes()
    for entry in entries {
      guard let span = entry.span else {
        throw SampleIssue(
          .open, "'\(SamplePath(bytes: entry.name).printable)' is encrypted or packed in an unknown way")
      }
      let place = try reading.located(span)
      if let document = try document(entry.name, place, without: left) {
        let span = MemberSpan(
          offset: 0, stored: document.count, bytes: document.count, checksum: checksum(of: document))
        try writing.header(of: entry, span).withUnsafeBytes(write)
        try document.withUnsafeBytes(write)
        continue
      }
      try writing.header(of: entry, span).withUnsafeBytes(write)
      try copy(bytes, place.offset..<(place.offset + place.stored), write)
    }
    try writing.directory().withUnsafeBytes(write)
  }

  /// StyleGAN's list of labels without those of files that are left out; nil for other files, and where none is.
  private func document(
    _ name: [UInt8], _ span: MemberSpan, without left: Set<[UInt8]>
  ) throws(SampleIssue) -> [UInt8]? {
    guard !left.isEmpty, ContainerCopy.isDocument(ContainerIndex.path(name)) else { return nil }
    let descriptor = try file.take(span)
    defer { close(descriptor) }
    let text = try FileReader(maxBytes: ContainerFile.mostBytes).read(open: descriptor) { file throws(SampleIssue) in
      try file.whole()
    }
    return LabelDocument.filtered(text) { !left.contains($0) }
  }

  private static func isDocument(_ path: [UInt8]) -> Bool { path.elementsEqual(DatasetLabels.document.utf8) }

  private func copy(
    _ bytes: FileBytes, _ place: Range<Int>, _ write: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    var offset = place.lowerBound
    while offset < place.upperBound {
      let part = bytes.part(at: offset, count: place.upperBound - offset)
      guard !part.isEmpty else { throw SampleIssue(.open, "the container ends within a file") }
      try write(part)
      offset += part.count
    }
    try bytes.check()
  }
}

/// The headers of a zip that is being written (PKWARE APPNOTE 4.3.7 and 4.3.12 to 4.3.16).
private struct ZipWriting {
  /// What does not fit into 32 bits stands in a field of its own.
  private static let narrow = 0xFFFF_FFFF

  private var offset = 0
  private var count = 0
  private var entries: [UInt8] = []

  /// A file's own header.
  mutating func header(of entry: ZipEntry, _ span: MemberSpan) -> [UInt8] {
    let wide = span.bytes >= ZipWriting.narrow || span.stored >= ZipWriting.narrow
    var header = Array("PK\u{3}\u{4}".utf8)
    ZipWriting.addFields(of: entry, span, to: &header, isWide: wide)
    header.append(little: entry.name.count, 2)
    header.append(little: wide ? 20 : 0, 2)
    header += entry.name
    if wide { header.append(wide: [span.bytes, span.stored]) }
    addEntry(entry, span)
    count += 1
    offset += header.count + span.stored
    return header
  }

  private mutating func addEntry(_ entry: ZipEntry, _ span: MemberSpan) {
    let wide = max(span.bytes, span.stored, offset) >= ZipWriting.narrow
    entries += Array("PK\u{1}\u{2}".utf8)
    // Made by Unix, so that the names' bytes are what they are.
    entries.append(little: 0x0300 | (wide ? 45 : 20), 2)
    ZipWriting.addFields(of: entry, span, to: &entries, isWide: wide)
    entries.append(little: entry.name.count, 2)
    entries.append(little: wide ? 28 : 0, 2)
    // Comment, disk, attributes of the inside.
    entries.append(little: 0, 6)
    // As it was; else a regular file that everybody may read, or a folder.
    entries.append(little: (entry.mode ?? (entry.isFolder ? 0o040755 : 0o100644)) << 16, 4)
    entries.append(little: wide ? ZipWriting.narrow : offset, 4)
    entries += entry.name
    if wide { entries.append(wide: [span.bytes, span.stored, offset]) }
  }

  /// What both headers begin with: version, flags, method, time, checksum and sizes.
  private static func addFields(of entry: ZipEntry, _ span: MemberSpan, to header: inout [UInt8], isWide: Bool) {
    header.append(little: isWide ? 45 : 20, 2)
    header.append(little: entry.isUnicode ? 1 << 11 : 0, 2)
    header.append(little: span.coding == .deflated ? 8 : 0, 2)
    header.append(little: entry.time, 4)
    header.append(little: Int(span.checksum ?? 0), 4)
    header.append(little: isWide ? narrow : span.stored, 4)
    header.append(little: isWide ? narrow : span.bytes, 4)
  }

  func directory() -> [UInt8] {
    var end = entries
    let isWide = count >= 0xFFFF || offset >= ZipWriting.narrow || entries.count >= ZipWriting.narrow
    if isWide {
      end += Array("PK\u{6}\u{6}".utf8)
      end.append(little: 44, 8)
      end.append(little: 45 << 16 | 45, 4)
      end.append(little: 0, 8)
      for number in [count, count, entries.count, offset] { end.append(little: number, 8) }
      end += Array("PK\u{6}\u{7}".utf8)
      end.append(little: 0, 4)
      end.append(little: offset + entries.count, 8)
      end.append(little: 1, 4)
    }
    end += Array("PK\u{5}\u{6}".utf8)
    end.append(little: 0, 4)
    for number in [count, count] { end.append(little: min(number, 0xFFFF), 2) }
    for number in [entries.count, offset] { end.append(little: isWide ? ZipWriting.narrow : number, 4) }
    end.append(little: 0, 2)
    return end
  }
}

extension [UInt8] {
  fileprivate mutating func append(little number: Int, _ count: Int) {
    for index in 0..<count { append(UInt8(truncatingIfNeeded: number >> (8 * index))) }
  }

  /// The ZIP64 field.
  fileprivate mutating func append(wide numbers: [Int]) {
    append(little: 1, 2)
    append(little: 8 * numbers.count, 2)
    for number in numbers { append(little: number, 8) }
  }
}
