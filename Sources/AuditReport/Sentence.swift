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
}
