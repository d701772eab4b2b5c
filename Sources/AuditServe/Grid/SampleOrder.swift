import AuditStore

/// The samples that a query takes, in its order: eight bytes each.
///
/// A list stays as it was made while somebody goes on in it, so that nothing moves under their eyes; it is made anew when
/// its beginning is asked for and the run, or the decisions that it hangs on, are others since.
struct SampleOrder: Sendable {
  struct Key: Hashable, Sendable {
    let run: Int64
    let query: SampleQuery
  }

  let ids: [Int64]
  /// What was seen of the run when it was made.
  let state: SeenState
  private let made = ContinuousClock.now
  /// For how long an order of a run that is being scanned holds.
  private static let secondsWhileWritten = 10.0

  var bytes: Int { 8 * ids.count }

  init(ids: [Int64], state: SeenState) { (self.ids, self.state) = (ids, state) }

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
    var ids: [Int64] = []
    if isNumber {
      var values: [Double] = []
      try store.forEachNumber(of: query.sorting.column, in: run.id, query.filter) { id, value in
        ids.append(id)
        values.append(value ?? .nan)
      }
      ids = SampleOrder.sorted(ids, by: values, isDescending: query.sorting.isDescending)
    } else {
      try store.forEachSample(in: run.id, query.filter, by: query.sorting) { ids.append($0) }
    }
    self.init(ids: ids, state: state)
  }

  /// Stable; what has no number comes last.
  static func sorted(_ ids: [Int64], by values: [Double], isDescending: Bool) -> [Int64] {
    precondition(ids.count == values.count)
    let sign = isDescending ? -1.0 : 1.0
    var places = values.indices.filter { !values[$0].isNaN }.map { Int32($0) }
    places.sort { left, right in
      let (one, other) = (sign * values[Int(left)], sign * values[Int(right)])
      return one == other ? left < right : one < other
    }
    places += values.indices.lazy.filter { values[$0].isNaN }.map { Int32($0) }
    return places.map { ids[Int($0)] }
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
