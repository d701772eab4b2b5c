package import AuditCore
import Foundation
import GRDB

/// A file that was in work when the process that read it ended.
package struct Suspect: Sendable, Equatable {
  package let path: SamplePath
  package let bytes: Int64
  package let modified: Int64
  /// Whether nothing else was in work the last time: it is the cause.
  package let isAlone: Bool
  /// Of the audit that ended.
  package let version: String
}

extension Store {
  /// Says which files are in work; nil in a store that only reads.
  package var marks: WorkMarks? { lock?.marks }

  /// Files of a dataset that were in work when a process ended, in order of their paths.
  package func suspects(of dataset: String) throws -> [Suspect] {
    try rows(
      "SELECT path, bytes, modified_ns, is_alone, version FROM suspect WHERE dataset = ? ORDER BY path", .text(dataset)
    ).map { row in
      Suspect(
        path: SamplePath(bytes: row["path"].blob ?? []), bytes: row["bytes"].wide ?? 0,
        modified: row["modified_ns"].wide ?? 0, isAlone: row["is_alone"].integer == 1,
        version: row["version"].text ?? "")
    }
  }

  /// Forgets files that a process lived through, or that are others by now.
  package func clearSuspects(_ paths: [SamplePath], of dataset: String) throws {
    guard !paths.isEmpty else { return }
    try write { database in
      var writer = try RowWriter(database, sql: "DELETE FROM suspect WHERE dataset = ? AND path = ?")
      for path in paths {
        writer.bind(dataset)
        writer.bind(path.bytes)
        try writer.insert()
      }
    }
  }

  /// Forgets files that were tried, but for those that ended what tried them.
  package func clearSuspects(_ paths: [SamplePath], of dataset: String, unlessLostIn run: OpenRun) throws {
    let lost = try rows(
      "SELECT path, path_raw FROM sample WHERE run_id = ? AND error_code IN ('crash', 'oom')", .integer(run.id)
    ).compactMap(\.samplePath)
    try clearSuspects(Array(Set(paths).subtracting(lost)), of: dataset)
  }

  /// Takes over what the process before left in the file of the lock.
  static func keepSuspects(_ left: WorkMarks.Left, in database: Database) throws {
    // Several places with a mark each: none of them was alone, whatever they say.
    let isAlone = left.marks.count == 1 && left.marks[0].isAlone
    var writer = try RowWriter(
      database,
      sql: """
        INSERT INTO suspect (dataset, path, bytes, modified_ns, deaths, is_alone, version) VALUES (?, ?, ?, ?, 1, ?, ?)
        ON CONFLICT (dataset, path) DO UPDATE SET bytes = excluded.bytes, modified_ns = excluded.modified_ns,
          deaths = deaths + 1, is_alone = excluded.is_alone, version = excluded.version
        """)
    for mark in left.marks {
      writer.bind(left.dataset)
      writer.bind(mark.path.bytes)
      writer.bind(mark.bytes)
      writer.bind(mark.modified)
      writer.bind(isAlone ? 1 : 0)
      writer.bind(left.version)
      try writer.insert()
    }
  }
}
