/// How soon a child's answers come of late, and how large they are.
///
/// To be woken for every answer costs more than to read ten at once, and nobody needs a row before those beside it.
struct AnswerPace {
  /// The longest that nobody looks, seconds.
  private static let longest = 0.05
  /// Bytes of answers that may lie in the socket meanwhile: a child is not to wait for room there.
  private static let room = 1 << 16
  /// Of the time that answers should take: whoever looks too soon looks again for the last ones.
  private static let margin = 1.15

  private var last = ContinuousClock.now
  /// Of one answer; 0 where none came yet.
  private var (seconds, bytes) = (0.0, 0)

  /// The child, which had nothing to do, has work again.
  mutating func begin() { last = .now }

  /// - Parameter bytes: of all these answers.
  mutating func note(answers: Int, bytes all: Int) {
    guard answers > 0 else { return }
    let now = ContinuousClock.now
    seconds = (now - last) / .seconds(1) / Double(answers)
    bytes = all / answers
    last = now
  }

  /// Seconds for which no look is worth it: until so many answers should be there, or as many as there is room for. 0 where
  /// the next one is wanted at once, or nothing is known.
  func rest(until answers: Int) -> Double {
    let awaited = min(answers, AnswerPace.room / max(1, bytes))
    guard awaited > 1, seconds > 0 else { return 0 }
    let gone = (ContinuousClock.now - last) / .seconds(1)
    return max(0, min(AnswerPace.longest, Double(awaited) * seconds * AnswerPace.margin - gone))
  }
}
