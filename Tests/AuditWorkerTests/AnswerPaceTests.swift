import Testing

@testable import AuditWorker

/// When a supervisor looks for answers, and how much a child is handed at once.
@Suite struct AnswerPaceTests {
  @Test func nobodyRestsWhoKnowsNothingOrWantsTheNextAnswer() {
    var pace = AnswerPace()
    #expect(pace.rest(until: 16) == 0)
    let clock = ContinuousClock.now
    while ContinuousClock.now - clock < .milliseconds(20) {}
    pace.note(answers: 10, bytes: 10_000)
    #expect(pace.rest(until: 1) == 0)
    #expect((0.004...0.05).contains(pace.rest(until: 16)))
    #expect(pace.rest(until: 1_000_000) <= 0.05)
  }

  /// Large answers fill the socket: their child would wait for whoever rests.
  @Test func noMoreIsWaitedForThanTheSocketTakes() {
    var pace = AnswerPace()
    let clock = ContinuousClock.now
    while ContinuousClock.now - clock < .milliseconds(5) {}
    pace.note(answers: 1, bytes: 100_000)
    #expect(pace.rest(until: 16) == 0)
  }

  @Test func piecesAreLargeWhereSamplesAreSoonDone() {
    let size = PieceSize(4...32)
    #expect(size.current == 4)
    size.note(samples: 4, took: .milliseconds(20))
    #expect(size.current == 20)
    size.note(samples: 20, took: .microseconds(1))
    #expect(size.current == 32)
    size.note(samples: 32, took: .zero)
    #expect(size.current == 32)
    size.note(samples: 32, took: .seconds(90))
    #expect(size.current == 4)
    size.note(samples: 0, took: .seconds(1))
    #expect(size.current == 4)
  }

  @Test(arguments: [1, 2, 5]) func piecesHoldEverySampleOnceAndGetSmallAtTheEnd(jobs: Int) {
    let size = PieceSize(4...32)
    size.note(samples: 1, took: .microseconds(1))
    let pieces = Array(SizedPieces(0..<1_003, size: size, jobs: jobs))
    #expect(pieces.flatMap { $0 } == Array(0..<1_003))
    #expect(pieces[0].count == 32 && pieces.allSatisfy { $0.count <= 32 })
    if jobs > 1 { #expect(pieces.suffix(jobs).allSatisfy { $0.count <= 4 }) }
    #expect(Array(SizedPieces([Int](), size: size, jobs: jobs)).isEmpty)
  }
}
