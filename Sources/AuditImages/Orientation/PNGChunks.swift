import AuditCore
import CImageCodecs

/// What a PNG file says beside its pixels.
struct PNGChunks {
  /// Frames of an APNG; 1 for an ordinary picture.
  private(set) var frames = 1
  private var exif: ExifOrientation?
  private var profile: ExifOrientation?
  private var packet: ExifOrientation?

  /// That of an EXIF chunk, else of the text that older writers keep EXIF in, else of XMP.
  var orientation: ExifOrientation { exif ?? profile ?? packet ?? .upright }

  /// Text that is longer once it is inflated is cut there.
  private static let longestText = 1 << 20

  /// Goes from chunk to chunk; of their contents only those are read that may hold an orientation.
  ///
  /// - Throws: `.timeout` where it is time to give up.
  init(_ file: FileBytes, watch: DecodeWatch) throws(SampleIssue) {
    var offset = 8
    var count = 0
    while let length = file.big32(at: offset) {
      count += 1
      if count % 1024 == 0 { try watch.check() }
      let kind = file.text(at: offset + 4, count: 4)
      if kind == "IEND" { return }
      read(kind, file, at: offset + 8, count: length)
      offset += 12 + length
    }
  }

  private mutating func read(_ kind: String?, _ file: FileBytes, at offset: Int, count: Int) {
    switch kind {
    case "acTL": frames = file.big32(at: offset) ?? 1
    case "eXIf": exif = ExifOrientation(tiff: file.part(at: offset, count: count))
    case "tEXt", "zTXt", "iTXt":
      let content = file.part(at: offset, count: count)
      guard let (keyword, text) = PNGChunks.text(content, isInternational: kind == "iTXt", isPacked: kind == "zTXt")
      else { return }
      text.withUnsafeBytes { text in
        if keyword == "Raw profile type exif" {
          let bytes = PNGChunks.profile(text)
          profile = bytes.withUnsafeBytes { ExifOrientation(tiff: $0) }
        } else {
          packet = ExifOrientation(xmp: text)
        }
      }
    default: break
    }
  }

  /// Keyword and text of a chunk, where it is one of those that may hold an orientation.
  private static func text(
    _ content: UnsafeRawBufferPointer, isInternational: Bool, isPacked: Bool
  ) -> (keyword: String, text: [UInt8])? {
    guard let keyword = ["Raw profile type exif", "XML:com.adobe.xmp"].first(where: { content.has($0 + "\0", at: 0) })
    else { return nil }
    var start = keyword.utf8.count + 1
    var isPacked = isPacked
    if isInternational {
      isPacked = content.byte(at: start) == 1
      start += 2
      // The language and the translated keyword.
      for _ in 0..<2 {
        guard start <= content.count, let end = content[start...].firstIndex(of: 0) else { return nil }
        start = end + 1
      }
    } else if isPacked {
      start += 1
    }
    let rest = content.part(at: start, count: content.count)
    return (keyword, isPacked ? inflated(rest) : Array(rest))
  }

  private static func inflated(_ packed: UnsafeRawBufferPointer) -> [UInt8] {
    guard let bytes = packed.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return [] }
    // Deflate never makes more than about a thousandth of what it is given.
    let most = min(longestText, 1100 * packed.count)
    return [UInt8](unsafeUninitializedCapacity: most) { out, count in
      guard let start = out.baseAddress else { return }
      count = audit_inflate(bytes, packed.count, start, most)
    }
  }

  /// The bytes of a profile that is written as hexadecimal digits, behind three lines: an empty one, its name, its
  /// length. Ends at what is no digit.
  private static func profile(_ text: UnsafeRawBufferPointer) -> [UInt8] {
    var lines = 0
    let digits = text.drop { byte in
      defer { lines += byte == 0x0A ? 1 : 0 }
      return lines < 3
    }
    var bytes: [UInt8] = []
    var high: UInt8?
    for byte in digits where byte != 0x0A && byte != 0x20 && byte != 0x0D {
      guard let value = Character(Unicode.Scalar(byte)).hexDigitValue else { break }
      if let first = high {
        bytes.append(first << 4 | UInt8(value))
        high = nil
      } else {
        high = UInt8(value)
      }
    }
    return bytes
  }
}
