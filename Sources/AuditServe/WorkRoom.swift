import Foundation
import Glibc
import Synchronization

/// Threads for work that waits for a disk or for other processes: on those of the tasks it would hold up every answer.
///
/// So many at a time: a hundred pictures asked for at once are decoded a few at a time.
/// Each room has threads of its own: those that Dispatch lends are as many as the machine has processors, and two long
/// jobs on two of them would let no page be read.
final class WorkRoom: Sendable {
  /// Who is next. The newest where somebody looks at it now, and at the others no more.
  enum Turn: Sendable { case oldest, newest }

  /// Thrown in place of work that nobody waits for any more when its turn comes.
  struct NobodyWaits: Error {}

  private typealias Job = @Sendable () -> Void

  private struct Line {
    var waiting: [Job] = []
    var threads = 0
  }

  private let places: Int
  private let turn: Turn
  private let isBackground: Bool
  private let line = Mutex(Line())
  /// Of a thread that gives way (`nice`).
  private static let patience: Int32 = 10

  /// - Parameter isBackground: for what is made before anybody asks: gives way to all else.
  init(places: Int, turn: Turn = .oldest, isBackground: Bool = false) {
    (self.places, self.turn, self.isBackground) = (places, turn, isBackground)
  }

  /// - Parameter isWanted: asked when its turn comes, whether anybody still waits for it.
  /// - Throws: `NobodyWaits`, and what `work` throws.
  func run<Value: Sendable>(
    whileWanted isWanted: @escaping @Sendable () -> Bool = { true }, _ work: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { waiting in
      enter {
        waiting.resume(
          with: Result {
            guard isWanted() else { throw NobodyWaits() }
            return try work()
          })
      }
    }
  }

  private func enter(_ job: @escaping Job) {
    let isNew = line.withLock { line in
      line.waiting.append(job)
      guard line.threads < places else { return false }
      line.threads += 1
      return true
    }
    guard isNew else { return }
    Thread.detachNewThread {
      if self.isBackground { WorkRoom.giveWay() }
      while let job = self.next() { job() }
    }
  }

  /// What is not begun yet.
  var waiting: Int { line.withLock(\.waiting.count) }
  /// Whether anything is in work.
  var isBusy: Bool { line.withLock { $0.threads > 0 } }

  /// Of Linux's threads each has its own niceness.
  private static func giveWay() {
    let thread = Int32(PRIO_PROCESS.rawValue)
    _ = setpriority(thread, 0, max(patience, getpriority(thread, 0)))
  }

  /// nil where nothing waits, and the thread ends.
  private func next() -> Job? {
    line.withLock { line in
      if line.waiting.isEmpty {
        line.threads -= 1
        return nil
      }
      return turn == .newest ? line.waiting.removeLast() : line.waiting.removeFirst()
    }
  }
}
