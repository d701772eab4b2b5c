import AuditCore
import Foundation
import Synchronization
import Testing

@testable import AuditWorker

/// Parallel work that is handed on in order.
@Suite struct WorkersTests {
  private final class Nothing {}

  /// One slow piece before many quick ones: what is done behind it must not pile up.
  @Test(arguments: [1, 2, 3, 8]) func noMoreThanTheWindowIsDoneBeforeItIsHandedOn(jobs: Int) async throws {
    let begun = Atomic<Int>(0)
    let delivered = Atomic<Int>(0)
    let farthest = Mutex(0)
    let workers = Workers(jobs: jobs, window: 10) {
      Nothing()
    } work: { (_: Nothing, piece: Int) -> Int in
      let ahead = begun.add(1, ordering: .relaxed).newValue - delivered.load(ordering: .relaxed)
      farthest.withLock { $0 = max($0, ahead) }
      if piece % 50 == 0 { usleep(60_000) }
      return piece
    }
    var seen: [Int] = []
    var idle = 0
    try await workers.forEach(Array(0..<120), stop: StopRequest(), idle: { idle += 1 }) { piece in
      seen.append(piece)
      delivered.add(1, ordering: .relaxed)
    }
    #expect(seen == Array(0..<120))
    // A piece that is begun just before another is handed on sees it as waiting.
    #expect(farthest.withLock { $0 } <= 10 + 1)
    #expect(jobs == 1 || idle > 0, "a wait for the slow piece is told")
  }

  @Test(arguments: [1, 3]) func whatHasBegunBeforeAStopIsHandedOn(jobs: Int) async throws {
    let stop = StopRequest()
    let begun = Atomic<Int>(0)
    let workers = Workers(jobs: jobs) {
      Nothing()
    } work: { (_: Nothing, piece: Int) -> Int in
      begun.add(1, ordering: .relaxed)
      return piece
    }
    var seen: [Int] = []
    try await workers.forEach(Array(0..<1000), stop: stop) { piece in
      seen.append(piece)
      if piece == 20 { stop.set() }
    }
    #expect(seen == Array(0..<begun.load(ordering: .relaxed)) && seen.count < 100, "\(seen.count)")
  }
}
