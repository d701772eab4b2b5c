import AuditImages
import Foundation
import Testing

/// Some 400 files that want to break a scan: every format and fault, every kind of name, every kind of file.
///
/// The pictures are made here or are those of the decoders' tests; nothing is downloaded.
struct HostileCorpus {
  /// A file and what a scan must say of it.
  struct Entry {
    let path: [UInt8]
    /// `ok`, or the code of the issue that left it without scores.
    let expected: String
  }

  let folder: String
  private(set) var entries: [Entry] = []

  init(in folder: String) throws {
    self.folder = folder
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try addSoundPictures()
    try addDamagedPictures()
    try addForeignContent()
    try addNames()
    try addKinds()
    try addTimes()
  }

  private mutating func add(_ path: String, _ bytes: [UInt8], _ expected: String) throws {
    try add(Array(path.utf8), bytes, expected)
  }

  private mutating func add(_ path: [UInt8], _ bytes: [UInt8], _ expected: String) throws {
    let whole = Array(folder.utf8) + [0x2F] + path
    if let slash = path.lastIndex(of: 0x2F) {
      let parent = String(decoding: path[..<slash], as: UTF8.self)
      try FileManager.default.createDirectory(
        atPath: folder + "/" + parent, withIntermediateDirectories: true)
    }
    try Files.write(bytes, toRawPath: whole)
    entries.append(Entry(path: path, expected: expected))
  }

  /// Enough of them that a model is fitted and the damaged ones stay a minority.
  private mutating func addSoundPictures() throws {
    for seed in 0..<120 as Range<UInt64> { try add("sound/\(seed).ppm", Picture.ppm(seed), "ok") }
  }
}

// MARK: content

extension HostileCorpus {
  private static let fixtures = Checkout.imageFixtures.path

  private static func fixture(_ name: String) throws -> [UInt8] {
    [UInt8](try #require(FileManager.default.contents(atPath: fixtures + "/" + name), "no fixture \(name)"))
  }

  /// Of every format and coding one.
  private static let whole = [
    "baseline_420.jpg", "progressive.jpg", "restart.jpg", "gray.jpg", "cmyk.jpg", "rgb.png", "palette_2.png",
    "interlaced_16.png", "lossy.webp", "lossless.webp", "rgb.bmp", "palette_4.bmp", "binary.ppm", "binary_16.pgm",
  ]

  private mutating func addDamagedPictures() throws {
    for name in Self.whole {
      let file = try Self.fixture(name)
      try add("whole/\(name)", file, "ok")
      try add("empty/\(name)", [], "empty")
      // The header is there, the pixels are not.
      for percent in [30, 50, 70, 90] {
        try add("cut/\(percent)_\(name)", Array(file.prefix(file.count * percent / 100)), "truncated")
      }
      // Bytes that belong to nothing behind a picture that is whole.
      try add("tail/\(name)", file + [UInt8](repeating: 0, count: 4096), "ok")
      // A format is told by its content, and not by its name.
      let other = name.hasSuffix(".png") ? "jpg" : "png"
      try add("renamed/\(name).\(other)", file, "ok")
    }
    var checksum = try Self.fixture("rgb.png")
    checksum[checksum.count / 2] ^= 1
    try add("damaged/checksum.png", checksum, "corrupt")
    try add("damaged/bomb.png", Self.pngHeader(width: 65_000, height: 65_000), "bomb")
    try add("damaged/wide.bmp", Self.bmpHeader(width: Int32.max, height: 1), "bomb")
    try add("damaged/high.bmp", Self.bmpHeader(width: 1, height: Int32.min), "bomb")
    try add("damaged/bomb.ppm", Array("P6 4000000000 4000000000 255\n".utf8), "bomb")
    try add("damaged/zero.ppm", Array("P6 0 10 255\n".utf8), "corrupt")
    try add("damaged/words.ppm", Array("P6 ten ten 255\n".utf8), "corrupt")
  }

  private static func pngHeader(width: UInt32, height: UInt32) -> [UInt8] {
    func big(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.bigEndian) { Array($0) } }
    let chunk = [Array("IHDR".utf8), big(width), big(height), [8, 2, 0, 0, 0]].flatMap { $0 }
    let mark: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    let pixels = Array("IDAT".utf8) + [0x78, 0x9C, 3, 0, 0, 0, 0, 1]
    return [mark, big(13), chunk, big(crc32(chunk)), big(8), pixels, big(crc32(pixels))].flatMap { $0 }
  }

