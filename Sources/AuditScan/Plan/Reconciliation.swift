import AuditCore
import AuditDataset
import AuditDigest
import AuditImages
import AuditStore
import AuditWorker

/// What is left to score of a plan, given the rows that the run has.
///
/// A row is current when size and modification time of the sample and of its reference are as they were, and their
/// change times too. Where only a change time moved (a new owner, mode or hard link, or an edit that put the old times
/// back) the content decides. Files that could not be opened are tried again: a permission changes without the file
/// changing.
struct Reconciliation {
  private(set) var samples: SampleList
  /// Rows of files that lie in folders which cannot be listed now; they stay as they are.
  let hidden: Int
  private let hiddenFolders: [DatasetWalk.UnreadableFolder]
  /// Rows that stay as they are.
  private let known: Int
  private let changed: Int
  private let referenceChanged: Int
  private let gone: Int
  private let unmeasured: Int
  private let isContinued: Bool

  private static let transient: Set<String> = ["open", "permission", "gone", "timeout", "too_large"]

  /// - Parameters:
  ///   - pairing: of a run whose samples have a reference file each.
  ///   - banned: files that are not opened, whatever the reason to.
  ///   - unmeasured: rows that lack what is measured of the picture by itself, and are to have it.
  init(
    plan: Plan, store: Store, run: OpenRun, pairing: Pairing?, banned: Set<SamplePath>, unmeasured: Set<Int64> = [],
    jobs: Int, stop: StopRequest, progress: @escaping @Sendable (ScanProgress) -> Void
  ) async throws {
    isContinued = run.isContinued
    let planned = plan.samples
    var sorted = SortedRows(samples: planned)
    var hidden = HiddenRows(under: plan.walk.unreadableFolders)
    var gone: [Int64] = []
    try store.forEachKnownRow(in: run) { path, row in
      if let place = planned.place(of: path) {
        sorted.sort(
          row, at: place, pairing: pairing, isBanned: banned.contains(path), isMeasured: !unmeasured.contains(row.id))
      } else if !hidden.take(path) {
        gone.append(row.id)
      }
    }
    try await sorted.compareContents(plan: plan, pairing: pairing, store: store, jobs: jobs, stop: stop, progress)
    try store.remove((sorted.stale + gone).sorted())
    try store.write(changeTimes: sorted.touched)
    samples = sorted.left
    known = sorted.current
    (changed, referenceChanged) = (sorted.changed, sorted.referenceChanged)
    (self.hidden, hiddenFolders) = (hidden.count, hidden.folders)
    self.gone = gone.count
    self.unmeasured = unmeasured.count
  }

  /// For a run that had no model and has one now: every row is made anew.
  mutating func scoreEverything(plan: Plan, store: Store, run: OpenRun) throws {
    var rows: [Int64] = []
    try store.forEachKnownRow(in: run) { path, row in
      if plan.samples.place(of: path) != nil { rows.append(row.id) }
    }
    try store.remove(rows)
    samples = plan.samples
  }

  /// Leaves samples to others that lie outside of a part of the plan.
  mutating func keep(only part: Slice<SampleList>) {
    guard let first = part.first?.path.bytes, let last = part.last?.path else { return samples = [] }
    let start = samples.firstPlace(notBefore: first)
    let end = samples.place(of: last).map { $0 + 1 } ?? samples.firstPlace(notBefore: last.bytes)
    samples = samples.chosen(start..<end)
  }

  /// Takes files out that are not opened.
  mutating func leaveOut(_ banned: Set<SamplePath>) -> SampleList {
    let found = samples.chosen(at: banned)
    if !found.isEmpty { samples = samples.chosen { !banned.contains(samples[$0].path) } }
    return found
  }

  /// "continuing run "first": 8,310 done, 3,532 left, 2 changed since".
  func note(run: String) -> String? {
    guard isContinued else { return nil }
    var text =
      "continuing run \"\(run)\": \((known + hidden).formattedWithCommas) done, "
      + "\(samples.count.formattedWithCommas) left"
    if changed > 0 { text += ", \(changed.formattedWithCommas) changed since (scored again)" }
    if referenceChanged > 0 {
      text += ", \(referenceChanged.formattedWithCommas) whose reference is new or another (scored again)"
    }
    if unmeasured > 0 {
      text += ", \(unmeasured.formattedWithCommas) not yet measured for damage and copies (scored again)"
    }
    if gone > 0 { text += ", \(gone.formattedWithCommas) no longer there" }
    return text
  }

