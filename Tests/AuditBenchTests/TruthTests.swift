import AuditCore
import AuditQuality
import Foundation
import Testing

@testable import audit_bench

/// The proof itself: what it says of drawn frames, and that its checks can fail.
struct TruthTests {
  /// A run of the built `audit-bench`, as CI starts it.
  private static func run(_ arguments: String...) throws -> (status: Int32, out: Data) {
    let process = Process()
    process.executableURL = Bundle.main.bundleURL.appendingPathComponent("audit-bench")
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let out = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, out)
  }

  private struct Report: Decodable {
    struct Interval: Decodable {
      let gain: Double
      let low: Double
    }

    struct Line: Decodable {
      let name: String
      let images: Int
      let planted: Double?
      let estimate: Interval?
      let truth: Interval
    }

    let trained: Int
    let planted: Int
    let heldOut: Int
    let pullCorrelation: Double
    let errorCorrelation: Double
    let lines: [Line]

    subscript(name: String) -> Line? { lines.first { $0.name == name } }
  }

  @Test func followingTheStatisticIsWorthWhatItSays() throws {
    let (status, out) = try TruthTests.run("truth", "--images", "252", "--leave-out", "60", "--check", "--json")
    #expect(status == 0)
    let report = try #require(try JSONDecoder().decode([Report].self, from: out).first)
    #expect(report.trained == 202 && report.heldOut == 50 && report.planted == 20)
    let drop = try #require(report["drop"])
    let estimate = try #require(drop.estimate)
    #expect(drop.truth.low > 0.05 && drop.planted == 1 && drop.images >= 8)
    #expect(abs(estimate.gain - drop.truth.gain) <= drop.truth.gain / 3)
    #expect(report.pullCorrelation > report.errorCorrelation + 0.1)
    for share in [2, 5] {
      let skew = try #require(report["\(share) % by skew"]).truth.gain
      for other in ["mse of the plain model", "its share_mse / share_mae", "random"] {
        let rival = try #require(report["\(share) % by \(other)"]).truth.gain
        #expect(skew > rival + 0.02, "\(share) % by \(other): \(rival), by skew \(skew)")
      }
    }
  }

  /// Every defect under two names: copies hid each other once, and following the statistic gained nothing.
  @Test func defectsThatWerePutInTwiceAreFound() throws {
    let (_, out) = try TruthTests.run("truth", "--images", "252", "--leave-out", "3", "--copies", "--json")
    let report = try #require(try JSONDecoder().decode([Report].self, from: out).first)
    let (drop, all) = (try #require(report["drop"]), try #require(report["all that was planted"]))
    #expect(drop.truth.gain > 0.6 * all.truth.gain && all.truth.gain > 0.05)
  }

  /// A scan makes fewer of a small set: with more the bench would speak of another program.
  @Test(arguments: [nil, 30]) func damageIsLearntFromAsManyCopiesAsAScanMakes(asked: Int?) throws {
    let set = try CleanSet.drawn(120, seed: 1, jobs: 2)
    let keys = set.pictures.indices.map { SplitMix64.mixed(UInt64($0)) }
    let learnt = try LearntDamage(
      pictures: set.pictures, measures: set.measures, keys: keys, seed: 1, kinds: [0], perKind: asked, jobs: 2)
    #expect(learnt.model.damagedCopies.count == asked ?? 12)
  }

  private static func interval(_ gain: Double) -> Gain {
    Gain(before: [100, 100], after: [100 - 100 * gain, 100 - 100 * gain], stretches: [0, 1])
  }

  private static func line(_ name: String, _ gain: Double, estimate: Double? = nil) -> TruthLine {
    TruthLine(name: name, images: 10, planted: 1, estimate: estimate.map(interval), truth: interval(gain), probe: nil)
  }

  /// A truth that keeps all expectations, with what trained networks gained.
  private static func trained(_ gains: [String: Double]) -> Truth {
    var truth = truth()
    truth.lines.append(line("5 % by mse", 0.1))
    for place in truth.lines.indices { truth.lines[place].probe = gains[truth.lines[place].name].map(interval) }
    return truth
  }

  private static func truth(
    drop: Double = 0.18, estimate: Double? = 0.2, skew: Double = 0.1, rival: Double = 0.03, all: Double = 0.2,
    pull: Double = 0.8
  ) -> Truth {
    let shares = [2, 5].flatMap { share in
      [line("\(share) % by skew", skew), line("\(share) % by mse of the plain model", rival)]
    }
    return Truth(
      set: "made up", stretch: 1, seed: 1, trained: 100, planted: 10, heldOut: 2,
      lines: [line("drop", drop, estimate: estimate), line("all that was planted", all)] + shares,
      pullCorrelation: pull, errorCorrelation: 0.5, moved: 20)
  }

  @Test func aSetThatKeepsEveryExpectationBreaksNone() {
    #expect(TruthTests.truth().brokenExpectations == [])
    // Nothing to be had: rankings differ by chance there.
    #expect(TruthTests.truth(drop: 0, estimate: nil, skew: 0, rival: 0.01, all: 0.01).brokenExpectations == [])
  }

  @Test func everyExpectationCanBreak() {
    #expect(TruthTests.truth(estimate: 0.3).brokenExpectations.count == 1, "the estimate is too rosy")
    #expect(TruthTests.truth(estimate: nil).brokenExpectations.count == 1, "nothing is marked")
    #expect(TruthTests.truth(rival: 0.11).brokenExpectations.count == 2, "another ranking gains more, at 2 and 5 %")
    #expect(TruthTests.truth(pull: 0.55).brokenExpectations.count == 1, "pull orders no better than mse")
    #expect(TruthTests.truth(drop: -0.1, estimate: nil, all: 0).brokenExpectations.count == 1, "following it costs")
  }

  @Test func everyExpectationOfTrainingsCanBreak() {
    let kept = ["drop": 0.1, "5 % by skew": 0.1, "5 % by mse": 0.12, "5 % by mse of the plain model": 0.05]
    #expect(TruthTests.trained(kept).brokenExpectations == [], "the stored mse may be ahead by chance")
    let broken: [(name: String, gain: Double)] = [
      ("drop", 0.06), ("5 % by mse", 0.14), ("5 % by mse of the plain model", 0.11), ("5 % by skew", 0.04),
    ]
    for (name, gain) in broken {
      let found = TruthTests.trained(kept.merging([name: gain]) { $1 }).brokenExpectations
      #expect(!found.isEmpty && found.allSatisfy { $0.contains("trained autoencoder") }, "\(name) \(gain): \(found)")
    }
  }

  /// Four of a second camera's pictures stand for one: 4 + 4 x 1 fall by 0 + 4 x 0.5.
  @Test func aPictureCountsAsManyTimesAsItStandsFor() {
    let interval = Gain(
      before: [4, 1, 1, 1, 1], after: [4, 0.5, 0.5, 0.5, 0.5], stretches: [0, 1, 2, 3, 4],
      importances: [1, 0.25, 0.25, 0.25, 0.25])
    #expect(abs(interval.gain - 0.5 / 5) < 1e-12)
  }

  @Test(arguments: [UInt64(1), 2, 3]) func aSecondCameraTakesPicturesOfBothSidesAndNoneTwice(seed: UInt64) {
    let taken = SecondCamera.places(of: 1_000, apart: 185, seed: seed)
    #expect((12...20).contains(taken.train.count) && taken.train.count == taken.test.count)
    #expect(taken.train.isDisjoint(with: taken.test))
    #expect(taken == SecondCamera.places(of: 1_000, apart: 185, seed: seed))
  }

  /// Five sets that differ in the fifth alone judge every picture once, and learn from it four times.
  @Test(arguments: [(true, nil), (false, nil), (false, 40)] as [(Bool, Int?)])
  func fifthsHoldEveryPictureOutOnce(plants: Bool, camera: Int?) throws {
    let source = PictureSource.demo(images: 132, seed: 3)
    let sets = try (0..<TruthSet.fifths).map {
      try TruthSet(
        source, seed: 3, stretch: 1, copies: false, plants: plants, finds: false, cameraApart: camera, fifth: $0,
        jobs: 2)
    }
    #expect(sets.flatMap(\.stretches).sorted() == Array(0..<132))
    #expect(sets.allSatisfy { $0.trainCount + $0.testCount == 132 && $0.importances.allSatisfy { $0 == 1 } })
    let taken = camera.map { SecondCamera.places(of: 132, apart: $0, seed: 3, inFifths: true).train.count } ?? 0
    #expect(sets.reduce(0) { $0 + $1.isOfCamera.count { $0 } } == 4 * taken)
  }

  /// 4 rise by 38.5; where a picture counts with at most 10 medians of 1, 3.25 rise by 9.25.
  @Test func whatFifthsSayIsPooledAsSumsOfLosses() {
    func fifth(_ after: [Double], _ stretches: [Int]) -> Truth {
      let losses = HeldOutLosses(before: [1, 1], after: after, stretches: stretches, importances: [1, 1])
      var truth = TruthTests.truth()
      truth.lines = [
        TruthLine(name: "drop", images: 1, planted: nil, estimate: nil, truth: losses.gain, losses: losses)
      ]
      return truth
    }
    var fifths = [fifth([0.5, 1], [0, 1]), fifth([1, 40], [2, 3])]
    Truth.join(&fifths)
    for fifth in fifths {
      #expect(fifth.lines[0].everyPicture.map { abs($0.gain + 38.5 / 4) < 1e-12 } == true)
      #expect(fifth.lines[0].everyPictureCounted.map { abs($0.gain + 9.25 / 3.25) < 1e-12 } == true)
    }
    #expect(fifths[0].lines[0].truth.gain == 0.25)
  }

  /// The other four of 10, 11, 12, 12 and 40 % say 18.75, 18.5, 18.25, 18.25 and 11.25: none is met. Without the last all are.
  @Test func theSummarySaysHowWellTheOtherFifthsPredictOne() {
    func summary(_ gains: [Double]) -> [String] {
      var fifths = gains.enumerated().map { place, gain in
        let losses = HeldOutLosses(
          before: [1, 1], after: [1 - gain, 1 - gain], stretches: [2 * place, 2 * place + 1], importances: [1, 1])
        var truth = TruthTests.truth()
        truth.lines = [
          TruthLine(
            name: "drop", images: 1, planted: nil, estimate: TruthTests.interval(0), truth: losses.gain, losses: losses)
        ]
        return truth
      }
      Truth.join(&fifths)
      return TruthSummary(fifths).table
    }
    #expect(summary([0.1, 0.11, 0.12, 0.12, 0.4]).contains("  predicted by the other fifths: close in 0 of 5"))
    #expect(summary([0.1, 0.11, 0.12, 0.12]).contains("  predicted by the other fifths: close in 4 of 4"))
    #expect(!TruthSummary([TruthTests.truth()]).table.contains { $0.contains("other fifths") }, "one fifth alone")
  }

  /// Stretches fall from 4 to 2 and from 2 to 2: g = 1/3, errors 2 - 4/3 and -2/3 over a mean of 3.
  @Test func stretchesAreTheObservationsOfAnInterval() {
    let interval = Gain(before: [1, 3, 2], after: [1, 1, 2], stretches: [7, 7, 9])
    let reach = 1.96 * (2 * (2.0 / 9) * (2.0 / 9) / 1 / 2).squareRoot()
    #expect(abs(interval.gain - 1.0 / 3) < 1e-12)
    #expect(abs(interval.high - interval.gain - reach) < 1e-12 && abs(interval.gain - interval.low - reach) < 1e-12)
  }

  @Test func theRankCorrelationIsOneForOneOrderAndMinusOneForTheOther() {
    #expect(rankCorrelation([1, 5, 9], [2, 3, 400]) == 1)
    #expect(rankCorrelation([1, 5, 9], [4, 3, 2]) == -1)
    #expect(rankCorrelation([1, 2, 3, 4], [2, 1, 4, 3]) == 0.6)
  }

  @Test func aMillionRowsHaveABudgetThatCanBeCrossed() throws {
    #expect(try TruthTests.run("rank", "--rows", "3000", "--max-seconds", "60", "--max-megabytes", "400").status == 0)
    #expect(try TruthTests.run("rank", "--rows", "3000", "--max-megabytes", "1").status == 1)
  }
}
