package import AuditStore

/// Bytes of an output that is being written, with the encodings that the formats need.
package struct TextBuffer {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  package mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  package mutating func add(_ text: String) { bytes.append(contentsOf: text.utf8) }
  package mutating func add(_ raw: [UInt8]) { bytes.append(contentsOf: raw) }
  package mutating func add(byte: UInt8) { bytes.append(byte) }

  /// A JSON string with its quotes.
  package mutating func addJSON(_ text: String) {
    bytes.append(quote)
    for byte in text.utf8 {
      switch byte {
      case quote, backslash: bytes += [backslash, byte]
      case newline: bytes += [backslash, UInt8(ascii: "n")]
      case carriageReturn: bytes += [backslash, UInt8(ascii: "r")]
      case tab: bytes += [backslash, UInt8(ascii: "t")]
      case 0..<0x20, 0x7F: add("\\u00" + hexadecimalPair(byte))
      default: bytes.append(byte)
      }
    }
    bytes.append(quote)
  }

  /// A JSON value; a blob as hexadecimal digits, a number that is not finite as null.
  package mutating func addJSON(_ value: SQLValue) {
    switch value {
    case .null: add("null")
    case .integer(let number): add("\(number)")
    case .real(let number): add(number.isFinite ? "\(number)" : "null")
    case .text(let text): addJSON(text)
    case .blob(let blob): addJSON(blob.map(hexadecimalPair).joined())
    }
  }

  /// A field of RFC 4180; NULL is empty.
  package mutating func addCSV(_ value: SQLValue) {
    switch value {
    case .null: break
    case .integer(let number): add("\(number)")
    case .real(let number): add("\(number)")
    case .text(let text): addCSV(text)
    case .blob(let blob): add(blob.map(hexadecimalPair).joined())
    }
  }

  package mutating func addCSV(_ text: String) {
    let needsQuotes = text.utf8.contains {
      $0 == quote || $0 == UInt8(ascii: ",") || $0 == newline || $0 == carriageReturn
    }
    guard needsQuotes else { return add(text) }
    bytes.append(quote)
    for byte in text.utf8 {
      if byte == quote { bytes.append(quote) }
      bytes.append(byte)
    }
    bytes.append(quote)
  }

  /// Text of an XML 1.0 attribute or element; characters that XML cannot hold become U+FFFD.
  package mutating func addXML(_ text: String) {
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": add("&amp;")
      case "<": add("&lt;")
      case ">": add("&gt;")
      case "\"": add("&quot;")
      case "\n", "\r", "\t": add("&#\(scalar.value);")
      case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: add("\u{FFFD}")
      default: bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      }
    }
  }

  /// A path as part of a URI: every byte but the unreserved ones and `/` as %XX.
  package mutating func addURI(_ path: [UInt8]) { add(percentEncoded(path)) }
}

private let quote = UInt8(ascii: "\"")
private let backslash = UInt8(ascii: "\\")
private let newline = UInt8(ascii: "\n")
private let carriageReturn = UInt8(ascii: "\r")
private let tab = UInt8(ascii: "\t")

func hexadecimalPair(_ byte: UInt8) -> String {
  (byte < 16 ? "0" : "") + String(byte, radix: 16)
}

/// RFC 3986: every byte but letters, digits, `-._~` and `/` as %XX.
func percentEncoded(_ path: [UInt8]) -> String {
  var text = ""
  for byte in path {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
      UInt8(ascii: "~"), UInt8(ascii: "/"):
      text.unicodeScalars.append(Unicode.Scalar(byte))
    default: text += "%" + hexadecimalPair(byte).uppercased()
    }
  }
  return text
}
