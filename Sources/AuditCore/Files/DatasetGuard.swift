import Glibc

/// Refuses outputs that would lie in the dataset, or be written over a database.
package enum DatasetGuard {
  /// - Returns: `output` from the root.
  /// - Throws: `AuditError` where it lies in the dataset, or a database has its name.
  @discardableResult
  package static func refuse(_ output: String, in dataset: String) throws(AuditError) -> String {
    guard PathText.isText(output) else {
      throw .usage("the name of the output '\(output)' is not UTF-8", remedy: "give another one")
    }
    let place = try refuse(absolute: try FilePath.absolute(output), of: output, in: dataset)
    try DatabaseGuard.refuse(output)
    return place
  }

  private static func refuse(
    absolute path: String, of output: String, in dataset: String
  ) throws(AuditError) -> String {
    guard !FilePath.contains(FilePath.resolved(dataset), path) else {
      throw .placeRefused(
        path: output, finding: "would lie inside the dataset '\(dataset)', and audit never writes there",
        remedy: "give a place elsewhere")
    }
    return path
  }

  /// - Throws: `AuditError` where a file would lie in the dataset or take the place of a database, or its folder is not there.
  package static func refuse(file: String, in dataset: String) throws(AuditError) {
    guard FilePath.allows(FilePath.folder(of: file), F_OK) else { throw .folderNotFound(of: file) }
    try refuse(file, in: dataset)
  }

  /// Refuses a standard output that the shell has opened in the dataset.
  package static func refuseRedirection(of descriptor: Int32, into dataset: String) throws(AuditError) {
    var info = stat()
    guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG else { return }
    guard let target = FilePath.target(ofLink: "/proc/self/fd/\(descriptor)") else { return }
    _ = try refuse(absolute: FilePath.resolved(target), of: target, in: dataset)
  }
}
