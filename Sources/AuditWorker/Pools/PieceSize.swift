import Synchronization

/// How many samples a child is handed at once: many where they are soon done, for each time costs this process as much as
/// a row does; few where they are slow, for a row waits for those of its piece.
final class PieceSize: Sendable {
  /// The longest that a piece should take of a child's time.
  private static let longest = Duration.milliseconds(100)

  let range: ClosedRange<Int>
  private let size: Atomic<Int>

  init(_ range: ClosedRange<Int>) {
    self.range = range
    size = Atomic(range.lowerBound)
  }

  var current: Int { size.load(ordering: .relaxed) }

  /// - Parameter time: that so many samples took.
  func note(samples: Int, took time: Duration) {
    let fitting = Double(samples) * (PieceSize.longest / max(time, .nanoseconds(1)))
    size.store(Int(fitting.clamped(to: range)), ordering: .relaxed)
  }
}

extension Double {
  fileprivate func clamped(to range: ClosedRange<Int>) -> Double {
    min(max(self, Double(range.lowerBound)), Double(range.upperBound))
  }
}

/// The elements of a sequence in pieces, each as large as it should be when it is taken. Those at the end are small, so that no
/// worker has much to do while another has nothing.
struct SizedPieces<Base: Sequence>: Sequence, IteratorProtocol {
  private var elements: Base.Iterator
  /// That are known to follow.
  private var left: Int
  private let size: PieceSize
  private let jobs: Int

  init(_ base: Base, size: PieceSize, jobs: Int) {
    (left, elements) = (base.underestimatedCount, base.makeIterator())
    (self.size, self.jobs) = (size, jobs)
  }

  mutating func next() -> [Base.Element]? {
    let share = jobs > 1 ? Swift.max(size.range.lowerBound, left / (2 * jobs)) : .max
    let count = Swift.min(size.current, share)
    var piece: [Base.Element] = []
    piece.reserveCapacity(count)
    while piece.count < count, let element = elements.next() { piece.append(element) }
    left -= piece.count
    return piece.isEmpty ? nil : piece
  }
}
