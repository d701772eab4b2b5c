import AuditCore
import Foundation

/// Where the database of a dataset lies: beside the dataset, never in it.
package enum DatabasePlace {
  /// - Parameters:
  ///   - dataset: absolute path of the folder.
  ///   - explicit: what `--db` gave.
  /// - Returns: the path, and whether it is somewhere else than beside the dataset for want of a writable folder.
  /// - Throws: `AuditError.databaseInDataset` or `.noWritablePlace`.
  package static func resolve(dataset: String, explicit: String?) throws -> (path: String, isFallback: Bool) {
    if let explicit {
      let path = try FilePath.absolute(explicit)
      guard !FilePath.contains(dataset, path) else { throw AuditError.databaseInDataset(path: explicit) }
      return (explicit, false)
    }
    let name = FilePath.name(of: dataset)
    // SQLite takes no other names than UTF-8.
    let file = (name.isEmpty ? "root" : SamplePath(bytes: PathText.bytes(of: name)).text) + ".audit.db"
    let environment = ProcessInfo.processInfo.environment
    let home = environment["HOME"] ?? NSHomeDirectory()
    let state = (environment["XDG_STATE_HOME"] ?? home + "/.local/state") + "/audit"
    let beside = FilePath.folder(of: dataset)
    let here = FilePath.workingFolder
    let whole = FilePath.joined(beside, file)
    // What a person would type.
    let usual = here.flatMap { FilePath.inside($0, whole) } ?? whole
    if PathText.isText(usual), isWritable(beside, dataset: dataset) { return (usual, false) }
    if let here, isWritable(here, dataset: dataset) { return (file, true) }
    try? FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
    if isWritable(state, dataset: dataset) { return (state + "/" + file, true) }
    throw AuditError.noWritablePlace(tried: [beside, here, state].compactMap { $0 })
  }

  /// A folder without any write bit is one that its owner wants left alone, even by root.
  private static func isWritable(_ folder: String, dataset: String) -> Bool {
    guard !FilePath.contains(dataset, FilePath.resolved(folder)) else { return false }
    guard let info = FilePath.status(of: folder), info.st_mode & S_IFMT == S_IFDIR, info.st_mode & 0o222 != 0 else {
      return false
    }
    return FilePath.allows(folder, W_OK | X_OK)
  }
}
