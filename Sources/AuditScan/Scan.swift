package import AuditCore
import AuditDataset
import AuditMetrics
import AuditProbe
import AuditQuality
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
    let target = try ScanTarget(request.files)
    let root = target.root
    let selection = try MetricSelection(request.metrics)
    let place = try DatabasePlace.resolve(dataset: root, explicit: request.database)
    if place.isFallback {
      notes.append("the folder beside the dataset cannot be written; results go to '\(place.path)'")
    }
    var settings = request.settings
    settings.files = target.rules
    let plan = try Plan(target) { progress(ScanProgress(phase: .walk, done: $0, total: nil)) }
    notes += plan.notes
    let reference = try request.reference.reference(
      ReferenceContext(plan: plan, settings: settings, inference: request.inference))
    let perceptual = try PerceptualNetworks(selection, size: reference.comparedSize(settings), request: request)
    settings.metrics = selection.metrics.map(\.info.identity) + (perceptual?.identities ?? [])
    settings.reference = reference.identity
    settings.compared = reference.description
    let columns = selection.columns
    let others = try request.against.map { try ForeignCopies(database: $0, beside: place.path) }
    let store = try Store(
      path: place.path, metrics: columns,
      derived: DerivedColumn.all + ProbeColumns.infos + columns.filter(\.headline).flatMap(DerivedColumn.standing),
      statistics: PictureStatistics.all.map(\.info))
    if let kind = NetworkFileSystem.kind(at: place.path) {
      notes.append(
        "'\(place.path)' lies on a network file system (\(kind)), where locks need not reach other machines: let one "
          + "machine at a time use it, or give a --db on a disk of this one")
    }
    let run = try store.openRun(
      RunRequest(
        dataset: root, name: request.name, fresh: request.fresh, settings: settings, planDigest: plan.digest,
        planned: plan.samples.count, version: request.version))
    if let old = run.movedFrom {
      notes.append("run \"\(run.name)\" is of '\(old)', which has become '\(root)': it goes on here")
    }
    try store.write(folderIssues: plan.folderIssues, to: run)
    try store.write(leftOut: plan.leftOut, to: run)

    let risks = try RiskyFiles(plan: plan, store: store, dataset: root, version: request.version)
    store.marks?.begin(dataset: root, version: request.version)
    stop.onGivingUp { [marks = store.marks] in marks?.clear() }
    defer { stop.onGivingUp(nil) }
    var remaining = try await Reconciliation(
      plan: plan, store: store, run: run, pairing: reference.pairing, banned: risks.banned,
      unmeasured: request.quality ? store.unmeasured(in: run) : [], jobs: jobs, stop: stop, progress: progress)
    if let note = remaining.note(run: run.name) { notes.append(note) }
    notes += [remaining.hiddenNote].compactMap { $0 } + risks.notes
    let planned = plan.samples.count + remaining.hidden
    if remaining.hidden > 0 { try store.write(planned: planned, to: run) }
    let preparation = ReferencePreparation(
      reference: reference, plan: plan, settings: settings, jobs: jobs, risks: risks)
    let prepared = try await preparation.make(for: run, in: store, stop: stop, progress: progress)
    notes += prepared.notes
    let quality =
      request.quality
      ? try await QualityPreparation(plan: plan, settings: settings, jobs: jobs, risks: risks)
        .make(for: run, in: store, stop: stop, progress: progress) : nil
    if prepared.isNew || quality?.isNew == true, run.isContinued {
      try remaining.scoreEverything(plan: plan, store: store)
    }
    let scoring = Scoring(
      files: plan.source, reference: prepared.reference, settings: settings, metrics: selection.metrics,
      perceptual: perceptual,
      columns: selection.computed.map(\.name), jobs: jobs, reviewAbove: request.thresholds.reviewAbove, risks: risks,
      quality: quality)
    let banned = remaining.leaveOut(risks.banned).map(RiskyFiles.row).map { ($0, Plan.place(of: $0)) }
    try store.append(banned, columns: [], to: run)
    let scored = try await scoring.score(
      remaining.samples, of: planned, into: store, run: run, stop: stop, progress: progress)
    var isInterrupted = stop.isSet
    if isInterrupted {
      try store.finish(run, digest: nil)
    } else {
      try store.clearSuspects(Array(risks.alone), of: root)
      let steps = RankSteps(estimates: prepared.reference.judges?.count ?? 0)
      progress(ScanProgress(phase: .rank, done: 0, total: steps.total))
      let refusal = try RunRanking(
        store: store, run: run.id, headlines: columns.filter(\.headline), scale: prepared.reference.influence,
        thresholds: request.thresholds
      ).write()
      notes += [refusal].compactMap { $0 }
      if let quality {
        try CopySearch(store: store, run: run.id).write()
        try store.write(foreign: others.flatMap { try $0.found(for: run.id, of: store) }, to: run.id)
        try QualityRanking(
          store: store, run: run.id, model: quality.model, threshold: request.issueThreshold,
          policy: request.issuePolicy
        ).write()
      } else {
        try QualityRanking.remove(from: store, run: run.id)
      }
      let digest = try store.contentDigest(of: run.id, columns: selection.computed.map(\.name))
      isInterrupted = try !finish(
        run, digest: digest, of: prepared, settings: settings, in: store, stop: stop
      ) { progress(ScanProgress(phase: .rank, done: steps.done($0, fits: $1, of: $2), total: steps.total)) }
      progress(ScanProgress(phase: .rank, done: steps.total, total: steps.total))
    }
    return ScanOutcome(
      database: place.path, runName: run.name, isInterrupted: isInterrupted, scoredNow: scored + banned.count,
      notes: notes)
  }

  /// Says what remedies are worth, where that is not known for just these results, and ends the run.
  ///
  /// - Parameter progress: told which estimate is in work, and how many of its fits are done.
  /// - Returns: false where that was stopped; the next call goes on with it.
  private func finish(
    _ run: OpenRun, digest: String, of prepared: Preparation, settings: ScanSettings, in store: Store,
    stop: StopRequest, progress: @escaping @Sendable (_ estimate: Int, _ fits: Int, _ all: Int) -> Void
  ) throws -> Bool {
    let method = RemedyEstimate.method
    if try store.isCurrent(.estimate, of: run.id, method: method, results: digest) {
      try store.finish(run, digest: digest)
      return true
    }
    let sample = try RemedyEstimate(
      store: store, run: run.id, thresholds: request.thresholds, sample: settings.sample, jobs: jobs,
      isStopped: { stop.isSet }, progress: progress
    ).write(prepared)
    guard let sample else {
      try store.finish(run, digest: nil)
      return false
    }
    try store.finish(run, digest: digest)
    try store.keepBasis(of: .estimate, for: run.id, method: method, sample: sample)
    return true
  }
}
