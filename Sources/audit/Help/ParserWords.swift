import AuditCore

/// The parser's complaints in the words of all others: lower case, what is taken, what was given, what was meant.
enum ParserWords {
  /// - Parameter text: what the parser says of wrong arguments; help and usage behind the first paragraph stay.
  static func reworded(_ text: String) -> String {
    if let match = text.prefixMatch(of: /The value '(.*?)' is invalid for '([^' ]+)[^']*'/) {
      return value(String(match.1), of: String(match.2), text[match.range.upperBound...])
    }
    if let match = text.prefixMatch(of: /Unknown option '(.*?)'(?:\. Did you mean '(.*?)'\?)?/) {
      let hint = match.2.map { "; did you mean '\($0)'?" } ?? ""
      return "unknown option '\(match.1)'\(hint)" + text[match.range.upperBound...]
    }
    guard ["Missing ", "Unexpected ", "Too many "].contains(where: text.hasPrefix) else { return text }
    return text.prefix(1).lowercased() + text.dropFirst()
  }

  /// - Parameter rest: perhaps with what may be given, in a sentence or as a list.
  private static func value(_ given: String, of option: String, _ rest: Substring) -> String {
    let refusal = "\(option) does not take '\(given)'"
    if let list = rest.prefixMatch(of: /\. Please provide one of the following:((?:\n +- [^\n]+)+)/) {
      let known = list.1.matches(of: /- ([^\n]+)/).map { String($0.1) }
      return taken(known, refusal, given) + rest[list.range.upperBound...]
    }
    if let sentence = rest.prefixMatch(of: /\. Please provide one of ([^\n]+?)\.(?=\n|$)/) {
      let known = sentence.1.matches(of: /'([^']*)'/).map { String($0.1) }
      return taken(known, refusal, given) + rest[sentence.range.upperBound...]
    }
    return refusal + rest
  }

  private static func taken(_ known: [String], _ refusal: String, _ given: String) -> String {
    let near = Spelling.nearest(to: given, in: known).first
    return refusal + "; " + (near.map { "did you mean \($0)?" } ?? "it takes " + known.joined(separator: ", "))
  }
}
