package import AuditCore

/// Which files of a dataset a walk takes.
package struct WalkRules: Sendable {
  package var filter: PathFilter
  /// Whether masks and other pictures that belong to an image beside them are samples.
  package var withSidecars: Bool
  /// Where to begin, relative to the dataset, none within another; empty for the whole dataset.
  package var folders: [[UInt8]]

  /// Everything that is a picture of its own.
  package init() { (filter, withSidecars, folders) = (PathFilter(), false, []) }

  /// - Throws: `AuditError` where a glob is none.
  package init(_ rules: FileRules?) throws(AuditError) {
    filter = try PathFilter(include: rules?.include ?? [], exclude: rules?.exclude ?? [])
    withSidecars = rules?.withSidecars ?? false
    folders = rules?.folders.map { Array($0.utf8) } ?? []
  }
}
