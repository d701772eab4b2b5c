import Foundation

/// Supervisors that nobody uses now: whoever takes one goes on with the child of the one who gave it back.
package final class IdleSupervisors: @unchecked Sendable {
  // The lock guards `idle`; a supervisor is touched only by the one who took it out. No `Mutex`: the thread sanitizer does
  // not see what it orders, and reports races that are none.
  private let lock = NSLock()
  private var idle: [Supervisor] = []

  package init() {}

  /// - Returns: one that works for the caller alone from now on; nil where all are in use.
  package func take() -> Supervisor? { lock.withLock { idle.popLast() } }

  /// - Parameter supervisor: what still waits there is forgotten, and its child ended: nobody takes the answers any more.
  package func giveBack(_ supervisor: Supervisor) {
    if supervisor.waitingCount > 0 { supervisor.abandon() }
    lock.withLock { idle.append(supervisor) }
  }
}
