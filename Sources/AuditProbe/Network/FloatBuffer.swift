import AuditCore
import Dispatch
import Glibc

func cosine(_ angle: Double) -> Double { cos(angle) }
func logarithm(_ value: Double) -> Double { log(value) }
func exponential(_ value: Double) -> Double { exp(value) }

/// Storage for the kernels: `count` floats, 0 at first.
///
/// Shared by threads that write to disjoint parts of it; who may write where is the business of the code that splits.
final class FloatBuffer: @unchecked Sendable {
  let base: UnsafeMutablePointer<Float>
  let count: Int

  init(_ count: Int) {
    self.count = count
    base = .allocate(capacity: max(1, count))
    base.initialize(repeating: 0, count: max(1, count))
  }

  deinit { base.deallocate() }

  var values: [Float] { Array(UnsafeBufferPointer(start: base, count: count)) }

  func fill(_ values: [Float]) {
    precondition(values.count == count)
    for (place, value) in values.enumerated() { base[place] = value }
  }
}

/// Runs `count` independent pieces of work on at most `threads` threads and returns when all are done.
///
/// Which thread takes which piece depends on `threads`; so pieces must not share results, and then nothing does.
func inParallel(_ count: Int, threads: Int, _ piece: (Int) -> Void) {
  guard threads > 1, count > 1 else {
    for index in 0..<count { piece(index) }
    return
  }
  let used = min(threads, count)
  withoutActuallyEscaping(piece) { piece in
    // Pieces write to disjoint memory by contract, and all have returned before this function does.
    nonisolated(unsafe) let piece = piece
    DispatchQueue.concurrentPerform(iterations: used) { thread in
      for index in stride(from: thread, to: count, by: used) { piece(index) }
    }
  }
}

extension SplitMix64 {
  /// Uniform in 0..<1, 53 bits.
  mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Fisher-Yates; the bias of the remainder is below count / 2^64.
  mutating func shuffle<Element>(_ elements: inout [Element]) {
    guard elements.count > 1 else { return }
    for last in stride(from: elements.count - 1, to: 0, by: -1) {
      elements.swapAt(last, Int(next() % UInt64(last + 1)))
    }
  }
}
