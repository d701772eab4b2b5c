import AuditCore
import AuditExport
import AuditStore

/// What a page asks of the grid, read from its address: which samples, in which order.
struct SampleQuery: Sendable, Hashable {
  let filter: SampleFilter
  let sorting: SampleSorting

  static let usual = SampleSorting(column: "skew", isDescending: true)
  /// Names that are no columns.
  private static let words: Set<String> = [
    "run", "sort", "verdict", "issue", "folder", "group", "size", "status", "text", "question", "where", "decided",
    "offset", "limit", "id", "with", "query",
  ]

  /// - Parameters:
  ///   - columns: of view `samples`.
  ///   - questions: that say which samples are meant.
  /// - Throws: what of it cannot be meant.
  init(_ query: WebQuery, columns: [SampleColumn], questions: [String]) throws(WebRefusal) {
    if let name = query.repeated(besides: ["folder"]) {
      throw WebRefusal(.badRequest, "the query names '\(SamplePath(name).printable)' twice")
    }
    var filter = SampleFilter()
    if let verdict = query["verdict"] { filter.words = try SampleQuery.words(verdict) }
    filter.issues = (query["issue"] ?? "").split(separator: ",").map(String.init)
    // The top of a dataset is a folder without a name.
    filter.folders = query.all("folder").map { $0 == "." ? "" : $0 }
    filter.group = try query["group"].map { (text) throws(WebRefusal) in try SampleQuery.number(text, "group") }
    filter.size = try query["size"].map(SampleQuery.size)
    if let status = query["status"] {
      guard let word = ["ok": "ok", "error": "error", "failed": "error"][status] else {
        throw WebRefusal(.badRequest, "status is ok or failed; got '\(SamplePath(status).printable)'")
      }
      filter.status = word
    }
    filter.text = query["text"]
    if let question = query["question"] {
      guard questions.contains(question) else {
        throw WebRefusal(
          .badRequest, "no saved question '\(SamplePath(question).printable)' says which samples are meant",
          hint: "there are \(questions.joined(separator: ", "))")
      }
      filter.question = question
    }
    if let condition = query["where"] {
      if let complaint = SQLExpression.complaint(condition) {
        throw WebRefusal(.badRequest, "where takes one condition on the columns of view samples: \(complaint)")
      }
      filter.condition = condition
    }
    filter.isDecided = try query["decided"].map { (text) throws(WebRefusal) in
      guard let flag = ["yes": true, "no": false][text] else {
        throw WebRefusal(.badRequest, "decided is yes or no; got '\(SamplePath(text).printable)'")
      }
      return flag
    }
    let kinds = Dictionary(columns.map { ($0.name, $0.kind) }) { first, _ in first }
    for name in query.names.sorted() where !SampleQuery.words.contains(name) {
      guard let value = query[name] else { continue }
      guard kinds[name] == .number else {
        throw WebRefusal(.badRequest, "no number of samples is called '\(SamplePath(name).printable)'")
      }
      filter.ranges.append(try SampleQuery.range(value, of: name))
    }
    self.filter = filter
    sorting = try SampleQuery.sorting(query["sort"], kinds: kinds)
  }

  private static func words(_ text: String) throws(WebRefusal) -> [Selection.Word] {
    var words: [Selection.Word] = []
    for part in text.split(separator: ",") {
      let name = part == "failed" ? Selection.Word.unreadable.rawValue : String(part)
      guard let word = Selection.Word(rawValue: name) else {
        throw WebRefusal(
          .badRequest, "verdict is drop, review, keep or failed; got '\(SamplePath(String(part)).printable)'")
      }
      if !words.contains(word) { words.append(word) }
    }
    return words.sorted { $0.rawValue < $1.rawValue }
  }

  static func number(_ text: String, _ name: String) throws(WebRefusal) -> Int {
    guard let number = Int(text), number >= 0 else {
      throw WebRefusal(.badRequest, "\(name) is a whole number from 0; got '\(SamplePath(text).printable)'")
    }
    return number
  }

  private static func size(_ text: String) throws(WebRefusal) -> SampleFilter.Size {
    let sides = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard sides.count == 2, let width = sides[0], let height = sides[1], width >= 0, height >= 0 else {
      throw WebRefusal(.badRequest, "size is WIDTHxHEIGHT; got '\(SamplePath(text).printable)'")
    }
    return SampleFilter.Size(width: width, height: height)
  }

  private static func range(_ text: String, of name: String) throws(WebRefusal) -> SampleFilter.Range {
    let wrong = WebRefusal(
      .badRequest, "\(name) is LOW..HIGH, of which either may be missing; got '\(SamplePath(text).printable)'")
    guard let dots = text.firstRange(of: "..") else { throw wrong }
    func end(_ part: Substring) throws(WebRefusal) -> Double? {
      if part.isEmpty { return nil }
      guard let number = Double(part), number.isFinite else { throw wrong }
      return number
    }
    return SampleFilter.Range(
      column: name, low: try end(text[..<dots.lowerBound]), high: try end(text[dots.upperBound...]))
  }

  private static func sorting(
    _ text: String?, kinds: [String: SampleColumn.Kind]
  ) throws(WebRefusal) -> SampleSorting {
    guard let text else { return kinds["skew"] == nil ? SampleSorting(column: "path", isDescending: false) : usual }
    let isDescending = text.hasPrefix("-")
    let column = String(isDescending ? text.dropFirst() : text[...])
    guard kinds[column] != nil else {
      let near = Spelling.nearest(to: column, in: kinds.keys.sorted())
      throw WebRefusal(
        .badRequest, "no column '\(SamplePath(column).printable)' to sort by",
        hint: near.isEmpty ? nil : "did you mean \(near.joined(separator: ", "))?")
    }
    return SampleSorting(column: column, isDescending: isDescending)
  }
}
