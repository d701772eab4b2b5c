import AuditCore
import GRDB
import GRDBSQLite

/// A query that stands at a row: what is asked for next is mostly the row behind it.
final class OrderedLookup {
  private let statement: Statement
  private let columns: SQLColumns
  private let key: String
  /// What was asked for last; nil before the first question.
  private var asked: String?
  /// The row that was read and not yet given away; nil at the end, and behind a row that was given away.
  private var ahead: SQLRow?
  private var isBehindARow = false

  init(statement: Statement, key: String) {
    self.statement = statement
    columns = SQLColumns(statement.columnNames)
    self.key = key
  }

  deinit { sqlite3_reset(statement.sqliteStatement) }

  /// The first row with this key; nil where there is none.
  func first(_ wanted: String) throws -> SQLRow? {
    if let asked, precedes(asked, wanted) {
      if isBehindARow { try step() }
      if let row = take(wanted) { return row }
      // Where the row ahead lies behind the wanted one, or there is none, nothing has that key.
      guard let text = ahead?[key].text, precedes(text, wanted) else {
        self.asked = wanted
        return nil
      }
    }
    sqlite3_reset(statement.sqliteStatement)
    try statement.setArguments([wanted])
    try step()
    asked = wanted
    return take(wanted)
  }

  private func take(_ wanted: String) -> SQLRow? {
    guard let row = ahead, row[key].text?.utf8.elementsEqual(wanted.utf8) == true else { return nil }
    (asked, ahead, isBehindARow) = (wanted, nil, true)
    return row
  }

  private func step() throws {
    isBehindARow = false
    ahead = try RowReader(statement).next { row in
      SQLRow(columns: columns, values: columns.names.indices.map { row.value($0) })
    }
  }

  private func precedes(_ left: String, _ right: String) -> Bool { left.utf8.lexicographicallyPrecedes(right.utf8) }
}
