package import AuditCore
import AuditDigest
import Foundation

/// Carries a plan out: moves or links files out of the dataset, with a journal that `undo` reads.
package struct Apply {
  package struct Outcome: Sendable {
    package var images = 0
    package var sidecars = 0
    /// Where the journal lies; nil where nothing was to be done.
    package var journal: String?
    /// Journals of earlier calls that took files to the same folder, which lie there still; the oldest first.
    package var earlier: [String] = []
    /// What ended it before all was done; the journal has every step up to there.
    package var stop: AuditError?
    /// What was left where it is, a sentence each.
    package var skipped: [String] = []
    /// Links in the dataset that lead nowhere now, a sentence each.
    package var dangling: [String] = []
    /// What did not go.
    fileprivate var staying: Set<SamplePath> = []

    fileprivate mutating func skip(_ path: SamplePath, _ words: String) {
      staying.insert(path)
      skipped.append("'\(path.printable)' \(words)")
    }
  }

  /// Steps that are written down together; each batch waits once for the disk.
  private static let batch = 64

  private let plan: ApplyPlan

  package init(_ plan: ApplyPlan) { self.plan = plan }

  /// - Parameter at: UTC, ISO 8601; kept in the journal.
  /// - Throws: `AuditError` where nothing could be done.
  package func run(at: String) throws -> Outcome {
    var outcome = Outcome()
    outcome.skipped = plan.skipped
    outcome.earlier = Journal.earlier(beside: plan.target)
    if plan.items.isEmpty { return outcome }
    do {
      try Files.makeFolders(FilePath.folder(of: PathText.bytes(of: plan.target)))
    } catch let trouble as FileTrouble {
      throw AuditError.cannotWrite("'\(plan.target)'", cause: trouble.description, safe: .nothingChanged)
    }
    let journal = try Journal(
      beside: plan.target,
      head: JournalHead(
        action: plan.action, dataset: plan.dataset, target: plan.target, run: plan.run, at: at,
        token: PartialFile.newToken()))
    outcome.journal = journal.path
    for start in stride(from: 0, to: plan.items.count, by: Apply.batch) {
      do {
        try carryOut(plan.items[start..<min(start + Apply.batch, plan.items.count)], journal, &outcome)
      } catch let error as AuditError where journal.hasSteps {
        outcome.staying.formUnion(plan.items[start...].map(\.path))
        outcome.stop = error
        break
      }
    }
    outcome.dangling = plan.dangling.filter { !outcome.staying.contains($0.target) }.map(\.sentence)
    return outcome
  }

  private func carryOut(_ items: ArraySlice<ApplyPlan.Item>, _ journal: Journal, _ outcome: inout Outcome) throws {
    var steps: [(item: ApplyPlan.Item, sha256: String)] = []
    var entries: [JournalEntry] = []
    for item in items {
      do {
        try refuseIfItsImageStays(item, outcome)
        let entry = try checked(item)
        if case .file(_, let file) = entry { steps.append((item, file.sha256)) }
        let place = try plan.places(of: item.path).place
        entries += missingFolders(above: place).filter { !entries.contains($0) } + [entry]
      } catch let trouble as FileTrouble {
        outcome.skip(item.path, trouble.description)
      }
    }
    try journal.write(entries)
    for (item, sha256) in steps {
      do {
        try refuseIfItsImageStays(item, outcome)
        try act(on: item, sha256: sha256, PartialFile(token: journal.token))
        if item.verdict == nil { outcome.sidecars += 1 } else { outcome.images += 1 }
      } catch let trouble as FileTrouble {
        outcome.skip(item.path, trouble.description)
      }
    }
  }

  private func refuseIfItsImageStays(_ item: ApplyPlan.Item, _ outcome: Outcome) throws {
    if let image = item.images.first(where: outcome.staying.contains) {
      throw FileTrouble(words: "stays with its image '\(image.printable)'")
    }
  }

  /// The step for a file that is still what the scan saw and whose place is free.
  private func checked(_ item: ApplyPlan.Item) throws -> JournalEntry {
    let facts = try plan.checked(item.path)
    let source = try plan.places(of: item.path).source
    let sha256 =
      try item.scanned?.refuseChange(to: source, facts) ?? hexadecimal(try Files.sha256(of: source))
    return .file(
      path: item.path.bytes, JournalEntry.File(bytes: facts.bytes, modified: facts.modified, sha256: sha256))
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

  private func act(on item: ApplyPlan.Item, sha256: String, _ partial: PartialFile) throws {
    let (source, place) = try plan.places(of: item.path)
    try Files.makeFolders(FilePath.folder(of: place))
    switch plan.action {
    case .move: try Moves.move(source, to: place, sha256: sha256, partial)
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
