/// A Python literal as data: what `str()` of a dictionary writes. No name is looked up and nothing is run.
///
/// - Note: The text is hostile: depth and number of values are bounded, and what is not understood is `.other`.
enum PythonLiteral {
  case none
  case boolean(Bool)
  case number(Double)
  case text(String)
  /// A list or tuple.
  case list([PythonLiteral])
  /// Members whose keys are strings.
  case dictionary([(key: String, value: PythonLiteral)])
  /// Bytes, sets and whatever else: there is nothing in it for us.
  case other

  /// The last member of that name, as Python has it; nil where there is none or the value is no dictionary.
  subscript(_ key: String) -> PythonLiteral? {
    guard case .dictionary(let members) = self else { return nil }
    return members.last { $0.key == key }?.value
  }

  var text: String? {
    if case .text(let text) = self { text } else { nil }
  }

  var number: Double? {
    if case .number(let number) = self { number } else { nil }
  }

  var list: [PythonLiteral]? {
    if case .list(let items) = self { items } else { nil }
  }

  /// nil where the text is not one whole literal, or larger than any that is written for a face.
  init?(_ text: UnsafeRawBufferPointer) {
    var parser = PythonLiteralParser(text)
    guard let value = parser.value(depth: 0) else { return nil }
    parser.skipBlanks()
    guard parser.isAtEnd else { return nil }
    self = value
  }
}

/// Goes over the text once; nil from any step ends it.
private struct PythonLiteralParser {
  private static let deepest = 16
  private static let mostValues = 50_000
  private static let longestText = 8192

  private let text: UnsafeRawBufferPointer
  private var position = 0
  private var values = 0

  init(_ text: UnsafeRawBufferPointer) { self.text = text }

  var isAtEnd: Bool { position >= text.count }

  private var next: UInt8? { position < text.count ? text[position] : nil }

  mutating func skipBlanks() {
    while let byte = next, byte == 0x20 || (0x09...0x0D).contains(byte) { position += 1 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    skipBlanks()
    guard next == byte else { return false }
    position += 1
    return true
  }

  mutating func value(depth: Int) -> PythonLiteral? {
    values += 1
    guard depth <= PythonLiteralParser.deepest, values <= PythonLiteralParser.mostValues else { return nil }
    skipBlanks()
    guard let first = next else { return nil }
    switch first {
    case UInt8(ascii: "{"): return dictionary(depth: depth)
    case UInt8(ascii: "["): return list(closing: UInt8(ascii: "]"), depth: depth)
    case UInt8(ascii: "("): return list(closing: UInt8(ascii: ")"), depth: depth)
    case UInt8(ascii: "'"), UInt8(ascii: "\""): return string(isKept: true)
    case UInt8(ascii: "b"), UInt8(ascii: "B"):
      position += 1
      return string(isKept: false)
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."): return number()
    default: return word()
    }
  }

  private mutating func dictionary(depth: Int) -> PythonLiteral? {
    position += 1
    var members: [(key: String, value: PythonLiteral)] = []
    while !take(UInt8(ascii: "}")) {
      guard let key = value(depth: depth + 1), take(UInt8(ascii: ":")), let member = value(depth: depth + 1) else {
        return nil
      }
      if let key = key.text { members.append((key, member)) }
      if !take(UInt8(ascii: ",")) {
        guard take(UInt8(ascii: "}")) else { return nil }
        break
      }
    }
    return .dictionary(members)
  }

  private mutating func list(closing: UInt8, depth: Int) -> PythonLiteral? {
    position += 1
    var items: [PythonLiteral] = []
    while !take(closing) {
      guard let item = value(depth: depth + 1) else { return nil }
      items.append(item)
      if !take(UInt8(ascii: ",")) {
        guard take(closing) else { return nil }
        break
      }
    }
    return .list(items)
  }

  private mutating func number() -> PythonLiteral? {
    let start = position
    while let byte = next, PythonLiteralParser.isOfNumber(byte) { position += 1 }
    guard position - start <= 64 else { return nil }
    let digits = String(decoding: text[start..<position], as: UTF8.self)
    return Double(digits).map { .number($0) }
  }

  private static func isOfNumber(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || [0x2B, 0x2D, 0x2E, 0x65, 0x45].contains(byte)
  }

  private mutating func word() -> PythonLiteral? {
    let start = position
    while let byte = next, (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) { position += 1 }
    switch String(decoding: text[start..<position], as: UTF8.self) {
    case "None": return PythonLiteral.none
    case "True": return .boolean(true)
    case "False": return .boolean(false)
    default: return nil
    }
  }

  /// A string with its quotes; Python's escapes are undone. A longer one than any file name is skipped.
  private mutating func string(isKept: Bool) -> PythonLiteral? {
    guard let quote = next, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else { return nil }
    position += 1
    var bytes: [UInt8] = []
    while let byte = next {
      position += 1
      if byte == quote {
        return isKept && bytes.count < PythonLiteralParser.longestText
          ? .text(String(decoding: bytes, as: UTF8.self)) : .other
      }
      if byte == UInt8(ascii: "\\") {
        guard let escaped = escape() else { return nil }
        if isKept, bytes.count < PythonLiteralParser.longestText { bytes += escaped }
      } else if isKept, bytes.count < PythonLiteralParser.longestText {
        bytes.append(byte)
      }
    }
    return nil
  }

  /// The bytes that an escape stands for; `position` is behind the backslash.
  private mutating func escape() -> [UInt8]? {
    guard let kind = next else { return nil }
    position += 1
    switch kind {
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "x"): return character(digits: 2)
    case UInt8(ascii: "u"): return character(digits: 4)
    case UInt8(ascii: "U"): return character(digits: 8)
    default: return [kind]
    }
  }

  private mutating func character(digits: Int) -> [UInt8]? {
    guard digits <= text.count - position else { return nil }
    let code = UInt32(String(decoding: text[position..<(position + digits)], as: UTF8.self), radix: 16)
    position += digits
    return code.map { Array(String(Unicode.Scalar($0) ?? "\u{FFFD}").utf8) }
  }
}
