package import AuditCore

/// Scores in child processes, one per job, that may end in this one's place.
package struct SupervisedPool: ScoringPool {
  /// The most samples that a child is handed at once, unless the least is more.
  private static let mostOfPiece = 32

  private let jobs: Int
  private let piece: Int
  private let window: Int
  private let makeSupervisor: @Sendable () -> Supervisor
  private let work: Handing

  /// What a child is handed for a sample, and what this process knew of the picture before: that is in the row where the
  /// child decodes it and does not measure it.
  package typealias Handing = @Sendable (Sample) -> (work: ChildWork, known: PictureQuality?)

  /// - Parameters:
  ///   - piece: the fewest samples that a child is handed at once.
  ///   - window: the most samples that are in work or wait, unless the children alone hold more.
  ///   - makeSupervisor: called once per job.
  ///   - work: opens the files of a sample.
  package init(
    jobs: Int, piece: Int, window: Int, makeSupervisor: @escaping @Sendable () -> Supervisor,
    work: @escaping Handing
  ) {
    (self.jobs, self.piece, self.window) = (jobs, piece, window)
    (self.makeSupervisor, self.work) = (makeSupervisor, work)
  }

  /// - Throws: `SupervisionFault` where no child can work at all.
  package func score(
    _ samples: some Sequence<Sample>, stop: StopRequest, idle: () throws -> Void, consume: ([SampleRow]) throws -> Void
  ) async throws {
    let (work, size) = (work, PieceSize(pieces))
    let workers = Workers(
      jobs: jobs, window: window / size.range.upperBound, executor: BlockingExecutor(),
      makeState: { SupervisedScorer(makeSupervisor(), size: size, work: work, stop: stop) },
      begin: { (scorer: SupervisedScorer, piece: [Sample]) in scorer.begin(piece) }, finish: { $0.finish() })
    let pieces = SizedPieces(samples, size: size, jobs: jobs)
    try await workers.forEach(pieces, stop: stop, idle: idle) { try consume($0.get()) }
  }

  /// Every child has one piece in work and one before it within the window.
  private var pieces: ClosedRange<Int> {
    piece...max(piece, min(SupervisedPool.mostOfPiece, window / (4 * max(1, jobs))))
  }
}

/// Has samples scored by the child of one supervisor, which is handed the next piece before it has answered the one before.
private final class SupervisedScorer {
  private let pieces: BegunPieces
  private let size: PieceSize
  private let work: SupervisedPool.Handing
  private let stop: StopRequest
  /// The oldest piece first.
  private var begun: [[(sample: Sample, known: PictureQuality?)]] = []
  /// When the piece before was finished.
  private var last = ContinuousClock.now

  init(_ supervisor: Supervisor, size: PieceSize, work: @escaping SupervisedPool.Handing, stop: StopRequest) {
    (pieces, self.size, self.work, self.stop) = (BegunPieces(supervisor, stop: stop), size, work, stop)
  }

  func begin(_ samples: [Sample]) {
    var piece = samples.map { (sample: $0, known: PictureQuality?.none) }
    pieces.begin(samples.count) { place in
      let (work, known) = work(samples[place])
      piece[place].known = known
      return work
    }
    begun.append(piece)
  }

  /// Rows of the oldest piece, one per sample, in order; without those that a stop left undone.
  func finish() -> Result<[SampleRow], SupervisionFault> {
    let samples = begun.removeFirst()
    return Result { () throws(SupervisionFault) in
      let answers = try pieces.finish()
      let now = ContinuousClock.now
      size.note(samples: samples.count, took: now - last)
      last = now
      let rows = zip(answers, samples).map { SampleRow($0, of: $1.sample).completed(by: $1.known) }
      // What failed meanwhile may have failed because it was stopped: the next call does it.
      return stop.isSet ? rows.filter { $0.failure == nil && $0.facts != nil } : rows
    }
  }
}

extension SampleRow {
  /// The row that a child's answer holds, or that says why there is none.
  init(_ answer: ChildAnswer, of sample: Sample) {
    switch answer {
    case .answered(let bytes):
      do {
        try self.init(decoding: bytes, of: sample)
      } catch {
        self.init(sample: sample)
        issues = [SampleIssue(.crash, "its process answered with what is no row")]
      }
    case .lost(let loss):
      self.init(sample: sample)
      issues = [loss.issue]
    }
  }
}

extension SampleRow {
  /// - Parameter known: what was found of the picture before; nil for nothing.
  fileprivate func completed(by known: PictureQuality?) -> SampleRow {
    guard let known, facts != nil, quality == nil else { return self }
    var row = self
    row.quality = known
    return row
  }
}

extension ChildLoss {
  package var issue: SampleIssue {
    switch cause {
    case .crash: SampleIssue(.crash, detail)
    case .timeout: SampleIssue(.timeout, detail)
    case .memory: SampleIssue(.oom, detail)
    }
  }
}
