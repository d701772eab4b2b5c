import AuditCore
import Foundation

/// A new folder that gets its name only when it is whole. Where that does not happen, nothing is left of it.
enum StagedFolder {
  /// - Parameters:
  ///   - target: absolute path of the folder, which is not there or empty.
  ///   - fill: puts everything into the folder that it is given.
  /// - Throws: `AuditError` where the place may not be written, and what `fill` throws.
  static func make(_ target: String, _ fill: (RootFolder) throws -> Void) throws {
    do {
      try Files.makeFolders(FilePath.folder(of: Array(target.utf8)))
      let (place, made) = Staging.make(beside: target) { mkdir($0, 0o777) }
      guard made == 0 else { throw FileTrouble("the folder cannot be made") }
      do {
        try fill(RootFolder(place))
        guard rename(place, target) == 0 else { throw AuditError.cannotWrite("'\(target)'", cause: systemMessage()) }
      } catch {
        try? FileManager.default.removeItem(atPath: place)
        throw error
      }
    } catch let trouble as FileTrouble {
      throw AuditError.cannotWrite("'\(target)'", cause: trouble.description)
    }
  }
}
