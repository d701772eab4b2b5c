/// Fits text into the columns of a terminal.
package enum TextLayout {
  /// Columns that a text takes: none for marks and colours, two for East Asian wide characters.
  package static func width(_ text: String) -> Int {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text.utf8.count }
    var columns = 0
    var isEscape = false
    for scalar in text.unicodeScalars {
      if isEscape {
        if scalar != "[", (0x40...0x7E).contains(scalar.value) { isEscape = false }
      } else if scalar == "\u{1B}" {
        isEscape = true
      } else {
        columns += width(of: scalar)
      }
    }
    return columns
  }

  private static func width(of scalar: Unicode.Scalar) -> Int {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .control, .format: return 0
    default: break
    }
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }

  /// Lines of at most `width` columns, broken between words. A longer word stands alone and stays whole, and so does a
  /// command: what stands between backticks, or from `audit` behind a colon to the end.
  ///
  /// - Parameter hanging: columns that later lines begin with; by default as many blanks as the text begins with, or up
  ///   to what follows a label and a gap.
  package static func wrapped(_ text: String, width: Int, hanging: Int? = nil) -> [String] {
    guard self.width(text) > width else { return [text] }
    let start = hanging ?? hangingColumn(of: text, width: width)
    let blanks = text.prefix { $0 == " " }.count
    var lines: [String] = []
    var (line, columns) = (String(repeating: " ", count: blanks), blanks)
    var isEmpty = true
    for (gap, word) in words(of: text) {
      let size = self.width(word)
      if !isEmpty, columns + gap + size > width {
        lines.append(line)
        (line, columns, isEmpty) = (String(repeating: " ", count: start), start, true)
      }
      if !isEmpty { line += String(repeating: " ", count: gap) }
      line += word
      columns += (isEmpty ? 0 : gap) + size
      isEmpty = false
    }
    return lines + [line]
  }

  /// Where what follows a label begins: `  class       regular: near the centre` gives 14.
  private static func hangingColumn(of text: String, width: Int) -> Int {
    let blanks = text.prefix { $0 == " " }.count
    var (column, run) = (blanks, 0)
    for character in text.dropFirst(blanks) {
      if character == " " {
        run += 1
      } else if run > 1 {
        return column <= min(24, width / 3) ? column : blanks
      } else {
        run = 0
      }
      column += 1
    }
    return blanks
  }

  /// Words with the blanks before each.
  private static func words(of text: String) -> [(gap: Int, word: String)] {
    var words: [(gap: Int, word: String)] = []
    var (isQuoted, isCommand) = (false, false)
    var gap = 0
    for part in text.split(separator: " ", omittingEmptySubsequences: false) {
      if part.isEmpty {
        gap += 1
        continue
      }
      let glues = !words.isEmpty && (isQuoted || isCommand || isUnit(part))
      if !isQuoted, !isCommand, part == "audit", words.last?.word.hasSuffix(":") ?? true { isCommand = true }
      if part.utf8.count(where: { $0 == UInt8(ascii: "`") }) % 2 == 1 { isQuoted.toggle() }
      if glues {
        words[words.count - 1].word += String(repeating: " ", count: gap) + part
      } else {
        words.append((gap, String(part)))
      }
      gap = 1
    }
    return words
  }

  /// A page of paragraphs made anew for another width: lines that go on with the text of the line before are joined.
  package static func reflowed(_ page: String, width: Int) -> [String] {
    var paragraphs: [String] = []
    var start = 0
    for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
      let blanks = line.prefix { $0 == " " }.count
      if let last = paragraphs.last, !line.isEmpty, !last.isEmpty, blanks == start, self.width(last) > 40 {
        paragraphs[paragraphs.count - 1] += " " + line.dropFirst(blanks)
      } else {
        paragraphs.append(String(line))
        start = textColumn(of: line)
      }
    }
    return paragraphs.flatMap { wrapped($0, width: width, hanging: textColumn(of: $0[...])) }
  }

  /// Where the text of a line begins: after its blanks, its number, or its label and a gap.
  private static func textColumn(of line: Substring) -> Int {
    let blanks = line.prefix { $0 == " " }.count
    let rest = line.dropFirst(blanks)
    guard let match = rest.prefixMatch(of: /(?:[0-9]\. |[a-z]+ {2,})/) else { return blanks }
    return blanks + match.0.count
  }

  /// A per cent sign stays with its number, with or without colour around it.
  private static func isUnit(_ part: Substring) -> Bool { part.hasPrefix("%") }

  /// A path in at most `width` columns: its middle gives way to `…`, its name and its beginning stay.
  package static func shortened(path: String, to width: Int) -> String {
    guard self.width(path) > width else { return path }
    guard width > 1 else { return width == 1 ? "…" : "" }
    let name = path.split(separator: "/").last.map { self.width(String($0)) } ?? 0
    // The whole name where there is room for a little of the folders as well.
    let tail = name + 5 <= width ? max(name + 1, 2 * (width - 1) / 3) : 2 * (width - 1) / 3
    return prefix(path, columns: width - 1 - tail) + "…" + suffix(path, columns: tail)
  }

  /// A text in at most `width` columns: its end gives way to `…`.
  package static func shortened(_ text: String, to width: Int) -> String {
    guard self.width(text) > width else { return text }
    return width < 1 ? "" : prefix(text, columns: width - 1) + "…"
  }

  private static func prefix(_ text: String, columns: Int) -> String {
    var (kept, used) = (String.UnicodeScalarView(), 0)
    for scalar in text.unicodeScalars {
      used += width(of: scalar)
      if used > columns { break }
      kept.append(scalar)
    }
    return String(kept)
  }

  private static func suffix(_ text: String, columns: Int) -> String {
    var (kept, used) = ([Unicode.Scalar](), 0)
    for scalar in text.unicodeScalars.reversed() {
      used += width(of: scalar)
      if used > columns { break }
      kept.append(scalar)
    }
    return String(String.UnicodeScalarView(kept.reversed()))
  }
}

extension String {
  /// Filled with blanks on the right.
  package func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
  /// Filled with blanks on the left.
  package func padded(left width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
}
