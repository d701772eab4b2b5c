import Synchronization

/// Runs a function over pieces of work on several cores and hands the results on in order.
///
/// This is the only place with parallelism. A worker's state (decoder, scratch, model) is made once per core and lent
/// to one piece after another, so that nothing is allocated per image.
struct Workers<State: AnyObject, Piece: Sendable, Result: Sendable> {
  let jobs: Int
  let makeState: () -> State
  let work: @Sendable (State, Piece) -> Result

  /// - Parameters:
  ///   - stop: looked at before each new piece; what has begun is finished.
  ///   - consume: called in the order of the pieces.
  func forEach(_ pieces: [Piece], stop: StopRequest, consume: (Result) throws -> Void) async throws {
    let pool = StatePool(states: (0..<max(1, jobs)).map { _ in makeState() })
    let work = work
    try await withThrowingTaskGroup(of: (Int, Result).self) { group in
      var next = 0
      var waiting: [Int: Result] = [:]
      var delivered = 0
      func start() {
        guard next < pieces.count, !stop.isSet else { return }
        let index = next
        let piece = pieces[index]
        next += 1
        group.addTask { (index, pool.withState { work($0, piece) }) }
      }
      for _ in 0..<max(1, jobs) { start() }
      while let (index, result) = try await group.next() {
        start()
        waiting[index] = result
        while let ready = waiting.removeValue(forKey: delivered) {
          try consume(ready)
          delivered += 1
        }
      }
    }
  }
}

/// Lends each state to one task at a time.
private final class StatePool<State: AnyObject>: @unchecked Sendable {
  // The lock guards `free`; a state is touched only by the task that took it out.
  private let lock = Mutex<Void>(())
  private var free: [State]

  init(states: [State]) { free = states }

  func withState<Value>(_ body: (State) -> Value) -> Value {
    let state = lock.withLock { _ in free.removeLast() }
    defer { lock.withLock { _ in free.append(state) } }
    return body(state)
  }
}
