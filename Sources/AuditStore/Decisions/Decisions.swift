package import AuditCore
import GRDB

/// What a person decided about one file's content.
package struct NewDecision: Sendable, Equatable {
  /// SHA-256 of the file, 32 bytes.
  package let sha256: [UInt8]
  /// Where it lay then, relative to its dataset.
  package let path: String
  package let verdict: Verdict
  package let reason: String
  package let who: String
  /// UTC, ISO 8601; nil for now.
  package let at: String?

  package init(sha256: [UInt8], path: String, verdict: Verdict, reason: String, who: String, at: String? = nil) {
    self.sha256 = sha256
    self.path = path
    self.verdict = verdict
    self.reason = reason
    self.who = who
    self.at = at
  }
}

extension Store {
  /// Opens an existing database to write decisions or what is learnt afterwards; no metric column is added.
  ///
  /// - Parameter derived: columns of `samples` to describe in table `metric`.
  package convenience init(deciding path: String, derived: [MetricInfo] = []) throws {
    _ = try Store(reading: path)
    try self.init(path: path, metrics: [], derived: derived)
  }

  /// Writes decisions, all or none.
  ///
  /// - Returns: the ids of their rows.
  @discardableResult
  package func decide(_ decisions: [NewDecision]) throws -> [Int64] {
    let written = try write { database in
      var ids: [Int64] = []
      var writer = try RowWriter(
        database,
        sql: """
          INSERT INTO decision (sha256, path, verdict, reason, who, at)
          VALUES (?, ?, ?, ?, ?, coalesce(?, strftime('%Y-%m-%dT%H:%M:%SZ', 'now')))
          """)
      for decision in decisions {
        writer.bind(decision.sha256)
        writer.bind(decision.path)
        writer.bind(decision.verdict.rawValue)
        writer.bind(decision.reason)
        writer.bind(decision.who)
        writer.bind(decision.at)
        try writer.insert()
        ids.append(database.lastInsertedRowID)
      }
      return ids
    }
    try settle()
    return written
  }

  /// Takes decisions back; they stay in the table as history.
  package func undoDecisions(_ ids: [Int64]) throws {
    try write { database in
      var writer = try RowWriter(
        database,
        sql: """
          UPDATE decision SET undone_at = strftime('%Y-%m-%dT%H:%M:%SZ', 'now') WHERE id = ? AND undone_at IS NULL
          """)
      for id in ids {
        writer.bind(id)
        try writer.insert()
      }
    }
    try settle()
  }
}
