/// Writes text for a reader that gives some of its characters a meaning, so that the reader takes all of it for text.
///
/// It works on bytes and Unicode scalars, never on `Character`: a combining mark behind `'` makes one `Character` of
/// both, and CR LF is one, but no reader sees them so. Bytes that are not UTF-8 become `\xE9`, unless a case says other.
package enum Escaping: Sendable, CaseIterable {
  /// Text, or an attribute in double quotes, of HTML. Control characters, which it cannot hold, become U+FFFD.
  case html
  /// Text, or an attribute in double quotes, of XML 1.0. Characters that it cannot hold become U+FFFD.
  case xml
  /// A JSON string with its quotes. It is a basic string of TOML and a literal of Python as well.
  case json
  /// A whole JSON document that is to stand in a `<script>` element of HTML; it stays the same document.
  case script
  /// A field of RFC 4180, in quotes where it has to be. Bytes stay as they are.
  case csv
  /// The same with `'` before what a spreadsheet would take for a formula.
  case spreadsheet
  /// A field between tabs: backslash, tab, line feed and carriage return as `\\`, `\t`, `\n`, `\r`. Bytes stay.
  case tab
  /// For an eye: what moves the cursor, ends a line or turns the writing direction is shown as `\n` or `\u{202e}`, and
  /// what stands for a byte that is not UTF-8 (`PathText`) as that byte.
  case terminal
  /// For an eye, with lines, tabs and colours of its own: only what else `terminal` would show is changed.
  case screen
  /// For an eye, with lines and tabs of its own but no colours: what is made for programs, where a name may be anywhere.
  case listing
  /// The message of a workflow command of GitHub.
  case gitHubMessage
  /// A property of a workflow command of GitHub.
  case gitHubProperty
  /// Text that Markdown does not take for markup, also in a cell of a table; beforehand what `terminal` does.
  case markdown
  /// A path as part of a URI (RFC 3986): every byte but letters, digits, `-._~` and `/` as `%E9`.
  case address
  /// A word of a POSIX shell, quoted where it has to be; `$'...'` of bash and zsh where it holds control characters or
  /// bytes that are not UTF-8 (as they are; in a `String` as `PathText` has them). NUL, which no word can hold, becomes
  /// U+FFFD.
  case shell

  package func text(_ text: String) -> String {
    if isAlwaysPlain(text.utf8) { return text }
    return self.text(bytes(of: text))
  }

  /// Bytes that a case leaves as they are and that are not UTF-8 become U+FFFD here, for a `String` cannot hold them.
  package func text(_ bytes: [UInt8]) -> String {
    var out: [UInt8] = []
    add(bytes, to: &out)
    return String(decoding: out, as: UTF8.self)
  }

  package func add(_ text: String, to out: inout [UInt8]) {
    if isAlwaysPlain(text.utf8) { return out.append(contentsOf: text.utf8) }
    if self == .json, text.utf8.allSatisfy(Escaping.isPlainInJSON) {
      out.append(UInt8(ascii: "\""))
      out.append(contentsOf: text.utf8)
      return out.append(UInt8(ascii: "\""))
    }
    add(bytes(of: text), to: &out)
  }

  /// Bytes may hold a scalar by which `PathText` means a byte; they mean the scalar, a `String` means the byte.
  private func bytes(of text: String) -> [UInt8] { self == .shell ? PathText.bytes(of: text) : Array(text.utf8) }

  package func add(_ bytes: [UInt8], to out: inout [UInt8]) {
    switch self {
    case .json:
      out.append(UInt8(ascii: "\""))
      if bytes.allSatisfy(Escaping.isPlainInJSON) {
        out.append(contentsOf: bytes)
      } else {
        addUnits(of: bytes, to: &out)
      }
      out.append(UInt8(ascii: "\""))
    case .csv: addField(bytes, to: &out)
    case .spreadsheet: addField(Escaping.isFormula(bytes) ? [UInt8(ascii: "'")] + bytes : bytes, to: &out)
    case .shell: ShellWord.add(bytes, to: &out)
    case .screen: ScreenText.add(bytes, withColours: true, to: &out)
    case .listing: ScreenText.add(bytes, withColours: false, to: &out)
    case .html, .xml, .script, .tab, .terminal, .gitHubMessage, .gitHubProperty, .markdown, .address:
      addUnits(of: bytes, to: &out)
    }
  }

  /// The most frequent text, which only the cases that add quotes change.
  private func isAlwaysPlain(_ bytes: String.UTF8View) -> Bool {
    if self == .json || bytes.isEmpty { return false }
    return bytes.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "/"):
        true
      default: false
      }
    }
  }

  /// Whether a byte stands for itself in a JSON string: no scalar needs to be looked at where all bytes do.
  private static func isPlainInJSON(_ byte: UInt8) -> Bool {
    (0x20...0x7E).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
  }

  private func addUnits(of bytes: [UInt8], to out: inout [UInt8]) {
    for unit in TextUnits(bytes) {
      switch unit {
      case .scalar(let scalar): add(scalar, to: &out)
      case .byte(let byte): add(stray: byte, to: &out)
      }
    }
  }

  private func add(stray byte: UInt8, to out: inout [UInt8]) {
    switch self {
    case .csv, .spreadsheet, .tab: out.append(byte)
    case .address: out.append(contentsOf: "%\(hexadecimalPair(byte, uppercase: true))".utf8)
    // The backslash is one of the characters that these write otherwise.
    case .json, .markdown: out.append(contentsOf: "\\\\x\(hexadecimalPair(byte, uppercase: true))".utf8)
    default: out.append(contentsOf: "\\x\(hexadecimalPair(byte, uppercase: true))".utf8)
    }
  }

  private func add(_ scalar: Unicode.Scalar, to out: inout [UInt8]) {
    if let other = replacement(of: scalar) {
      out.append(contentsOf: other.utf8)
    } else {
      out.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }
  }

  /// What stands for a scalar; nil where it stands for itself.
  private func replacement(of scalar: Unicode.Scalar) -> String? {
    switch self {
    case .html: Escaping.html(scalar)
    case .xml: Escaping.xml(scalar)
    case .json: Escaping.json(scalar)
    case .script: Escaping.script(scalar)
    case .tab: Escaping.tab(scalar)
    case .terminal: Escaping.terminal(scalar)
    case .gitHubMessage: Escaping.gitHub(scalar, isProperty: false)
    case .gitHubProperty: Escaping.gitHub(scalar, isProperty: true)
    case .markdown: Escaping.markdown(scalar)
    case .address: Escaping.address(scalar)
    case .csv, .spreadsheet, .shell, .screen, .listing: nil
    }
  }
}

/// The byte as two hexadecimal digits.
package func hexadecimalPair(_ byte: UInt8, uppercase: Bool = false) -> String {
  (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: uppercase)
}