  private static func crc32(_ bytes: [UInt8]) -> UInt32 {
    var crc = ~UInt32(0)
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return ~crc
  }

  private static func bmpHeader(width: Int32, height: Int32) -> [UInt8] {
    func little<Number: FixedWidthInteger>(_ value: Number) -> [UInt8] {
      withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
    var bytes = Array("BM".utf8)
    for number in [54, 0, 54, 40] as [UInt32] { bytes += little(number) }
    for number in [width, height] { bytes += little(number) }
    for number in [1, 24] as [UInt16] { bytes += little(number) }
    return bytes + [UInt8](repeating: 0, count: 24)
  }

  private mutating func addForeignContent() throws {
    let contents: [(String, [UInt8], String)] = [
      ("text", Array("Second camera from minute two.\n".utf8), "not_image"),
      ("html", Array("<!DOCTYPE html><script>1</script>".utf8), "not_image"),
      ("svg", Array("<svg xmlns='http://www.w3.org/2000/svg'/>".utf8), "not_image"),
      ("json", Array("{\"a\": [1, 2]}".utf8), "not_image"),
      ("pdf", Array("%PDF-1.7\n1 0 obj".utf8), "not_image"),
      ("zip", [0x50, 0x4B, 3, 4] + [UInt8](repeating: 0, count: 60), "not_image"),
      ("gzip", [0x1F, 0x8B, 8, 0] + [UInt8](repeating: 7, count: 60), "not_image"),
      ("elf", [0x7F, 0x45, 0x4C, 0x46] + [UInt8](repeating: 2, count: 60), "not_image"),
      ("zeros", [UInt8](repeating: 0, count: 3000), "not_image"),
      ("ones", [UInt8](repeating: 0xFF, count: 3000), "not_image"),
      ("one_byte", [0xFF], "not_image"),
      ("heic", [0, 0, 0, 24] + Array("ftypheic".utf8) + [UInt8](repeating: 0, count: 40), "unsupported"),
      ("avif", [0, 0, 0, 24] + Array("ftypavif".utf8) + [UInt8](repeating: 0, count: 40), "unsupported"),
    ]
    for (name, bytes, expected) in contents {
      for ending in ["jpg", "png"] { try add("foreign/\(name).\(ending)", bytes, expected) }
    }
  }
}

// MARK: names, kinds and times

extension HostileCorpus {
  /// Parts of names that end a quote, a line, a cell, an element, a command, or move a terminal's cursor.
  private static let dangers = texts.map { Array($0.utf8) } + rawBytes

  private static let texts: [String] = [
    "'", "\"", "`", "\\", "'\u{301}", "\"\u{301}", "<\u{301}", "\u{600}<b>", "<script>alert(1)</script>",
    "</script><img src=x onerror=alert(1)>", "<!--", "]]>", "&amp;", "&", "$(id)", "${HOME}", ";id;", "|id", "> out",
    "*", "?", "[a]", "~", "!x", "#x", "%00", "%0A::error::x", "::error file=x::y", "=1+1", "+1", "-1", "@SUM(A1)",
    "--help", "-rf", " lead", "trail ", "  ", "tab\there", "new\nline", "car\rriage", "both\r\nlines",
    "\r\n::error::forged", "bell\u{7}", "esc\u{1B}[31mred", "title\u{1B}]0;owned\u{7}", "c1\u{9B}31m", "\u{85}next",
    "\u{2028}line", "\u{2029}para", "\u{202E}gpj.exe", "\u{2066}isolate", "\u{200B}zero", "\u{FEFF}mark",
    "\u{AD}soft",
    "\u{301}first", "e\u{301}", "\u{E9}", "\u{1F468}\u{200D}\u{1F469}", "\u{10FFFF}", "\\xE9", "\\n", "a,b", "a;b",
    "a\u{1}b", "\u{7F}del", "CON", "a:b", "{{x}}", "%s%n", "'; DROP TABLE run; --",
  ]

