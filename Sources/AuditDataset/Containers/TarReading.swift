import AuditCore
import AuditImages

/// Lists a tar: POSIX ustar and pax (IEEE Std 1003.1, pax, "ustar Interchange Format" and "pax Header Block"), and GNU's
/// long names and large numbers.
struct TarReading {
  /// How much is read at once.
  static let pieceBytes = 1 << 12
  /// Extended attributes may be long.
  private static let mostText = 1 << 24
  static let block = 512

  /// What fills a file of so many bytes up to whole blocks.
  static func filling(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: (block - count % block) % block) }

  private let bytes: FileBytes

  init(_ bytes: FileBytes) { self.bytes = bytes }

  /// One file, folder or link, with the headers that belong to it.
  struct Entry {
    enum Kind {
      case file
      case link(to: [UInt8])
      /// Kept without its holes.
      case sparse
      case folder
      case other
    }

    let name: [UInt8]
    let kind: Kind
    let span: MemberSpan
    /// The whole entry, up to the next one.
    let place: Range<Int>
  }

  /// - Throws: where the first block is no header.
  func index() throws(SampleIssue) -> ContainerIndex {
    var builder = ContainerIndex.Builder()
    builder.trouble = try forEachEntry { entry in
      switch entry.kind {
      case .file: builder.add(entry.name, entry.span)
      case .link(let target): builder.add(entry.name, linkTo: target)
      case .folder: break
      case .sparse: builder.leaveOut(.sparse)
      case .other: builder.leaveOut(.link)
      }
    }
    return builder.finish()
  }

  /// Goes through the entries in their order.
  ///
  /// - Returns: what ended it before the end of the tar; nil where nothing did.
  /// - Throws: where the first block is no header.
  func forEachEntry(_ body: (Entry) -> Void) throws(SampleIssue) -> SampleIssue? {
    // What an entry says of the next one.
    var ahead = Ahead()
    var (first, offset, dataEnd) = (0, 0, 0)
    while offset < bytes.count {
      guard let header = header(at: offset) else {
        if isEmpty(at: offset) { break }
        guard offset > 0 else {
          let isGzip = bytes.big16(at: 0) == 0x1F8B
          throw SampleIssue(
            .open, isGzip ? "no tar but a compressed one; unpack it" : "no tar: it does not begin with a header of one")
        }
        return SampleIssue(.open, "no tar header at byte \(offset.formattedWithCommas); what is before it is read")
      }
      let size = ahead.size.flatMap { header.isFile ? $0 : nil } ?? header.content
      let start = offset + TarReading.block * (1 + mapBlocks(of: header, at: offset))
      guard let end = TarReading.end(start, size) else {
        return SampleIssue(.open, "a size at byte \(offset.formattedWithCommas) is none")
      }
      switch header.kind {
      case UInt8(ascii: "L"), UInt8(ascii: "K"), UInt8(ascii: "x"):
        guard let text = text(at: start, count: size) else {
          return SampleIssue(.open, "what byte \(offset.formattedWithCommas) says of a file is too long, or cut")
        }
        ahead.read(text, kind: header.kind)
      case UInt8(ascii: "g"): break
      default:
        body(
          Entry(
            name: ahead.name ?? header.name, kind: header.entryKind(ahead),
            span: MemberSpan(offset: start, stored: size, bytes: size), place: first..<end))
        ahead = Ahead()
        first = end
      }
      offset = end
      dataEnd = start + size
    }
    // The blocks that fill the last file up may be missing.
    return dataEnd > bytes.count ? SampleIssue(.open, "it ends within its last file") : nil
  }

  /// How many blocks follow a header of GNU's that says where the holes of a file are: each says whether another does.
  private func mapBlocks(of header: TarHeader, at offset: Int) -> Int {
    guard header.kind == UInt8(ascii: "S") else { return 0 }
    var (count, said) = (0, bytes.part(at: offset + 482, count: 1).first)
    while said == 1 {
      count += 1
      said = bytes.part(at: offset + count * TarReading.block + 504, count: 1).first
    }
    return count
  }

  private func isEmpty(at offset: Int) -> Bool {
    bytes.part(at: offset, count: TarReading.block).allSatisfy { $0 == 0 }
  }

  private func text(at offset: Int, count: Int) -> [UInt8]? {
    guard count <= TarReading.mostText else { return nil }
    let text = bytes.copy(at: offset, count: count)
    return text.count == count ? text : nil
  }

  /// Where the next header begins; nil beyond what a file can hold.
  private static func end(_ start: Int, _ size: Int) -> Int? {
    let (rounded, isOver) = size.addingReportingOverflow(block - 1)
    let (end, isBeyond) = start.addingReportingOverflow(rounded / block * block)
    return isOver || isBeyond ? nil : end
  }
}

/// One header of a tar.
private struct TarHeader {
  let name: [UInt8]
  /// Of a hard link: the name of the file.
  let link: [UInt8]
  let size: Int
  let kind: UInt8

  /// A regular file; before POSIX its kind was a zero byte.
  var isFile: Bool { kind == UInt8(ascii: "0") || kind == 0 || kind == UInt8(ascii: "7") }

  /// How many bytes follow: links, devices, folders and pipes have none, whatever their size says.
  var content: Int { (UInt8(ascii: "1")...UInt8(ascii: "6")).contains(kind) ? 0 : size }

