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
      let path = absolute(explicit)
      guard !contains(dataset, path) else { throw AuditError.databaseInDataset(path: explicit) }
      return (explicit, false)
    }
    let name = (dataset as NSString).lastPathComponent
    let file = (name == "/" || name.isEmpty ? "root" : name) + ".audit.db"
    let environment = ProcessInfo.processInfo.environment
    let home = environment["HOME"] ?? NSHomeDirectory()
    let state = (environment["XDG_STATE_HOME"] ?? home + "/.local/state") + "/audit"
    let beside = (dataset as NSString).deletingLastPathComponent
    let here = FileManager.default.currentDirectoryPath
    if isWritable(beside, dataset: dataset) { return (shortened(beside + "/" + file, from: here), false) }
    if isWritable(here, dataset: dataset) { return (file, true) }
    try? FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
    if isWritable(state, dataset: dataset) { return (state + "/" + file, true) }
    throw AuditError.noWritablePlace(tried: [beside, here, state])
  }

  /// The path as seen from a folder, where it lies in it: what a person would type.
  private static func shortened(_ path: String, from folder: String) -> String {
    let prefix = absolute(folder) + "/"
    return path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path
  }

  /// A path from the root, without links.
  ///
  /// - Parameter links: to files that are not there, followed at most; SQLite would make such a file where its link leads.
  package static func absolute(_ path: String, links: Int = 16) -> String {
    if let resolved = realpath(path, nil) {
      defer { free(resolved) }
      return String(cString: resolved)
    }
    let parent = (path as NSString).deletingLastPathComponent
    let name = (path as NSString).lastPathComponent
    if links > 0, let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path) {
      return absolute(target.hasPrefix("/") || parent.isEmpty ? target : parent + "/" + target, links: links - 1)
    }
    if parent == path { return path }
    let folder = absolute(parent.isEmpty ? "." : parent, links: links)
    return folder == "/" ? "/" + name : folder + "/" + name
  }

  private static func contains(_ folder: String, _ path: String) -> Bool {
    path == folder || path.hasPrefix(folder == "/" ? "/" : folder + "/")
  }

  /// A folder without any write bit is one that its owner wants left alone, even by root.
  private static func isWritable(_ folder: String, dataset: String) -> Bool {
    guard !contains(dataset, absolute(folder)) else { return false }
    var info = stat()
    guard stat(folder, &info) == 0, info.st_mode & S_IFMT == S_IFDIR, info.st_mode & 0o222 != 0 else { return false }
    return access(folder, W_OK | X_OK) == 0
  }
}