  /// No UTF-8: a Latin-1 letter, a byte order mark, cut, surrogate and overlong sequences.
  private static let rawBytes: [[UInt8]] = [
    [0xE9], [0xFF, 0xFE], [0xC3], [0xED, 0xA0, 0x80], [0xF5, 0x80], [0x41, 0x80, 0x42],
  ]

  private mutating func addNames() throws {
    for (index, danger) in Self.dangers.enumerated() {
      let slashless = danger.filter { $0 != 0x2F }
      let bytes = Picture.ppm(1000 + UInt64(index))
      try add(Array("names/".utf8) + slashless + Array(".ppm".utf8), bytes, "ok")
      try add(Array("names/x".utf8) + slashless + Array("y.ppm".utf8), Picture.ppm(2000 + UInt64(index)), "ok")
    }
    for (index, danger) in ["-dash", "quote'", "new\nline", "<b>", "esc\u{1B}[2J", "e\u{301}", "\u{E9}"].enumerated() {
      try add("in \(danger)/a.ppm", Picture.ppm(3000 + UInt64(index)), "ok")
    }
    // 255 bytes, the most that a name may have.
    try add("names/" + String(repeating: "n", count: 251) + ".ppm", Picture.ppm(4000), "ok")
    try add("names/" + String(repeating: "\u{E9}", count: 125) + "n.ppm", Picture.ppm(4001), "ok")
  }

  private mutating func addKinds() throws {
    let kinds = folder + "/kinds"
    try add("kinds/twin.ppm", Picture.ppm(5000), "ok")
    try #require(link(kinds + "/twin.ppm", kinds + "/hard.ppm") == 0)
    try #require(symlink("twin.ppm", kinds + "/soft.ppm") == 0)
    try #require(symlink("nowhere.ppm", kinds + "/dangling.ppm") == 0)
    try #require(symlink("itself.ppm", kinds + "/itself.ppm") == 0)
    for (name, expected) in [
      ("hard.ppm", "ok"), ("soft.ppm", "ok"), ("dangling.ppm", "open"), ("itself.ppm", "open"),
    ] {
      entries.append(Entry(path: Array("kinds/\(name)".utf8), expected: expected))
    }
    // What is no file is no sample, and nobody waits for it.
    try #require(mkfifo(kinds + "/fifo.ppm", 0o644) == 0)
    try #require(symlink(".", kinds + "/loop") == 0)
    try FileManager.default.createDirectory(atPath: kinds + "/folder.ppm", withIntermediateDirectories: true)
    try add("kinds/folder.ppm/inside.ppm", Picture.ppm(5001), "ok")
    try addSparse("kinds/sparse.jpg", bytes: 1 << 30, start: [0xFF, 0xD8, 0xFF, 0xE0], expected: "too_large")
    try addSparse("kinds/sparse_text.png", bytes: 1 << 30, start: Array("hello".utf8), expected: "too_large")
  }

  private mutating func addSparse(_ path: String, bytes: Int64, start: [UInt8], expected: String) throws {
    try add(path, start, expected)
    try #require(truncate(folder + "/" + path, off_t(bytes)) == 0)
  }

  /// Seconds since 1970 that a nanosecond count of 64 bits cannot hold, and the edges.
  private mutating func addTimes() throws {
    for (index, seconds) in [Int.min / 1_000_000_000 - 1, -1, 0, Int.max / 1_000_000_000 + 1, 15_000_000_000]
      .enumerated()
    {
      let path = "times/\(index).ppm"
      try add(path, Picture.ppm(6000 + UInt64(index)), "ok")
      var times = [timespec(tv_sec: seconds, tv_nsec: 0), timespec(tv_sec: seconds, tv_nsec: 999_999_999)]
      // A file system may clip or refuse what it cannot store; then the test is as good as the file system.
      _ = utimensat(AT_FDCWD, folder + "/" + path, &times, 0)
    }
  }
}
