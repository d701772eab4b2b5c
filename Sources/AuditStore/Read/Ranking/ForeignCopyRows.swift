import GRDB

/// A sample that another set holds too.
package struct ForeignCopyRow: Sendable {
  package let sample: Int64
  /// The database that the other set was read from.
  package let database: String
  /// Of the copy, in the other set.
  package let path: String
  package let kind: String

  package init(sample: Int64, database: String, path: String, kind: String) {
    (self.sample, self.database, self.path, self.kind) = (sample, database, path, kind)
  }
}

extension Store {
  /// Replaces what is known of copies that lie in other sets. Of a sample with several the first is kept.
  package func write(foreign rows: [ForeignCopyRow], to run: Int64) throws {
    try write { database in
      try database.execute(
        sql: "DELETE FROM foreign_copy WHERE (SELECT run_id FROM sample WHERE id = sample_id) = ?", arguments: [run])
      var writer = try RowWriter(
        database, sql: "INSERT OR IGNORE INTO foreign_copy (sample_id, database, path, kind) VALUES (?, ?, ?, ?)")
      for row in rows {
        writer.bind(row.sample)
        writer.bind(row.database)
        writer.bind(row.path)
        writer.bind(row.kind)
        try writer.insert()
      }
    }
  }

  /// Whether a run has what copies are found by.
  package func knowsCopies(of run: Int64) throws -> Bool {
    try hasColumn("hashes", in: "fingerprint") && hasColumn("log_sharpness", in: "quality")
      && !rows(
        "SELECT 1 FROM fingerprint JOIN sample ON sample.id = sample_id WHERE run_id = ? LIMIT 1", .integer(run)
      ).isEmpty
  }
}
