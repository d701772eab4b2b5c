package import AuditCore
import AuditDataset
import AuditReference
import AuditStore
import Foundation

/// The straight line: plan, fit, score, store, rank.
package struct Scan {
  private let request: ScanRequest
  private let jobs: Int

  package init(request: ScanRequest) {
    self.request = request
    jobs = request.jobs ?? ProcessInfo.processInfo.activeProcessorCount
  }

  /// - Parameters:
  ///   - stop: set from outside to end early; what has begun is finished and kept.
  ///   - progress: called often, from one thread at a time.
  /// - Throws: `AuditError`.
  package func run(
    stop: StopRequest, progress: @escaping @Sendable (ScanProgress) -> Void
  ) async throws -> ScanOutcome {
    let scan = try OpenScan(request, jobs: jobs, progress: progress)
    let (store, run) = (scan.store, scan.run)
    store.marks?.begin(dataset: scan.plan.root, version: request.version)
    stop.onGivingUp { [marks = store.marks] in marks?.clear() }
    defer { stop.onGivingUp(nil) }
    var remaining = try await scan.remaining(stop: stop, progress: progress)
    var notes = scan.notes + [remaining.note(run: run.name), remaining.hiddenNote].compactMap { $0 } + scan.risks.notes
    let models = try await ScanModels(for: scan, stop: stop, progress: progress)
    notes += models.reference.notes
    if models.areNew, run.isContinued { try remaining.scoreEverything(plan: scan.plan, store: store) }
    let banned = remaining.leaveOut(scan.risks.banned).map(RiskyFiles.row).map { ($0, Plan.place(of: $0)) }
    try store.append(banned, columns: [], to: run)
    let scored = try await Scoring(scan, models).score(
      remaining.samples, of: scan.plan.samples.count + remaining.hidden, into: store, run: run, stop: stop,
      progress: progress)
    var isWhole = !stop.isSet
    if isWhole {
      let ranked = try RankPhase(scan: scan, models: models, stop: stop, progress: progress).write()
      isWhole = ranked.isWhole
      notes += ranked.notes
    } else {
      try store.finish(run, digest: nil)
    }
    return ScanOutcome(
      database: scan.database, runName: run.name, isInterrupted: !isWhole, scoredNow: scored + banned.count,
      notes: notes)
  }
}
