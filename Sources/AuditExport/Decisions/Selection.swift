import AuditCore
package import AuditStore

/// Which samples of a run a command takes.
package struct Selection: Sendable, Equatable {
  /// What became of a sample. A scored one without a verdict stays.
  package enum Word: String, Sendable, CaseIterable {
    case keep, review, drop, unreadable
  }

  /// Empty takes all.
  package var words: [Word]
  /// A condition on view `samples`, in SQL.
  package var condition: String?
  /// Of a group of copies the best one only.
  package var isOneOfEach: Bool

  package init(_ words: [Word] = [], condition: String? = nil, isOneOfEach: Bool = false) {
    self.words = words
    self.condition = condition
    self.isOneOfEach = isOneOfEach
  }

  /// Words with commas: `keep,review`, or `all`.
  ///
  /// - Throws: `AuditError.other` that names what is taken.
  package static func words(_ list: String) throws -> [Word] {
    if list == "all" { return Word.allCases }
    return try list.split(separator: ",", omittingEmptySubsequences: false).map { part in
      let text = part.filter { $0 != " " }
      guard let word = Word(rawValue: text) else {
        let known = Word.allCases.map(\.rawValue)
        let near = Spelling.nearest(to: text, in: known).first.map { "; did you mean \($0)?" } ?? ""
        throw AuditError.other(
          "--verdict takes \(known.joined(separator: ", ")) (with commas between) or all; got '\(text)'\(near)")
      }
      return word
    }
  }

  /// The verdict in force, in SQL over view `samples`: a person's, else the proposal, else what follows from the status.
  package static let effective = "coalesce(verdict, iif(status = 'ok', 'keep', 'unreadable'))"

  /// The condition of a WHERE clause over `all_samples AS samples`.
  package func sql(run: StoredRun) -> String {
    var parts = ["run_id = \(run.id)"]
    if !words.isEmpty, words.count < Word.allCases.count {
      parts.append("\(Selection.effective) IN (\(words.map { "'\($0.rawValue)'" }.joined(separator: ", ")))")
    }
    if isOneOfEach { parts.append("(near_group IS NULL OR near_kind = 'run' OR near_best)") }
    // On lines of its own, so that a comment at its end does not reach the rest of the query.
    if let condition { parts.append("(\n\(condition)\n)") }
    return parts.joined(separator: " AND ")
  }

  /// Refuses a condition that is more than one expression, or that SQLite does not understand.
  ///
  /// - Parameter run: whose copies have to be known where one of each is asked for.
  package func validate(in store: Store, run: Int64) throws {
    if isOneOfEach { try checkCopies(in: store, run: run) }
    guard let condition else { return }
    if let complaint = SQLExpression.complaint(condition) {
      throw AuditError.other("--where takes one condition on the columns of view samples: \(complaint)")
    }
    do {
      try store.check("SELECT 1 FROM samples WHERE (\n\(condition)\n)")
    } catch let AuditError.other(text) {
      throw AuditError.other("--where: \(text)")
    }
  }
}

extension Selection {
  private func checkCopies(in store: Store, run: Int64) throws {
    guard try !store.hasColumn("near_best", in: "all_samples") || !store.knowsCopies(of: run) else { return }
    throw AuditError.other(
      "--one-of-each: nobody has looked for copies in this run; scan the folder again, without --no-quality")
  }
}

/// Looks whether a text can be put between parentheses without getting out of them.
enum SQLExpression {
  /// - Returns: what is wrong with it, or nil.
  static func complaint(_ text: String) -> String? {
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
