package import AuditCore
import AuditReference
import AuditStore
import Foundation

/// `audit merge`: puts the parts of a plan together, and works out what hangs on the whole: places, verdicts, copies,
/// issues, what remedies are worth. The result is that of one scan, whatever the cut and the order of the parts.
package struct MergeStep {
  private let request: ScanRequest
  private let parts: [String]

  /// - Parameters:
  ///   - request: of the plan, with the database that is to hold the whole.
  ///   - parts: databases of `audit score`; empty for those beside the plan.
  package init(request: ScanRequest, parts: [String]) {
    self.request = request
    self.parts = parts
  }

  /// - Throws: `AuditError`, also where samples are missing; what the parts hold is kept, and the next call goes on.
  package func run(
    stop: StopRequest, progress: @escaping @Sendable (ScanProgress) -> Void
  ) async throws -> ScanOutcome {
    let plan = request.planned
    try plan.requireFit()
    if let database = request.database, plan.isKept(in: database) {
      throw AuditError.usage(
        "the whole needs a database of its own beside that of the plan", remedy: "give another --db")
    }
    let files = try parts.isEmpty ? PartFile.all(of: plan) : parts
    var request = request
    request.remedy = "give another --name, or another --db"
    let scan = try OpenScan(request, progress: progress)
    defer { stop.onGivingUp(nil) }
    // Closing a second descriptor of a database that is open drops its locks.
    let open = [scan.database, plan.database].compactMap { FileKey($0) }
    let parts = files.filter { path in FileKey(path).map { !open.contains($0) } ?? true }
    let taken = try take(parts, of: plan, into: scan, stop: stop, progress: progress)
    guard !stop.isSet else {
      try scan.store.finish(scan.run, digest: nil)
      return outcome(of: scan, taken: taken, isWhole: false)
    }
    try refuseMissing(scan, plan: plan, counts: taken.compactMap { Shard(runName: $0.name)?.count })
    let models = try await ScanModels(for: scan, stop: stop, progress: progress)
    let ranked = try RankPhase(scan: scan, models: models, stop: stop, progress: progress).write()
    if ranked.isWhole { try scan.store.forgetPlanned(of: scan.run) }
    return outcome(of: scan, taken: taken, isWhole: ranked.isWhole, notes: models.reference.notes + ranked.notes)
  }

  private func take(
    _ files: [String], of plan: PlannedRun, into scan: OpenScan, stop: StopRequest,
    progress: @Sendable (ScanProgress) -> Void
  ) throws -> [TakenRun] {
    try scan.store.take(samplesOf: plan, into: scan.run)
    var taken: [TakenRun] = []
    for (done, path) in files.enumerated() where !stop.isSet {
      progress(ScanProgress(phase: .merge, done: done, total: files.count))
      taken += try withPart(path) { try scan.store.take(rowsOf: Store(reading: $0), into: scan.run) }
    }
    progress(ScanProgress(phase: .merge, done: files.count, total: files.count))
    return taken
  }

  /// Lines of rows are made a database first, so that there is one way into the whole.
  private func withPart<Value>(_ path: String, _ body: (String) throws -> Value) throws -> Value {
    guard try PartLines.isMade(of: path) else { return try body(path) }
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("audit-merge-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var part = request
    (part.database, part.name, part.jobs) = (folder.path + "/part.db", "lines", 1)
    try {
      let scan = try OpenScan(part) { _ in }
      let identity = try scan.store.partIdentity(of: scan.run.id)
      try PartLines(path, of: scan.plan, identity: identity).append(to: scan)
      try scan.store.finish(scan.run, digest: nil)
    }()
    return try body(folder.path + "/part.db")
  }

  private func outcome(
    of scan: OpenScan, taken: [TakenRun], isWhole: Bool, notes: [String] = []
  ) -> ScanOutcome {
    ScanOutcome(
      database: scan.database, runName: scan.run.name, isInterrupted: !isWhole,
      scoredNow: taken.reduce(0) { $0 + $1.rows }, notes: scan.notes + notes)
  }

  /// - Parameter counts: how many parts there are, as far as the parts that were merged know.
  private func refuseMissing(_ scan: OpenScan, plan: PlannedRun, counts: [Int]) throws {
    let missing = try scan.store.missingPlaces(of: scan.run)
    guard !missing.isEmpty else { return }
    try scan.store.finish(scan.run, digest: nil)
    let shards = MergeStep.shards(with: missing, of: plan.samples.count, counts: counts)
    let commands = shards.prefix(3).map { "audit score --plan \(quotedFile(plan.database)) --shard \($0.text)" }
    throw AuditError.lacking(
      "\(missing.count.formattedWithCommas) of \(counted(plan.samples.count, "image")) have no row in any part; what the "
        + "parts hold is kept in '\(scan.database)'",
      remedy: "score the rest and merge again: " + commands.joined(separator: "; ")
        + (shards.count > 3 ? "; and \(counted(shards.count - 3, "part")) more" : ""))
  }

  /// The parts that hold what is missing: of the cuts that were used the one with the fewest such parts, as long as these
  /// hold at most twice what is missing; where none has so little, the one that scores least again.
  private static func shards(with missing: [Int], of length: Int, counts: [Int]) -> [Shard] {
    let cuts = Set(counts.isEmpty ? [1] : counts).sorted().map { count in
      let numbers = Set(missing.compactMap { Shard.holding($0, of: length, count: count)?.number }).sorted()
      let shards = numbers.compactMap { Shard(number: $0, of: count) }
      return (shards: shards, images: shards.reduce(0) { $0 + $1.part(of: 0..<length).count })
    }
    let short = cuts.filter { $0.images <= 2 * missing.count }
    let chosen = short.min { ($0.shards.count, $0.images) < ($1.shards.count, $1.images) }
    return (chosen ?? cuts.min { ($0.images, $0.shards.count) < ($1.images, $1.shards.count) })?.shards ?? []
  }
}
