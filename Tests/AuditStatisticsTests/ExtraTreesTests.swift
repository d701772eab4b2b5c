import Synchronization
import Testing

@testable import AuditStatistics

/// Laws of the trees.
struct ExtraTreesTests {
  private struct Example {
    var rows: [[Float]] = []
    var labels: [Int] = []

    /// Three classes that features 0 and 1 tell apart, among noise; the last feature never changes.
    init(count: Int, seed: UInt64) {
      var random = Random(seed: seed)
      for index in 0..<count {
        let label = index % 3
        var row = (0..<8).map { _ in Float(random.normal()) }
        row[0] += label == 1 ? 3 : 0
        row[1] += label == 2 ? 3 : 0
        row[7] = 4
        rows.append(row)
        labels.append(label)
      }
    }

    func forest(classes: Int = 3, trees: Int = 40, seed: UInt64 = 1, jobs: Int = 1) throws -> ExtraTrees {
      var settings = ExtraTrees.Settings(seed: seed)
      settings.trees = trees
      settings.features = 0.4
      return try ExtraTrees(
        rows: rows.flatMap { $0 }, features: 8, labels: labels, classes: classes, settings: settings, jobs: jobs)
    }
  }

  @Test func votesAddUpToOneAndTellUnseenRowsApart() throws {
    let forest = try Example(count: 300, seed: 1).forest()
    let unseen = Example(count: 300, seed: 2)
    var right = 0
    for (row, label) in zip(unseen.rows, unseen.labels) {
      let votes = forest.votes(of: row)
      #expect(abs(votes.reduce(0, +) - 1) < 1e-12 && votes.allSatisfy { $0 >= 0 })
      if votes.indices.max(by: { votes[$0] < votes[$1] }) == label { right += 1 }
    }
    #expect(right > 270, "three standard deviations apart, a few per cent overlap; \(right) of 300 right")
  }

  @Test func jobsAndTheOrderOfRowsDoNotMatter() throws {
    var example = Example(count: 200, seed: 3)
    let forest = try example.forest()
    #expect(try forest == example.forest(jobs: 3))
    let order = example.rows.indices.sorted { ($0 * 77 + 5) % 200 < ($1 * 77 + 5) % 200 }
    (example.rows, example.labels) = (order.map { example.rows[$0] }, order.map { example.labels[$0] })
    #expect(try forest == example.forest(jobs: 2))
  }

  @Test func anotherSeedGrowsOtherTrees() throws {
    let example = Example(count: 200, seed: 3)
    #expect(try example.forest(seed: 1) != example.forest(seed: 2))
  }

  @Test func leavesHoldAllRowsAndNotFewerThanAsked() throws {
    let forest = try Example(count: 301, seed: 4).forest(trees: 5)
    let sizes = zip(forest.leaves, forest.leaves.dropFirst()).map { start, end in
      forest.shares[start..<end].reduce(0) { $0 + Int($1.count) }
    }
    #expect(sizes.allSatisfy { $0 >= 2 } && sizes.reduce(0, +) == 5 * 301)
    #expect(!forest.nodes.contains { $0.feature == 7 }, "what never changes parts nothing")
  }

  @Test func equalRowsAreOneLeafThatVotesByTheirShares() throws {
    var example = Example(count: 8, seed: 5)
    example.rows = [[Float]](repeating: example.rows[0], count: 8)
    example.labels = [0, 1, 1, 1, 2, 2, 2, 2]
    let forest = try example.forest(trees: 3)
    #expect(forest.nodes.count == 3 && forest.votes(of: example.rows[0]) == [0.125, 0.375, 0.5])
  }

  @Test func oneClassHasAllVotes() throws {
    var example = Example(count: 30, seed: 6)
    example.labels = [Int](repeating: 1, count: 30)
    let forest = try example.forest(trees: 3)
    #expect(forest.nodes.count == 3 && forest.votes(of: example.rows[4]) == [0, 1, 0])
  }

  @Test func neighbouringValuesAreStillParted() throws {
    var example = Example(count: 40, seed: 7)
    example.rows = (0..<40).map { [Float](repeating: $0 < 20 ? 1 : Float(1).nextUp, count: 8) }
    example.labels = (0..<40).map { $0 < 20 ? 0 : 1 }
    let forest = try example.forest(classes: 2, trees: 4)
    #expect(forest.votes(of: example.rows[0]) == [1, 0] && forest.votes(of: example.rows[39]) == [0, 1])
  }

  @Test func growthEndsWhereNobodyWaits() throws {
    let asked = Mutex(0)
    let example = Example(count: 60, seed: 8)
    #expect(throws: FitRefusal.stopped) {
      try ExtraTrees(
        rows: example.rows.flatMap { $0 }, features: 8, labels: example.labels, classes: 3,
        isStopped: {
          asked.withLock {
            $0 += 1; return $0 > 3
          }
        })
    }
    #expect(asked.withLock { $0 } > 3)
  }
}
