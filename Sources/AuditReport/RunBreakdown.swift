import AuditCore
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
}

extension Store {
  func issueKinds(of run: Int64) throws -> [IssueKind] {
    let counts = try rows(
      """
      SELECT code, severity, count(*) AS images FROM issue JOIN sample ON sample.id = sample_id
      WHERE run_id = ? GROUP BY code, severity ORDER BY severity = 'error' DESC, severity = 'warning' DESC, images DESC, code
      """, .integer(run))
    return try counts.map { row in
      let code = row["code"].text ?? ""
      let examples = try rows(
        """
        SELECT path, detail FROM issue JOIN sample ON sample.id = sample_id WHERE run_id = ? AND code = ?
        ORDER BY sample_id LIMIT 3
        """, .integer(run), .text(code))
      let known = SampleIssue.Code(rawValue: code)
      return IssueKind(
        code: code, severity: row["severity"].text ?? "", images: row["images"].integer ?? 0,
        meaning: known?.meaning ?? "", remedy: known?.remedy ?? "",
        examples: examples.map { .init(path: $0["path"].text ?? "", detail: $0["detail"].text ?? "") })
    }
  }

  func groups(of run: Int64) throws -> Groups {
    let loss = metrics.contains { $0.name == "mse" } ? "mse" : "NULL"
    let found = try rows(
      """
      WITH part AS (
        SELECT coalesce(identity, '') AS name, count(*) AS images, sum(status <> 'ok') AS unreadable,
          coalesce(sum(verdict = 'drop'), 0) AS dropped, coalesce(sum(verdict = 'review'), 0) AS reviewed,
          sum(pull_squared) AS squared, sum(pull_absolute) AS absolute, sum(\(loss)) AS loss, max(skew) AS highest
        FROM all_samples WHERE run_id = ?1 GROUP BY identity
      )
      SELECT *, count(*) OVER () AS groups, squared / sum(squared) OVER () AS squared_share,
        absolute / sum(absolute) OVER () AS absolute_share, loss / sum(loss) OVER () AS loss_share
      FROM part ORDER BY dropped DESC, squared DESC, name LIMIT ?2
      """, .integer(run), .integer(Int64(Groups.most)))
    return Groups(
      count: found.first?["groups"].integer ?? 0,
      shown: found.map {
        Group(
          name: $0["name"].text ?? "", images: $0["images"].integer ?? 0, unreadable: $0["unreadable"].integer ?? 0,
          drop: $0["dropped"].integer ?? 0, review: $0["reviewed"].integer ?? 0,
          pullSquared: $0["squared_share"].real, pullAbsolute: $0["absolute_share"].real,
          squaredLoss: $0["loss_share"].real, highestSkew: $0["highest"].real)
      })
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
