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

  private let journal: StoredJournal
  private let source: RootFolder
  private let target: RootFolder
  private let partial: PartialFile

  private var head: JournalHead { journal.head }

  /// - Throws: `AuditError` where the file is no journal.
  package init(journal path: String) throws {
    journal = try Journal.read(path)
    source = RootFolder(journal.head.dataset)
    target = RootFolder(journal.head.target)
    partial = PartialFile(token: journal.head.token)
  }

  package func run() -> Outcome {
    var outcome = Outcome(action: head.action, dataset: head.dataset)
    outcome.left = journal.unread.map { "line \($0) of the journal is damaged; what it stands for stays as it is" }
    for entry in journal.entries.reversed() {
      switch entry {
      case .folder(let path):
        // Only where it is empty: what a person has put there stays.
        if head.canHaveMade(path) { withCPath(path) { _ = rmdir($0) } }
      case .file(let path, let file):
        do {
          if try restore(SamplePath(bytes: path), file) { outcome.restored += 1 } else { outcome.already += 1 }
        } catch {
          outcome.left.append("'\(SamplePath(bytes: path).printable)' \(error)")
        }
      }
    }
    return outcome
  }

  /// - Returns: whether there was anything to do.
  private func restore(_ path: SamplePath, _ file: JournalEntry.File) throws -> Bool {
    let (source, place) = (try source.ownFile(path), try target.ownFile(path))
    // Pieces that a copy left on either side were never given their name.
    for end in [source, place] { withCPath(partial.place(beside: end)) { _ = unlink($0) } }
    let original = try FileFactsOnDisk(at: source)
    guard let there = try FileFactsOnDisk(at: place) else {
      guard original != nil else { throw FileTrouble(words: "is gone from both places") }
      return false
    }
    if head.action == .symlink {
      let made = FilePath.relative(from: FilePath.folder(of: place), to: source)
      guard Files.linkTarget(place) == made else { throw FileTrouble(words: "is no link that audit made; left alone") }
      return try remove(place)
    }
    // One name, met by two ways, as where a folder is mounted twice: to remove it would remove the file.
    if let original, original.isSameFile(as: there), there.links < 2 {
      throw FileTrouble(words: "is one file in the dataset and in '\(shown)'; left alone")
    }
    guard head.action == .hardlink else { return try bringBack(place, there, to: source, original, file) }
    guard original?.isSameFile(as: there) ?? false else {
      throw FileTrouble(words: "is no longer the same file as in the dataset; left alone")
    }
    return try remove(place)
  }

  private func bringBack(
    _ place: [UInt8], _ there: FileFactsOnDisk, to source: [UInt8], _ original: FileFactsOnDisk?,
    _ file: JournalEntry.File
  ) throws -> Bool {
    guard there.isRegular else { throw FileTrouble(words: "is not a file any more; left alone") }
    guard hexadecimal(try Files.sha256(of: place)) == file.sha256 else {
      // Ours or not: where the original never left, the file at the place is somebody else's.
      if original != nil { return false }
      throw FileTrouble(words: "has changed since it was moved; left in '\(shown)'")
    }
    if let original {
      guard original.isRegular, hexadecimal(try Files.sha256(of: source)) == file.sha256 else {
        throw FileTrouble(words: "stays in '\(shown)': another file has its name in the dataset")
      }
      // Stopped between the second name, or the copy, and the removal of the original: both are there, and equal. Our
      // copies keep the time; one of another time is somebody else's.
      guard original.isSameFile(as: there) || there.modified == file.modified else { return false }
      return try remove(place)
    }
    try Files.makeFolders(FilePath.folder(of: source))
    try Moves.move(place, to: source, sha256: file.sha256, partial)
    return true
  }

  private var shown: String { SamplePath(head.target).printable }

  private func remove(_ path: [UInt8]) throws -> Bool {
    guard withCPath(path, { unlink($0) }) == 0 else { throw FileTrouble("cannot be removed") }
    return true
  }
}
