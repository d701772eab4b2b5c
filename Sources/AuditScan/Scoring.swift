import AuditCore
import AuditImages
import AuditMetrics
import AuditReference
import AuditStatistics
import AuditStore

/// Scores samples on every core and appends the rows in the order of the plan.
struct Scoring {
  /// Rows of one transaction: what a kill may lose.
  private static let batch = 500

  let root: String
  let references: ReferenceFactory
  let metrics: [any Metric]
  /// nil where no network measures.
  let perceptual: PerceptualNetworks?
  /// Names of the metrics and networks, in order.
  let columns: [String]
  let jobs: Int
  /// For the count of flagged samples while it runs.
  let reviewAbove: Double

  /// - Parameter planned: samples of the whole plan, those that are scored already included.
  /// - Returns: how many rows were written.
  func score(
    _ samples: [Sample], of planned: Int, into store: Store, run: OpenRun, stop: StopRequest,
    progress: @escaping @Sendable (ScanProgress) -> Void
  ) async throws -> Int {
    let (root, references, metrics, perceptual) = (root, references, metrics, perceptual)
    let workers = Workers(jobs: jobs) {
      SampleScorer(
        root: root, settings: references.settings, metrics: metrics, source: references.source(stop: stop),
        perceptual: perceptual?.scorer(), stop: stop)
    } work: { (scorer: SampleScorer, chunk: ArraySlice<Sample>) in
      scorer.rows(for: chunk)
    }
    // What the fit needed goes back to the system: large pictures come on top of what is held now.
    returnFreeMemory()
    let done = planned - samples.count
    var batch: [(SampleRow, SamplePlace)] = []
    var (scored, errors, flagged) = (0, 0, 0)
    func commit() throws {
      guard !batch.isEmpty else { return }
      try store.append(batch, columns: columns, to: run)
      scored += batch.count
      batch.removeAll(keepingCapacity: true)
    }
    progress(ScanProgress(phase: .score, done: done, total: planned))
    try await workers.forEach(samples.chunks(of: references.chunk), stop: stop) { rows in
      for row in rows {
        if row.failure != nil { errors += 1 }
        if isFlagged(row) { flagged += 1 }
        batch.append((row, Plan.place(of: row.sample)))
      }
      if batch.count >= Scoring.batch { try commit() }
      progress(
        ScanProgress(
          phase: .score, done: done + scored + batch.count, total: planned, errors: errors, flagged: flagged))
    }
    try commit()
    return scored
  }

  private func isFlagged(_ row: SampleRow) -> Bool {
    guard let influence = row.influence, let model = references.model else { return false }
    return Skew.ratio(distance: influence.orthogonalDistance, sums: model.sums) > reviewAbove
  }
}

extension Array {
  /// Slices of at most `count` elements, in order.
  func chunks(of count: Int) -> [ArraySlice<Element>] {
    stride(from: 0, to: self.count, by: count).map { self[$0..<Swift.min($0 + count, self.count)] }
  }
}
