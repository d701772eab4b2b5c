package import AuditCore
import Foundation
package import AuditStore

/// Finds what a person speaks of, and keeps what they decide about it.
package struct DecisionBook {
  /// What was decided about one file.
  package struct Entry: Sendable, Equatable {
    package let path: String
    package let verdict: Verdict
    /// What audit proposed, in the run that was asked.
    package let proposal: String?
    /// Files of the run that have the same content.
    package let files: Int
  }

  private let store: Store
  private let run: StoredRun
  private let who: String

  /// - Parameters:
  ///   - store: open for deciding.
  ///   - name: the run whose paths are meant; nil for the one that the views speak of.
  package init(_ store: Store, run name: String?, who: String) throws {
    self.store = store
    run = try StoredRun(in: store, named: name)
    self.who = who
  }

  /// Decides about files, all or none.
  ///
  /// - Throws: `AuditError` where a name does not exist, with the nearest ones.
  package func decide(_ paths: [String], verdict: Verdict, reason: String) throws -> [Entry] {
    let found = try paths.map { try sample($0) }
    let decisions = try found.map { sample in
      NewDecision(
        sha256: try DecisionBook.content(of: sample), path: sample.path, verdict: verdict, reason: reason, who: who)
    }
    try store.decide(decisions)
    return try found.map { try entry($0, verdict) }
  }

  /// What one call of `decide(samples:verdicts:reason:)` or `release(samples:)` did, so that it can be taken back.
  package struct Deed: Sendable, Equatable {
    /// Rows of table `decision` that were written.
    package var made: [Int64] = []
    /// Decisions that stood before and were taken back.
    package var released: [Int64] = []
    /// The samples that it was about.
    package let samples: [Int64]
    /// Samples that were asked for and were never read: no decision can hang on them.
    package var unread = 0
  }

  /// Decides about samples of the run, all or none.
  ///
  /// - Parameter verdicts: one for each.
  /// - Throws: `AuditError` where the run does not have one of them, or none has content that a decision could hang on.
  package func decide(samples ids: [Int64], verdicts: [Verdict], reason: String) throws -> Deed {
    precondition(ids.count == verdicts.count)
    let found = try known(ids)
    var deed = Deed(samples: found.map(\.id))
    let decisions = zip(found, verdicts).compactMap { found, verdict in
      found.sample.content.map {
        NewDecision(sha256: $0, path: found.sample.path, verdict: verdict, reason: reason, who: who)
      }
    }
    deed.unread = found.count - decisions.count
    if decisions.isEmpty, let first = found.first { _ = try DecisionBook.content(of: first.sample) }
    deed.made = try store.decide(decisions)
    return deed
  }

  /// Takes every decision about each of these samples back, all or none; those without one stay as they are.
  package func release(samples ids: [Int64]) throws -> Deed {
    let found = try known(ids)
    var deed = Deed(samples: found.map(\.id))
    let contents = Set(found.compactMap(\.sample.content))
    deed.released = try contents.flatMap { try store.standingDecisions(about: $0) }.sorted()
    try store.undoDecisions(deed.released)
    return deed
  }

  /// Takes a deed back: what it made is undone, what it released stands again, as it was decided then.
  package func takeBack(_ deed: Deed) throws {
    if !deed.made.isEmpty { try store.undoDecisions(deed.made) }
    let before = try store.decisions(deed.released)
    if !before.isEmpty { try store.decide(deed.released.compactMap { before[$0] }) }
  }

  private func known(_ ids: [Int64]) throws -> [(id: Int64, sample: DecidableSample)] {
    let found = try store.decidable(samples: ids, in: run.id)
    return try ids.map { id in
      guard let sample = found[id] else {
        throw AuditError.unknownName(
          "no sample \(id) in run \"\(run.name)\"", remedy: "load the page again: the folder was scanned anew since")
      }
      return (id, sample)
    }
  }

  /// Takes decisions from JSON lines: `{"path": ..., "verdict": ..., "reason": ..., "sha256": ...}`.
  ///
  /// With a `sha256` the path need not exist: the decision hangs on the content. All or none.
  /// - Returns: how many there were by verdict, and how many are about content that this run does not have.
  package func take(_ file: String) throws -> (counts: [Verdict: Int], unknown: Int) {
    var reader = try LineReader(path: file)
    var decisions: [NewDecision] = []
    var (number, unknown) = (0, 0)
    while let line = try reader.next() {
      number += 1
      if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { continue }
      do {
        let (decision, isKnown) = try read(line)
        decisions.append(decision)
        if !isKnown { unknown += 1 }
      } catch let error as AuditError {
        throw AuditError.wrongLine(
          file: file, line: number, finding: "cannot be taken: \(error)", safe: .nothingDecided)
      }
    }
    try store.decide(decisions)
    return (decisions.reduce(into: [:]) { $0[$1.verdict, default: 0] += 1 }, unknown)
  }

  private struct Line: Decodable {
    let path: String?
    let verdict: String?
    let reason: String?
    let sha256: String?
    let who: String?
    let at: String?
  }

  private func read(_ line: [UInt8]) throws -> (NewDecision, isKnown: Bool) {
    guard let text = try? JSONDecoder().decode(Line.self, from: Data(line)) else {
      throw AuditError.usage("expected an object such as {\"path\": \"a.png\", \"verdict\": \"drop\"}")
    }
    guard let verdict = text.verdict.flatMap(Verdict.init) else {
      throw AuditError.usage(
        "\"verdict\" must be keep, review or drop; got \(text.verdict.map { "'\($0)'" } ?? "none")")
    }
    func decision(_ hash: [UInt8], _ path: String) -> NewDecision {
      NewDecision(
        sha256: hash, path: path, verdict: verdict, reason: text.reason ?? "", who: text.who ?? who, at: text.at)
    }
    if let hexadecimal = text.sha256 {
      guard let hash = DecisionBook.bytes(ofHexadecimal: hexadecimal), hash.count == 32 else {
        throw AuditError.usage("\"sha256\" must be 64 hexadecimal digits; got '\(hexadecimal)'")
      }
      let known = try store.path(ofContent: hash, in: run.id)
      return (decision(hash, text.path ?? known ?? ""), known != nil)
    }
    guard let path = text.path else { throw AuditError.usage("it has neither \"path\" nor \"sha256\"") }
    let sample = try sample(path)
    return (decision(try DecisionBook.content(of: sample), sample.path), true)
  }

  /// Takes back the newest decision about each file, or the newest of all.
  package func undo(_ paths: [String]) throws -> [Entry] {
    var decisions: [StandingDecision] = []
    if paths.isEmpty {
      guard let newest = try store.newestDecision() else {
        throw AuditError.lacking("there is no decision to take back in '\(store.path)'")
      }
      decisions = [newest]
    }
    for path in paths {
      guard let found = try store.newestDecision(about: try DecisionBook.content(of: try sample(path))) else {
        throw AuditError.lacking("nobody has decided about '\(path)'", safe: .nothingChanged)
      }
      decisions.append(found)
    }
    try store.undoDecisions(decisions.map(\.id))
    return try decisions.compactMap { decision in
      guard let (path, verdict, proposal) = try store.standing(ofContent: decision.content, in: run.id),
        let now = verdict.flatMap(Verdict.init)
      else { return nil }
      return Entry(path: path, verdict: now, proposal: proposal, files: 1)
    }
  }

  private func entry(_ sample: DecidableSample, _ verdict: Verdict) throws -> Entry {
    Entry(
      path: sample.path, verdict: verdict, proposal: sample.proposal,
      files: try store.fileCount(ofContent: try DecisionBook.content(of: sample), in: run.id))
  }

  /// The sample of the run that a path names: relative to the dataset, or as it lies on the disk.
  private func sample(_ path: String) throws -> DecidableSample {
    let lookup = SampleLookup(store, run: run.id, dataset: run.dataset)
    for candidate in try [path] + SampleSpelling.candidates(for: path, in: run.dataset) {
      if let id = try lookup.id(of: candidate), let found = try store.decidable(sample: id) { return found }
    }
    let inside = FilePath.inside(FilePath.resolved(run.dataset), FilePath.resolved(path))
    let near = try nearest(SamplePath(bytes: PathText.bytes(of: inside ?? path)).text)
    throw AuditError.unknownName(
      "no image '\(path)' in run \"\(run.name)\"", near: near.map { "'\($0)'" },
      remedy: "paths are relative to '\(run.dataset)'")
  }

  /// Names that may have been meant: the same file name elsewhere, else the most alike of the same folder, else of all.
  private func nearest(_ path: String) throws -> [String] {
    let bytes = Array(path.utf8)
    let folder = String(decoding: FilePath.folder(of: bytes), as: UTF8.self)
    let name = FilePath.name(of: path)
    let same = try store.samples(of: run.id, endingIn: name).prefix(3).compactMap { $0["path"].text }
    if !same.isEmpty { return same }
    for scope in [folder, nil] {
      let names = try store.paths(of: run.id, aboutAsLongAs: path, inFolder: scope)
      let near = Spelling.nearest(to: path, in: names)
      if !near.isEmpty { return near }
    }
    return []
  }

  private static func content(of sample: DecidableSample) throws -> [UInt8] {
    guard let hash = sample.content else {
      throw AuditError.lacking(
        "'\(sample.path)' was never read (\(sample.errorCode ?? "no content")), and a decision hangs on "
          + "a file's content", remedy: "scan again once it can be read")
    }
    return hash
  }

  private static func bytes(ofHexadecimal text: String) -> [UInt8]? {
    let digits = text.utf8.map { UInt8(String(UnicodeScalar($0)), radix: 16) }
    guard digits.count.isMultiple(of: 2), !digits.contains(nil) else { return nil }
    let known = digits.compactMap { $0 }
    return stride(from: 0, to: known.count, by: 2).map { known[$0] << 4 | known[$0 + 1] }
  }
}
