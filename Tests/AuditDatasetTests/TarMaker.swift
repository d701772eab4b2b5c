/// Writes tars entry by entry, wrong ones too.
struct TarMaker {
  private(set) var bytes: [UInt8] = []

  /// An entry with its header and, in whole blocks, its content.
  ///
  /// - Parameters:
  ///   - kind: of POSIX: "0" a file, "1" a link, "5" a folder, "L" and "x" what is said of the next entry.
  ///   - size: what the header says; nil for the truth.
  mutating func add(
    _ name: [UInt8], _ content: [UInt8] = [], kind: Character = "0", link: String = "", prefix: String = "",
    size: [UInt8]? = nil
  ) {
    var header = [UInt8](repeating: 0, count: 512)
    func put(_ text: [UInt8], at place: Int) { header.replaceSubrange(place..<(place + text.count), with: text) }
    put(Array(name.prefix(100)), at: 0)
    put(Array("0000644\0".utf8), at: 100)
    put(size ?? TarMaker.octal(content.count, 11) + [0], at: 124)
    put(Array("        ".utf8), at: 148)
    put([kind.asciiValue ?? 0], at: 156)
    put(Array(link.utf8), at: 157)
    put(Array("ustar\u{0}00".utf8), at: 257)
    put(Array(prefix.utf8), at: 345)
    put(TarMaker.octal(header.reduce(0) { $0 + Int($1) }, 6) + [0, 0x20], at: 148)
    bytes += header + content
    bytes += [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
  }

  mutating func add(_ name: String, _ content: String, kind: Character = "0", prefix: String = "") {
    add(Array(name.utf8), Array(content.utf8), kind: kind, prefix: prefix)
  }

  /// One pax record: its length counts itself.
  mutating func add(pax key: String, _ value: String) {
    let rest = " \(key)=\(value)\n"
    let length = (1...9).lazy.map { rest.utf8.count + $0 }.first { String($0).count + rest.utf8.count == $0 } ?? 0
    add("pax", "\(length)\(rest)", kind: "x")
  }

  mutating func end() { bytes += [UInt8](repeating: 0, count: 1024) }

  private static func octal(_ number: Int, _ digits: Int) -> [UInt8] {
    let text = String(number, radix: 8)
    return Array((String(repeating: "0", count: max(0, digits - text.count)) + text).utf8)
  }
}
