import Foundation

/// Threads for work that waits for a disk or for other processes: on those of the tasks it would hold up every answer.
///
/// So many at a time, in the order in which they came: a hundred pictures asked for at once are decoded a few at a time.
final class WorkRoom: Sendable {
  private let queue = OperationQueue()

  init(places: Int) { queue.maxConcurrentOperationCount = places }

  func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { waiting in
      queue.addOperation { waiting.resume(with: Result { try work() }) }
    }
  }
}