  /// "32 images keep their results although their folder cannot be listed now: 'id1' (Permission denied)".
  var hiddenNote: String? {
    guard hidden > 0 else { return nil }
    let named = hiddenFolders.prefix(3).map { "'\($0.path.printable)' (\($0.issue.detail))" }.joined(separator: ", ")
    let images = hidden == 1 ? "1 image keeps its" : "\(hidden.formattedWithCommas) images keep their"
    let their = hidden == 1 ? "its" : "their"
    return "\(images) results although \(their) folder cannot be listed now: \(named)"
      + (hiddenFolders.count > 3 ? ", ..." : "")
  }
}

/// Rows that lie under folders which cannot be listed; nobody knows whether their files are there.
private struct HiddenRows {
  private let all: [DatasetWalk.UnreadableFolder]
  private let names: Set<[UInt8]>
  private var met: Set<[UInt8]> = []
  private(set) var count = 0

  init(under folders: [DatasetWalk.UnreadableFolder]) {
    (all, names) = (folders, Set(folders.map(\.path.bytes)))
  }

  /// Those that hold rows.
  var folders: [DatasetWalk.UnreadableFolder] { all.filter { met.contains($0.path.bytes) } }

  /// - Returns: whether the row lies under one of the folders.
  mutating func take(_ path: SamplePath) -> Bool {
    guard let folder = folderAbove(path.bytes) else { return false }
    met.insert(folder)
    count += 1
    return true
  }

  /// The folder of the set that the path lies in, near or far.
  private func folderAbove(_ path: [UInt8]) -> [UInt8]? {
    if names.isEmpty { return nil }
    if names.contains([]) { return [] }
    return path.indices.lazy.filter { path[$0] == UInt8(ascii: "/") }.map { Array(path[..<$0]) }
      .first { names.contains($0) }
  }
}

/// The rows of a run by what becomes of them.
private struct SortedRows {
  private enum Fate: UInt8 { case left, current, doubtful }

  private let samples: SampleList
  /// Of each sample; nil where nothing is known of any.
  private var fates: [Fate]?
  /// Rows that go.
  private(set) var stale: [Int64] = []
  /// Rows whose files are the same under another change time.
  private(set) var touched: [(row: Int64, sample: Int64?, reference: Int64?)] = []
  private(set) var changed = 0
  private(set) var referenceChanged = 0
  /// Rows whose content decides.
  private var doubtful: [(row: Int64, place: Int)] = []

  private enum Currency { case same, doubtful, changed }

  init(samples: SampleList) { self.samples = samples }

  /// Those that are to be scored.
  var left: SampleList {
    guard let fates, fates.contains(where: { $0 != .left }) else { return samples }
    return samples.chosen { fates[$0] == .left }
  }

  /// Rows that stay as they are.
  var current: Int { fates?.count { $0 == .current } ?? 0 }

  mutating func sort(_ row: KnownRow, at place: Int, pairing: Pairing?, isBanned: Bool, isMeasured: Bool) {
    // A second row of one sample was never ours.
    guard fate(of: place) == .left else { return stale.append(row.id) }
    let sample = samples[place]
    let own = SortedRows.currency(
      sample, bytes: row.bytes, modified: row.modified, changed: row.changed)
    let code = row.errorCode
    if code == SampleIssue.Code.crash.rawValue {
      return isBanned && own != .changed ? settle(place, .current) : stale.append(row.id)
    }
    if Reconciliation.isTransient(code) || !isMeasured { return stale.append(row.id) }
    if own == .changed {
      changed += 1
      return stale.append(row.id)
    }
    let other = pairing.map { SortedRows.currency(row, reference: $0.reference(of: sample)) } ?? .same
    if other == .changed {
      referenceChanged += 1
      return stale.append(row.id)
    }
    if own == .doubtful || other == .doubtful {
      doubtful.append((row.id, place))
      return settle(place, .doubtful)
    }
    settle(place, .current)
    // An older audit did not keep it.
    if row.changed == nil, let now = sample.changed { touched.append((row.id, now, row.reference?.changed)) }
  }

  private func fate(of place: Int) -> Fate { fates?[place] ?? .left }

  private mutating func settle(_ place: Int, _ fate: Fate) {
    if fates == nil { fates = Array(repeating: .left, count: samples.count) }
    fates?[place] = fate
  }

