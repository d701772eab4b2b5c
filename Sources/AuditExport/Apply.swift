import AuditCore
import AuditDigest
import Foundation

/// Carries a plan out: moves or links files out of the dataset, with a journal that `undo` reads.
package struct Apply {
  package struct Outcome: Sendable {
    package var images = 0
    package var sidecars = 0
    /// Where the journal lies; nil where nothing was to be done.
    package var journal: String?
    /// What was left where it is, a sentence each.
    package var skipped: [String] = []
  }

  /// Steps that are written down together; each batch waits once for the disk.
  private static let batch = 64

  private let plan: ApplyPlan

  package init(_ plan: ApplyPlan) { self.plan = plan }

  /// - Parameter at: UTC, ISO 8601; kept in the journal.
  package func run(at: String) throws -> Outcome {
    var outcome = Outcome()
    outcome.skipped = plan.skipped
    if plan.items.isEmpty { return outcome }
    do {
      try Files.makeFolders(FilePath.folder(of: Array(plan.target.utf8)))
    } catch let trouble as FileTrouble {
      throw AuditError.other("'\(plan.target)': \(trouble); nothing was changed")
    }
    let journal = try Journal(
      beside: plan.target,
      head: JournalHead(action: plan.action, dataset: plan.dataset, target: plan.target, run: plan.run, at: at))
    outcome.journal = journal.path
    for start in stride(from: 0, to: plan.items.count, by: Apply.batch) {
      try carryOut(plan.items[start..<min(start + Apply.batch, plan.items.count)], journal, &outcome)
    }
    return outcome
  }

  private func carryOut(_ items: ArraySlice<ApplyPlan.Item>, _ journal: Journal, _ outcome: inout Outcome) throws {
    var steps: [(item: ApplyPlan.Item, sha256: String)] = []
    var entries: [JournalEntry] = []
    for item in items {
      do {
        let entry = try checked(item)
        if case .file(_, _, _, let sha256) = entry { steps.append((item, sha256)) }
        entries += missingFolders(above: plan.place(item.path)).filter { !entries.contains($0) } + [entry]
      } catch let trouble as FileTrouble {
        outcome.skipped.append("'\(item.path.printable)' \(trouble)")
      }
    }
    try journal.write(entries)
    for (item, sha256) in steps {
      do {
        try Files.makeFolders(FilePath.folder(of: plan.place(item.path)))
        try act(on: item, sha256: sha256)
        if item.verdict == nil { outcome.sidecars += 1 } else { outcome.images += 1 }
      } catch let trouble as FileTrouble {
        outcome.skipped.append("'\(item.path.printable)' \(trouble)")
      }
    }
  }

  /// The step for a file that is still what the scan saw and whose place is free.
  private func checked(_ item: ApplyPlan.Item) throws -> JournalEntry {
    let source = plan.path(item.path)
    guard let facts = FileFactsOnDisk(source) else { throw FileTrouble(words: "is gone since the scan") }
    guard facts.isRegular else { throw FileTrouble(words: "is a link, not a file; left alone") }
    guard FileFactsOnDisk(plan.place(item.path)) == nil else {
      throw FileTrouble(words: "stays: '\(plan.target)' has a file of that name, and none is overwritten")
    }
    let sha256 = hexadecimal(try Files.sha256(of: source))
    if let expected = item.sha256, expected != sha256 {
      throw FileTrouble(words: "has changed since the scan; left alone, scan again")
    }
    return .file(path: item.path.bytes, bytes: facts.bytes, modified: facts.modified, sha256: sha256)
  }

  private func missingFolders(above place: [UInt8]) -> [JournalEntry] {
    var folder = FilePath.folder(of: place)
    var missing: [JournalEntry] = []
    while !folder.isEmpty, FileFactsOnDisk(folder) == nil {
      missing.insert(JournalEntry(folder: folder), at: 0)
      folder = FilePath.folder(of: folder)
    }
    return missing
  }

  private func act(on item: ApplyPlan.Item, sha256: String) throws {
    let (source, place) = (plan.path(item.path), plan.place(item.path))
    switch plan.action {
    case .move: try Moves.move(source, to: place, sha256: sha256)
    case .symlink:
      let text = FilePath.relative(from: FilePath.folder(of: place), to: source)
      guard withCPath(text, { target in withCPath(place) { symlink(target, $0) } }) == 0 else {
        throw FileTrouble("cannot be linked")
      }
    case .hardlink:
      guard withCPath(source, { from in withCPath(place) { link(from, $0) } }) == 0 else {
        let words = errno == EXDEV ? "cannot be hard-linked to another disk; use --symlink-to" : nil
        throw words.map { FileTrouble(words: $0) } ?? FileTrouble("cannot be linked")
      }
    }
  }
}
