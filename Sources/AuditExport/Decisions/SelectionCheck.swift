import AuditCore
package import AuditStore

extension Selection {
  /// Words with commas: `keep,review`, or `all`.
  ///
  /// - Throws: `AuditError` that names what is taken.
  package static func words(_ list: String) throws -> [Word] {
    if list == "all" { return Word.allCases }
    return try list.split(separator: ",", omittingEmptySubsequences: false).map { part in
      let text = part.filter { $0 != " " }
      guard let word = Word(rawValue: text) else {
        let known = Word.allCases.map(\.rawValue)
        let near = Spelling.nearest(to: text, in: known).first.map { "; did you mean \($0)?" } ?? ""
        throw AuditError.usage(
          "--verdict takes \(known.joined(separator: ", ")) (with commas between) or all; got '\(text)'\(near)")
      }
      return word
    }
  }

  /// Refuses a condition that is more than one expression, or that SQLite does not understand, and what stays of a run
  /// whose rows are not all here.
  ///
  /// - Parameter run: whose copies have to be known where one of each is asked for.
  package func validate(in store: Store, run: Int64) throws {
    if let excerpt = try store.excerpt(of: run), !liesInExcerpt {
      throw excerpt.refusal(of: "a list of images that stay")
    }
    if isOneOfEach { try checkCopies(in: store, run: run) }
    guard let condition else { return }
    if let complaint = SQLExpression.complaint(condition) {
      throw AuditError.usage("--where takes one condition on the columns of view samples: \(complaint)")
    }
    do {
      try store.checkCondition(condition)
    } catch AuditError.question(let problem, let remedy) {
      throw AuditError.usage("--where: \(problem)", remedy: remedy)
    }
  }
}

extension Selection {
  /// Whether it takes nothing but what a database keeps of any run: what does not stay.
  private var liesInExcerpt: Bool { !words.isEmpty && !words.contains(.keep) }

  private func checkCopies(in store: Store, run: Int64) throws {
    guard try !store.knowsBestCopies(of: run) else { return }
    throw AuditError.lacking(
      "--one-of-each: nobody has looked for copies in this run", remedy: "scan the folder again, without --no-quality")
  }
}

/// Looks whether a text can be put between parentheses without getting out of them.
package enum SQLExpression {
  /// - Returns: what is wrong with it, or nil.
  package static func complaint(_ text: String) -> String? {
    var rest = Array(text.unicodeScalars)[...]
    var depth = 0
    var isEmpty = true
    while let scalar = rest.popFirst() {
      switch scalar {
      case "'", "\"", "`", "[":
        let end: Unicode.Scalar = scalar == "[" ? "]" : scalar
        guard let close = rest.firstIndex(of: end) else { return "a \(scalar) is not closed" }
        rest = rest[(close + 1)...]
        isEmpty = false
      case "-" where rest.first == "-":
        rest = rest.drop { $0 != "\n" }
      case "/" where rest.first == "*":
        guard let close = closingComment(rest.dropFirst()) else { return "a /* is not closed" }
        rest = rest[close...]
      case "(":
        depth += 1
        isEmpty = false
      case ")":
        depth -= 1
        if depth < 0 { return "a ) has no ( before it" }
      case ";": return "; ends a statement, and only one condition is taken"
      case "?", "@", "$", "#": return "parameters such as \(scalar) have no value here"
      case ":" where rest.first.map { $0.properties.isAlphabetic } ?? false:
        return "parameters such as :name have no value here"
      default: if !scalar.properties.isWhitespace { isEmpty = false }
      }
    }
    if depth > 0 { return "a ( is not closed" }
    return isEmpty ? "it is empty" : nil
  }

  private static func closingComment(_ rest: ArraySlice<Unicode.Scalar>) -> Int? {
    var index = rest.startIndex
    while index + 1 < rest.endIndex {
      if rest[index] == "*", rest[index + 1] == "/" { return index + 2 }
      index += 1
    }
    return nil
  }
}
