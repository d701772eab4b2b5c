package import AuditCore

/// Turns samples into rows. One per worker; it may keep scratch memory.
package protocol SampleScoring: AnyObject, SendableMetatype {
  /// A pure function of the files, the settings and the models: one row per sample, in order; without the samples that
  /// a stop left undone.
  func rows(for samples: [Sample]) -> [SampleRow]
}

/// Scores samples somewhere: in this process, or in children that may die in its place.
package protocol ScoringPool {
  /// Scores samples in pieces; no more of them are in work, or done and wait for one before them, than the pool's
  /// window holds.
  ///
  /// - Parameters:
  ///   - stop: looked at before each new piece; what has begun is finished.
  ///   - idle: called before a wait in which no further piece can be begun.
  ///   - consume: gets the rows of each piece, in the order of the samples.
  func score(
    _ samples: some Sequence<Sample>, stop: StopRequest, idle: () throws -> Void, consume: ([SampleRow]) throws -> Void
  ) async throws
}

/// Scores in this process, on several cores.
package struct InProcessPool<Scorer: SampleScoring>: ScoringPool {
  private let jobs: Int
  private let piece: Int
  private let window: Int
  private let makeScorer: () -> Scorer

  /// - Parameters:
  ///   - piece: samples that a worker scores before it hands their rows on.
  ///   - window: the most samples that are in work or wait, unless the workers alone hold more.
  ///   - makeScorer: called once per job.
  package init(jobs: Int, piece: Int, window: Int, makeScorer: @escaping () -> Scorer) {
    (self.jobs, self.piece, self.window, self.makeScorer) = (jobs, piece, window, makeScorer)
  }

  package func score(
    _ samples: some Sequence<Sample>, stop: StopRequest, idle: () throws -> Void, consume: ([SampleRow]) throws -> Void
  ) async throws {
    let workers = Workers(jobs: jobs, window: window / piece, makeState: makeScorer) {
      (scorer: Scorer, piece: [Sample]) in scorer.rows(for: piece)
    }
    try await workers.forEach(samples.chunks(of: piece), stop: stop, idle: idle, consume: consume)
  }
}
