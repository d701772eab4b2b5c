/// The text of a JSON string.
package enum JSONText {
  /// - Parameter string: with its quotes, as `JSONScanner` steps over one.
  /// - Returns: nil where an escape is none, or the bytes are no UTF-8.
  package static func decoded(_ string: ArraySlice<UInt8>) -> String? {
    var rest = string.dropFirst().dropLast()
    if !rest.contains(backslash) { return String(validating: rest, as: UTF8.self) }
    var bytes: [UInt8] = []
    while let byte = rest.popFirst() {
      guard byte == backslash else {
        bytes.append(byte)
        continue
      }
      guard let letter = rest.popFirst() else { return nil }
      if letter == UInt8(ascii: "u") {
        guard let scalar = scalar(&rest) else { return nil }
        bytes += Array(String(Character(scalar)).utf8)
      } else {
        guard let meant = escapes[letter] else { return nil }
        bytes.append(meant)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }

  private static let backslash = UInt8(ascii: "\\")
  private static let escapes: [UInt8: UInt8] = [
    UInt8(ascii: "\""): 0x22, backslash: backslash, UInt8(ascii: "/"): 0x2F, UInt8(ascii: "b"): 8,
    UInt8(ascii: "f"): 12, UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9,
  ]

  /// Behind `\u`: four digits, and as many again where they are the first half of a pair.
  private static func scalar(_ rest: inout ArraySlice<UInt8>) -> Unicode.Scalar? {
    guard let first = unit(&rest) else { return nil }
    guard (0xD800..<0xDC00).contains(first) else { return Unicode.Scalar(first) }
    guard rest.starts(with: Array("\\u".utf8)) else { return nil }
    rest = rest.dropFirst(2)
    guard let second = unit(&rest), (0xDC00..<0xE000).contains(second) else { return nil }
    return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
  }

  private static func unit(_ rest: inout ArraySlice<UInt8>) -> UInt32? {
    let digits = rest.prefix(4)
    guard digits.count == 4, digits.allSatisfy({ $0 < 0x80 && Character(Unicode.Scalar($0)).isHexDigit }) else {
      return nil
    }
    rest = rest.dropFirst(4)
    return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
  }
}
