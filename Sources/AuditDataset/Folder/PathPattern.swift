package import AuditCore

/// One glob over the raw bytes of paths, such as `*_mask.png`, `/raw/**/tmp` or `aligned_debug/`.
///
/// - `*` is any run of characters but `/`, `?` one character, `[a-z]` one of a set, `[!a-z]` one that is not in it.
/// - `**` as a whole part is any number of folders.
/// - A pattern without `/` is looked for at every depth; one with `/` begins at the dataset's folder. One that ends with
///   `/` is for folders alone. A folder that fits stands for everything in it.
/// - A backslash takes the next character as it is (`\[`); `\xE9` is that byte.
///
/// Letters are compared as they are stored: upper and lower case differ, and so do composed and decomposed accents.
package struct PathPattern: Sendable, Equatable {
  private enum Part: Sendable, Equatable {
    case anyFolders
    case name([Token])
  }

  private enum Token: Sendable, Equatable {
    case letter(UInt32)
    case one
    case run
    case set([ClosedRange<UInt32>], isNegated: Bool)

    /// Whether it stands for this one letter.
    func takes(_ letter: UInt32) -> Bool {
      switch self {
      case .letter(let own): own == letter
      case .one: true
      case .run: false
      case .set(let ranges, let isNegated): ranges.contains { $0.contains(letter) } != isNegated
      }
    }
  }

  /// As it was given.
  package let text: String
  /// Whether it is for folders alone.
  package let isForFolders: Bool
  private let parts: [Part]

  /// - Throws: `AuditError` that says what is wrong with the text.
  package init(_ text: String) throws(AuditError) {
    self.text = text
    var bytes = Array(text.utf8)[...]
    while bytes.starts(with: Array("./".utf8)) { bytes = bytes.dropFirst(2) }
    let slash = UInt8(ascii: "/")
    isForFolders = bytes.count > 1 && bytes.last == slash
    let pieces = PathPattern.pieces(bytes)
    guard pieces.contains(where: { !$0.isEmpty }) else {
      throw .usage("a pattern must name something; got '\(text)'")
    }
    var parts: [Part] = []
    let isAnchored = bytes.dropLast(isForFolders ? 1 : 0).contains(slash)
    if !isAnchored { parts.append(.anyFolders) }
    for piece in pieces where !piece.isEmpty {
      let isDouble = piece.elementsEqual(Array("**".utf8))
      if isDouble, parts.last == .anyFolders { continue }
      parts.append(isDouble ? .anyFolders : .name(try PathPattern.tokens(piece, of: text)))
    }
    self.parts = parts
  }

  /// The pattern that fits this text and nothing else.
  package static func escaped(_ text: String) -> String {
    let special = "*?[\\".unicodeScalars
    return String(String.UnicodeScalarView(text.unicodeScalars.flatMap { special.contains($0) ? ["\\", $0] : [$0] }))
  }

  /// Parts of the pattern that begin with a literal dot: names that it wants although they are hidden.
  var hiddenParts: [PathPattern] {
    get throws(AuditError) {
      var found: [PathPattern] = []
      for piece in PathPattern.pieces(Array(text.utf8)[...]) where piece.first == UInt8(ascii: ".") && piece.count > 1 {
        found.append(try PathPattern(String(decoding: piece, as: UTF8.self)))
      }
      return found
    }
  }

  /// Whether the pattern fits this path as a whole.
  ///
  /// - Parameter names: the letters of each part of the path; see `letters(_:)`.
  func fits(_ names: ArraySlice<[UInt32]>) -> Bool {
    var (part, name) = (0, names.startIndex)
    var (star, resume) = (-1, names.startIndex)
    while name < names.endIndex {
      if part < parts.count, parts[part] == .anyFolders {
        (star, resume) = (part, name)
        part += 1
      } else if part < parts.count, case .name(let tokens) = parts[part], PathPattern.fits(tokens, names[name]) {
        part += 1
        name += 1
      } else if star >= 0 {
        resume += 1
        (part, name) = (star + 1, resume)
      } else {
        return false
      }
    }
    // `a/**` is what lies in a, not a itself.
    return part == parts.count
  }

  private static func fits(_ tokens: [Token], _ name: [UInt32]) -> Bool {
    var (token, letter) = (0, 0)
    var (star, resume) = (-1, 0)
    while letter < name.count {
      if token < tokens.count, tokens[token] == .run {
        (star, resume) = (token, letter)
        token += 1
      } else if token < tokens.count, tokens[token].takes(name[letter]) {
        token += 1
        letter += 1
      } else if star >= 0 {
        resume += 1
        (token, letter) = (star + 1, resume)
      } else {
        return false
      }
    }
    return tokens[token...].allSatisfy { $0 == .run }
  }

  /// The characters of a name. A byte that is not UTF-8 is the number that no character has: U+DC00 + byte.
  static func letters(_ name: some Collection<UInt8>) -> [UInt32] {
    var letters: [UInt32] = []
    var rest = Array(name)[...]
    while let first = rest.first {
      if first < 0x80 {
        letters.append(UInt32(first))
        rest = rest.dropFirst()
        continue
      }
      let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 0
      let whole = rest.prefix(length)
      if length > 0, whole.count == length,
        let scalar = String(validating: whole, as: UTF8.self)?.unicodeScalars.first
      {
        letters.append(scalar.value)
        rest = rest.dropFirst(length)
      } else {
        letters.append(0xDC00 + UInt32(first))
        rest = rest.dropFirst()
      }
    }
    return letters
  }
}

