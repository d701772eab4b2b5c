import AuditCore
import AuditExport
import AuditStore
import Synchronization

/// Two runs of the database, one beside the other: what became of the samples of the older one.
final class ComparisonView: Sendable {
  private let database: ServedDatabase
  private let reading: WorkRoom
  private let comparing = WorkRoom(places: 1)

  private struct Row: Sendable {
    let path: String
    let before: PairedSample.Facts
    let after: PairedSample.Facts?
    let change: String
  }

  private struct Made: Sendable {
    let runs: [Int64]
    let states: [SeenState]
    let sentences: [String]
    let rows: [Row]
    let total: Int
  }

  /// The last one: its pages are asked for one after the other.
  private let last = Mutex<Made?>(nil)
  /// More are counted and not kept.
  private static let (mostKept, mostRows) = (100_000, 500)

  init(_ database: ServedDatabase, reading: WorkRoom) { (self.database, self.reading) = (database, reading) }

  func json(_ query: WebQuery) async throws -> WebResponse {
    let offset = try query["offset"].map { try SampleQuery.number($0, "offset") } ?? 0
    let limit = min(
      ComparisonView.mostRows, try query["limit"].map { try SampleQuery.number($0, "limit") } ?? 200)
    let (run, other, made) = try await made(query)
    let rows = Array(made.rows.dropFirst(offset).prefix(limit))
    let ids = try await reading.run { [database] in
      try database.reading(of: run) { store in
        let lookup = SampleLookup(store, run: run.id, dataset: "")
        return try rows.map { try $0.after == nil ? nil : lookup.id(of: $0.path) }
      }
    }
    return .json([
      "run": ["id": WebValue(run.id), "name": WebValue(run.name)],
      "with": ["id": WebValue(other.id), "name": WebValue(other.name)], "sentences": WebValue(made.sentences),
      "total": WebValue(made.total), "offset": WebValue(offset),
      "rows": .list(
        zip(rows, ids).map { row, id in
          [
            "path": WebValue(row.path), "id": id.map { WebValue($0) } ?? nil,
            "before": ComparisonView.facts(row.before), "after": row.after.map(ComparisonView.facts) ?? nil,
            "change": WebValue(row.change),
          ]
        }),
    ])
  }

  func csv(_ query: WebQuery) async throws -> WebResponse {
    let (_, _, made) = try await made(query)
    let source = PagedRows(count: made.rows.count, page: ComparisonView.mostRows) { range in
      var table = WebTable(
        columns: range.lowerBound == 0
          ? ["path", "verdict_before", "skew_before", "verdict_after", "skew_after", "change"] : nil)
      for row in made.rows[range] {
        table.add([
          .text(row.path), .text(row.before.word), row.before.skew.map { .real($0) } ?? .null,
          row.after.map { .text($0.word) } ?? .null, row.after?.skew.map { .real($0) } ?? .null, .text(row.change),
        ])
      }
      return table.bytes
    }
    return .csv(.pieces { try await source.next() }, name: "compare")
  }

  private static func facts(_ facts: PairedSample.Facts) -> WebValue {
    ["verdict": WebValue(facts.word == "unreadable" ? "failed" : facts.word), "skew": WebValue(facts.skew)]
  }

  private func made(_ query: WebQuery) async throws -> (ServedRun, ServedRun, Made) {
    guard let with = query["with"] else { throw WebRefusal(.badRequest, "with which run? with is its number") }
    return try await comparing.run { [self] in
      let (run, other) = (try database.run(query["run"]), try database.run(with))
      let states = try [run, other].map { run in
        try database.reading(of: run) { try SeenState($0, run: run.id) }
      }
      if let known = last.withLock({ $0 }), known.runs == [run.id, other.id], known.states == states {
        return (run, other, known)
      }
      let made = try ComparisonView.make(database.path, run, other, states)
      last.withLock { $0 = made }
      return (run, other, made)
    }
  }

  private static func make(
    _ path: String, _ run: ServedRun, _ other: ServedRun, _ states: [SeenState]
  ) throws -> Made {
    let (before, after) = try ComparedRun.pair(path, [other.name, run.name])
    var (rows, total) = ([Row](), 0)
    let comparison = try RunComparison(before, after, top: 0) { pair in
      guard let change = change(of: pair) else { return }
      total += 1
      if rows.count < mostKept {
        rows.append(Row(path: pair.path, before: pair.before, after: pair.after, change: change))
      }
    }
    let counts =
      "\(comparison.common.formattedWithCommas) images are in both; \(comparison.gone.formattedWithCommas) are gone, "
      + "\(comparison.new.formattedWithCommas) are new, \(comparison.renamed.formattedWithCommas) renamed, "
      + "\(comparison.contentChanged.formattedWithCommas) have other content."
    return Made(
      runs: [run.id, other.id], states: states, sentences: [comparison.conclusion, counts], rows: rows, total: total)
  }

  /// nil where a sample is marked as before.
  private static func change(of pair: PairedSample) -> String? {
    guard let after = pair.after else { return pair.isRenamed ? "renamed" : "gone" }
    let content = pair.isSameContent ? "" : ", other content"
    if pair.before.word != after.word { return "\(pair.before.word) to \(after.word)\(content)" }
    return pair.isSameContent ? nil : "other content"
  }
}
