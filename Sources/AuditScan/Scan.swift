import AuditCore
import AuditMetrics
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
    let plan = try Plan(root: root, shown: request.dataset, followLinks: request.followLinks) {
      progress(ScanProgress(phase: .walk, done: $0, total: nil))
    }
    if place.isFallback { notes.append("the folder beside the dataset cannot be written; results go to '\(place.path)'") }
    var settings = request.settings
    settings.metrics = selection.metrics.map(\.info.identity)
    let columns = selection.columns
    let store = try Store(
      path: place.path, metrics: columns,
      derived: DerivedColumn.all + columns.filter(\.headline).flatMap(DerivedColumn.standing))
    let run = try store.openRun(
      RunRequest(
        dataset: root, name: request.name, fresh: request.fresh, settings: settings, planDigest: plan.digest,
        planned: plan.samples.count, version: request.version))
    try store.write(folderIssues: plan.folderIssues, to: run)

    var remaining = try Reconciliation(plan: plan, store: store, run: run)
    if let note = remaining.note(run: run.name) { notes.append(note) }
    let fitting = Fitting(plan: plan, settings: settings, jobs: jobs)
    let fitted = try await fitting.model(of: run, in: store, stop: stop, progress: progress)
    if let refusal = fitted.refusal { notes.append(refusal) }
    if fitted.isNew, run.isContinued { try remaining.scoreEverything(plan: plan, store: store) }
    let scored = try await score(
      remaining.samples, model: fitted.model, metrics: selection.metrics, settings: settings,
      to: (store, run), done: plan.samples.count - remaining.samples.count, stop: stop, progress: progress)
    if stop.isSet {
      try store.finish(run, digest: nil)
      return ScanOutcome(
        database: place.path, runName: run.name, isInterrupted: true, scoredNow: scored, notes: notes)
    }

    progress(ScanProgress(phase: .rank, done: 0, total: 1))
    let ranking = RunRanking(
      store: store, run: run.id, headlines: columns.filter(\.headline), model: fitted.model.map(RunRanking.Model.init),
      thresholds: request.thresholds)
    try ranking.write()
    try RemedyEstimate(store: store, run: run.id, thresholds: request.thresholds, jobs: jobs).write(fitted)
    let digest = try store.contentDigest(of: run.id, columns: selection.metrics.map(\.info.name))
    try store.finish(run, digest: digest)
    progress(ScanProgress(phase: .rank, done: 1, total: 1))
    return ScanOutcome(
      database: place.path, runName: run.name, isInterrupted: false, scoredNow: scored, notes: notes)
  }

  /// Scores samples on every core and appends the rows in order; returns how many.
  private func score(
    _ samples: [Sample], model: LowRankModel?, metrics: [any Metric], settings: ScanSettings,
    to target: (store: Store, run: OpenRun), done: Int, stop: StopRequest,
    progress: @escaping @Sendable (ScanProgress) -> Void
  ) async throws -> Int {
    let root = try DatasetFolder.resolve(request.dataset)
    let workers = Workers(jobs: jobs) {
      SampleScorer(root: root, settings: settings, metrics: metrics, model: model)
    } work: { (scorer: SampleScorer, chunk: ArraySlice<Sample>) in
      chunk.map { scorer.row(for: $0) }
    }
    let columns = metrics.map(\.info.name)
    var batch: [(SampleRow, SamplePlace)] = []
    var (scored, errors, flagged) = (0, 0, 0)
    let reviewAbove = request.thresholds.reviewAbove
    func commit() throws {
      guard !batch.isEmpty else { return }
      try target.store.append(batch, columns: columns, to: target.run)
      scored += batch.count
      batch.removeAll(keepingCapacity: true)
    }
    try await workers.forEach(samples.chunks(of: Scan.chunk), stop: stop) { rows in
      for row in rows {
        if row.failure != nil { errors += 1 }
        if let influence = row.influence, let model,
          Skew.ratio(distance: influence.orthogonalDistance, sums: model.sums) > reviewAbove
        {
          flagged += 1
        }
        batch.append((row, Plan.place(of: row.sample)))
      }
      if batch.count >= Scan.batch { try commit() }
      progress(
        ScanProgress(
          phase: .score, done: done + scored + batch.count, total: done + samples.count, errors: errors,
          flagged: flagged))
    }
    try commit()
    return scored
  }

  /// Images that one worker scores before it hands them on.
  private static let chunk = 16
  /// Rows of one transaction: what a kill may lose.
  private static let batch = 500
}

extension RunRanking.Model {
  init(_ model: LowRankModel) {
    self.init(sums: model.sums, orthogonalCut: model.orthogonalCut, scoreCut: model.scoreCut)
  }
}

extension Array {
  /// Slices of at most `count` elements, in order.
  func chunks(of count: Int) -> [ArraySlice<Element>] {
    stride(from: 0, to: self.count, by: count).map { self[$0..<Swift.min($0 + count, self.count)] }
  }
}
