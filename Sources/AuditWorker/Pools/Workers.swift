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
  /// Pieces that a worker has begun while it finishes one.
  private let ahead: Int
  private let step: @Sendable (State, Piece?, _ finishes: Bool) -> Result?

  /// - Parameters:
  ///   - window: the most pieces that are in work or done and wait for one before them; never fewer than there are
  ///     workers.
  ///   - executor: where the work runs; nil where tasks usually do.
  ///   - makeState: called once per job.
  package init(
    jobs: Int, window: Int = 16, executor: (any TaskExecutor)? = nil, makeState: @escaping () -> State,
    work: @escaping @Sendable (State, Piece) -> Result
  ) {
    (self.jobs, self.window, self.executor, self.makeState) = (jobs, window, executor, makeState)
    ahead = 0
    step = { state, piece, _ in piece.map { work(state, $0) } }
  }

  /// For workers that hand their pieces on to somebody else, who is not to wait for the next one.
  ///
  /// - Parameters:
  ///   - begin: with a piece; soon done.
  ///   - finish: waits for the result of the worker's oldest piece. The next has begun then, where there is one.
  package init(
    jobs: Int, window: Int = 16, executor: (any TaskExecutor)? = nil, makeState: @escaping () -> State,
    begin: @escaping @Sendable (State, Piece) -> Void, finish: @escaping @Sendable (State) -> Result
  ) {
    (self.jobs, self.window, self.executor, self.makeState) = (jobs, window, executor, makeState)
    ahead = 1
    step = { state, piece, finishes in
      if let piece { begin(state, piece) }
      return finishes ? finish(state) : nil
    }
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
    let lanes = (0..<jobs).map { _ in Lane(makeState()) }
    let step = step
    var pieces = pieces.makeIterator()
    try await withThrowingTaskGroup(of: (Int, Result?).self) { group in
      var next = 0
      // Of the pieces that each worker has begun, the oldest first.
      var begun = [[Int]](repeating: [], count: jobs)
      var free = Array(0..<jobs)
      var waiting: [Int: Result] = [:]
      var delivered = 0
      // A slow piece must not let the results behind it pile up.
      func start() {
        free.removeAll { number in
          let piece = next - delivered < window && !stop.isSet ? pieces.next() : nil
          if piece != nil {
            begun[number].append(next)
            next += 1
          } else if begun[number].isEmpty {
            return false
          }
          let finishes = piece == nil || begun[number].count > ahead
          let lane = lanes[number]
          group.addTask(executorPreference: executor) { (number, lane.withState { step($0, piece, finishes) }) }
          return true
        }
      }
      start()
      while free.count < jobs {
        if !free.isEmpty { try idle() }
        guard let (number, result) = try await group.next() else { return }
        free.append(number)
        if let result { waiting[begun[number].removeFirst()] = result }
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

/// Lends a worker's state to one task at a time.
private final class Lane<State: AnyObject>: @unchecked Sendable {
  // The lock guards `state`; nobody ever waits for it. No `Mutex`: the thread sanitizer does not see what it orders, and
  // reports races that are none.
  private let lock = NSLock()
  private let state: State

  init(_ state: State) { self.state = state }

  func withState<Value>(_ body: (State) -> Value) -> Value { lock.withLock { body(state) } }
}
