import Dispatch
import Synchronization

/// What is asynchronous, for a thread that waits.
///
/// The main thread waits rather than leaves: where it leaves before the process ends, glibc loads libgcc_s.so.1 for it, which
/// a system with glibc alone does not have.
enum Waiting {
  /// Runs the work on other threads, and returns what it gives.
  static func value<Value: Sendable>(of work: sending @escaping () async throws -> Value) throws -> Value {
    let made = Mutex<Result<Value, any Error>?>(nil)
    let isMade = DispatchSemaphore(value: 0)
    Task {
      let result: Result<Value, any Error>
      do { result = .success(try await work()) } catch { result = .failure(error) }
      made.withLock { $0 = result }
      isMade.signal()
    }
    while true {
      isMade.wait()
      if let result = made.withLock({ $0 }) { return try result.get() }
    }
  }
}
