import AuditCore
import AuditQuality
import AuditReport
import AuditStore

/// What is read from the database a page at a time: groups of copies, files without scores, decisions.
struct ListViews: Sendable {
  let database: ServedDatabase
  let reading: WorkRoom

  private static let (mostGroups, mostMembers, mostRows) = (100, 100, 1_000)

  /// A part of a list that a request asks for.
  private struct Part {
    let offset: Int
    let limit: Int

    init(_ query: WebQuery, usual: Int, most: Int) throws(WebRefusal) {
      offset = try query["offset"].map { (text) throws(WebRefusal) in try SampleQuery.number(text, "offset") } ?? 0
      limit = min(
        most, try query["limit"].map { (text) throws(WebRefusal) in try SampleQuery.number(text, "limit") } ?? usual)
    }
  }

  private func read<Value: Sendable>(
    _ query: WebQuery, _ body: @escaping @Sendable (Store, ServedRun) throws -> Value
  ) async throws -> Value {
    try await reading.run { [database] in
      let run = try database.run(query["run"])
      return try database.reading(of: run) { try body($0, run) }
    }
  }

  func groups(_ query: WebQuery) async throws -> WebResponse {
    let part = try Part(query, usual: 50, most: ListViews.mostGroups)
    return .json(
      try await read(query) { store, run in
        [
          "total": WebValue(try store.copyGroupCount(of: run.id)), "offset": WebValue(part.offset),
          "excerpt": WebValue(try store.excerpt(of: run.id)?.words),
          "groups": .list(
            try ListViews.groups(store, run, part).map { group in
              [
                "group": WebValue(group.row["number"]), "kind": WebValue(group.row["kind"].text ?? "run"),
                "best": WebValue(group.members.first { $0.isBest }?.row["id"] ?? .null),
                "why": WebValue(group.row["reason"]),
                "members": .list(
                  group.members.map { member in
                    .members(
                      ["id", "path", "width", "height", "decision", "verdict"].map {
                        (name: $0, value: WebValue(member.row[$0]))
                      })
                  }),
              ]
            }),
        ]
      })
  }

  func groupsCSV(_ query: WebQuery) async throws -> WebResponse {
    let count = try await read(query) { store, run in try store.copyGroupCount(of: run.id) }
    let source = PagedRows(count: count, page: ListViews.mostGroups) { range in
      try await read(query) { store, run in
        var table = WebTable(
          columns: range.lowerBound == 0
            ? ["group", "kind", "path", "is_best", "width", "height", "decision", "verdict"] : nil)
        let part = try Part(
          WebQuery(["offset": ["\(range.lowerBound)"], "limit": ["\(range.count)"]]), usual: 0,
          most: ListViews.mostGroups)
        for group in try ListViews.groups(store, run, part) {
          for member in group.members {
            table.add(
              [group.row["number"], group.row["kind"], member.row["path"], .integer(member.isBest ? 1 : 0)]
                + ["width", "height", "decision", "verdict"].map { member.row[$0] })
          }
        }
        return table.bytes
      }
    }
    return .csv(.pieces { try await source.next() }, name: "groups")
  }

  private static func groups(
    _ store: Store, _ run: ServedRun, _ part: Part
  ) throws -> [(row: SQLRow, members: [(row: SQLRow, isBest: Bool)])] {
    let groups = try store.copyGroupRows(of: run.id, from: part.offset, most: part.limit)
    let membersOf = try store.members(
      ofGroups: groups.compactMap { $0["number"].integer }, in: run.id, most: mostMembers)
    return try groups.map { group in
      let members = membersOf[group["number"].integer ?? 0] ?? []
      let tiles = try store.tileRows(of: members.compactMap { $0["id"].wide }, in: run.id, value: "skew")
      let rowOf = Dictionary(tiles.compactMap { row in row["id"].wide.map { ($0, row) } }) { first, _ in first }
      return (
        group,
        members.compactMap { member in
          member["id"].wide.flatMap { rowOf[$0] }.map { ($0, member["is_best"].integer == 1) }
        }
      )
    }
  }

  func failed(_ query: WebQuery) async throws -> WebResponse {
    let part = try Part(query, usual: 200, most: ListViews.mostRows)
    return .json(
      try await read(query) { store, run in
        let kinds = try store.unreadableKinds(in: run.id)
        return [
          "total": WebValue(kinds.reduce(0) { $0 + ($1["images"].integer ?? 0) }), "offset": WebValue(part.offset),
          "groups": .list(
            kinds.map {
              let code = $0["error_code"].text ?? ""
              return [
                "code": WebValue(code), "count": WebValue($0["images"]),
                "says": WebValue(IssueCatalogue.info(code)?.meaning ?? ""),
              ]
            }),
          "rows": .list(
            try kinds.isEmpty
              ? []
              : store.unreadable(in: run.id, from: part.offset, most: part.limit).map {
                [
                  "path": WebValue($0["path"]), "code": WebValue($0["error_code"]),
                  "detail": WebValue($0["error_detail"]),
                ]
              }),
        ]
      })
  }

  func failedCSV(_ query: WebQuery) async throws -> WebResponse {
    let count = try await read(query) { store, run in
      try store.unreadableKinds(in: run.id).reduce(0) { $0 + ($1["images"].integer ?? 0) }
    }
    let source = PagedRows(count: count, page: ListViews.mostRows) { range in
      try await read(query) { store, run in
        var table = WebTable(columns: range.lowerBound == 0 ? ["path", "code", "detail"] : nil)
        for row in try store.unreadable(in: run.id, from: range.lowerBound, most: range.count) {
          table.add(["path", "error_code", "error_detail"].map { row[$0] })
        }
        return table.bytes
      }
    }
    return .csv(.pieces { try await source.next() }, name: "failed")
  }

  private static let decisionColumns = ["path", "content_hash", "verdict", "at", "by", "reason", "holds"]

  private static func decision(_ row: SQLRow) -> [SQLValue] {
    decisionColumns.map { row[$0 == "content_hash" ? "sha256" : $0] }
  }

  func decisions(_ query: WebQuery) async throws -> WebResponse {
    let part = try Part(query, usual: 200, most: ListViews.mostRows)
    return .json(
      try await read(query) { store, _ in
        let rows = try store.standingDecisions(from: part.offset, most: part.limit)
        return [
          "total": WebValue(try store.standingDecisionCount()), "offset": WebValue(part.offset),
          "decisions": .list(
            rows.map { row in
              .members(
                zip(ListViews.decisionColumns, ListViews.decision(row)).map {
                  (name: $0, value: $0 == "holds" ? WebValue($1.integer == 1) : WebValue($1))
                })
            }),
        ]
      })
  }

  func decisionsCSV(_ query: WebQuery) async throws -> WebResponse {
    let count = try await read(query) { store, _ in try store.standingDecisionCount() }
    let source = PagedRows(count: count, page: ListViews.mostRows) { range in
      try await read(query) { store, _ in
        var table = WebTable(columns: range.lowerBound == 0 ? ListViews.decisionColumns : nil)
        for row in try store.standingDecisions(from: range.lowerBound, most: range.count) {
          table.add(ListViews.decision(row))
        }
        return table.bytes
      }
    }
    return .csv(.pieces { try await source.next() }, name: "decisions")
  }
}
