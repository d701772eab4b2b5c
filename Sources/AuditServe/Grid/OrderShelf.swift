import AuditCore
import AuditStore
import Synchronization

/// Orders that were made, the last used ones first, within a bound of memory.
///
/// A list stays as it was made while somebody goes on in it, so that nothing moves under their eyes; it is made anew when
/// its beginning is asked for and the run, or the decisions that it hangs on, are others since.
final class OrderShelf: Sendable {
  private struct Key: Hashable {
    let run: Int64
    let query: SampleQuery
  }

  private struct Shelf {
    /// The last used at the end.
    var orders: [(key: Key, order: SampleOrder, made: ContinuousClock.Instant)] = []
    /// In work.
    var making: [Key: Task<SampleOrder, any Error>] = [:]
  }

  private let shelf = Mutex(Shelf())
  private let mostBytes: Int
  /// For how long an order of a run that is being scanned holds.
  private static let secondsWhileWritten = 10.0

  init(mostBytes: Int = 24 << 20) { self.mostBytes = mostBytes }

  /// The order where it is there and still holds; nil where it has to be made.
  ///
  /// - Parameter goesOn: whether a later part of it is asked for.
  func find(_ query: SampleQuery, run: Int64, state: SeenState, goesOn: Bool) -> SampleOrder? {
    shelf.withLock { shelf in
      guard let place = shelf.orders.firstIndex(where: { $0.key == Key(run: run, query: query) }) else { return nil }
      let found = shelf.orders[place]
      guard goesOn || OrderShelf.holds(found.order, found.made, query, state) else { return nil }
      shelf.orders.append(shelf.orders.remove(at: place))
      return found.order
    }
  }

  private static func holds(
    _ order: SampleOrder, _ made: ContinuousClock.Instant, _ query: SampleQuery, _ state: SeenState
  ) -> Bool {
    if state.isBeingWritten, ContinuousClock.now - made > .seconds(secondsWhileWritten) { return false }
    guard order.state.results == state.results else { return false }
    let hangsOnDecisions = query.filter.asksForDecisions || query.sorting.column == "verdict"
    return !hangsOnDecisions || order.state.decisions == state.decisions
  }

  /// Makes an order, once however many ask for it meanwhile.
  func order(
    _ query: SampleQuery, run: Int64, make: @escaping @Sendable () async throws -> SampleOrder
  ) async throws -> SampleOrder {
    let key = Key(run: run, query: query)
    let task = shelf.withLock { shelf in
      if let task = shelf.making[key] { return task }
      let task = Task {
        let result = await Result { try await make() }
        self.shelf.withLock { shelf in
          shelf.making[key] = nil
          if case .success(let order) = result { self.keep(order, key, in: &shelf) }
        }
        return try result.get()
      }
      shelf.making[key] = task
      return task
    }
    return try await task.value
  }

  private func keep(_ order: SampleOrder, _ key: Key, in shelf: inout Shelf) {
    shelf.orders.removeAll { $0.key == key }
    shelf.orders.append((key, order, .now))
    while shelf.orders.count > 1, shelf.orders.reduce(0, { $0 + $1.order.bytes }) > mostBytes {
      shelf.orders.removeFirst()
    }
  }
}

extension Result where Failure == any Error {
  fileprivate init(_ body: () async throws -> Success) async {
    do { self = .success(try await body()) } catch { self = .failure(error) }
  }
}
