import AuditCore
import AuditDataset
import AuditImages
import AuditMetrics
import AuditReference
import AuditStatistics
import AuditStore
import AuditWorker

/// Scores samples on every core and appends the rows in the order of the plan.
struct Scoring {
  /// The most rows that a kill may lose: half of them wait for their transaction, half for a row before them. With
  /// more workers than that holds, the pieces that are in work.
  static let batch = 500
  /// Slow files are kept sooner: a scan of them that is killed must not lose minutes.
  private static let longest = Duration.seconds(1)

  private let files: any SampleSource
  private let reference: any PreparedReference
  private let settings: ScanSettings
  private let metrics: [any Metric]
  /// nil where no network measures.
  private let perceptual: PerceptualNetworks?
  /// Names of the metrics and networks, in order.
  private let columns: [String]
  private let jobs: Int
  /// For the count of flagged samples while it runs.
  private let reviewAbove: Double
  private let risks: RiskyFiles
  /// nil where pictures are not measured by themselves.
  private let quality: PreparedQuality?
  /// nil where samples are scored in this process.
  private let children: ScoringChildren?

  init(_ scan: OpenScan, _ models: ScanModels) throws(AuditError) {
    children = try ScoringChildren(scan, models)
    (files, settings, jobs, risks) = (scan.plan.source, scan.settings, scan.jobs, scan.risks)
    (reference, quality) = (models.reference.reference, models.quality)
    (metrics, perceptual) = (scan.selection.metrics, scan.perceptual)
    columns = scan.selection.computed.map(\.name)
    reviewAbove = scan.request.choices.thresholds.reviewAbove
  }

  /// Files that may end this process are scored first, each alone.
  ///
  /// - Parameter planned: samples of the whole plan, those that are scored already included.
  /// - Returns: how many rows were written.
  func score(
    _ samples: SampleList, of planned: Int, into store: Store, run: OpenRun, stop: StopRequest,
    progress: @escaping @Sendable (ScanProgress) -> Void
  ) async throws -> Int {
    // What the fit needed goes back to the system: large pictures come on top of what is held now.
    returnFreeMemory()
    var rows = RowBatch(store: store, run: run, columns: columns, done: planned - samples.count, planned: planned)
    progress(rows.progress)
    let alone = samples.chosen(at: risks.alone)
    try scoreAlone(alone, stop: stop) { row in
      rows.add(row, isFlagged: isFlagged(row))
      try rows.commit()
      progress(rows.progress)
    }
    let others = alone.isEmpty ? samples : samples.chosen { !risks.alone.contains(samples[$0].path) }
    let pool = pool(stop: stop)
    var last = ContinuousClock.now
    func commit() throws {
      try rows.commit()
      last = .now
    }
    do {
      try await pool.score(others, stop: stop, idle: commit) { scored in
        for row in scored { rows.add(row, isFlagged: isFlagged(row)) }
        if rows.waiting >= Scoring.batch / 2 || ContinuousClock.now - last >= Scoring.longest { try commit() }
        progress(rows.progress)
      }
    } catch let fault as SupervisionFault {
      try rows.commit()
      throw AuditError(fault)
    }
    try rows.commit()
    return rows.written
  }

  private func pool(stop: StopRequest) -> any ScoringPool {
    if let children { return children.pool(jobs: jobs, piece: piece, window: Scoring.batch / 2) }
    var places = WorkPlaces(risks.marks)
    return InProcessPool(jobs: jobs, piece: piece, window: Scoring.batch / 2) {
      scorer(in: places.next(), stop: stop)
    }
  }

  private static let usualPiece = 16
  /// Where nothing is gained by many: a few slow files must not hold the rows of others up.
  private static let smallPiece = 4

  /// Images that one worker scores before it hands them on. Fixed by the settings alone: a network's numbers may hang
  /// on what else is in its batch.
  private var piece: Int {
    guard let batch = reference.batchSize else { return perceptual == nil ? Scoring.smallPiece : Scoring.usualPiece }
    return batch * ((Scoring.usualPiece + batch - 1) / batch)
  }

  private func scoreAlone(_ samples: SampleList, stop: StopRequest, _ consume: (SampleRow) throws -> Void) throws {
    guard !samples.isEmpty else { return }
    let scorer = scorer(in: risks.aloneInWork, stop: stop)
    for sample in samples where !stop.isSet {
      for row in scorer.rows(for: [sample]) { try consume(row) }
    }
  }

  private func scorer(in place: WorkPlace?, stop: StopRequest) -> SampleScorer {
    SampleScorer(
      files: files, settings: settings, metrics: metrics, source: reference.makeSource(stop: stop),
      perceptual: perceptual?.scorer(),
      quality: quality.map { QualityScorer(model: $0.model, known: $0.known, seed: settings.seed) }, place: place,
      stop: stop)
  }

  private func isFlagged(_ row: SampleRow) -> Bool {
    guard let influence = row.influence, let model = reference.influence.common else { return false }
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
