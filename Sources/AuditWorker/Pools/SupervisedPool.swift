package import AuditCore

/// Scores in child processes, one per job, that may end in this one's place.
package struct SupervisedPool: ScoringPool {
  private let jobs: Int
  private let piece: Int
  private let window: Int
  private let makeSupervisor: @Sendable () -> Supervisor
  private let work: @Sendable (Sample) -> ChildWork
  private let complete: @Sendable (SampleRow) -> SampleRow

  /// - Parameters:
  ///   - piece: samples that a child is handed at once.
  ///   - window: the most samples that are in work or wait, unless the children alone hold more.
  ///   - makeSupervisor: called once per job.
  ///   - work: opens the files of a sample.
  ///   - complete: adds to an answer what this process knew before.
  package init(
    jobs: Int, piece: Int, window: Int, makeSupervisor: @escaping @Sendable () -> Supervisor,
    work: @escaping @Sendable (Sample) -> ChildWork, complete: @escaping @Sendable (SampleRow) -> SampleRow
  ) {
    (self.jobs, self.piece, self.window) = (jobs, piece, window)
    (self.makeSupervisor, self.work, self.complete) = (makeSupervisor, work, complete)
  }

  /// - Throws: `SupervisionFault` where no child can work at all.
  package func score(
    _ samples: some Sequence<Sample>, stop: StopRequest, idle: () throws -> Void, consume: ([SampleRow]) throws -> Void
  ) async throws {
    let (work, complete) = (work, complete)
    let workers = Workers(
      jobs: jobs, window: window / piece, executor: BlockingExecutor(),
      makeState: { SupervisedScorer(makeSupervisor(), work: work, complete: complete, stop: stop) }
    ) { (scorer: SupervisedScorer, piece: [Sample]) in scorer.rows(for: piece) }
    try await workers.forEach(samples.chunks(of: piece), stop: stop, idle: idle) { try consume($0.get()) }
  }
}

/// Has samples scored by the child of one supervisor.
private final class SupervisedScorer {
  private let supervisor: Supervisor
  private let work: @Sendable (Sample) -> ChildWork
  private let complete: @Sendable (SampleRow) -> SampleRow
  private let stop: StopRequest

  init(
    _ supervisor: Supervisor, work: @escaping @Sendable (Sample) -> ChildWork,
    complete: @escaping @Sendable (SampleRow) -> SampleRow, stop: StopRequest
  ) {
    (self.supervisor, self.work, self.complete, self.stop) = (supervisor, work, complete, stop)
  }

  /// One row per sample, in order; without those that a stop left undone.
  func rows(for samples: [Sample]) -> Result<[SampleRow], SupervisionFault> {
    Result { () throws(SupervisionFault) in
      let answers = try supervisor.answers(to: samples.map(work), stop: stop)
      let rows = zip(answers, samples).map { complete(SampleRow($0, of: $1)) }
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

extension ChildLoss {
  package var issue: SampleIssue {
    switch cause {
    case .crash: SampleIssue(.crash, detail)
    case .timeout: SampleIssue(.timeout, detail)
    case .memory: SampleIssue(.oom, detail)
    }
  }
}
