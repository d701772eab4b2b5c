import AuditCore
import AuditStore

/// The grid: a page of the samples that a query takes, in its order.
struct SamplesView: Sendable {
  let database: ServedDatabase
  let shelf = Shelf<SampleOrder.Key, SampleOrder>(mostBytes: 16 << 20) { $0.bytes }
  /// Where pages are read, and where orders are made: a long one holds up no page.
  let (reading, ordering): (WorkRoom, WorkRoom)

  static let mostRows = 500
  /// Seconds that a question of a person may take, and any other.
  static let (mostForFree, mostForOurs) = (5.0, 120.0)
  /// How long a first page waits for the order of all, before it is made by itself.
  private static let patience = 0.15
  private static let many = 50_000

  /// A query with what is known of its run.
  struct Asked: Sendable {
    let run: ServedRun
    let query: SampleQuery
    let state: SeenState
    let isNumber: Bool

    var key: SampleOrder.Key { SampleOrder.Key(run: run.id, query: query) }

    /// Whether an order that is there can be shown.
    ///
    /// - Parameter goesOn: whether a later part of it is asked for.
    func takes(_ order: SampleOrder, goesOn: Bool) -> Bool { goesOn || order.holds(for: query, state) }
  }

  func json(_ request: WebQuery) async throws -> WebResponse {
    let asked = try await asked(request)
    let offset = try request["offset"].map { try SampleQuery.number($0, "offset") } ?? 0
    let limit = min(SamplesView.mostRows, try request["limit"].map { try SampleQuery.number($0, "limit") } ?? 200)
    let (ids, total) = try await page(asked, offset: offset, limit: limit)
    let rows = try await rows(ids, of: asked)
    return .json(["total": WebValue(total), "offset": WebValue(offset), "rows": .list(rows.map(\.value))])
  }

  func csv(_ request: WebQuery) async throws -> WebResponse {
    let asked = try await asked(request)
    let order = try await order(asked, goesOn: false)
    let source = PagedRows(count: order.ids.count, page: SamplesView.mostRows) { range in
      let rows = try await rows(order.ids[range], of: asked)
      var table = WebTable(columns: range.lowerBound == 0 ? GridRow.columns : nil)
      for row in rows { table.add(row.fields) }
      return table.bytes
    }
    return .csv(.pieces { try await source.next() }, name: "samples")
  }

  /// Reads a query against what the database has.
  func asked(_ request: WebQuery) async throws -> Asked {
    try await reading.run { [database] in
      let run = try database.run(request["run"])
      return try database.reading(of: run) { store in
        let columns = try store.sampleColumns()
        let query = try SampleQuery(request, columns: columns, questions: try store.questionsAboutSamples())
        return Asked(
          run: run, query: query, state: try SeenState(store, run: run.id),
          isNumber: columns.contains { $0.name == query.sorting.column && $0.kind == .number })
      }
    }
  }

  /// The ids of the first samples of a query.
  func first(_ count: Int, of asked: Asked) async throws -> [Int64] {
    try await order(asked, goesOn: true).ids[0..<max(0, count)]
  }

  /// The ids of what the first page shows first.
  func beginning(count: Int) async throws -> [Int64] {
    try await page(try await asked(WebQuery()), offset: 0, limit: count).ids
  }

  private func page(_ asked: Asked, offset: Int, limit: Int) async throws -> (ids: [Int64], total: Int) {
    func part(_ order: SampleOrder) -> (ids: [Int64], total: Int) {
      let first = min(offset, order.ids.count)
      return (order.ids[first..<first + min(limit, order.ids.count - first)], order.ids.count)
    }
    if let order = shelf.find(asked.key, where: { asked.takes($0, goesOn: offset > 0) }) { return part(order) }
    // The first page of all samples need not wait until all are in order.
    let isUsual = asked.query.sorting == SampleQuery.usual
    guard asked.query.filter.takesAll, offset == 0, isUsual || !asked.isNumber, let count = try await manySamples(asked)
    else {
      return part(try await order(asked, goesOn: offset > 0))
    }
    if let ids = try await beginning(asked, count: limit) {
      Task { _ = try? await order(asked, goesOn: false) }
      return (ids, count)
    }
    let making = Task { try await order(asked, goesOn: false) }
    if let order = try await Deadline.value(SamplesView.patience, of: making) { return part(order) }
    let ids = try await reading.run { [database] in
      try database.reading(of: asked.run) { store in
        var ids: [Int64] = []
        try store.forEachSample(in: asked.run.id, asked.query.filter, by: asked.query.sorting, most: limit) {
          ids.append($0)
        }
        return ids
      }
    }
    return (ids, count)
  }

