extension Escaping {
  static func html(_ scalar: Unicode.Scalar) -> String? {
    switch scalar {
    case "&": "&amp;"
    case "<": "&lt;"
    case ">": "&gt;"
    case "\"": "&quot;"
    case "'": "&#39;"
    case "\t", "\n": nil
    // As it is a parser would make a line feed of it.
    case "\r": "&#13;"
    case "\u{0}"..."\u{1F}", "\u{7F}": "&#xFFFD;"
    default: nil
    }
  }

  static func xml(_ scalar: Unicode.Scalar) -> String? {
    switch scalar {
    case "&": "&amp;"
    case "<": "&lt;"
    case ">": "&gt;"
    case "\"": "&quot;"
    case "\t", "\n", "\r": "&#\(scalar.value);"
    case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": "\u{FFFD}"
    default: nil
    }
  }

  static func json(_ scalar: Unicode.Scalar) -> String? {
    switch scalar {
    case "\"", "\\": "\\\(scalar)"
    case "\n": "\\n"
    case "\r": "\\r"
    case "\t": "\\t"
    // JSON allows 7F as it is, TOML does not.
    case "\u{0}"..."\u{1F}", "\u{7F}": "\\u00\(hexadecimalPair(UInt8(scalar.value)))"
    default: nil
    }
  }

  /// In a JSON document these stand in strings only.
  static func script(_ scalar: Unicode.Scalar) -> String? {
    switch scalar {
    case "<", ">", "&": "\\u00\(hexadecimalPair(UInt8(scalar.value)))"
    case "\u{2028}": "\\u2028"
    case "\u{2029}": "\\u2029"
    default: nil
    }
  }

  static func tab(_ scalar: Unicode.Scalar) -> String? {
    switch scalar {
    case "\\": "\\\\"
    case "\t": "\\t"
    case "\n": "\\n"
    case "\r": "\\r"
    default: nil
    }
  }

  static func terminal(_ scalar: Unicode.Scalar) -> String? {
    switch scalar {
    case "\n": return "\\n"
    case "\r": return "\\r"
    case "\t": return "\\t"
    case " "..."~": return nil
    default:
      if let byte = PathText.byte(scalar) { return "\\x" + hexadecimalPair(byte, uppercase: true) }
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator:
        return "\\u{\(String(scalar.value, radix: 16))}"
      default: return nil
      }
    }
  }

  static func gitHub(_ scalar: Unicode.Scalar, isProperty: Bool) -> String? {
    switch scalar {
    case "%": "%25"
    case "\r": "%0D"
    case "\n": "%0A"
    case ":" where isProperty: "%3A"
    case "," where isProperty: "%2C"
    default: nil
    }
  }

  static func markdown(_ scalar: Unicode.Scalar) -> String? {
    switch scalar {
    case "\\", "`", "*", "_", "{", "}", "[", "]", "<", ">", "(", ")", "#", "+", "!", "|", "~", "&":
      "\\\(scalar)"
    // What stands for a control character is text, with marks of its own.
    default: terminal(scalar)?.unicodeScalars.map { markdown($0) ?? String($0) }.joined()
    }
  }

  static func address(_ scalar: Unicode.Scalar) -> String? {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "-", ".", "_", "~", "/": nil
    default:
      (UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        .map { "%" + hexadecimalPair($0, uppercase: true) }.joined()
    }
  }

  /// Whether a spreadsheet would take a cell that begins so for a formula.
  static func isFormula(_ bytes: [UInt8]) -> Bool {
    switch bytes.first {
    case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), UInt8(ascii: "\t"),
      UInt8(ascii: "\n"), UInt8(ascii: "\r"):
      true
    default: false
    }
  }

  /// A field of RFC 4180.
  func addField(_ bytes: [UInt8], to out: inout [UInt8]) {
    let quote = UInt8(ascii: "\"")
    let needsQuotes = bytes.contains {
      $0 == quote || $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r")
    }
    guard needsQuotes else { return out.append(contentsOf: bytes) }
    out.append(quote)
    for byte in bytes {
      if byte == quote { out.append(quote) }
      out.append(byte)
    }
    out.append(quote)
  }
}
