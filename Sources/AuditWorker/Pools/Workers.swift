package import AuditCore
import Foundation

/// Runs a function over pieces of work on several cores and hands the results on in order.
///
/// This is the only place with parallelism. A worker's state (decoder, scratch, model) is made once per core and lent
/// to one piece after another, so that nothing is allocated per image.
package struct Workers<State: AnyObject, Piece: Sendable, Result: Sendable> {
  private let jobs: Int
  private let window: Int
  private let executor: (any TaskExecutor)?
  private let makeState: () -> State
  private let work: @Sendable (State, Piece) -> Result

  /// - Parameters:
  ///   - window: the most pieces that are in work or done and wait for one before them; never fewer than there are
  ///     workers.
  ///   - executor: where the work runs; nil where tasks usually do.
  ///   - makeState: called once per job.
  package init(
    jobs: Int, window: Int = 16, executor: (any TaskExecutor)? = nil, makeState: @escaping () -> State,
    work: @escaping @Sendable (State, Piece) -> Result
  ) {
    (self.jobs, self.window, self.executor, self.makeState, self.work) = (jobs, window, executor, makeState, work)
  }

  /// - Parameters:
  ///   - stop: looked at before each new piece; what has begun is finished.
  ///   - idle: called before a wait in which no further piece can be begun.
  ///   - consume: called in the order of the pieces.
  package func forEach(
    _ pieces: some Sequence<Piece>, stop: StopRequest, idle: () throws -> Void = {}, consume: (Result) throws -> Void
  ) async throws {
    let jobs = max(1, jobs)
    let window = max(window, jobs)
    let pool = StatePool(states: (0..<jobs).map { _ in makeState() })
    let work = work
    var pieces = pieces.makeIterator()
    try await withThrowingTaskGroup(of: (Int, Result).self) { group in
      var next = 0
      var running = 0
      var waiting: [Int: Result] = [:]
      var delivered = 0
      // A slow piece must not let the results behind it pile up.
      func start() {
        while running < jobs, next - delivered < window, !stop.isSet, let piece = pieces.next() {
          let index = next
          next += 1
          running += 1
          group.addTask(executorPreference: executor) { (index, pool.withState { work($0, piece) }) }
        }
      }
      start()
      while running > 0 {
        if running < jobs { try idle() }
        guard let (index, result) = try await group.next() else { return }
        running -= 1
        waiting[index] = result
        start()
        while let ready = waiting.removeValue(forKey: delivered) {
          delivered += 1
          start()
          try consume(ready)
        }
      }
    }
  }
}

/// Lends each state to one task at a time.
private final class StatePool<State: AnyObject>: @unchecked Sendable {
  // The lock guards `free`; a state is touched only by the task that took it out. No `Mutex`: the thread sanitizer does not
  // see what it orders, and reports races that are none.
  private let lock = NSLock()
  private var free: [State]

  init(states: [State]) { free = states }

  func withState<Value>(_ body: (State) -> Value) -> Value {
    let state = lock.withLock { free.removeLast() }
    defer { lock.withLock { free.append(state) } }
    return body(state)
  }
}
