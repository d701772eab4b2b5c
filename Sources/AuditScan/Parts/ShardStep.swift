package import AuditCore
import AuditDataset
package import AuditStore

/// `audit score`: scores one part of a plan into a database of its own. What is there already is not scored again.
package struct ShardStep {
  /// What it did.
  package struct Outcome: Sendable {
    package let isInterrupted: Bool
    /// Files of the part.
    package let planned: Int
    /// Of them, those that this call scored or found unreadable.
    package let scoredNow: Int
    /// For a person, a sentence each.
    package let notes: [String]
  }

  private let request: ScanRequest
  private let shard: Shard

  /// - Parameter request: of the plan, with the database of the part.
  package init(request: ScanRequest, shard: Shard) {
    self.request = request
    self.shard = shard
  }

  /// - Throws: `AuditError`.
  package func run(
    stop: StopRequest, progress: @escaping @Sendable (ScanProgress) -> Void
  ) async throws -> Outcome {
    try request.planned.requireFit()
    if let database = request.database, request.planned.isKept(in: database) {
      throw AuditError.usage("a part needs a database of its own beside that of the plan", remedy: "give another -o")
    }
    var request = request
    request.name = shard.runName
    request.remedy = "remove the database of the part, or give another -o"
    let scan = try OpenScan(request, progress: progress)
    defer { stop.onGivingUp(nil) }
    let scored = try await ScorePhase(scan: scan, shard: shard, stop: stop, progress: progress).run()
    if !stop.isSet {
      try scan.store.clearSuspects(scan.risks.tried, of: scan.plan.root, unlessLostIn: scan.run)
    }
    // Verdicts hang on the whole: a part has no end of its own.
    try scan.store.finish(scan.run, digest: nil)
    return Outcome(
      isInterrupted: stop.isSet, planned: shard.part(of: scan.plan.samples).count, scoredNow: scored.images,
      notes: scored.notes)
  }
}
