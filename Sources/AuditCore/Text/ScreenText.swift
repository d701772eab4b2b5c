/// Text with lines, tabs and colours of its own, on its way to a terminal.
enum ScreenText {
  private static let escape: UInt8 = 0x1B

  /// Adds all but line ends, tabs and, where they are wanted, the sequences that set colours as `Escaping.terminal`
  /// does.
  static func add(_ bytes: [UInt8], withColours: Bool, to out: inout [UInt8]) {
    var start = 0
    var index = 0
    while index < bytes.count {
      let length = !withColours && bytes[index] == escape ? 0 : passing(bytes[index...])
      if length == 0 {
        index += 1
        continue
      }
      Escaping.terminal.add(Array(bytes[start..<index]), to: &out)
      out += bytes[index..<(index + length)]
      index += length
      start = index
    }
    Escaping.terminal.add(Array(bytes[start...]), to: &out)
  }

  /// How many bytes at the beginning are a line end, a tab or a colour.
  private static func passing(_ bytes: ArraySlice<UInt8>) -> Int {
    switch bytes.first {
    case UInt8(ascii: "\n"), UInt8(ascii: "\t"): 1
    case UInt8(ascii: "\r"): bytes.dropFirst().first == UInt8(ascii: "\n") ? 2 : 0
    case escape: colour(bytes.dropFirst())
    default: 0
    }
  }

  /// ECMA-48's "select graphic rendition" behind the escape: `[`, digits and semicolons, `m`.
  private static func colour(_ bytes: ArraySlice<UInt8>) -> Int {
    guard bytes.first == UInt8(ascii: "[") else { return 0 }
    let numbers = bytes.dropFirst().prefix { (UInt8(ascii: "0")...UInt8(ascii: ";")).contains($0) && $0 != 0x3A }
    return bytes.dropFirst(1 + numbers.count).first == UInt8(ascii: "m") ? numbers.count + 3 : 0
  }
}
