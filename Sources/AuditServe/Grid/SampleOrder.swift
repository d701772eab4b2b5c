import AuditStore

/// The samples that a query takes, in its order.
///
/// A list stays as it was made while somebody goes on in it, so that nothing moves under their eyes; it is made anew when
/// its beginning is asked for and the run, or the decisions that it hangs on, are others since.
struct SampleOrder: Sendable {
  struct Key: Hashable, Sendable {
    let run: Int64
    let query: SampleQuery
  }

  let ids: SampleIDs
  /// What was seen of the run when it was made.
  let state: SeenState
  private let made = ContinuousClock.now
  /// For how long an order of a run that is being scanned holds.
  private static let secondsWhileWritten = 10.0

  var bytes: Int { ids.bytes }

  init(ids: SampleIDs, state: SeenState) { (self.ids, self.state) = (ids, state) }

  /// Whether its beginning can be shown as it is.
  func holds(for query: SampleQuery, _ now: SeenState) -> Bool {
    if now.isBeingWritten, ContinuousClock.now - made > .seconds(SampleOrder.secondsWhileWritten) { return false }
    guard state.results == now.results else { return false }
    let hangsOnDecisions = query.filter.asksForDecisions || query.sorting.column == "verdict"
    return !hangsOnDecisions || state.decisions == now.decisions
  }

  /// Reads it from the database: numbers in the order of the paths, which are then sorted here, so that equal ones stay
  /// in that order; text is sorted there.
  init(_ query: SampleQuery, in run: ServedRun, of store: Store, isNumber: Bool, state: SeenState) throws {
    var ids = SampleIDs()
    if isNumber {
      var values: [Double] = []
      try store.forEachNumber(of: query.sorting.column, in: run.id, query.filter) { id, value in
        ids.append(id)
        values.append(value)
      }
      ids = SampleOrder.sorted(ids, by: values, isDescending: query.sorting.isDescending)
    } else {
      try store.forEachSample(in: run.id, query.filter, by: query.sorting) { ids.append($0) }
    }
    self.init(ids: ids, state: state)
  }

  /// Stable; what has no number comes last.
  static func sorted(_ ids: SampleIDs, by values: [Double], isDescending: Bool) -> SampleIDs {
    precondition(ids.count == values.count)
    var keys: [(value: Double, place: Int)] = []
    keys.reserveCapacity(values.count)
    for (place, value) in values.enumerated() where !value.isNaN { keys.append((isDescending ? -value : value, place)) }
    keys.sort { $0.value == $1.value ? $0.place < $1.place : $0.value < $1.value }
    var sorted = SampleIDs(capacity: ids.count)
    for key in keys { sorted.append(ids[key.place]) }
    for (place, value) in values.enumerated() where value.isNaN { sorted.append(ids[place]) }
    return sorted
  }
}

/// Ids of samples in some order: four bytes each, or eight where one of them is beyond four billion.
struct SampleIDs: Sendable, Equatable, ExpressibleByArrayLiteral {
  private var short: [UInt32] = []
  /// Of all, once one is not short.
  private var long: [Int64]?

  init(capacity: Int = 0) { short.reserveCapacity(capacity) }
  init(arrayLiteral ids: Int64...) {
    for id in ids { append(id) }
  }

  var count: Int { long?.count ?? short.count }
  var bytes: Int { long.map { 8 * $0.count } ?? 4 * short.count }

  subscript(place: Int) -> Int64 { long?[place] ?? Int64(short[place]) }

  /// Those of the places that there are.
  subscript(places: Range<Int>) -> [Int64] { places.clamped(to: 0..<count).map { self[$0] } }

  mutating func append(_ id: Int64) {
    if long == nil, let id = UInt32(exactly: id) { return short.append(id) }
    if long == nil {
      long = short.map { Int64($0) }
      short = []
    }
    long?.append(id)
  }
}

/// What the database says of a run besides its rows: equal states, equal rows.
struct SeenState: Sendable, Equatable {
  /// Of the run itself.
  let results: [SQLValue]
  let decisions: [SQLValue]
  let isBeingWritten: Bool

  init(_ store: Store, run: Int64) throws {
    let row = try store.seenState(of: run)
    results = ["status", "finished_at", "digest"].map { row?[$0] ?? .null }
    decisions = ["decisions", "newest", "undone"].map { row?[$0] ?? .null }
    isBeingWritten = row?["status"].text == "running"
  }
}
