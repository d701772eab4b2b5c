import AuditCore
import GRDB

extension Store {
  /// Prepares a query once and lends it to `body`, which may ask it any number of times.
  ///
  /// - Throws: `AuditError.other` with SQLite's words where the query is wrong, and what `body` throws.
  package func withLookup<Result>(_ sql: String, _ body: (Lookup) throws -> Result) throws -> Result {
    do {
      // One transaction for all: to begin one costs more than to find a row.
      return try queue.read { database in
        try body(Lookup(statement: try database.makeStatement(sql: sql)))
      }
    } catch let error as DatabaseError {
      throw AuditError.other(SQLMistake.explained(error.message ?? "the query failed", store: self))
    }
  }

  /// Prepares a query whose rows are found by a text, fast where they are asked for in its order.
  ///
  /// - Parameters:
  ///   - sql: gives the rows from `?` on, in the order of the bytes of a column.
  ///   - key: the name of that column.
  package func withOrderedLookup<Result>(
    _ sql: String, key: String, _ body: (OrderedLookup) throws -> Result
  ) throws -> Result {
    do {
      return try queue.read { database in
        try body(OrderedLookup(statement: try database.makeStatement(sql: sql), key: key))
      }
    } catch let error as DatabaseError {
      throw AuditError.other(SQLMistake.explained(error.message ?? "the query failed", store: self))
    }
  }

  /// Prepares a query without running it.
  ///
  /// - Throws: `AuditError.other` with SQLite's words, and the nearest name that exists.
  package func check(_ sql: String) throws {
    try withLookup(sql) { _ in }
  }
}

/// A prepared query whose answer is at most one row that matters.
package struct Lookup {
  private let statement: Statement
  private let columns: SQLColumns

  fileprivate init(statement: Statement) {
    self.statement = statement
    columns = SQLColumns(statement.columnNames)
  }

  /// The first row of the answer; nil where it is empty.
  package func first(_ arguments: SQLValue...) throws -> SQLRow? {
    try statement.setArguments(StatementArguments(arguments.map(\.databaseValue)))
    var found: SQLRow?
    try RowReader(statement).forEach { row in
      if found == nil { found = SQLRow(columns: columns, values: columns.names.indices.map { row.value($0) }) }
    }
    return found
  }
}
