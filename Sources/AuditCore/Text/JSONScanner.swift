/// Goes over JSON once and checks it; values are kept as ranges. nil or false from a step says that it is none.
package struct JSONScanner {
  private static let deepest = 256

  private let text: [UInt8]
  package private(set) var position: Int

  package init(_ text: [UInt8], at position: Int = 0) { (self.text, self.position) = (text, position) }

  /// Whether nothing but blanks follows.
  package var isAtEnd: Bool { text[position...].allSatisfy(JSONScanner.isBlank) }

  package static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  package mutating func skipBlanks() {
    while position < text.count, JSONScanner.isBlank(text[position]) { position += 1 }
  }

  /// Steps over a byte, and the blanks before it, where it is the next.
  package mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipBlanks()
    guard position < text.count, text[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  /// The members of the object that comes next.
  package mutating func members() -> [JSONMembers.Member]? {
    var members: [JSONMembers.Member] = []
    return forEachMember { members.append($0) } ? members : nil
  }

  /// The same one after another, so that an object of any length takes no memory.
  package mutating func forEachMember(_ body: (JSONMembers.Member) -> Void) -> Bool {
    guard take("{") else { return false }
    if take("}") { return true }
    repeat {
      skipBlanks()
      let start = position
      guard skipString(), let key = JSONText.decoded(text[start..<position]), take(":") else { return false }
      skipBlanks()
      let value = position
      guard skipValue() else { return false }
      body(.init(key: key, whole: text[start..<position], value: text[value..<position]))
    } while take(",")
    return take("}")
  }

  /// The items of the list that comes next.
  package mutating func items() -> [ArraySlice<UInt8>]? {
    var items: [ArraySlice<UInt8>] = []
    return forEachItem { items.append($0) } ? items : nil
  }

  /// The same one after another.
  package mutating func forEachItem(_ body: (ArraySlice<UInt8>) -> Void) -> Bool {
    guard take("[") else { return false }
    if take("]") { return true }
    repeat {
      guard let item = value() else { return false }
      body(item)
    } while take(",")
    return take("]")
  }

  /// The bytes of the value that comes next.
  package mutating func value() -> ArraySlice<UInt8>? {
    skipBlanks()
    let start = position
    return skipValue() ? text[start..<position] : nil
  }

  /// Steps over a whole value.
  package mutating func skipValue(depth: Int = 0) -> Bool {
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
