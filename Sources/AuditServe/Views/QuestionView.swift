import AuditCore
import AuditStore

/// What a person asks in SQL, within bounds of time, rows and bytes.
struct QuestionView: Sendable {
  let database: ServedDatabase
  let reading: WorkRoom
  /// One at a time: each may take all of a processor.
  private let asking = WorkRoom(places: 1)

  private static let (mostRows, mostBytes) = (1_000, 4 << 20)

  init(_ database: ServedDatabase, reading: WorkRoom) { (self.database, self.reading) = (database, reading) }

  private struct Answer: Sendable {
    let columns: [String]
    let rows: [[SQLValue]]
    let isCut: Bool
    let milliseconds: Double
  }

  func json(_ query: WebQuery) async throws -> WebResponse {
    let answer = try await answer(query)
    return .json([
      "columns": WebValue(answer.columns), "rows": .list(answer.rows.map { .list($0.map { WebValue($0) }) }),
      "truncated": WebValue(answer.isCut), "ms": WebValue(answer.milliseconds),
    ])
  }

  func csv(_ query: WebQuery) async throws -> WebResponse {
    let answer = try await answer(query)
    var table = WebTable(columns: answer.columns)
    for row in answer.rows { table.add(row) }
    return .csv(.bytes(table.bytes), name: "sql")
  }

  private func answer(_ query: WebQuery) async throws -> Answer {
    guard let question = query["query"] else { throw WebRefusal(.badRequest, "there is no question: query is empty") }
    return try await asking.run { [database] in
      let begun = ContinuousClock.now
      // Of its own: a question may change how its connection answers.
      let store = try database.open(try database.run(query["run"]))
      var (rows, bytes) = ([[SQLValue]](), 0)
      let (columns, isCut) = try store.within(seconds: SamplesView.mostForFree) {
        try store.answer(to: question) { row in
          bytes += row.values.reduce(0) { $0 + QuestionView.size($1) }
          return rows.count == QuestionView.mostRows || bytes > QuestionView.mostBytes
        } _: {
          rows.append($0.values)
        }
      }
      return Answer(
        columns: columns, rows: rows, isCut: isCut,
        milliseconds: ((ContinuousClock.now - begun) / .milliseconds(1)).rounded())
    }
  }

  private static func size(_ value: SQLValue) -> Int {
    switch value {
    case .null, .integer, .real: 8
    case .text(let text): text.utf8.count
    case .blob(let bytes): 2 * bytes.count
    }
  }
}
