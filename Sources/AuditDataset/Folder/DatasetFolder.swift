package import AuditCore
import AuditImages
import Foundation

/// The folder that a user named, or the container.
package enum DatasetFolder {
  /// Its absolute path without links.
  ///
  /// - Throws: `AuditError.datasetNotFound` with the nearest name beside it, `.datasetNotAFolder` or
  ///   `.datasetNotReadable`; of `FilePath.absolute`.
  package static func resolve(_ path: String) throws(AuditError) -> String {
    if FedFolders.feeder(of: path) != nil { return path }
    let place = try FilePath.absolute(path)
    guard let info = FilePath.status(of: path) else {
      if errno == EACCES { throw .datasetNotReadable(path: path) }
      throw .datasetNotFound(path: path, near: near(path))
    }
    guard info.st_mode & S_IFMT == S_IFDIR else {
      guard info.st_mode & S_IFMT == S_IFREG, ContainerKind(ofName: PathText.bytes(of: path)) != nil else {
        throw notAFolder(path)
      }
      guard FilePath.allows(path, R_OK) else { throw .datasetNotReadable(path: path) }
      return place
    }
    guard FilePath.allows(path, R_OK | X_OK) else { throw .datasetNotReadable(path: path) }
    return place
  }

  private static func notAFolder(_ path: String) -> AuditError {
    let ending = FileExtension(ofName: PathText.bytes(of: path))?.text ?? ""
    guard ["gz", "tgz", "bz2", "xz", "zst", "7z", "rar"].contains(ending) else {
      return .datasetNotAFolder(path: path)
    }
    return .wrongFile(
      path: path, finding: "is compressed as a whole, so that no file in it can be read without those before it",
      remedy: "unpack it, or give a .tar or a .zip")
  }

  private static func near(_ path: String) -> String? {
    let parent = FilePath.folder(of: path)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
    let folders = names.filter { name in
      FilePath.status(of: FilePath.joined(parent, name)).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false
    }
    guard let nearest = Spelling.nearest(to: FilePath.name(of: path), in: folders).first else { return nil }
    // As it was typed, so that it can be pasted.
    return (path.hasPrefix("./") && parent == "." ? "./" : "") + FilePath.joined(parent, nearest)
  }
}
