import AuditCore

/// Help as a terminal of a certain width shows it.
///
/// The parser gives paragraphs, options and usage as one long line each. They are broken between words here; indented
/// lines of a discussion are examples and stay whole, so that they can be copied.
struct HelpText {
  /// Where the parser begins the description of an option.
  private static let descriptionColumn = 26
  /// Wider lines are hard to read.
  private static let widest = 100

  private enum Part { case overview, usage, list }

  let text: String
  let width: Int

  init(_ text: String, width: Int) {
    self.text = text
    self.width = max(40, min(width, HelpText.widest))
  }

  /// Text that is not indented and must not be broken all the same: its blanks become such as do not break.
  static func whole(_ text: String) -> String { text.replacing(" ", with: "\u{A0}") }

  var laidOut: String {
    var part = Part.overview
    var lines: [String] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      if line.lowercased().hasPrefix("usage: ") { part = .usage } else if line.isEmpty, part == .usage { part = .list }
      lines += laidOut(HelpText.pointer(line), in: part)
    }
    return lines.joined(separator: "\n").replacing("\u{A0}", with: " ")
  }

  private func laidOut(_ line: String, in part: Part) -> [String] {
    switch part {
    case .usage: usage(line)
    case .list: item(line)
    case .overview: overview(line)
    }
  }

  private func overview(_ line: String) -> [String] {
    guard line.hasPrefix(" ") else { return TextLayout.wrapped(line, width: width) }
    // A name, a gap, and words about it.
    guard let match = line.prefixMatch(of: /( +[a-z0-9][^ ]*) {2,}(?=[^ ])/), !line.contains("  audit ") else {
      return [line]
    }
    return hanging(line, at: line.distance(from: line.startIndex, to: match.range.upperBound))
  }

  private func item(_ line: String) -> [String] {
    let column = HelpText.descriptionColumn
    let gap = line.dropFirst(column - 2).prefix(2)
    // The longest of the labels that fit have one blank behind them.
    let isDescribed = line.count > column && gap.last == " " && (gap.first == " " || line.hasPrefix("  -"))
    return isDescribed ? hanging(line, at: column) : [line]
  }

  private func hanging(_ line: String, at column: Int) -> [String] {
    guard width - column >= 20 else { return [line] }
    let words = TextLayout.wrapped(String(line.dropFirst(column)), width: width - column)
    let blank = String(repeating: " ", count: column)
    return words.enumerated().map { ($0 == 0 ? String(line.prefix(column)) : blank) + $1 }
  }

  /// An option and its value stay together.
  private func usage(_ line: String) -> [String] {
    var depth = 0
    let glued = String(
      line.map { character -> Character in
        if character == "[" { depth += 1 }
        if character == "]" { depth -= 1 }
        return character == " " && depth > 0 ? "\u{A0}" : character
      })
    // The program and its command are one word: a grammar is no command that has to stay whole.
    return TextLayout.wrapped(glued.replacing("audit ", with: "audit\u{A0}"), width: width, hanging: 7)
  }

  /// The parser's pointers to more help, with the command between backticks like everywhere else.
  private static func pointer(_ line: String) -> String {
    if line.contains("<subcommand>' for detailed help") { return "  `audit help COMMAND` says more about each." }
    return line.replacing(/See '(audit[^']*)' for more information\./) { "See `\($0.1)`." }
  }
}
