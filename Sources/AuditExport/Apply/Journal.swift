import AuditCore
import Foundation

/// A journal as it was read.
struct StoredJournal {
  let head: JournalHead
  var entries: [JournalEntry] = []
  /// Numbers of lines in the middle that are none of ours.
  var unread: [Int] = []
}

/// The record of an `apply`, beside its target folder: every step is on the disk before it is done.
final class Journal {
  let path: String
  let token: String?
  /// Whether a step was written down.
  private(set) var hasSteps = false
  private let descriptor: Int32
  /// Bytes of whole lines that are on the disk.
  private var length: off_t = 0

  /// Makes a new journal; never writes to one that is there.
  ///
  /// - Parameter target: absolute path of the folder that files go to.
  /// - Throws: `AuditError` where it cannot be written; then it is not there.
  init(beside target: String, head: JournalHead) throws {
    var (number, made, name) = (1, Int32(-1), "")
    repeat {
      name = Journal.name(number, beside: target)
      made = open(name, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o644)
      number += 1
    } while made < 0 && errno == EEXIST
    guard made >= 0 else {
      throw AuditError.cannotWrite("the journal '\(name)'", cause: systemMessage(), safe: .nothingMoved)
    }
    path = name
    token = head.token
    descriptor = made
    try write(Array(try JSONEncoder().encode(head)) + [0x0A])
    // The journal's name has to outlive a loss of power as well as its lines.
    Files.sync(folder: FilePath.folder(of: Array(name.utf8)))
  }

  deinit { close(descriptor) }

  /// Writes steps down and waits until they are on the disk.
  ///
  /// - Throws: `AuditError` where they are not; then none of them is kept, and a journal without any step is gone.
  func write(_ entries: [JournalEntry]) throws {
    try write(entries.flatMap(\.line))
    if !entries.isEmpty { hasSteps = true }
  }

  private func write(_ bytes: [UInt8]) throws {
    var code = bytes.withUnsafeBytes { Descriptors.write($0, to: descriptor) }
    if code == 0, fsync(descriptor) != 0 { code = errno }
    if code == 0 { return length += off_t(bytes.count) }
    // Steps that are not written down whole are not done. Where they cannot be cut off, undo finds nothing to do for them.
    _ = ftruncate(descriptor, length)
    if !hasSteps { unlink(path) }
    throw AuditError.cannotWrite(
      "the journal '\(path)'", cause: String(cString: strerror(code)), safe: hasSteps ? nil : .nothingMoved,
      remedy: "free space and run the same command" + (hasSteps ? " for the rest, or undo" : ""))
  }

  private static func name(_ number: Int, beside target: String) -> String {
    target + (number == 1 ? "" : ".\(number)") + ".journal"
  }

  /// Journals of earlier calls of which something lies in the target still, the oldest first.
  ///
  /// - Parameter target: absolute path of the folder that files go to.
  static func earlier(beside target: String) -> [String] {
    let folder = RootFolder(target)
    let names = (1...).lazy.map { name($0, beside: target) }.prefix { FilePath.allows($0, F_OK) }
    return names.filter { name in
      guard let journal = try? read(name), journal.head.target == target else { return false }
      return journal.entries.contains { entry in
        guard case .file(let path, _) = entry, let place = try? folder.ownFile(SamplePath(bytes: path)) else {
          return false
        }
        return FileFactsOnDisk(place) != nil
      }
    }
  }

  /// Reads a journal; a last line that was cut short was never acted on and is left out.
  ///
  /// - Throws: `AuditError` where the file is no journal, or names folders that no apply can have had.
  static func read(_ path: String) throws -> StoredJournal {
    var reader = try LineReader(file: path)
    guard let first = try reader.next(), let head = try? JSONDecoder().decode(JournalHead.self, from: Data(first)),
      head.audit == "journal"
    else { throw AuditError.wrongFile(path: path, finding: "is not a journal of `audit apply`", safe: .nothingChanged) }
    guard head.schema == 1 else {
      throw AuditError.otherVersion(of: "'\(path)'", found: "\(head.schema)", known: "1", remedy: "update audit")
    }
    guard head.isPossible else {
      throw AuditError.wrongFile(
        path: path,
        finding: "names folders that audit apply cannot have used (both from the root, neither in the other)",
        safe: .nothingChanged)
    }
    return try entries(&reader, head)
  }

  private static func entries(_ reader: inout LineReader, _ head: JournalHead) throws -> StoredJournal {
    var journal = StoredJournal(head: head)
    var (number, unread) = (1, Int?.none)
    while let line = try reader.next() {
      number += 1
      if let unread { journal.unread.append(unread) }
      if let entry = JournalEntry(line: line) {
        journal.entries.append(entry)
        unread = nil
      } else {
        unread = number
      }
    }
    return journal
  }
}
