import AuditCore

/// A piece of a page. Whatever is interpolated is escaped; only literals in the source are markup.
///
///     let cell: HTML = "<td title=\"\(path)\">\(name)</td>"
///
/// A file name can therefore not leave its place, whatever it holds. Attribute values stand in double quotes.
package struct HTML: Sendable, Equatable, ExpressibleByStringInterpolation {
  package let markup: String

  private init(markup: String) { self.markup = markup }

  package init(stringLiteral value: String) { markup = value }

  package init(stringInterpolation: StringInterpolation) { markup = stringInterpolation.markup }

  package static let empty: HTML = ""

  package struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var markup = ""

    package init(literalCapacity: Int, interpolationCount: Int) { markup.reserveCapacity(2 * literalCapacity) }

    package mutating func appendLiteral(_ literal: String) { markup += literal }

    package mutating func appendInterpolation(_ text: String) { markup += Escaping.html.text(text) }

    package mutating func appendInterpolation(_ number: Int) { markup += "\(number)" }

    package mutating func appendInterpolation(_ part: HTML) { markup += part.markup }

    package mutating func appendInterpolation(_ parts: [HTML]) {
      for part in parts { markup += part.markup }
    }

    package mutating func appendInterpolation(_ part: HTML?) { markup += part?.markup ?? "" }

    package mutating func appendInterpolation(_ sentence: Sentence) {
      for phrase in sentence.phrases {
        // A number and its unit stay on one line.
        let text = Escaping.html.text(phrase.text.replacing(" %", with: "\u{A0}%"))
        markup += phrase.isStrong ? "<strong>" + text + "</strong>" : text
      }
    }
  }

  /// The content of a `<script type="application/json">`: no `<` is left that could end it.
  package static func json(_ text: String) -> HTML {
    HTML(markup: Escaping.script.text(text))
  }

  /// The program's own style sheet or script, which the browser must see as it is.
  static func resource(_ bytes: [UInt8]) -> HTML { HTML(markup: String(decoding: bytes, as: UTF8.self)) }
}
