/// A sentence for a person in any medium: words, some of them strong.
///
/// Literals and interpolated values are plain; `strong:` marks what a terminal prints bold and a page as `<strong>`.
package struct Sentence: Sendable, Equatable, Codable, ExpressibleByStringInterpolation {
  package struct Phrase: Sendable, Equatable, Codable {
    package let text: String
    package let isStrong: Bool
  }

  package let phrases: [Phrase]

  package init(stringLiteral value: String) { phrases = [Phrase(text: value, isStrong: false)] }

  package init(stringInterpolation: StringInterpolation) { phrases = stringInterpolation.phrases }

  package struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var phrases: [Phrase] = []

    package init(literalCapacity: Int, interpolationCount: Int) {}

    package mutating func appendLiteral(_ literal: String) {
      if !literal.isEmpty { phrases.append(Phrase(text: literal, isStrong: false)) }
    }

    package mutating func appendInterpolation(_ text: String) { appendLiteral(text) }

    package mutating func appendInterpolation(strong text: String) {
      phrases.append(Phrase(text: text, isStrong: true))
    }
  }

  package var plain: String { phrases.map(\.text).joined() }

  /// The sentence with its strong words changed by `emphasis`.
  package func text(emphasis: (String) -> String) -> String {
    phrases.map { $0.isStrong ? emphasis($0.text) : $0.text }.joined()
  }

  /// Lines of at most `width` characters, broken between words; a longer word stands alone.
  package func lines(width: Int, emphasis: (String) -> String) -> [String] {
    var lines: [[Phrase]] = [[]]
    var room = width
    for word in words {
      let count = word.reduce(0) { $0 + $1.text.count }
      if room < width, count + 1 > room {
        lines.append([])
        room = width
      }
      if room < width {
        let isStrong = lines[lines.count - 1].last?.isStrong == true && word.first?.isStrong == true
        lines[lines.count - 1].append(Phrase(text: " ", isStrong: isStrong))
      }
      lines[lines.count - 1] += word
      room -= count + (room < width ? 1 : 0)
    }
    return lines.map { Sentence(phrases: Sentence.merged($0)).text(emphasis: emphasis) }
  }

  private init(phrases: [Phrase]) { self.phrases = phrases }

  /// The parts between blanks; one may be strong in part.
  private var words: [[Phrase]] {
    var words: [[Phrase]] = [[]]
    for phrase in phrases {
      for (index, part) in phrase.text.split(separator: " ", omittingEmptySubsequences: false).enumerated() {
        // A per cent sign stays with its number.
        let isUnit = index > 0 && part.hasPrefix("%")
        if index > 0, !isUnit { words.append([]) }
        let text = isUnit ? " " + part : String(part)
        if !text.isEmpty { words[words.count - 1].append(Phrase(text: text, isStrong: phrase.isStrong)) }
      }
    }
    return words.filter { !$0.isEmpty }
  }

  private static func merged(_ phrases: [Phrase]) -> [Phrase] {
    phrases.reduce(into: []) { merged, phrase in
      if let last = merged.last, last.isStrong == phrase.isStrong {
        merged[merged.count - 1] = Phrase(text: last.text + phrase.text, isStrong: last.isStrong)
      } else {
        merged.append(phrase)
      }
    }
  }
}
