import AuditCore
import AuditDemo
import AuditStore
import AuditWorker
import Foundation
import Synchronization
import Testing

@testable import AuditScan

/// The straight line from a folder of drawn faces with planted defects to verdicts.
@Suite struct ScanTests {
  private static let planted: [Int: Defect] = [17: .notAFace, 44: .inverted]

  @Test func whatWasPlantedPullsMost() async throws {
    let set = try SyntheticSet(count: 120, defects: Self.planted)
    let outcome = try await set.scan()
    #expect(outcome.scoredNow == 120 && !outcome.isInterrupted && outcome.notes == [])
    #expect(
      Set(try set.column("SELECT path FROM samples ORDER BY skew DESC LIMIT 2"))
        == [SyntheticSet.name(17), SyntheticSet.name(44)])
    #expect(
      Set(try set.column("SELECT path FROM samples WHERE verdict = 'drop'"))
        == [SyntheticSet.name(17), SyntheticSet.name(44)], "and nothing else is proposed for dropping")
    #expect(try set.column("SELECT count(*) FROM samples WHERE skew < 0 OR skew IS NULL") == ["0"])
  }

  @Test func pullsHaveTheMeanOne() async throws {
    let set = try SyntheticSet(count: 60)
    _ = try await set.scan()
    // Every image is in the subsample, so the sums that scale the pulls are those of the set itself.
    for name in ["pull_squared", "pull_absolute"] {
      let mean = try #require(Double(try set.column("SELECT avg(\(name)) FROM samples")[0]))
      #expect(abs(mean - 1) < 0.01, "\(name): \(mean)")
    }
  }

  @Test func sharesAddUpToOneAndRanksAreAPermutation() async throws {
    let set = try SyntheticSet(count: 60)
    _ = try await set.scan()
    for name in ["mse", "mae"] {
      let sum = try #require(Double(try set.column("SELECT sum(share_\(name)) FROM samples")[0]))
      #expect(abs(sum - 1) < 1e-9)
      #expect(try set.column("SELECT rank_\(name) FROM samples ORDER BY \(name) DESC") == (1...60).map(String.init))
    }
    #expect(try set.column("SELECT rank_ssim FROM samples ORDER BY ssim") == (1...60).map(String.init), "1 = worst")
    #expect(try set.column("SELECT min(pct_mse) || ' ' || max(pct_mse) FROM samples") == ["0.0 1.0"])
  }

  @Test(arguments: [1, 2, 3, 8]) func jobsDoNotChangeTheDigest(jobs: Int) async throws {
    let set = try SyntheticSet(count: 50, defects: [3: .noise])
    _ = try await set.scan(into: "one.db", jobs: 1)
    _ = try await set.scan(into: "many.db", jobs: jobs)
    #expect(
      try set.column("SELECT digest FROM run", in: "one.db")
        == (try set.column("SELECT digest FROM run", in: "many.db")))
  }

  @Test(arguments: [1, 5, 9, 14] as [UInt64]) func stopsAtRandomMomentsDoNotChangeTheDigest(seed: UInt64) async throws {
    let set = try SyntheticSet(count: 80)
    _ = try await set.scan(into: "whole.db")
    var generator = SplitMix64(seed: seed, keys: 6)
    var stops = 0
    while true {
      let stop = StopRequest()
      // Later each time: fit and gain begin anew after a stop, and are longer than the first moments.
      let left = Mutex(1 + generator.integer(below: 9 + 2 * stops))
      let outcome = try await set.scan(stop: stop, change: { _ in }) { _ in
        let isOver = left.withLock { left in
          left -= 1
          return left == 0
        }
        if isOver { stop.set() }
      }
      if !outcome.isInterrupted { break }
      stops += 1
      try #require(stops < 100, "seed \(seed): it never ends")
      #expect(try set.column("SELECT status FROM run") == ["interrupted"])
    }
    #expect(
      try set.column("SELECT digest FROM run") == (try set.column("SELECT digest FROM run", in: "whole.db")),
      "seed \(seed) after \(stops) stops")
    #expect(try set.column("SELECT count(*) FROM sample") == ["80"])
  }

  @Test func aStopWhileResultsAreRankedEndsAtOnceAndCostsNoImage() async throws {
    let set = try SyntheticSet(count: 120)
    let stop = StopRequest()
    let outcome = try await set.scan(stop: stop, change: { _ in }) { if $0.phase == .rank { stop.set() } }
    #expect(outcome.isInterrupted && outcome.scoredNow == 120)
    #expect(try set.column("SELECT status FROM run WHERE digest IS NULL") == ["interrupted"])
    let rest = try await set.scan { _ in }
    #expect(!rest.isInterrupted && rest.scoredNow == 0)
    #expect(try set.column("SELECT status FROM run WHERE digest NOTNULL") == ["complete"])
  }

  @Test func aSubsampleIsTheSameWhateverElseIsInTheFolder() async throws {
    let set = try SyntheticSet(count: 60)
    _ = try await set.scan(into: "some.db") { $0.settings.sample = 30 }
    let first = try set.column("SELECT digest FROM model", in: "some.db")
    _ = try await set.scan(into: "again.db") { $0.settings.sample = 30 }
    #expect(try set.column("SELECT digest FROM model", in: "again.db") == first)
    _ = try await set.scan(into: "seed.db") {
      $0.settings.sample = 30
      $0.settings.seed = 8
    }
    #expect(try set.column("SELECT digest FROM model", in: "seed.db") != first)
  }

  @Test func unreadableFilesLeaveNoGapInTheSubsample() async throws {
    let set = try SyntheticSet(count: 40)
    for number in 0..<20 { try set.write([], to: "broken/\(number).png") }
    let outcome = try await set.scan { $0.settings.sample = 30 }
    #expect(outcome.scoredNow == 60)
    #expect(try set.column("SELECT fitted_on FROM model") == ["30"])
    #expect(try set.column("SELECT count(*) FROM samples WHERE error_code = 'empty'") == ["20"])
  }

  @Test func progressOnlyGrowsAndEndsAtTheTotal() async throws {
    let set = try SyntheticSet(count: 40)
    let seen = Mutex<[ScanProgress]>([])
    _ = try await set.scan(change: { _ in }) { progress in seen.withLock { $0.append(progress) } }
    let steps = seen.withLock { $0 }
    let score = steps.filter { $0.phase == .score }
    #expect(score.map(\.done) == score.map(\.done).sorted())
    #expect(score.last?.done == 40 && score.last?.total == 40)
    let fit = steps.filter { $0.phase == .fit }
    #expect(fit.map(\.done) == fit.map(\.done).sorted() && fit.count > 4)
    #expect(fit.first?.done == 0 && fit.last?.done == fit.last?.total)
    let order: [ScanProgress.Phase] = [.walk, .read, .fit, .score, .rank]
    let positions = steps.compactMap { order.firstIndex(of: $0.phase) }
    #expect(positions == positions.sorted() && Set(positions).count == 5)
  }

  /// One that is there already may hold every row, and whoever scores nothing needs no children: neither waits for any.
  @Test func onlyANewDatabaseOfAScanHasItsChildrenReadyBeforeTheyAreNeeded() throws {
    let set = try SyntheticSet(count: 3)
    func readyChildren(_ name: String, scores: Bool, jobs: Int) throws -> Int {
      var request = ScanRequest(dataset: set.faces)
      (request.database, request.jobs, request.choices.quality) = (set.database(name), jobs, false)
      request.children = ChildLaunch(executable: "/bin/sleep", arguments: ["60"])
      let pool = try #require(try OpenScan(request, scores: scores) { _ in }.children)
      let supervisors = (0..<4).map { _ in pool.take() }
      defer { for supervisor in supervisors { supervisor.abandon() } }
      return supervisors.count { $0.process != nil }
    }
    #expect(try readyChildren("a.db", scores: true, jobs: 2) == 2)
    #expect(try readyChildren("a.db", scores: true, jobs: 2) == 0)
    #expect(try readyChildren("b.db", scores: true, jobs: 4) == 3, "no more than there are files")
    #expect(try readyChildren("c.db", scores: false, jobs: 2) == 0)
  }
}
