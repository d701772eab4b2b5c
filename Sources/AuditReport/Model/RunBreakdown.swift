import AuditCore
import AuditQuality
import AuditStore

/// Issues of one code in a run.
package struct IssueKind: Codable, Sendable {
  package struct Example: Codable, Sendable {
    package let path: String
    package let detail: String
  }

  package let code: String
  package let severity: String
  package let images: Int
  /// Mean probability that it is so; nil where absolute lines spoke.
  package let confidence: Double?
  /// Empty for a code that this program does not know.
  package let meaning: String
  package let remedy: String
  package let examples: [Example]
}

/// A folder of the first level, and what it holds.
package struct Group: Codable, Sendable {
  package let name: String
  package let images: Int
  package let unreadable: Int
  package let drop: Int
  package let review: Int
  /// Shares of the run's totals; nil where these are not defined.
  package let pullSquared: Double?
  package let pullAbsolute: Double?
  package let squaredLoss: Double?
  package let highestSkew: Double?
}

/// The folders of a run, the heaviest first.
package struct Groups: Codable, Sendable {
  /// All folders; `shown` are the first of them.
  package let count: Int
  package let shown: [Group]

  static let most = 60

  init(_ columns: RunColumns, store: Store, run: Int64) throws {
    let failed = try store.rows(
      "SELECT coalesce(identity, '') AS name, count(*) AS images FROM sample WHERE run_id = ? AND status = 'error' GROUP BY identity",
      .integer(run))
    let unreadable = Dictionary(
      failed.map { (ByteKey($0["name"].text ?? ""), $0["images"].integer ?? 0) }, uniquingKeysWith: +)
    let names = Set(columns.groups.keys).union(unreadable.keys).sorted()
    // In the order of the names: a sum of floating-point numbers hangs on its order.
    let totals = names.compactMap { columns.groups[$0] }
    let squared = totals.reduce(0) { $0 + $1.pullSquared }
    let absolute = totals.reduce(0) { $0 + $1.pullAbsolute }
    let loss = totals.reduce(0) { $0 + $1.squaredLoss }
    let all = names.map { name in
      let totals = columns.groups[name] ?? GroupTotals()
      return Group(
        name: name.text, images: totals.images + (unreadable[name] ?? 0), unreadable: unreadable[name] ?? 0,
        drop: totals.drop, review: totals.review, pullSquared: squared > 0 ? totals.pullSquared / squared : nil,
        pullAbsolute: absolute > 0 ? totals.pullAbsolute / absolute : nil,
        squaredLoss: loss > 0 ? totals.squaredLoss / loss : nil, highestSkew: totals.highestSkew)
    }
    count = all.count
    let ordered = all.sorted { left, right in
      (right.drop, right.pullSquared ?? 0, ByteKey(left.name)) < (left.drop, left.pullSquared ?? 0, ByteKey(right.name))
    }
    shown = Array(ordered.prefix(Groups.most))
  }
}

extension Store {
  func issueKinds(of run: Int64) throws -> [IssueKind] {
    let counts = try rows(
      """
      SELECT code, severity, count(*) AS images,
        \(try hasColumn("confidence", in: "issue") ? "avg(issue.confidence)" : "NULL") AS confidence
      FROM issue JOIN sample ON sample.id = sample_id
      WHERE run_id = ? GROUP BY code, severity ORDER BY severity = 'error' DESC, severity = 'warning' DESC, images DESC, code
      """, .integer(run))
    return try counts.map { row in
      let code = row["code"].text ?? ""
      let examples = try rows(
        """
        SELECT path, detail FROM issue JOIN sample ON sample.id = sample_id WHERE run_id = ? AND code = ?
        ORDER BY sample_id LIMIT 3
        """, .integer(run), .text(code))
      let known = IssueCatalogue.info(code)
      return IssueKind(
        code: code, severity: row["severity"].text ?? "", images: row["images"].integer ?? 0,
        confidence: row["confidence"].real, meaning: known?.meaning ?? "", remedy: known?.remedy ?? "",
        examples: examples.map { .init(path: $0["path"].text ?? "", detail: $0["detail"].text ?? "") })
    }
  }

  func unreadableFiles(of run: Int64, most: Int) throws -> [RunSummary.Failure] {
    try rows(
      """
      SELECT path, error_code, error_detail FROM sample WHERE run_id = ? AND status = 'error' ORDER BY path LIMIT ?
      """, .integer(run), .integer(Int64(most))
    ).map {
      RunSummary.Failure(
        path: $0["path"].text ?? "", code: $0["error_code"].text ?? "", detail: $0["error_detail"].text ?? "")
    }
  }
}