  /// How many samples a run has, where these are so many that all of them are not put in order at once.
  private func manySamples(_ asked: Asked) async throws -> Int? {
    let count = try await reading.run { [database] in
      try database.reading(of: asked.run) { store in
        try store.excerpt(of: asked.run.id)?.rows ?? store.images(of: asked.run.id)
      }
    }
    return count > SamplesView.many ? count : nil
  }

  /// The first of all samples in the usual order, straight from an index; nil where there are not so many in it, or
  /// another order is asked for.
  private func beginning(_ asked: Asked, count: Int) async throws -> [Int64]? {
    guard asked.query.sorting == SampleQuery.usual else { return nil }
    return try await reading.run { [database] in
      try database.reading(of: asked.run) { store in
        let ids = try store.highestSkew(in: asked.run.id, count: count)
        return ids?.count == count ? ids : nil
      }
    }
  }

  private func order(_ asked: Asked, goesOn: Bool) async throws -> SampleOrder {
    try await shelf.value(asked.key, where: { asked.takes($0, goesOn: goesOn) }) { [database, ordering] in
      try await ordering.run {
        try database.reading(of: asked.run) { store in
          let seconds = asked.query.filter.isFree ? SamplesView.mostForFree : SamplesView.mostForOurs
          return try store.within(seconds: seconds) {
            try SampleOrder(asked.query, in: asked.run, of: store, isNumber: asked.isNumber, state: asked.state)
          }
        }
      }
    }
  }

  private func rows(_ ids: [Int64], of asked: Asked) async throws -> [GridRow] {
    try await reading.run { [database] in
      try database.reading(of: asked.run) { store in
        let found = try store.tileRows(of: ids, in: asked.run.id, value: asked.query.sorting.column)
        let rows = Dictionary(found.compactMap { row in row["id"].wide.map { ($0, row) } }) { first, _ in first }
        return ids.compactMap { rows[$0].map(GridRow.init) }
      }
    }
  }
}

/// A sample as the grid shows it.
struct GridRow: Sendable {
  private let row: SQLRow

  init(_ row: SQLRow) { self.row = row }

  static let columns = [
    "path", "verdict", "decision", "skew", "damage", "mse", "reason", "issues", "group", "width", "height", "status",
  ]

  var value: WebValue {
    let members: [(String, WebValue)] =
      [("id", WebValue(row["id"]))]
      + GridRow.columns.map { ($0, $0 == "issues" ? WebValue(issues) : WebValue(field($0))) }
      + [("value", WebValue(row["value"]))]
    return .members(members.map { (name: $0.0, value: $0.1) })
  }

  var fields: [SQLValue] { GridRow.columns.map(field) }

  private func field(_ name: String) -> SQLValue { row[name == "group" ? "near_group" : name] }

  private var issues: [String] { (row["issues"].text ?? "").split(separator: " ").map(String.init) }
}

/// Rows that are read page after page, as fast as they are taken.
actor PagedRows {
  private let count: Int
  private let page: Int
  private let read: @Sendable (Range<Int>) async throws -> [UInt8]
  private var start = 0

  init(count: Int, page: Int, read: @escaping @Sendable (Range<Int>) async throws -> [UInt8]) {
    (self.count, self.page, self.read) = (count, page, read)
  }

  /// nil behind the last; without any row the first piece is read all the same.
  func next() async throws -> [UInt8]? {
    guard start < count || start == 0 else { return nil }
    let range = start..<min(start + page, count)
    start = max(range.upperBound, 1)
    return try await read(range)
  }
}
