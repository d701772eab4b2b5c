import AuditCore
package import AuditStore

/// Folders that vanished under a scan: told in a line each, not file by file.
package struct GoneFolders: Sendable {
  /// One that is no longer there.
  struct Folder: Sendable {
    /// Its path in the dataset; empty for the dataset's own.
    let path: SamplePath
    /// How many files could not be read since.
    var files: Int
  }

  /// In the order of their paths; none lies in another.
  private(set) var folders: [Folder] = []

  /// No folder.
  package init() {}

  /// Looks where the files of a run were gone whether their folders are.
  package init(_ store: Store, run: Int64, failures: [String: Int]) throws {
    guard failures[SampleIssue.Code.gone.rawValue] != nil else { return }
    let place = try DatasetPlace(store, run: run)
    var found: [SamplePath: Int] = [:]
    for (example, files) in try store.goneFiles(in: run) {
      if let folder = place.goneFolder(of: example) { found[folder, default: 0] += files }
    }
    folders = found.map { Folder(path: $0.key, files: $0.value) }.sorted { $0.path.bytes.precedes($1.path.bytes) }
  }

  /// Whether a file is told by its folder.
  func hold(_ failure: RunSummary.Failure) -> Bool {
    guard failure.code == SampleIssue.Code.gone.rawValue else { return false }
    return folders.contains { $0.path.bytes.isEmpty || failure.path.hasPrefix($0.path.text + "/") }
  }
}