  func entryKind(_ ahead: Ahead) -> TarReading.Entry.Kind {
    if isFile { return ahead.isSparse ? .sparse : .file }
    switch kind {
    case UInt8(ascii: "S"): return .sparse
    case UInt8(ascii: "1"): return .link(to: ahead.link ?? link)
    case UInt8(ascii: "5"): return .folder
    default: return .other
    }
  }
}

extension TarReading {
  /// - Returns: nil where the block's checksum is not its own, or its size is none.
  private func header(at offset: Int) -> TarHeader? {
    let part = bytes.part(at: offset, count: TarReading.block)
    guard part.count == TarReading.block else { return nil }
    let sum = part.indices.reduce(0) { $0 + ((148..<156).contains($1) ? 0x20 : Int(part[$1])) }
    // Some programs added bytes as signed numbers.
    let signed = part.indices.reduce(0) {
      $0 + ((148..<156).contains($1) ? 0x20 : Int(Int8(bitPattern: part[$1])))
    }
    guard let said = TarReading.number(part[148..<156]), said == sum || said == signed,
      let size = TarReading.number(part[124..<136])
    else { return nil }
    func text(_ range: Range<Int>) -> [UInt8] { Array(part[range].prefix { $0 != 0 }) }
    let isPOSIX = part[257..<263].elementsEqual("ustar\0".utf8)
    let prefix = isPOSIX ? text(345..<500) : []
    return TarHeader(
      name: prefix.isEmpty ? text(0..<100) : prefix + [UInt8(ascii: "/")] + text(0..<100),
      link: text(157..<257), size: size, kind: part[156])
  }

  /// The header of a file in place of that of a link, or of a file of another size.
  ///
  /// - Parameter name: of at most 99 bytes; nil for that of the other.
  /// - Returns: nil where its size does not fit.
  static func header(ofFile size: Int, like link: [UInt8], named name: String? = nil) -> [UInt8]? {
    guard link.count == block, size < 1 << 33 else { return nil }
    var header = link
    func put(_ text: [UInt8], at place: Int) { header.replaceSubrange(place..<(place + text.count), with: text) }
    func octal(_ number: Int, _ digits: Int) -> [UInt8] {
      (0..<digits).reversed().map { UInt8(0x30 + (number >> (3 * $0)) & 7) }
    }
    if let name {
      put(Array(name.utf8.prefix(99)) + [UInt8](repeating: 0, count: max(1, 100 - name.utf8.count)), at: 0)
      if link[257..<263].elementsEqual("ustar\0".utf8) { put([UInt8](repeating: 0, count: 155), at: 345) }
    }
    header[156] = UInt8(ascii: "0")
    put(octal(size, 11) + [0], at: 124)
    put([UInt8](repeating: 0, count: 100), at: 157)
    put([UInt8](repeating: 0x20, count: 8), at: 148)
    put(octal(header.reduce(0) { $0 + Int($1) }, 6) + [0, 0x20], at: 148)
    return header
  }

  /// Octal digits with spaces around them, or a binary number behind a first byte of 0x80; nil where it is neither, or
  /// negative, or beyond what a file can hold.
  private static func number(_ field: Slice<UnsafeRawBufferPointer>) -> Int? {
    var value = 0
    if field.first == 0x80 {
      for byte in field.dropFirst() {
        guard value < 1 << 54 else { return nil }
        value = value << 8 | Int(byte)
      }
      return value
    }
    let digits = field.drop { $0 == 0x20 }.prefix { $0 != 0 && $0 != 0x20 }
    for digit in digits {
      guard (0x30...0x37).contains(digit), value < 1 << 58 else { return nil }
      value = value << 3 | Int(digit - 0x30)
    }
    return value
  }
}

/// What pax records and GNU's entries say of the file behind them.
private struct Ahead {
  var name: [UInt8]?
  var link: [UInt8]?
  var size: Int?
  var isSparse = false

  mutating func read(_ text: [UInt8], kind: UInt8) {
    switch kind {
    case UInt8(ascii: "L"): name = Array(text.prefix { $0 != 0 })
    case UInt8(ascii: "K"): link = Array(text.prefix { $0 != 0 })
    default: read(text)
    }
  }

  /// Records "LENGTH KEY=VALUE\n", of which the length counts all of the record.
  private mutating func read(_ records: [UInt8]) {
    var rest = records[...]
    while let space = rest.firstIndex(of: 0x20), let length = Int(String(decoding: rest[..<space], as: UTF8.self)),
      length > space - rest.startIndex + 1, length <= rest.count
    {
      let end = rest.startIndex + length
      let record = rest[(space + 1)..<(end - 1)]
      rest = rest[end...]
      guard let equals = record.firstIndex(of: UInt8(ascii: "=")) else { continue }
      let value = record[(equals + 1)...]
      switch String(decoding: record[..<equals], as: UTF8.self) {
      case "path": if !isSparse { name = Array(value) }
      case "GNU.sparse.name": (name, isSparse) = (Array(value), true)
      case "GNU.sparse.major", "GNU.sparse.size": isSparse = true
      case "linkpath": link = Array(value)
      case "size": size = Int(String(decoding: value, as: UTF8.self)).flatMap { $0 >= 0 ? $0 : nil }
      default: break
      }
    }
  }
}
