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

  /// The verdict in force, in SQL over view `samples`: a person's, else the proposal, else what follows from the status.
  static let effective = "coalesce(verdict, iif(status = 'ok', 'keep', 'unreadable'))"

  /// What a sample counts as that has neither proposal nor decision.
  static func word(status: String) -> Word { status == "ok" ? .keep : .unreadable }

  /// The condition of a WHERE clause over `all_samples AS samples`.
  func sql(run: Int64) -> String {
    var parts = ["run_id = \(run)"]
    if !words.isEmpty, words.count < Word.allCases.count {
      parts.append("\(Selection.effective) IN (\(words.map { "'\($0.rawValue)'" }.joined(separator: ", ")))")
    }
    if isOneOfEach { parts.append("(near_group IS NULL OR near_kind = 'run' OR near_best)") }
    // On lines of its own, so that a comment at its end does not reach the rest of the query.
    if let condition { parts.append("(\n\(condition)\n)") }
    return parts.joined(separator: " AND ")
  }
}
