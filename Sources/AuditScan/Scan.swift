package import AuditCore
import AuditDataset
import AuditReference
import AuditStore

/// The straight line: plan, fit, score, store, rank.
package struct Scan {
  private let request: ScanRequest

  package init(request: ScanRequest) { self.request = request }

  /// - Parameters:
  ///   - stop: set from outside to end early; what has begun is finished and kept.
  ///   - progress: called often, from one thread at a time.
  /// - Throws: `AuditError`.
  package func run(
    stop: StopRequest, progress: @escaping @Sendable (ScanProgress) -> Void
  ) async throws -> ScanOutcome {
    let scan = try OpenScan(request, scores: true, progress: progress)
    defer { stop.onGivingUp(nil) }
    let scored = try await ScorePhase(scan: scan, stop: stop, progress: progress).run()
    var (isWhole, notes) = (!stop.isSet, scored.notes)
    if isWhole {
      let ranked = try RankPhase(scan: scan, models: scored.models, stop: stop, progress: progress).write()
      isWhole = ranked.isWhole
      notes += ranked.notes
    } else {
      try scan.store.finish(scan.run, digest: nil)
    }
    return ScanOutcome(
      database: scan.database, runName: scan.run.name, isInterrupted: !isWhole, scoredNow: scored.images, notes: notes)
  }
}
