import Synchronization

/// Set by Ctrl-C, looked at between chunks: the scan finishes what it has begun, commits and ends.
package final class StopRequest: Sendable {
  private let flag = Atomic<Bool>(false)

  package init() {}

  package func set() { flag.store(true, ordering: .relaxed) }
  package var isSet: Bool { flag.load(ordering: .relaxed) }
}
