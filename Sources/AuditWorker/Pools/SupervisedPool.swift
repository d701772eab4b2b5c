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
      makeState: { SupervisedScorer(makeSupervisor(), work: work, complete: complete, stop: stop) },
      begin: { (scorer: SupervisedScorer, piece: [Sample]) in scorer.begin(piece) }, finish: { $0.finish() })
    try await workers.forEach(samples.chunks(of: piece), stop: stop, idle: idle) { try consume($0.get()) }
  }
}

/// Has samples scored by the child of one supervisor, which is handed the next piece before it has answered the one before.
private final class SupervisedScorer {
  private let supervisor: Supervisor
  private let work: @Sendable (Sample) -> ChildWork
  private let complete: @Sendable (SampleRow) -> SampleRow
  private let stop: StopRequest
  /// The oldest piece first.
  private var begun: [[Sample]] = []
  /// To the first samples of the oldest piece.
  private var early: [ChildAnswer] = []
  /// Why no child works: then none is tried again for what follows.
  private var fault: SupervisionFault?

  init(
    _ supervisor: Supervisor, work: @escaping @Sendable (Sample) -> ChildWork,
    complete: @escaping @Sendable (SampleRow) -> SampleRow, stop: StopRequest
  ) {
    (self.supervisor, self.work, self.complete, self.stop) = (supervisor, work, complete, stop)
  }

  func begin(_ samples: [Sample]) {
    begun.append(samples)
    if fault == nil { for sample in samples { supervisor.add(work(sample)) } }
  }

  /// Rows of the oldest piece, one per sample, in order; without those that a stop left undone.
  func finish() -> Result<[SampleRow], SupervisionFault> {
    let samples = begun.removeFirst()
    return Result { () throws(SupervisionFault) in
      let rows = zip(try answers(samples.count), samples).map { complete(SampleRow($0, of: $1)) }
      // What failed meanwhile may have failed because it was stopped: the next call does it.
      return stop.isSet ? rows.filter { $0.failure == nil && $0.facts != nil } : rows
    }
  }

  private func answers(_ count: Int) throws(SupervisionFault) -> [ChildAnswer] {
    if let fault { throw fault }
    do throws(SupervisionFault) {
      early += try supervisor.answers(atLeast: count - early.count, stop: stop)
    } catch {
      fault = error
      throw error
    }
    let own = min(count, early.count)
    defer { early.removeFirst(own) }
    return Array(early.prefix(own))
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
