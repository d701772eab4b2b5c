import AuditCore
import Glibc
import Synchronization
import Testing

@testable import AuditWorker

/// What every pool has to keep, here of the one in this process.
@Suite struct PoolTests {
  private static func samples(_ count: Int) -> [Sample] {
    (0..<count).map { Sample(path: SamplePath("\($0)"), bytes: Int64($0), modified: 0) }
  }

  /// Says how many samples are in work or wait.
  private final class Slow: SampleScoring {
    let begun: Begun
    init(_ begun: Begun) { self.begun = begun }

    func rows(for samples: [Sample]) -> [SampleRow] {
      begun.count.add(samples.count, ordering: .relaxed)
      if samples.contains(where: { $0.bytes % 40 == 0 }) { usleep(20_000) }
      return samples.map { SampleRow(sample: $0) }
    }
  }

  private final class Begun: Sendable {
    let count = Atomic<Int>(0)
  }

  @Test(arguments: [(1, 1), (2, 3), (3, 4), (4, 16)]) func rowsComeInOrderAndNeverFarAhead(jobs: Int, piece: Int)
    async throws
  {
    let begun = Begun()
    let pool: any ScoringPool = InProcessPool(jobs: jobs, piece: piece, window: 48) { Slow(begun) }
    var seen: [String] = []
    var farthest = 0
    try await pool.score(Self.samples(200), stop: StopRequest(), idle: {}) { rows in
      farthest = max(farthest, begun.count.load(ordering: .relaxed) - seen.count)
      seen += rows.map(\.sample.path.text)
    }
    #expect(seen == (0..<200).map { "\($0)" })
    #expect(farthest <= 48 + jobs * piece, "\(farthest)")
  }

  @Test func aStopEndsItBetweenPieces() async throws {
    let stop = StopRequest()
    let pool = InProcessPool(jobs: 2, piece: 4, window: 16) { Slow(Begun()) }
    var seen = 0
    try await pool.score(Self.samples(400), stop: stop, idle: {}) { rows in
      seen += rows.count
      if seen >= 20 { stop.set() }
    }
    #expect(seen >= 20 && seen < 60, "\(seen)")
  }

  /// What a consumer throws ends the scoring.
  @Test func troubleOfTheConsumerIsThrown() async throws {
    struct Full: Error {}
    let pool = InProcessPool(jobs: 2, piece: 4, window: 16) { Slow(Begun()) }
    await #expect(throws: Full.self) {
      try await pool.score(Self.samples(40), stop: StopRequest(), idle: {}) { _ in throw Full() }
    }
  }
}
