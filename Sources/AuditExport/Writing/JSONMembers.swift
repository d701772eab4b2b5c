import Foundation

/// The members of a JSON object with their values as they were written, so that merging changes nothing else.
///
/// `NaN`, `Infinity` and `-Infinity`, which Python writes, are taken as numbers.
struct JSONMembers {
  struct Member {
    let key: String
    /// Key, colon and value as they stand in the text.
    let whole: ArraySlice<UInt8>
    let value: ArraySlice<UInt8>

    /// The value where it is a string.
    var text: String? {
      value.first == UInt8(ascii: "\"") ? JSONMembers.decoded(value) : nil
    }
  }

  let members: [Member]

  /// nil where the bytes are no JSON object.
  init?(_ line: some Collection<UInt8>) {
    let line = Array(line)
    var scanner = JSONScanner(line)
    guard let members = scanner.members(), scanner.isAtEnd else { return nil }
    self.members = members
  }

  subscript(_ key: String) -> Member? { members.last { $0.key == key } }

  fileprivate static func decoded(_ string: ArraySlice<UInt8>) -> String? {
    let inner = string.dropFirst().dropLast()
    if !inner.contains(UInt8(ascii: "\\")) { return String(validating: inner, as: UTF8.self) }
    return try? JSONDecoder().decode(String.self, from: Data(string))
  }
}

/// Goes over JSON once and checks it; values are kept as ranges. nil or false from a step says that it is none.
struct JSONScanner {
  private static let deepest = 256

  private let text: [UInt8]
  private(set) var position: Int

  init(_ text: [UInt8], at position: Int = 0) { (self.text, self.position) = (text, position) }

  /// Whether nothing but blanks follows.
  var isAtEnd: Bool { text[position...].allSatisfy(JSONScanner.isBlank) }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  mutating func skipBlanks() {
    while position < text.count, JSONScanner.isBlank(text[position]) { position += 1 }
  }

  /// Steps over a byte, and the blanks before it, where it is the next.
  mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipBlanks()
    guard position < text.count, text[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  /// The members of the object that comes next.
  mutating func members() -> [JSONMembers.Member]? {
    var members: [JSONMembers.Member] = []
    guard take("{") else { return nil }
    if take("}") { return members }
    repeat {
      skipBlanks()
      let start = position
      guard skipString(), let key = JSONMembers.decoded(text[start..<position]), take(":") else { return nil }
      skipBlanks()
      let value = position
      guard skipValue() else { return nil }
      members.append(.init(key: key, whole: text[start..<position], value: text[value..<position]))
    } while take(",")
    return take("}") ? members : nil
  }

  /// The bytes of the value that comes next.
  mutating func value() -> ArraySlice<UInt8>? {
    skipBlanks()
    let start = position
    return skipValue() ? text[start..<position] : nil
  }

  /// Steps over a whole value.
  mutating func skipValue(depth: Int = 0) -> Bool {
    skipBlanks()
    guard position < text.count, depth < JSONScanner.deepest else { return false }
    switch text[position] {
    case UInt8(ascii: "\""): return skipString()
    case UInt8(ascii: "["): return skipItems(depth: depth)
    case UInt8(ascii: "{"): return skipMembers(depth: depth)
    default: return skipWord()
    }
  }

  private mutating func skipItems(depth: Int) -> Bool {
    position += 1
    if take("]") { return true }
    repeat {
      guard skipValue(depth: depth + 1) else { return false }
    } while take(",")
    return take("]")
  }

  private mutating func skipMembers(depth: Int) -> Bool {
    position += 1
    if take("}") { return true }
    repeat {
      skipBlanks()
      guard skipString(), take(":"), skipValue(depth: depth + 1) else { return false }
    } while take(",")
    return take("}")
  }

  private mutating func skipString() -> Bool {
    guard position < text.count, text[position] == UInt8(ascii: "\"") else { return false }
    position += 1
    while position < text.count {
      switch text[position] {
      case UInt8(ascii: "\""):
        position += 1
        return true
      case UInt8(ascii: "\\"): position += 2
      case 0..<0x20: return false
      default: position += 1
      }
    }
    return false
  }

  /// A number or one of the words.
  private mutating func skipWord() -> Bool {
    let start = position
    while position < text.count, JSONScanner.isOfWord(text[position]) { position += 1 }
    let word = text[start..<position]
    guard let first = word.first else { return false }
    if first == UInt8(ascii: "-") || (0x30...0x39).contains(first) {
      return word.dropFirst().allSatisfy { !JSONScanner.isLetter($0) || $0 | 0x20 == UInt8(ascii: "e") }
        && word.contains { (0x30...0x39).contains($0) } || word.elementsEqual("-Infinity".utf8)
    }
    return JSONScanner.words.contains { word.elementsEqual($0) }
  }

  private static let words = ["true", "false", "null", "NaN", "Infinity"].map { Array($0.utf8) }

  private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }

  private static func isOfWord(_ byte: UInt8) -> Bool {
    isLetter(byte) || (0x30...0x39).contains(byte) || byte == 0x2B || byte == 0x2D || byte == 0x2E
  }
}
