import Foundation
import Synchronization
import Testing

@testable import AuditServe

/// Work beside the answers.
struct WorkRoomTests {
  private final class Tally: Sendable {
    private let counts = Mutex((now: 0, most: 0))

    var most: Int { counts.withLock(\.most) }

    func enter() {
      counts.withLock {
        $0.now += 1
        $0.most = max($0.most, $0.now)
      }
    }

    func leave() { counts.withLock { $0.now -= 1 } }
  }

  @Test func soManyWorkAtATimeAndAllAreDone() async throws {
    let room = WorkRoom(places: 3)
    let tally = Tally()
    let asked = (0..<40).map { number in
      Task {
        try await room.run { () -> Int in
          tally.enter()
          defer { tally.leave() }
          usleep(2_000)
          return number
        }
      }
    }
    var done: [Int] = []
    for task in asked { done.append(try await task.value) }
    #expect(done == Array(0..<40) && tally.most <= 3)
    #expect(try await room.run { 7 } == 7, "a room that was empty is entered again")
  }

  /// However long the others of the server work, and however few processors there are.
  @Test func aRoomWaitsForNoOther() async throws {
    let stop = Stop()
    let busy = (0..<2 * ProcessInfo.processInfo.activeProcessorCount).map { _ in
      Task { try await WorkRoom(places: 1).run { while !stop.isSet { usleep(1_000) } } }
    }
    #expect(try await WorkRoom(places: 1).run { 7 } == 7)
    stop.set()
    for task in busy { try await task.value }
  }

  /// Who scrolls looks at what was asked for last, and at most of the others no more.
  @Test func theNewestIsNextAndWhatNobodyWaitsForIsLeftOut() async throws {
    let room = WorkRoom(places: 1, turn: .newest)
    let gate = DispatchSemaphore(value: 0)
    let done = Kept<[Int]>([])
    let first = Task { try await room.run { gate.wait() } }
    while room.waiting != 0 || !room.isBusy { await Task.yield() }
    var asked: [Task<Void, any Error>] = []
    for number in 0..<6 {
      asked.append(
        Task {
          try await room.run(whileWanted: { number != 2 && number != 5 }) { done.withLock { $0.append(number) } }
        })
      while room.waiting <= number { await Task.yield() }
    }
    gate.signal()
    try await first.value
    for (number, task) in asked.enumerated() where number != 2 && number != 5 { try await task.value }
    for number in [2, 5] { await #expect(throws: WorkRoom.NobodyWaits.self) { try await asked[number].value } }
    #expect(done.withLock { $0 } == [4, 3, 1, 0])
  }

  @Test func whatNobodyWaitsForGivesWay() async throws {
    let niceness: @Sendable () -> Int32 = { getpriority(Int32(PRIO_PROCESS.rawValue), 0) }
    let usual = try await WorkRoom(places: 1).run(niceness)
    let background = try await WorkRoom(places: 1, isBackground: true).run(niceness)
    #expect(background == max(usual, 10))
  }

  private final class Stop: Sendable {
    private let flag = Atomic(false)

    var isSet: Bool { flag.load(ordering: .relaxed) }
    func set() { flag.store(true, ordering: .relaxed) }
  }
}
