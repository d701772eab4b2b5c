extension AuditError {
  /// Trouble with a file that the user named, and without which the command cannot go on.
  package init(_ issue: SampleIssue, file: String) {
    self =
      issue.code == .gone
      ? .fileNotFound(path: file)
      : .unreadable(
        path: file, cause: issue.code.meaning + (issue.detail.isEmpty ? "" : " (\(issue.detail))"))
  }
}
