import AuditCore
import AuditDigest
import Foundation

/// Puts back what an `apply` did, from its journal. What was never done, or is back already, is left as it is, so that
/// it may be stopped and started again at any moment.
package struct Undo {
  package struct Outcome: Sendable, Equatable {
    /// Files that this call brought back, or links that it removed.
    package var restored = 0
    /// Files that were where they belong already.
    package var already = 0
    /// What could not be put back, a sentence each.
    package var left: [String] = []
    package var action = ApplyAction.move
    package var dataset = ""
  }

  private let head: JournalHead
  private let entries: [JournalEntry]

  /// - Throws: `AuditError.other` where the file is no journal.
  package init(journal path: String) throws { (head, entries) = try Journal.read(path) }

  package func run() -> Outcome {
    var outcome = Outcome(action: head.action, dataset: head.dataset)
    for entry in entries.reversed() {
      switch entry {
      case .folder(let path):
        // Only where it is empty: what a person has put there stays.
        withCPath(path) { _ = rmdir($0) }
      case .file(let path, let bytes, let modified, let sha256):
        let name = SamplePath(bytes: path).printable
        do {
          if try restore(path, bytes: bytes, modified: modified, sha256: sha256) {
            outcome.restored += 1
          } else {
            outcome.already += 1
          }
        } catch {
          outcome.left.append("'\(name)' \(error)")
        }
      }
    }
    return outcome
  }

  /// - Returns: whether there was anything to do.
  private func restore(_ path: [UInt8], bytes: Int64, modified: Int64, sha256: String) throws -> Bool {
    let source = FilePath.joined(Array(head.dataset.utf8), path)
    let place = FilePath.joined(Array(head.target.utf8), path)
    // Pieces that a copy left on either side were never given their name.
    for end in [source, place] { withCPath(end + Moves.partial) { _ = unlink($0) } }
    guard let there = FileFactsOnDisk(place) else {
      guard FileFactsOnDisk(source) != nil else { throw FileTrouble(words: "is gone from both places") }
      return false
    }
    switch head.action {
    case .symlink:
      let made = FilePath.relative(from: FilePath.folder(of: place), to: source)
      guard Files.linkTarget(place) == made else { throw FileTrouble(words: "is no link that audit made; left alone") }
      return try remove(place)
    case .hardlink:
      let original = FileFactsOnDisk(source)
      guard original?.inode == there.inode, original?.device == there.device else {
        throw FileTrouble(words: "is no longer the same file as in the dataset; left alone")
      }
      return try remove(place)
    case .move: return try bringBack(place, there, to: source, bytes: bytes, modified: modified, sha256: sha256)
    }
  }

  private func bringBack(
    _ place: [UInt8], _ there: FileFactsOnDisk, to source: [UInt8], bytes: Int64, modified: Int64, sha256: String
  ) throws -> Bool {
    guard there.isRegular else { throw FileTrouble(words: "is not a file any more; left alone") }
    guard hexadecimal(try Files.sha256(of: place)) == sha256 else {
      // Ours or not: where the original never left, the file at the place is somebody else's.
      if FileFactsOnDisk(source) != nil { return false }
      throw FileTrouble(words: "has changed since it was moved; left in '\(head.target)'")
    }
    if let original = FileFactsOnDisk(source) {
      // Stopped between the copy and the removal of the original: both are there, and equal.
      guard original.isRegular, hexadecimal(try Files.sha256(of: source)) == sha256 else {
        throw FileTrouble(words: "stays in '\(head.target)': another file has its name in the dataset")
      }
      return try remove(place)
    }
    try Files.makeFolders(FilePath.folder(of: source))
    try Moves.move(place, to: source, sha256: sha256)
    return true
  }

  private func remove(_ path: [UInt8]) throws -> Bool {
    guard withCPath(path, { unlink($0) }) == 0 else { throw FileTrouble("cannot be removed") }
    return true
  }
}
