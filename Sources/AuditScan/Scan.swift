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
    let columns = selection.columns
    let store = try Store(
      path: place.path, metrics: columns,
      derived: DerivedColumn.all + ProbeColumns.infos + columns.filter(\.headline).flatMap(DerivedColumn.standing))
    if let kind = NetworkFileSystem.kind(at: place.path) {
      notes.append(
        "'\(place.path)' lies on a network file system (\(kind)), where locks need not reach other machines: let one "
          + "machine at a time use it, or give a --db on a disk of this one")
    }
    let run = try store.openRun(
      RunRequest(
        dataset: root, name: request.name, fresh: request.fresh, settings: settings, planDigest: plan.digest,
        planned: plan.samples.count, version: request.version))
    try store.write(folderIssues: plan.folderIssues, to: run)

    let risks = try RiskyFiles(plan: plan, store: store, dataset: root, version: request.version)
    store.marks?.begin(dataset: root, version: request.version)
    stop.onGivingUp { [marks = store.marks] in marks?.clear() }
    defer { stop.onGivingUp(nil) }
    var remaining = try await Reconciliation(
      plan: plan, store: store, run: run, pairing: checked.pairing, banned: risks.banned, jobs: jobs, stop: stop,
      progress: progress)
    if let note = remaining.note(run: run.name) { notes.append(note) }
    notes += [remaining.hiddenNote].compactMap { $0 } + risks.notes
    let planned = plan.samples.count + remaining.hidden
    if remaining.hidden > 0 { try store.write(planned: planned, to: run) }
    let preparation = ReferencePreparation(checked: checked, plan: plan, settings: settings, jobs: jobs, risks: risks)
    let prepared = try await preparation.make(for: run, in: store, stop: stop, progress: progress)
    notes += prepared.notes
    if prepared.isNew, run.isContinued { try remaining.scoreEverything(plan: plan, store: store) }
    let scoring = Scoring(
      root: root, references: prepared.references, metrics: selection.metrics, perceptual: perceptual,
      columns: selection.computed.map(\.name), jobs: jobs, reviewAbove: request.thresholds.reviewAbove, risks: risks)
    let banned = remaining.leaveOut(risks.banned).map { (RiskyFiles.row(of: $0), Plan.place(of: $0)) }
    try store.append(banned, columns: [], to: run)
    let scored = try await scoring.score(
      remaining.samples, of: planned, into: store, run: run, stop: stop, progress: progress)
    // Asked once: a stop that comes while the results are ranked finds the run complete.
    let isInterrupted = stop.isSet
    if isInterrupted {
      try store.finish(run, digest: nil)
    } else {
      try store.clearSuspects(Array(risks.alone), of: root)
      progress(ScanProgress(phase: .rank, done: 0, total: 1))
      try RunRanking(
        store: store, run: run.id, headlines: columns.filter(\.headline), scale: prepared.references.ranking,
        thresholds: request.thresholds
      ).write()
      try RemedyEstimate(store: store, run: run.id, thresholds: request.thresholds, jobs: jobs).write(prepared)
      try store.finish(
        run, digest: store.contentDigest(of: run.id, columns: selection.computed.map(\.name)))
      progress(ScanProgress(phase: .rank, done: 1, total: 1))
    }
    return ScanOutcome(
      database: place.path, runName: run.name, isInterrupted: isInterrupted, scoredNow: scored + banned.count,
      notes: notes)
  }
}
