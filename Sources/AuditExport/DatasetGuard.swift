import AuditCore
import Foundation

/// Refuses outputs that would lie in the dataset.
package enum DatasetGuard {
  /// - Returns: `output` from the root.
  /// - Throws: `AuditError.other` where it lies in the dataset.
  @discardableResult
  package static func refuse(_ output: String, in dataset: String) throws -> String {
    let path = FilePath.absolute(output)
    guard !FilePath.contains(FilePath.absolute(dataset), path) else {
      throw AuditError.other(
        "'\(output)' would lie inside the dataset '\(dataset)', and audit never writes there; give a place elsewhere")
    }
    return path
  }

  /// Refuses a standard output that the shell has opened in the dataset.
  package static func refuseRedirection(of descriptor: Int32, into dataset: String) throws {
    var info = stat()
    guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG else { return }
    guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(descriptor)")
    else { return }
    try refuse(target, in: dataset)
  }
}
