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
  /// All folders.
  package let count: Int
  /// Those that hold one image alone, where others hold more: they say nothing as folders.
  package let alone: Int
  /// The first of the others.
  package let shown: [Group]

  static let most = 60

  init(_ columns: RunColumns, store: Store, run: Int64) throws {
    let unreadable = try store.unreadableCounts(in: run)
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
    let several = all.filter { $0.images > 1 }
    alone = all.count - several.count
    let ordered = several.sorted { left, right in
      (right.drop, right.pullSquared ?? 0, ByteKey(left.name)) < (left.drop, left.pullSquared ?? 0, ByteKey(right.name))
    }
    shown = Array(ordered.prefix(Groups.most))
  }
}

extension Store {
  func issueKinds(of run: Int64) throws -> [IssueKind] {
    try issueKindRows(of: run).map { row in
      let code = row["code"].text ?? ""
      let examples = try issueExamples(code, in: run, most: 3)
      let known = IssueCatalogue.info(code)
      return IssueKind(
        code: code, severity: row["severity"].text ?? "", images: row["images"].integer ?? 0,
        confidence: row["confidence"].real, meaning: known?.meaning ?? "", remedy: known?.remedy ?? "",
        examples: examples.map { .init(path: $0["path"].text ?? "", detail: $0["detail"].text ?? "") })
    }
  }

  func unreadableFiles(of run: Int64, most: Int) throws -> [RunSummary.Failure] {
    try unreadable(in: run, most: most).map {
      RunSummary.Failure(
        path: $0["path"].text ?? "", code: $0["error_code"].text ?? "", detail: $0["error_detail"].text ?? "")
    }
  }
}
