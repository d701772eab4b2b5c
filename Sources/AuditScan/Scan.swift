import AuditCore
import AuditMetrics
import AuditProbe
import AuditReference
import AuditStatistics
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
    var notes: [String] = []
    let root = try DatasetFolder.resolve(request.dataset)
    let selection = try MetricSelection(request.metrics)
    let place = try DatabasePlace.resolve(dataset: root, explicit: request.database)
    if place.isFallback {
      notes.append("the folder beside the dataset cannot be written; results go to '\(place.path)'")
    }
    let plan = try Plan(root: root, shown: request.dataset, followLinks: request.followLinks) {
      progress(ScanProgress(phase: .walk, done: $0, total: nil))
    }
    var settings = request.settings
    let checked = try CheckedReferences(request, plan: plan)
    let perceptual = try PerceptualNetworks(selection, size: checked.comparedSize(settings), request: request)
    settings.metrics = selection.metrics.map(\.info.identity) + (perceptual?.identities ?? [])
    settings.reference = checked.identity
    let preparation = ReferencePreparation(checked: checked, plan: plan, settings: settings, jobs: jobs)
    let columns = selection.columns
    let store = try Store(
      path: place.path, metrics: columns,
      derived: DerivedColumn.all + ProbeColumns.infos + columns.filter(\.headline).flatMap(DerivedColumn.standing))
    let run = try store.openRun(
      RunRequest(
        dataset: root, name: request.name, fresh: request.fresh, settings: settings, planDigest: plan.digest,
        planned: plan.samples.count, version: request.version))
    try store.write(folderIssues: plan.folderIssues, to: run)

    var remaining = try Reconciliation(plan: plan, store: store, run: run)
    if let note = remaining.note(run: run.name) { notes.append(note) }
    let prepared = try await preparation.make(for: run, in: store, stop: stop, progress: progress)
    notes += prepared.notes
    if prepared.isNew, run.isContinued { try remaining.scoreEverything(plan: plan, store: store) }
    let scoring = Scoring(
      root: root, references: prepared.references, metrics: selection.metrics, perceptual: perceptual,
      columns: selection.computed.map(\.name), jobs: jobs, reviewAbove: request.thresholds.reviewAbove)
    let scored = try await scoring.score(
      remaining.samples, of: plan.samples.count, into: store, run: run, stop: stop, progress: progress)
    // Asked once: a stop that comes while the results are ranked finds the run complete.
    let isInterrupted = stop.isSet
    if isInterrupted {
      try store.finish(run, digest: nil)
    } else {
      progress(ScanProgress(phase: .rank, done: 0, total: 1))
      let refusal = try RunRanking(
        store: store, run: run.id, headlines: columns.filter(\.headline), scale: prepared.references.ranking,
        thresholds: request.thresholds
      ).write()
      notes += [refusal].compactMap { $0 }
      try RemedyEstimate(store: store, run: run.id, thresholds: request.thresholds, jobs: jobs).write(prepared)
      try store.finish(
        run, digest: store.contentDigest(of: run.id, columns: selection.computed.map(\.name)))
      progress(ScanProgress(phase: .rank, done: 1, total: 1))
    }
    return ScanOutcome(
      database: place.path, runName: run.name, isInterrupted: isInterrupted, scoredNow: scored, notes: notes)
  }
}