  private static func currency(_ file: Sample, bytes: Int64, modified: Int64, changed: Int64?) -> Currency {
    guard file.bytes == bytes, file.modified == modified else { return .changed }
    guard let before = changed, let now = file.changed else { return .same }
    return before == now ? .same : .doubtful
  }

  /// Whether a row still belongs to the reference that its sample has now.
  private static func currency(_ row: KnownRow, reference: Sample?) -> Currency {
    let isAboutPair = row.errorCode.map(SampleIssue.Code.ofPairs.contains) ?? true
    // The sample itself could not be read: no reference was looked at.
    guard isAboutPair else { return .same }
    guard let reference else {
      return row.errorCode == SampleIssue.Code.pairMissing.rawValue && row.reference == nil ? .same : .changed
    }
    guard let known = row.reference, known.isRead else { return .changed }
    if let path = known.path, path != reference.path.text { return .changed }
    return currency(reference, bytes: known.bytes, modified: known.modified, changed: known.changed)
  }

  /// Reads the files whose change time alone moved. Where the stop is set, the rest stays in doubt: the next call asks.
  mutating func compareContents(
    plan: Plan, pairing: Pairing?, store: Store, jobs: Int, stop: StopRequest,
    _ progress: @escaping @Sendable (ScanProgress) -> Void
  ) async throws {
    let doubtful = doubtful
    guard !doubtful.isEmpty else { return }
    let (files, references) = (plan.source, pairing?.source())
    let workers = Workers(jobs: jobs) {
      FileHasher(samples: files, references: references)
    } work: { (hasher: FileHasher, chunk: [Doubt]) in
      chunk.map { doubt in
        let reference = pairing?.reference(of: doubt.sample)
        return (
          doubt, reference, hasher.hash(sample: doubt.sample), reference.flatMap { hasher.hash(reference: $0) }
        )
      }
    }
    var done = 0
    progress(ScanProgress(phase: .read, done: 0, total: doubtful.count))
    let samples = samples
    let doubts = doubtful.lazy.map { Doubt(row: $0.row, place: $0.place, sample: samples[$0.place]) }
    try await workers.forEach(doubts.chunks(of: 16), stop: stop) { chunk in
      for (doubt, reference, sampleHash, referenceHash) in chunk {
        let stored = try store.contentHashes(of: doubt.row)
        let isSame = sampleHash != nil && sampleHash == stored.sample
        if isSame, reference == nil || stored.reference == nil || referenceHash == stored.reference {
          touched.append((doubt.row, doubt.sample.changed, reference?.changed))
          settle(doubt.place, .current)
        } else {
          stale.append(doubt.row)
          settle(doubt.place, .left)
          if isSame { referenceChanged += 1 } else { changed += 1 }
        }
      }
      done += chunk.count
      progress(ScanProgress(phase: .read, done: done, total: doubtful.count))
    }
    for doubt in doubtful.dropFirst(done) { settle(doubt.place, .current) }
  }
}

extension Reconciliation {
  /// Whether what kept a file from being scored may be over without the file changing.
  static func isTransient(_ code: String?) -> Bool { code.map(transient.contains) ?? false }
}

extension SampleIssue.Code {
  /// Codes of samples that were read and could not be compared.
  fileprivate static let ofPairs: Set<String> = [pairMissing.rawValue, pairSize.rawValue]
}

/// A row whose content decides, and its sample.
private struct Doubt: Sendable {
  let row: Int64
  let place: Int
  let sample: Sample
}

/// Reads files for their SHA-256 alone.
private final class FileHasher {
  private let samples: any SampleReading
  private let references: (any SampleReading)?

  init(samples: FolderSource, references: FolderSource?) {
    var limits = ReadingLimits()
    limits.maxBytes = .max
    self.samples = samples.makeReader(limits: limits)
    self.references = references?.makeReader(limits: limits)
  }

  /// nil where it cannot be read.
  func hash(sample: Sample) -> [UInt8]? { FileHasher.hash(sample, samples) }

  func hash(reference: Sample) -> [UInt8]? { references.flatMap { FileHasher.hash(reference, $0) } }

  private static func hash(_ sample: Sample, _ reader: any SampleReading) -> [UInt8]? {
    do throws(SampleIssue) {
      return try reader.read(sample) { file throws(SampleIssue) in
        var hash = SHA256Stream()
        try file.forEachPiece { hash.update($0) }
        return hash.final()
      }
    } catch {
      return nil
    }
  }
}
