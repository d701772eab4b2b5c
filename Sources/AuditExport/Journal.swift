import AuditCore
import Foundation

/// The record of an `apply`, beside its target folder: every step is on the disk before it is done.
final class Journal {
  let path: String
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
      throw AuditError.other("cannot write the journal '\(name)': \(systemMessage()); nothing was moved")
    }
    path = name
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
      throw AuditError.other("cannot write the journal '\(path)': \(systemMessage()); free space and run undo or apply")
    }
  }

  /// Reads a journal; a last line that was cut short was never acted on and is left out.
  static func read(_ path: String) throws -> (head: JournalHead, entries: [JournalEntry]) {
    var reader = try LineReader(path: path)
    guard let first = try reader.next(), let head = try? JSONDecoder().decode(JournalHead.self, from: Data(first)),
      head.audit == "journal"
    else { throw AuditError.other("'\(path)' is not a journal of `audit apply`; nothing was changed") }
    guard head.schema == 1 else {
      throw AuditError.other("'\(path)' was written by a newer audit (journal \(head.schema)); update audit")
    }
    var entries: [JournalEntry] = []
    while let line = try reader.next() {
      guard let entry = JournalEntry(line: line) else { break }
      entries.append(entry)
    }
    return (head, entries)
  }
}
