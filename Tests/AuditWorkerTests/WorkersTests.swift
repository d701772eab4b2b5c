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
    let farthest = Greatest()
    let workers = Workers(jobs: jobs, window: 10) {
      Nothing()
    } work: { (_: Nothing, piece: Int) -> Int in
      let ahead = begun.add(1, ordering: .relaxed).newValue - delivered.load(ordering: .relaxed)
      farthest.meet(ahead)
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
    #expect(farthest.value <= 10 + 1)
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

  private final class Queue {
    var pieces: [Int] = []
  }

  /// Whoever does the work for a worker has the next piece before it is asked for the oldest.
  @Test(arguments: [1, 2, 3], [1, 2, 10]) func thePieceBehindHasBegunBeforeOneIsFinished(
    jobs: Int, window: Int
  ) async throws {
    let begun = Atomic<Int>(0)
    let alone = Atomic<Int>(0)
    let most = Greatest()
    let workers = Workers(jobs: jobs, window: window) {
      Queue()
    } begin: { (queue: Queue, piece: Int) in
      queue.pieces.append(piece)
      begun.add(1, ordering: .relaxed)
      most.meet(queue.pieces.count)
    } finish: { queue -> Int in
      if queue.pieces.count == 1, begun.load(ordering: .relaxed) < 60 { alone.add(1, ordering: .relaxed) }
      if queue.pieces[0] % 20 == 0 { usleep(20_000) }
      return queue.pieces.removeFirst()
    }
    var seen: [Int] = []
    try await workers.forEach(Array(0..<60), stop: StopRequest()) { seen.append($0) }
    #expect(seen == Array(0..<60))
    #expect((window > jobs ? 2...2 : 1...2).contains(most.value))
    if jobs == 1, window > 2 { #expect(alone.load(ordering: .relaxed) == 0) }
  }

  @Test(arguments: [1, 3]) func whatHasBegunBeforeAStopIsFinished(jobs: Int) async throws {
    let stop = StopRequest()
    let begun = Atomic<Int>(0)
    let workers = Workers(jobs: jobs) {
      Queue()
    } begin: { (queue: Queue, piece: Int) in
      queue.pieces.append(piece)
      begun.add(1, ordering: .relaxed)
    } finish: { queue -> Int in
      queue.pieces.removeFirst()
    }
    var seen: [Int] = []
    try await workers.forEach(Array(0..<1000), stop: stop) { piece in
      seen.append(piece)
      if piece == 20 { stop.set() }
    }
    #expect(seen == Array(0..<begun.load(ordering: .relaxed)) && seen.count < 100, "\(seen.count)")
  }
}
