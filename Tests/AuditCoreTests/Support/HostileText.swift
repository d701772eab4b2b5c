import Foundation

/// Text that trips readers: what has a meaning somewhere, beside every kind of scalar and beside bytes that are no text.
enum HostileText {
  /// What some reader of ours gives a meaning, and what makes one `Character` with the scalar before or behind it.
  static let specials: [Unicode.Scalar] = [
    "'", "\"", "\\", "`", "$", "!", "<", ">", "&", ",", ";", ":", "%", "=", "+", "-", "@", "|", "#", "*", "_", "[", "]",
    "{", "}", "(", ")", "~", "?", "/", " ", "\t", "\n", "\r",
  ]

  /// Marks, joiners, prepended signs, line ends and the like, which are told apart by no property below.
  private static let known: [Unicode.Scalar] = [
    "\u{1}", "\u{8}", "\u{1B}", "\u{7F}", "\u{85}", "\u{9B}", "\u{A0}", "\u{AD}", "\u{300}", "\u{301}", "\u{338}",
    "\u{600}", "\u{6DD}", "\u{903}", "\u{E33}", "\u{1100}", "\u{1160}", "\u{11A8}", "\u{200B}", "\u{200D}", "\u{200E}",
    "\u{2028}", "\u{2029}", "\u{202E}", "\u{2066}", "\u{20E3}", "\u{FE0F}", "\u{FEFF}", "\u{FFFD}", "\u{FFFE}",
    "\u{FFFF}", "\u{110BD}", "\u{1F1E6}", "\u{1F3FB}", "\u{E0041}", "\u{10FFFF}",
  ]

  /// Every scalar but NUL; of the long runs of one kind (ideographs, Hangul, private use, unassigned) every 97th.
  static let sweep: [Unicode.Scalar] = (1...0x10FFFF).compactMap(Unicode.Scalar.init).filter { scalar in
    switch scalar.properties.generalCategory {
    case .otherLetter where scalar.value >= 0x3400, .privateUse, .unassigned: scalar.value % 97 == 0
    default: true
    }
  }

  /// One scalar of every kind that Unicode's properties tell apart, and the known ones.
  static let kinds: [Unicode.Scalar] = {
    var seen: Set<String> = []
    let kinds = sweep.filter { scalar in
      let facts = scalar.properties
      let kind =
        "\(facts.generalCategory) \(facts.canonicalCombiningClass.rawValue) \(facts.isGraphemeExtend) "
        + "\(facts.isDefaultIgnorableCodePoint) \(facts.isEmojiModifier) \(facts.isWhitespace)"
      return seen.insert(kind).inserted
    }
    return kinds + known
  }()

  /// Every kind of scalar before and after every special character, and the sweep with the special ones in turn.
  static let texts: [String] = {
    var texts = ["", "plain.jpg", "a b", "=1+1", "-x", "--", "~", "*", "\r\n", "'\u{301}", "\u{600}<", "\"\u{301}"]
    for special in specials {
      for kind in kinds { texts.append(text(special, kind, special)) }
    }
    for start in stride(from: 0, to: sweep.count, by: 500) {
      let piece = sweep[start..<min(start + 500, sweep.count)]
      texts.append(text(piece.enumerated().flatMap { [specials[($0 + start / 500) % specials.count], $1] }))
    }
    return texts
  }()

  /// Bytes that are not UTF-8 beside every special character: stray, cut short, overlong, surrogates, too large.
  static let broken: [[UInt8]] = {
    let pieces: [[UInt8]] =
      (0x80...0xFF).map { [UInt8($0)] } + [
        [0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0xC0, 0x80], [0xC0, 0xAE], [0xE0, 0x80, 0xAF], [0xED, 0xA0, 0x80],
        [0xED, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFF, 0xFE],
      ]
    return specials.flatMap { special in pieces.map { [UInt8(special.value)] + $0 + [UInt8(special.value)] } }
      + [Array("caf".utf8) + [0xE9] + Array("\u{301}.jpg".utf8)]
  }()

  private static func text(_ scalars: Unicode.Scalar...) -> String { text(scalars) }

  private static func text(_ scalars: [Unicode.Scalar]) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars)
    return String(text)
  }
}
