import AuditCore
import GRDB

extension Store {
  /// Prepares a query once and lends it to `body`, which may ask it any number of times.
  ///
  /// - Throws: `AuditError` with SQLite's words where the query is wrong, and what `body` throws.
  func withLookup<Result>(_ sql: String, _ body: (Lookup) throws -> Result) throws -> Result {
    try asking { database in try body(Lookup(sql, in: database)) }
  }

  /// Prepares a query whose rows are found by a text, fast where they are asked for in its order.
  ///
  /// - Parameters:
  ///   - sql: gives the rows from `?` on, in the order of the bytes of a column.
  ///   - key: the name of that column.
  func withOrderedLookup<Result>(
    _ sql: String, key: String, _ body: (OrderedLookup) throws -> Result
  ) throws -> Result {
    try asking { database in try body(OrderedLookup(statement: try database.makeStatement(sql: sql), key: key)) }
  }

  /// Reads in one transaction: to begin one costs more than to find a row.
  ///
  /// - Throws: `AuditError` with SQLite's words where a query is wrong, and what `body` throws.
  func asking<Result>(_ body: (Database) throws -> Result) throws -> Result {
    do { return try queue.read(body) } catch let error as DatabaseError { throw refusal(of: error) }
  }
}

/// A prepared query whose answer is at most one row that matters.
struct Lookup {
  private let statement: Statement
  private let columns: SQLColumns

  init(_ sql: String, in database: Database) throws {
    statement = try database.makeStatement(sql: sql)
    columns = SQLColumns(statement.columnNames)
  }

  /// The first row of the answer; nil where it is empty.
  func first(_ arguments: SQLValue...) throws -> SQLRow? {
    try statement.setArguments(StatementArguments(arguments.map(\.databaseValue)))
    var found: SQLRow?
    try RowReader(statement).forEach { row in
      if found == nil { found = SQLRow(columns: columns, values: columns.names.indices.map { row.value($0) }) }
    }
    return found
  }
}
