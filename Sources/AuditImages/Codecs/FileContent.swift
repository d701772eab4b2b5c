package import AuditCore

/// What a file is by its first bytes, whatever its name says.
package enum FileContent: Equatable {
  /// A picture that audit decodes.
  case image(FileFacts.Format)
  /// A picture that audit does not decode, by the name of its format.
  case otherImage(String)
  /// No picture; a phrase for a person.
  case other(String)

  /// - Parameters:
  ///   - file: the first bytes of a file; 512 are enough for a picture.
  ///   - isWhole: whether these are all.
  init(_ file: UnsafeRawBufferPointer, isWhole: Bool = true) {
    if let format = FileContent.decodable(file) {
      self = .image(format)
    } else if let name = FileContent.otherFormat(file) {
      self = .otherImage(name)
    } else {
      self = .other(FileContent.description(of: file, isWhole: isWhole))
    }
  }

  /// What the file is, for a person who is told why it was not decoded.
  var phrase: String {
    switch self {
    case .image(let format): "a \(format.rawValue) by its first bytes"
    case .otherImage(let name): name
    case .other(let description): description
    }
  }

  /// Whether the first bytes of a file (64 are enough) are those of a picture, decoded by audit or not.
  package static func isPicture(_ start: UnsafeRawBufferPointer) -> Bool {
    decodable(start) != nil || otherFormat(start) != nil
  }

  private static func decodable(_ file: UnsafeRawBufferPointer) -> FileFacts.Format? {
    if file.starts(with: [0xFF, 0xD8]), file.count < 3 || file[2] == 0xFF { return .jpeg }
    if file.beginsOrIsCut([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return .png }
    if file.starts(with: Array("RIFF".utf8)), file.has("WEBP", at: 8) || file.count < 12 { return .webp }
    if file.count >= 2, file[0] == UInt8(ascii: "P"), (UInt8(ascii: "1")...UInt8(ascii: "6")).contains(file[1]),
      file.count == 2 || PNMHeader.endsWord(file[2])
    {
      return .pnm
    }
    if file.count >= 4, ["GIF87a", "GIF89a"].contains(where: { file.beginsOrIsCut(Array($0.utf8)) }) { return .gif }
    if [[0x49, 0x49, 0x2A, 0], [0x4D, 0x4D, 0, 0x2A], [0x49, 0x49, 0x2B, 0], [0x4D, 0x4D, 0, 0x2B]]
      .contains(where: { file.starts(with: $0) })
    {
      return .tiff
    }
    if file.has("BM", at: 0), BMPHeader.knownLengths.contains(file.little32(at: 14) ?? 40) { return .bmp }
    if BMPHeader.isBare(file) { return .bmp }
    return nil
  }

  private static func otherFormat(_ file: UnsafeRawBufferPointer) -> String? {
    if file.has("ftyp", at: 4), let brand = file.text(at: 8, count: 4) {
      if ["avif", "avis"].contains(brand) { return convertible("AVIF", "heif-convert IN.avif OUT.png") }
      if ["heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs", "mif1", "msf1"].contains(brand) {
        return convertible("HEIC", "heif-convert IN.heic OUT.png")
      }
    }
    if file.starts(with: [0xFF, 0x0A]) || file.starts(with: [0, 0, 0, 0x0C] + Array("JXL ".utf8)) {
      return convertible("JPEG XL", "djxl IN.jxl OUT.png")
    }
    if file.starts(with: [0, 0, 0, 0x0C] + Array("jP  ".utf8)) || file.starts(with: [0xFF, 0x4F, 0xFF, 0x51]) {
      return convertible("JPEG 2000", "opj_decompress -i IN.jp2 -o OUT.png")
    }
    if file.has("8BPS", at: 0) { return "PSD" }
    if file.starts(with: [0, 0, 1, 0]), file.count >= 22, file[5] == 0, file[4] > 0 { return "ICO" }
    if file.has("P7\n", at: 0) { return "PAM" }
    if file.has("PF\n", at: 0) || file.has("Pf\n", at: 0) { return "PFM" }
    if file.has("qoif", at: 0) { return "QOI" }
    if file.has("DDS ", at: 0) { return "DDS" }
    if file.starts(with: [0x76, 0x2F, 0x31, 0x01]) { return "OpenEXR" }
    if file.has("#?RADIANCE", at: 0) { return "Radiance HDR" }
    return nil
  }

  private static func convertible(_ name: String, _ command: String) -> String {
    "\(name); convert it with: \(command)"
  }

  private static func description(of file: UnsafeRawBufferPointer, isWhole: Bool) -> String {
    if file.has("version https://git-lfs.github.com/spec", at: 0) {
      return "a Git-LFS pointer, not the picture itself; fetch it with: git lfs pull"
    }
    let signatures: [([UInt8], String)] = [
      (Array("PK\u{3}\u{4}".utf8), "a zip archive"), ([0x1F, 0x8B], "gzip data"),
      (Array("%PDF".utf8), "a PDF document"),
      ([0x93] + Array("NUMPY".utf8), "a NumPy array"), (Array("SQLite format 3\0".utf8), "an SQLite database"),
      ([0x7F] + Array("ELF".utf8), "a program"), (Array("RIFF".utf8), "RIFF media"),
      ([0x1A, 0x45, 0xDF, 0xA3], "a Matroska video"), (Array("7z".utf8) + [0xBC, 0xAF], "a 7z archive"),
      ([0x28, 0xB5, 0x2F, 0xFD], "zstd data"), (Array("Rar!".utf8), "a rar archive"),
      (Array("%!PS".utf8), "a PostScript document"),
    ]
    if let match = signatures.first(where: { file.starts(with: $0.0) }) { return "looks like \(match.1)" }
    if file.has("ftyp", at: 4) { return "looks like an MP4 or MOV video" }
    if file.has("ustar", at: 257) { return "looks like a tar archive" }
    if file.allSatisfy({ $0 == 0 }) {
      return isWhole ? "holds only zero bytes" : "begins with \(counted(file.count, "zero byte"))"
    }
    return textual(UnsafeRawBufferPointer(rebasing: file.prefix(512))) ?? "not a known picture format"
  }

  private static func textual(_ start: UnsafeRawBufferPointer) -> String? {
    let isText = start.allSatisfy { byte in
      byte >= 0x20 && byte != 0x7F || byte == 0x09 || byte == 0x0A || byte == 0x0C || byte == 0x0D
    }
    // Bytes from 0x80 alone do not speak against text, but a text without a single ASCII letter is none.
    guard isText, start.contains(where: { $0 < 0x80 }) else { return nil }
    let beginning = String(decoding: start, as: UTF8.self).lowercased().drop { $0.isWhitespace || $0 == "\u{FEFF}" }
    if beginning.hasPrefix("<!doctype html") || beginning.hasPrefix("<html") || beginning.contains("<head>") {
      return "looks like HTML, maybe the error page of a download"
    }
    if beginning.contains("<svg") { return "looks like SVG, which has no pixels" }
    if beginning.hasPrefix("<?xml") || beginning.hasPrefix("<") { return "looks like XML" }
    if beginning.hasPrefix("{") || beginning.hasPrefix("[") { return "looks like JSON" }
    return "looks like text"
  }
}