extension PathPattern {
  /// The parts between slashes; a slash in a set or behind a backslash divides too, since no name holds one.
  private static func pieces(_ bytes: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
  }

  private static func tokens(_ piece: ArraySlice<UInt8>, of text: String) throws(AuditError) -> [Token] {
    var tokens: [Token] = []
    var literal: [UInt8] = []
    var rest = piece
    func flush() {
      tokens += letters(literal).map { Token.letter($0) }
      literal = []
    }
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "*"):
        flush()
        if tokens.last != .run { tokens.append(.run) }
      case UInt8(ascii: "?"):
        flush()
        tokens.append(.one)
      case UInt8(ascii: "["):
        flush()
        tokens.append(try set(&rest, of: text))
      case UInt8(ascii: "\\"): literal.append(try escaped(&rest, of: text))
      default: literal.append(byte)
      }
    }
    flush()
    return tokens
  }

  /// Behind a backslash: `xE9` is a byte, all else stands for itself.
  private static func escaped(_ rest: inout ArraySlice<UInt8>, of text: String) throws(AuditError) -> UInt8 {
    guard let next = rest.popFirst() else {
      throw .usage("nothing follows the last \\ of '\(text)'", remedy: "write \\\\ for one")
    }
    let digits = rest.prefix(2)
    guard next == UInt8(ascii: "x"), digits.count == 2, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let byte = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
    else { return next }
    rest = rest.dropFirst(2)
    return byte
  }

  /// Behind a `[`: `!` or `^` turns the set round, `]` first is itself, `a-z` is a range.
  private static func set(_ rest: inout ArraySlice<UInt8>, of text: String) throws(AuditError) -> Token {
    let isNegated = rest.first == UInt8(ascii: "!") || rest.first == UInt8(ascii: "^")
    if isNegated { rest = rest.dropFirst() }
    // Which letters were escaped: an escaped `-` or `]` is a letter of the set.
    var letters: [(value: UInt32, isPlain: Bool)] = []
    var literal: [UInt8] = []
    func flush() {
      letters += PathPattern.letters(literal).map { ($0, true) }
      literal = []
    }
    var isFirst = true
    while true {
      guard let byte = rest.popFirst() else {
        throw .usage("a [ of '\(text)' is not closed", remedy: "write \\[ for the character")
      }
      if byte == UInt8(ascii: "]"), !isFirst { break }
      isFirst = false
      if byte == UInt8(ascii: "\\") {
        flush()
        letters += PathPattern.letters([try escaped(&rest, of: text)]).map { ($0, false) }
      } else {
        literal.append(byte)
      }
    }
    flush()
    return .set(ranges(letters), isNegated: isNegated)
  }

  private static func ranges(_ letters: [(value: UInt32, isPlain: Bool)]) -> [ClosedRange<UInt32>] {
    var ranges: [ClosedRange<UInt32>] = []
    var index = 0
    while index < letters.count {
      let low = letters[index].value
      let isRange = index + 2 < letters.count && letters[index + 1] == (UInt32(UInt8(ascii: "-")), true)
      let high = isRange ? letters[index + 2].value : low
      if low <= high { ranges.append(low...high) }
      index += isRange ? 3 : 1
    }
    return ranges
  }
}
