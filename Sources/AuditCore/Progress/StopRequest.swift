import Synchronization

/// Set by Ctrl-C, looked at between chunks: the scan finishes what it has begun, commits and ends.
package final class StopRequest: Sendable {
  private let flag = Atomic<Bool>(false)
  private let lastDeed = Mutex<(@Sendable () -> Void)?>(nil)

  package init() {}

  package func set() { flag.store(true, ordering: .relaxed) }
  package var isSet: Bool { flag.load(ordering: .relaxed) }

  /// What is still to be done where the process is to end at once; nil for nothing.
  package func onGivingUp(_ deed: (@Sendable () -> Void)?) { lastDeed.withLock { $0 = deed } }

  /// To be called just before the process ends without waiting for what is in work.
  package func giveUp() { lastDeed.withLock { $0?() } }
}
