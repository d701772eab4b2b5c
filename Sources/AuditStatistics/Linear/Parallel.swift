import Dispatch

/// A pointer that several threads use, each for elements of its own.
struct SharedPointer<Element>: @unchecked Sendable {
  let base: UnsafeMutablePointer<Element>
}

/// A pointer that several threads read.
struct SharedInput<Element>: @unchecked Sendable {
  let base: UnsafePointer<Element>
}

/// Runs `body` for 0..<count on at most `jobs` threads.
///
/// Thread t takes t, t + jobs, ...: what an index computes must not depend on any other, and then the result does not
/// depend on `jobs`.
func inParallel(_ count: Int, jobs: Int, _ body: @Sendable (Int) -> Void) {
  let threads = min(max(jobs, 1), count)
  guard threads > 1 else {
    for index in 0..<count { body(index) }
    return
  }
  DispatchQueue.concurrentPerform(iterations: threads) { thread in
    for index in stride(from: thread, to: count, by: threads) { body(index) }
  }
}

/// What `body` makes of 0..<count on at most `jobs` threads, in order.
package func inParallelMap<Value: Sendable>(
  _ count: Int, jobs: Int, _ body: @Sendable (Int) -> Value
) -> [Value] {
  var values = [Value?](repeating: nil, count: count)
  values.withUnsafeMutableBufferPointer { buffer in
    guard let base = buffer.baseAddress else { return }
    let out = SharedPointer(base: base)
    inParallel(count, jobs: jobs) { out.base[$0] = body($0) }
  }
  return values.compactMap { $0 }
}

/// Cuts 0..<count into at most `parts` ranges whose borders are multiples of `step`.
func ranges(of count: Int, parts: Int, step: Int) -> [Range<Int>] {
  let steps = (count + step - 1) / step
  let used = max(1, min(parts, steps))
  return (0..<used).map { part in
    min(count, part * steps / used * step)..<min(count, (part + 1) * steps / used * step)
  }
}
