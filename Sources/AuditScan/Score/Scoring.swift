import AuditCore
import AuditImages
import AuditMetrics
import AuditReference
import AuditStatistics
import AuditStore

/// Scores samples on every core and appends the rows in the order of the plan.
struct Scoring {
  /// The most rows that a kill may lose: half of them wait for their transaction, half for a row before them. With
  /// more workers than that holds, the pieces that are in work.
  static let batch = 500
  /// Slow files are kept sooner: a scan of them that is killed must not lose minutes.
  private static let longest = Duration.seconds(1)

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
  var risks = RiskyFiles()
  /// nil where pictures are not measured by themselves.
  var quality: PreparedQuality?

  /// Files that ended a process are scored first, each alone.
  ///
  /// - Parameter planned: samples of the whole plan, those that are scored already included.
  /// - Returns: how many rows were written.
  func score(
    _ samples: [Sample], of planned: Int, into store: Store, run: OpenRun, stop: StopRequest,
    progress: @escaping @Sendable (ScanProgress) -> Void
  ) async throws -> Int {
    // What the fit needed goes back to the system: large pictures come on top of what is held now.
    returnFreeMemory()
    var rows = RowBatch(store: store, run: run, columns: columns, done: planned - samples.count, planned: planned)
    progress(rows.progress)
    let alone = samples.filter { risks.alone.contains($0.path) }
    try scoreAlone(alone, stop: stop) { row in
      rows.add(row, isFlagged: isFlagged(row))
      try rows.commit()
      progress(rows.progress)
    }
    let others = alone.isEmpty ? samples : samples.filter { !risks.alone.contains($0.path) }
    let chunk = references.chunk(isMeasuredByNetworks: perceptual != nil)
    var places = WorkPlaces(risks.marks)
    let workers = Workers(jobs: jobs, window: Scoring.batch / 2 / chunk) {
      scorer(in: places.next(), stop: stop)
    } work: { (scorer: SampleScorer, chunk: ArraySlice<Sample>) in
      scorer.rows(for: chunk)
    }
    var last = ContinuousClock.now
    func commit() throws {
      try rows.commit()
      last = .now
    }
    try await workers.forEach(others.chunks(of: chunk), stop: stop, idle: commit) { scored in
      for row in scored { rows.add(row, isFlagged: isFlagged(row)) }
      if rows.waiting >= Scoring.batch / 2 || ContinuousClock.now - last >= Scoring.longest { try commit() }
      progress(rows.progress)
    }
    try rows.commit()
    return rows.written
  }

  private func scoreAlone(_ samples: [Sample], stop: StopRequest, _ consume: (SampleRow) throws -> Void) throws {
    guard !samples.isEmpty else { return }
    let scorer = scorer(in: risks.aloneInWork, stop: stop)
    for sample in samples where !stop.isSet {
      for row in scorer.rows(for: [sample]) { try consume(row) }
    }
  }

  private func scorer(in place: WorkPlace?, stop: StopRequest) -> SampleScorer {
    SampleScorer(
      root: root, settings: references.settings, metrics: metrics, source: references.source(stop: stop),
      perceptual: perceptual?.scorer(),
      quality: quality.map { QualityScorer(model: $0.model, seed: references.settings.seed) }, place: place,
      stop: stop)
  }

  private func isFlagged(_ row: SampleRow) -> Bool {
    guard let influence = row.influence, let model = references.model else { return false }
    return Skew.ratio(distance: influence.orthogonalDistance, sums: model.sums) > reviewAbove
  }
}

/// Rows that are scored and not yet kept, and the counts of those that are.
private struct RowBatch {
  let store: Store
  let run: OpenRun
  let columns: [String]
  /// Rows of earlier calls.
  let done: Int
  let planned: Int
  private var rows: [(SampleRow, SamplePlace)] = []
  private(set) var written = 0
  private var errors = 0
  private var flagged = 0

  init(store: Store, run: OpenRun, columns: [String], done: Int, planned: Int) {
    (self.store, self.run, self.columns, self.done, self.planned) = (store, run, columns, done, planned)
  }

  var waiting: Int { rows.count }

  var progress: ScanProgress {
    ScanProgress(
      phase: .score, done: done + written + rows.count, total: planned, errors: errors, flagged: flagged)
  }

  mutating func add(_ row: SampleRow, isFlagged: Bool) {
    if row.failure != nil { errors += 1 }
    if isFlagged { flagged += 1 }
    rows.append((row, Plan.place(of: row)))
  }

  mutating func commit() throws {
    guard !rows.isEmpty else { return }
    try store.append(rows, columns: columns, to: run)
    written += rows.count
    rows.removeAll(keepingCapacity: true)
  }
}

extension Array {
  /// Slices of at most `count` elements, in order.
  func chunks(of count: Int) -> [ArraySlice<Element>] {
    stride(from: 0, to: self.count, by: count).map { self[$0..<Swift.min($0 + count, self.count)] }
  }
}
