package import AuditCore

/// What a command was pointed at: folders of one dataset or the files of a list, and which of those files are images.
package struct DatasetFiles: Sendable {
  /// Empty where only a list is given.
  package var folders: [String]
  /// A file that lists paths, each ending with NUL; `-` for standard input.
  package var list: String?
  /// nil for the usual rules.
  package var rules: FileRules?
  /// Whether to enter links to folders.
  package var followLinks = false
  /// Lists that say who is in the pictures or which part of the set they are for, as `LabelRequest` takes them; nil for
  /// those that lie beside the pictures.
  package var labels: [String]?
  /// Of a plan, in the order of their paths' raw bytes; then nothing is walked.
  package var planned: SampleList?

  package init(folders: [String]) { self.folders = folders }
}
