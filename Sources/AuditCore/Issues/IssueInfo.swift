/// What a code in `issue.code` means, wherever it comes from: a file that could not be read, or a rule that found
/// something in a picture.
package struct IssueInfo: Sendable, Equatable {
  /// Users write SQL on it, so it never changes.
  package let code: String
  package let severity: SampleIssue.Severity
  package let meaning: String
  /// What to do about it.
  package let remedy: String
  /// A page of text for `audit explain CODE`; nil where the two lines above say all.
  package let page: String?

  package init(
    code: String, severity: SampleIssue.Severity, meaning: String, remedy: String, page: String? = nil
  ) {
    self.code = code
    self.severity = severity
    self.meaning = meaning
    self.remedy = remedy
    self.page = page
  }

  package init(_ code: SampleIssue.Code) {
    self.init(code: code.rawValue, severity: code.severity, meaning: code.meaning, remedy: code.remedy)
  }
}
