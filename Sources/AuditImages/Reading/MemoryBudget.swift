import AuditCore
import CImageCodecs
import Glibc
import Synchronization

/// Memory that the pictures being decoded may take, all together, whatever the number of workers.
///
/// Large pictures wait for one another, in the order in which they came; small ones pass, since what they take is
/// bounded by the number of workers.
final class MemoryBudget: Sendable {
  static let shared = MemoryBudget(bytes: 272 << 20)
  /// Below this a picture is small.
  static let small = 8 << 20

  private struct State {
    var used = 0
    var waiting: [Int] = []
    var next = 0
  }

  private let bytes: Int
  private let state = Mutex(State())

  init(bytes: Int) { self.bytes = bytes }

  /// Waits until the memory is free.
  ///
  /// - Returns: nil for a small picture.
  /// - Throws: `.bomb` for more than there will ever be, `.timeout` where the scan is stopped meanwhile.
  func lease(_ wanted: Int, watch: DecodeWatch) throws(SampleIssue) -> MemoryLease? {
    guard wanted > MemoryBudget.small else { return nil }
    try check(wanted, of: bytes)
    watch.rest()
    let place = state.withLock { state in
      state.next += 1
      state.waiting.append(state.next)
      return state.next
    }
    while !take(wanted, place: place) {
      if watch.ask() {
        state.withLock { $0.waiting.removeAll { $0 == place } }
        throw watch.issue
      }
      usleep(2_000)
    }
    return MemoryLease(self, bytes: wanted)
  }

  /// Waits until all memory is free, for a file whose need is not known yet.
  ///
  /// - Throws: `.timeout` where the scan is stopped meanwhile.
  func leaseAll(watch: DecodeWatch) throws(SampleIssue) -> MemoryLease {
    guard let lease = try lease(bytes, watch: watch) else { preconditionFailure("a budget of a small picture") }
    return lease
  }

  private func take(_ wanted: Int, place: Int) -> Bool {
    state.withLock { state in
      guard state.waiting.first == place, state.used + wanted <= bytes else { return false }
      state.waiting.removeFirst()
      state.used += wanted
      return true
    }
  }

  fileprivate func giveBack(_ count: Int) { state.withLock { $0.used -= count } }

  /// - Throws: `.bomb` where more is wanted than there is.
  fileprivate func check(_ wanted: Int, of bytes: Int) throws(SampleIssue) {
    guard wanted > bytes else { return }
    throw SampleIssue(
      .bomb, "decoding takes about \(MemoryBudget.text(wanted)) of memory, more than \(MemoryBudget.text(bytes))")
  }

  /// 285212672 as `285 MB`.
  private static func text(_ bytes: Int) -> String { "\((bytes / 1_000_000).formattedWithCommas) MB" }
}

/// Gives memory that was freed, and that the allocator keeps for later, back to the system.
package func returnFreeMemory() { audit_return_free_memory() }

/// For a process that stays and now and then needs much for a moment: large blocks that are freed go back to the system at
/// once, and all threads share two heaps.
package func holdLittleMemory() { audit_hold_little_memory() }

/// Memory that was set aside for a picture; given back when nobody holds this any more.
final class MemoryLease: Sendable {
  private let budget: MemoryBudget
  let bytes: Int

  fileprivate init(_ budget: MemoryBudget, bytes: Int) {
    self.budget = budget
    self.bytes = bytes
  }

  /// - Throws: `.bomb` where more is wanted than was set aside.
  func check(_ wanted: Int) throws(SampleIssue) { try budget.check(wanted, of: bytes) }

  deinit { budget.giveBack(bytes) }
}
