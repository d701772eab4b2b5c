import AuditCore
import GRDB

/// Files of one kind that the walk met and that are no samples.
package struct LeftOutCount: Codable, Sendable, Equatable {
  /// sidecar, excluded, hidden, other, contained.
  package let kind: String
  /// Suffix, pattern, ending or reason.
  package let name: String
  package let files: Int
  /// Folders that were not entered.
  package let folders: Int
  /// Path of the first of them.
  package let example: String

  package init(kind: String, name: String, files: Int, folders: Int, example: String) {
    self.kind = kind
    self.name = name
    self.files = files
    self.folders = folders
    self.example = example
  }
}

extension Store {
  /// What the walk left out, instead of what an earlier one did.
  package func write(leftOut: [LeftOutCount], to run: OpenRun) throws {
    try write { database in
      try database.execute(sql: "DELETE FROM left_out WHERE run_id = ?", arguments: [run.id])
      for count in leftOut {
        try database.execute(
          sql: "INSERT INTO left_out (run_id, kind, name, files, folders, example) VALUES (?, ?, ?, ?, ?, ?)",
          arguments: [run.id, count.kind, count.name, count.files, count.folders, count.example])
      }
    }
  }

  /// What the walk of a run left out, kind by kind, the most frequent first. Empty in databases of older versions.
  package func leftOut(of run: Int64) throws -> [LeftOutCount] {
    guard try rows("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'left_out'").first != nil else {
      return []
    }
    return try rows(
      "SELECT kind, name, files, folders, example FROM left_out WHERE run_id = ? ORDER BY kind, files + folders DESC, name",
      .integer(run)
    ).map {
      LeftOutCount(
        kind: $0["kind"].text ?? "", name: $0["name"].text ?? "", files: $0["files"].integer ?? 0,
        folders: $0["folders"].integer ?? 0, example: $0["example"].text ?? "")
    }
  }
}
