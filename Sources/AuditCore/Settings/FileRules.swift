/// Which files of a dataset are samples, and whose they are.
package struct FileRules: Codable, Equatable, Sendable {
  /// Globs of `--include` and `--exclude`, as they were given.
  package var include: [String] = []
  package var exclude: [String] = []
  /// Whether pictures that belong to an image beside them are samples too.
  package var withSidecars = false
  /// The folders that were named, relative to the dataset, in order of bytes; empty where it was the dataset itself.
  package var folders: [String] = []
  /// Where the name of a person comes from: nil or `dir` for the first folder, else `regex:PATTERN`.
  package var identity: String?
  /// The lists that pictures were labelled by, in their order; nil where there was none, as in runs of older versions.
  package var labels: [LabelSource]?

  package init() {}

  /// Whether something else than folders says who is in the pictures.
  package var tellsPeople: Bool {
    identity ?? "dir" != "dir" || labels?.contains { $0.kinds.contains(.identity) } ?? false
  }

  /// The same rules for these folders of the dataset alone.
  package func within(_ folders: [String]) -> FileRules {
    var rules = self
    rules.folders = folders
    return rules
  }
}
