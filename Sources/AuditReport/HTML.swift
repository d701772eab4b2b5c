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

    package mutating func appendInterpolation(_ text: String) { markup += HTML.escaped(text) }

    package mutating func appendInterpolation(_ number: Int) { markup += "\(number)" }

    package mutating func appendInterpolation(_ part: HTML) { markup += part.markup }

    package mutating func appendInterpolation(_ parts: [HTML]) {
      for part in parts { markup += part.markup }
    }

    package mutating func appendInterpolation(_ part: HTML?) { markup += part?.markup ?? "" }

    package mutating func appendInterpolation(_ sentence: Sentence) {
      for phrase in sentence.phrases {
        // A number and its unit stay on one line.
        let text = HTML.escaped(phrase.text.replacing(" %", with: "\u{A0}%"))
        markup += phrase.isStrong ? "<strong>" + text + "</strong>" : text
      }
    }
  }

  /// The content of a `<script type="application/json">`: no `<` is left that could end it.
  package static func json(_ text: String) -> HTML {
    HTML(markup: text.replacing("<", with: "\\u003c").replacing("\u{2028}", with: "\\u2028"))
  }

  /// The program's own style sheet or script, which the browser must see as it is.
  static func resource(_ bytes: [UInt8]) -> HTML { HTML(markup: String(decoding: bytes, as: UTF8.self)) }

  private static func escaped(_ text: String) -> String {
    guard text.utf8.contains(where: { isSpecial($0) }) else { return text }
    var out: [UInt8] = []
    out.reserveCapacity(text.utf8.count + 16)
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "&"): out += Array("&amp;".utf8)
      case UInt8(ascii: "<"): out += Array("&lt;".utf8)
      case UInt8(ascii: ">"): out += Array("&gt;".utf8)
      case UInt8(ascii: "\""): out += Array("&quot;".utf8)
      case UInt8(ascii: "'"): out += Array("&#39;".utf8)
      case _ where isSpecial(byte): out += Array("&#xFFFD;".utf8)
      default: out.append(byte)
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// Markup characters, and the control characters that HTML does not allow.
  private static func isSpecial(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "'"): true
    case UInt8(ascii: "\n"), UInt8(ascii: "\t"), UInt8(ascii: "\r"): false
    default: byte < 0x20 || byte == 0x7F
    }
  }
}
