/// Which samples of a run somebody looks at; every part narrows it further.
package struct SampleFilter: Sendable, Hashable {
  /// Numbers that a column may hold, both ends included; a missing end is open.
  package struct Range: Sendable, Hashable {
    package let column: String
    package let low: Double?
    package let high: Double?

    package init(column: String, low: Double?, high: Double?) {
      (self.column, self.low, self.high) = (column, low, high)
    }
  }

  /// Of the picture in its file, in pixels.
  package struct Size: Sendable, Hashable {
    package let width: Int
    package let height: Int

    package init(width: Int, height: Int) { (self.width, self.height) = (width, height) }
  }

  /// What became of the samples; empty takes all.
  package var words: [Selection.Word] = []
  /// Codes, of which each sample has one at least; empty takes all.
  package var issues: [String] = []
  /// One of which each sample lies in; empty takes all.
  package var folders: [String] = []
  /// Of copies.
  package var group: Int?
  package var size: Size?
  /// `ok` or `error`.
  package var status: String?
  package var ranges: [Range] = []
  /// A part of the path, whatever the case of its ASCII letters.
  package var text: String?
  /// Name of a saved question, `q_` before it, whose column `path` says which samples are meant.
  package var question: String?
  /// A condition on view `samples`, in SQL.
  package var condition: String?
  /// Whether a person has decided about the content.
  package var isDecided: Bool?

  package init() {}

  /// Whether a decision changes which samples are meant.
  package var asksForDecisions: Bool {
    !words.isEmpty || isDecided != nil || question != nil || condition != nil
  }

  /// Whether what is asked is SQL of a person, which may take any time.
  package var isFree: Bool { question != nil || condition != nil }

  /// Whether each sample is meant.
  package var takesAll: Bool { self == SampleFilter() }

  /// The condition of a WHERE clause over `all_samples AS samples`, and its arguments.
  ///
  /// - Parameter columns: that the view has.
  func sql(run: Int64, columns: Set<String>) -> (condition: String, arguments: [SQLValue]) {
    var selection = Selection(words)
    selection.condition = condition
    var parts = [selection.sql(run: run)]
    var arguments: [SQLValue] = []
    func add(_ part: String, _ values: SQLValue...) {
      parts.append(part)
      arguments += values
    }
    if !issues.isEmpty {
      let list = issues.map { _ in "?" }.joined(separator: ", ")
      parts.append("id IN (SELECT sample_id FROM issue WHERE code IN (\(list)))")
      arguments += issues.map { .text($0) }
    }
    if !folders.isEmpty {
      parts.append("folder IN (\(folders.map { _ in "?" }.joined(separator: ", ")))")
      arguments += folders.map { .text($0) }
    }
    if let group { add(columns.contains("near_group") ? "near_group = ?" : "? IS NULL", .integer(Int64(group))) }
    if let size { add("width = ? AND height = ?", .integer(Int64(size.width)), .integer(Int64(size.height))) }
    if let status { add("status = ?", .text(status)) }
    for range in ranges where columns.contains(range.column) {
      let column = SampleFilter.quoted(range.column)
      if let low = range.low { add("\(column) >= ?", .real(low)) }
      if let high = range.high { add("\(column) <= ?", .real(high)) }
    }
    if let text { add("path LIKE ? ESCAPE '\\'", .text(SampleFilter.pattern(text))) }
    if let question { parts.append("path IN (SELECT path FROM \(SampleFilter.quoted(question)))") }
    if let isDecided {
      parts.append("\(isDecided ? "" : "NOT ")EXISTS (\(SampleFilter.decisions))")
    }
    return (parts.joined(separator: " AND "), arguments)
  }

  /// The standing decisions about the content of a row of `all_samples AS samples`.
  static let decisions = """
    SELECT 1 FROM sample AS f JOIN decision AS d ON d.sha256 = f.sha256 AND d.undone_at IS NULL WHERE f.id = samples.id
    """

  static func quoted(_ name: String) -> String { "\"\(name.replacing("\"", with: "\"\""))\"" }

  private static func pattern(_ text: String) -> String {
    "%" + text.replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_") + "%"
  }
}

/// In what order samples are looked at. What has no value comes last; equal ones by path.
package struct SampleSorting: Sendable, Hashable {
  /// Of view `samples`.
  package let column: String
  package let isDescending: Bool

  package init(column: String, isDescending: Bool) { (self.column, self.isDescending) = (column, isDescending) }
}

/// A column of view `samples`, for a person.
package struct SampleColumn: Sendable, Equatable {
  package enum Kind: String, Sendable { case number, text }

  package let name: String
  package let kind: Kind
  package let unit: String
  package let meaning: String
}
