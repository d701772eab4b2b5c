import AuditCore
import GRDB

extension Store {
  /// Lets the views speak of a chosen run on this connection; the file stays as it is.
  ///
  /// A view of the file can only mean other views of the file, so each gets a temporary twin that means its twins.
  /// `changes` compares the newest runs whatever is chosen.
  package func turnViews(to run: Int64) throws {
    do {
      try queue.unsafeRead { database in
        let views = try Store.rows("SELECT name, sql FROM main.sqlite_schema WHERE type = 'view'", in: database)
        try database.execute(sql: "PRAGMA query_only = 0")
        try database.execute(sql: "CREATE TEMP VIEW current_run AS SELECT * FROM main.run WHERE id = \(run)")
        for view in views where view["name"].text != "current_run" {
          guard let sql = view["sql"].text, sql.hasPrefix(Store.makeView) else { continue }
          try database.execute(sql: "CREATE TEMP VIEW" + sql.dropFirst(Store.makeView.count))
        }
        try database.execute(sql: "PRAGMA query_only = 1")
      }
    } catch let error as DatabaseError {
      throw Store.explained(error, path: path, safe: 0)
    }
  }

  /// How SQLite keeps the text of every view, however it was written.
  private static let makeView = "CREATE VIEW"
}
