package import AuditCore

extension Supervisor {
  /// Seconds that a child may still take after a stop.
  private static let grace = 2.0

  /// Has pieces of work done; nothing else may wait.
  ///
  /// - Returns: what became of each, in order; without those that a stop left undone.
  /// - Throws: where no child can work at all; then nothing waits any more.
  package func answers(to pieces: [ChildWork], stop: StopRequest) throws(SupervisionFault) -> [ChildAnswer] {
    for piece in pieces { add(piece) }
    return try answers(atLeast: pieces.count, stop: stop)
  }

  /// Waits for the answers to the oldest pieces of work.
  ///
  /// - Returns: of so many pieces, and of those behind them whose answers came with these; of fewer where a stop left work
  ///   undone or no more waits.
  /// - Throws: where no child can work at all; then nothing waits any more.
  func answers(atLeast count: Int, stop: StopRequest) throws(SupervisionFault) -> [ChildAnswer] {
    var answers: [ChildAnswer] = []
    var end: Deadline?
    do throws(SupervisionFault) {
      while answers.count < count, waitingCount > 0 {
        if stop.isSet, end == nil { end = Deadline(seconds: Supervisor.grace) }
        if let end, end.isOver {
          abandon()
          break
        }
        answers += try advance(awaiting: count - answers.count, within: 0.1).answers
      }
    } catch {
      abandon()
      throw error
    }
    return answers
  }
}
