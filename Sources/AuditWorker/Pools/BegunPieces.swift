package import AuditCore

/// Pieces of work that a supervisor has, the oldest first: its child is handed the next one before it has answered the one
/// before. For one thread at a time.
package final class BegunPieces {
  private let supervisor: Supervisor
  private let stop: StopRequest
  /// How much work each piece holds.
  private var counts: [Int] = []
  /// To the first of the oldest piece.
  private var early: [ChildAnswer] = []
  /// Why no child works: then none is tried again for what follows.
  private var fault: SupervisionFault?

  /// - Parameter supervisor: with nothing that waits.
  package init(_ supervisor: Supervisor, stop: StopRequest) { (self.supervisor, self.stop) = (supervisor, stop) }

  /// - Parameter work: the next of the piece; not asked for where no child works.
  package func begin(_ count: Int, work: (Int) -> ChildWork) {
    counts.append(count)
    guard fault == nil else { return }
    for place in 0..<count { supervisor.add(work(place)) }
  }

  /// Waits for the oldest piece.
  ///
  /// - Returns: the answers to it, in order; without those that a stop left undone.
  package func finish() throws(SupervisionFault) -> [ChildAnswer] {
    let count = counts.removeFirst()
    if let fault { throw fault }
    do throws(SupervisionFault) {
      early += try supervisor.answers(atLeast: count - early.count, stop: stop)
    } catch {
      fault = error
      throw error
    }
    let own = min(count, early.count)
    defer { early.removeFirst(own) }
    return Array(early.prefix(own))
  }
}
