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
  private let descriptor: Int32

  /// Makes a new journal; never writes to one that is there.
  ///
  /// - Parameter target: absolute path of the folder that files go to.
  init(beside target: String, head: JournalHead) throws {
    var (number, made, name) = (1, Int32(-1), "")
    repeat {
      name = target + (number == 1 ? "" : ".\(number)") + ".journal"
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
  func write(_ entries: [JournalEntry]) throws { try write(entries.flatMap(\.line)) }

  private func write(_ bytes: [UInt8]) throws {
    let written = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
    guard written == bytes.count, fsync(descriptor) == 0 else {
      throw AuditError.cannotWrite(
        "the journal '\(path)'", cause: systemMessage(), remedy: "free space and run undo or apply")
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
