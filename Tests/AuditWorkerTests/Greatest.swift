import Foundation

/// The greatest of the numbers that several threads met.
///
/// With `NSLock`: the thread sanitizer does not see what a `Mutex` orders, and reports races that are none.
final class Greatest: @unchecked Sendable {
  private let lock = NSLock()
  private var number = 0

  func meet(_ other: Int) { lock.withLock { number = max(number, other) } }

  var value: Int { lock.withLock { number } }
}
