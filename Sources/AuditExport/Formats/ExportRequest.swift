package import AuditStore

/// Everything that `audit export` was asked for.
package struct ExportRequest: Sendable {
  package var format: any ExportFormat = PathsFormat()
  /// nil takes the run that the views speak of.
  package var run: String?
  /// Where a person says that the images lie; nil looks for them.
  package var dataset: String?
  /// nil takes what the format is meant for.
  package var verdicts: [Selection.Word]?
  /// A condition on view `samples`, in SQL.
  package var condition: String?
  /// Of a group of copies the best one only.
  package var isOneOfEach = false
  /// A training weight is multiplied by the probability that the picture is not damaged.
  package var weighsDamage = false
  /// What follows the stem of files that go with an image; nil takes what the format is used with.
  package var sidecars: Sidecars?
  /// A file or folder; nil for standard output.
  package var output: String?
  /// NUL instead of a line end.
  package var isNulSeparated = false
  /// Text in CSV stays as it is, also where a spreadsheet would take it for a formula.
  package var isRaw = false
  /// What is put before a path to make it an address (Label Studio).
  package var urlPrefix: String?
  /// The metadata file to merge with; nil looks for `metadata.jsonl` in the dataset.
  package var existing: String?

  package init() {}
}

/// What an export did.
package struct ExportOutcome: Sendable, Equatable {
  /// Samples that were exported.
  package var images = 0
  /// What a person should know, a sentence each.
  package var notes: [String] = []
  /// Lines to copy into a program that reads what was written.
  package var usage: [String] = []

  package init(images: Int = 0, notes: [String] = [], usage: [String] = []) {
    (self.images, self.notes, self.usage) = (images, notes, usage)
  }
}
