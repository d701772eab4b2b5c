package import AuditCore
import GRDB
import GRDBSQLite
import Synchronization

/// A question took longer than it was given, and was stopped.
package struct QuestionTimeout: Error, Equatable {
  package let seconds: Double
}

/// Says when a question has to end.
private final class QuestionWatch: Sendable {
  private let end: ContinuousClock.Instant
  private let stop: StopRequest
  private let struck = Atomic<Bool>(false)

  init(seconds: Double, stop: StopRequest) { (end, self.stop) = (.now + .seconds(seconds), stop) }

  var hasStruck: Bool { struck.load(ordering: .relaxed) }

  /// Whether the question is to end now.
  func looks() -> Bool {
    guard stop.isSet || ContinuousClock.now > end else { return false }
    struck.store(true, ordering: .relaxed)
    return true
  }
}

extension Store {
  /// Instructions of SQLite's machine between two looks at the clock: well under a millisecond.
  private static let instructionsBetweenLooks: Int32 = 20_000

  /// Lets `body` ask for so long; a question that is not answered by then is stopped.
  ///
  /// - Parameters:
  ///   - stop: ends it as well.
  ///   - body: asks this store alone, and no other thread asks it meanwhile.
  /// - Throws: `QuestionTimeout`, and what `body` throws.
  package func within<Value>(
    seconds: Double, stop: StopRequest = StopRequest(), _ body: () throws -> Value
  ) throws -> Value {
    let watch = QuestionWatch(seconds: seconds, stop: stop)
    queue.unsafeReentrantRead { database in
      sqlite3_progress_handler(
        database.sqliteConnection, Store.instructionsBetweenLooks,
        { watch in
          guard let watch else { return 0 }
          return Unmanaged<QuestionWatch>.fromOpaque(watch).takeUnretainedValue().looks() ? 1 : 0
        },
        Unmanaged.passUnretained(watch).toOpaque())
    }
    defer {
      queue.unsafeReentrantRead { sqlite3_progress_handler($0.sqliteConnection, 0, nil, nil) }
    }
    do {
      return try withExtendedLifetime(watch, body)
    } catch {
      if watch.hasStruck { throw QuestionTimeout(seconds: seconds) }
      throw error
    }
  }

  /// How long a value may be that a question of anybody makes, and one that is read to work with: a model holds the rows
  /// that it was fitted on, 25 MB of 2,000 images.
  package static let (longestAnswer, longestModel): (Int32, Int32) = (16 << 20, 128 << 20)

  /// Takes less memory, for a process that holds several connections and stays.
  ///
  /// - Parameters:
  ///   - megabytes: of cache.
  ///   - longest: bytes of the longest value, however a question makes it.
  package func takeLittleMemory(megabytes: Int, longest: Int32 = Store.longestAnswer) {
    queue.unsafeReentrantRead { database in
      sqlite3_exec(database.sqliteConnection, "PRAGMA cache_size = -\(1024 * megabytes)", nil, nil, nil)
      sqlite3_limit(database.sqliteConnection, SQLITE_LIMIT_LENGTH, longest)
    }
  }
}
