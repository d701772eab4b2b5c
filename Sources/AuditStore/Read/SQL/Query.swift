package import AuditCore
import Foundation
import GRDB
import GRDBSQLite

/// A value as SQLite has it.
package enum SQLValue: Sendable, Equatable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  case blob([UInt8])

  package var integer: Int? {
    switch self {
    case .integer(let value): Int(value)
    case .real(let value) where value == value.rounded() && abs(value) < 1e15: Int(value)
    default: nil
    }
  }

  /// A whole number as it is stored.
  package var wide: Int64? {
    if case .integer(let value) = self { value } else { nil }
  }

  /// nil also where a database that somebody else wrote holds an infinite number.
  package var real: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .real(let value): value.isFinite ? value : nil
    default: nil
    }
  }

  package var blob: [UInt8]? {
    if case .blob(let value) = self { value } else { nil }
  }

  package var text: String? {
    if case .text(let value) = self { value } else { nil }
  }
}

/// A row of an answer: values by position or by column name.
package struct SQLRow: Sendable {
  package let columns: SQLColumns
  package let values: [SQLValue]

  package subscript(_ name: String) -> SQLValue {
    columns.positions[name].map { values[$0] } ?? .null
  }
}

extension SQLRow {
  /// From columns `path` and `path_raw`.
  package var samplePath: SamplePath? {
    if case .blob(let raw) = self["path_raw"] { return SamplePath(bytes: raw) }
    return self["path"].text.map { SamplePath($0) }
  }
}

/// The column names of an answer, in order.
package final class SQLColumns: Sendable {
  package let names: [String]
  let positions: [String: Int]

  init(_ names: [String]) {
    self.names = names
    positions = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
  }
}

extension Store {
  /// Every row of a query; for answers that are known to be small.
  package func rows(_ sql: String, _ arguments: SQLValue...) throws -> [SQLRow] {
    var rows: [SQLRow] = []
    try forEachRow(sql, arguments) { rows.append($0) }
    return rows
  }

  /// Hands on the rows of a query one by one; memory does not grow with the answer.
  ///
  /// - Parameters:
  ///   - sql: one statement that gives rows and changes nothing, whatever the connection would allow.
  ///   - onColumns: told the column names before the first row, also when there is none.
  /// - Throws: `AuditError` with SQLite's words where the query is wrong.
  package func forEachRow(
    _ sql: String, _ arguments: [SQLValue] = [], onColumns: (SQLColumns) throws -> Void = { _ in },
    _ body: (SQLRow) throws -> Void
  ) throws {
    do {
      try queue.unsafeRead { database in
        let statement = try Store.question(sql, in: database, arguments: arguments.count)
        try Store.forEachRow(of: statement, arguments, onColumns: onColumns, body)
      }
    } catch let error as DatabaseError {
      throw refusal(of: error)
    }
  }

  /// The same for an id and a number a row, without making values of them; NaN where there is no number, or an infinite one.
  func forEachNumber(
    _ sql: String, _ arguments: [SQLValue], _ body: (Int64, Double) throws -> Void
  ) throws {
    do {
      try queue.unsafeRead { database in
        let statement = try Store.question(sql, in: database, arguments: arguments.count)
        try statement.setArguments(StatementArguments(arguments.map(\.databaseValue)))
        try RowReader(statement).forEach { row in
          let number = row.double(1)
          try body(row.integer(0), number.isFinite ? number : .nan)
        }
      }
    } catch let error as DatabaseError {
      throw refusal(of: error)
    }
  }

  /// The first rows of what a person asks in SQL.
  ///
  /// - Parameter isEnough: asked with each row, before it is taken, whether there are enough.
  /// - Returns: the columns, and whether there were more rows.
  package func answer(
    to question: String, isEnough: (SQLRow) -> Bool, _ body: (SQLRow) -> Void
  ) throws -> (columns: [String], isCut: Bool) {
    struct Enough: Error {}
    var columns: [String] = []
    do {
      try forEachRow(question, onColumns: { columns = $0.names }) { row in
        if isEnough(row) { throw Enough() }
        body(row)
      }
    } catch is Enough {
      return (columns, true)
    }
    return (columns, false)
  }

  /// Why a query was not answered, for a person.
  func refusal(of error: DatabaseError) -> any Error {
    if [.SQLITE_NOTADB, .SQLITE_CORRUPT].contains(error.resultCode) {
      return Store.explained(error, path: path, safe: 0)
    }
    return SQLMistake.explained(error.message ?? "the query failed", store: self)
  }
}

/// The rows of a statement whose arguments are set.
struct PreparedRows {
  let columns: SQLColumns
  private let statement: Statement

  init(_ statement: Statement) {
    self.statement = statement
    columns = SQLColumns(statement.columnNames)
  }

  /// Of a query without arguments.
  init(_ sql: String, in database: Database) throws { self.init(try database.makeStatement(sql: sql)) }

  func forEach(_ body: (SQLRow) throws -> Void) throws {
    // One array for all rows: it is copied only where a row is kept.
    var values = [SQLValue](repeating: .null, count: columns.names.count)
    try RowReader(statement).forEach { row in
      for column in values.indices { values[column] = row.value(column) }
      try body(SQLRow(columns: columns, values: values))
    }
  }
}

extension Store {
  /// Every row of a query inside of a transaction. Nothing is taken for what its column should hold: GRDB's own
  /// conversions end the process where a database holds something else.
  static func rows(_ sql: String, _ arguments: SQLValue..., in database: Database) throws -> [SQLRow] {
    var rows: [SQLRow] = []
    try forEachRow(of: try database.makeStatement(sql: sql), arguments) { rows.append($0) }
    return rows
  }

  private static func forEachRow(
    of statement: Statement, _ arguments: [SQLValue], onColumns: (SQLColumns) throws -> Void = { _ in },
    _ body: (SQLRow) throws -> Void
  ) throws {
    try statement.setArguments(StatementArguments(arguments.map(\.databaseValue)))
    let rows = PreparedRows(statement)
    try onColumns(rows.columns)
    try rows.forEach(body)
  }

  /// Prepares a statement that only asks.
  ///
  /// A read-only connection is not enough: VACUUM INTO writes another file, BEGIN leaves a transaction open, ATTACH
  /// brings in a file of somebody else. None of them gives rows.
  private static func question(_ sql: String, in database: Database, arguments: Int) throws -> Statement {
    let statement: Statement
    do {
      statement = try database.makeStatement(sql: sql)
    } catch let error as DatabaseError where error.resultCode == .SQLITE_MISUSE {
      throw AuditError.question("one question at a time; the text holds several statements")
    } catch let error as DatabaseError where error.message == "empty statement" {
      throw AuditError.question("the question is empty")
    }
    guard statement.isReadonly, statement.columnCount > 0 else {
      throw AuditError.question(
        "the database is only read here, and this statement changes something or gives no rows",
        remedy: "use SELECT, WITH, VALUES or EXPLAIN")
    }
    let parameters = Int(sqlite3_bind_parameter_count(statement.sqliteStatement))
    guard parameters == arguments else {
      let names = (1...max(1, parameters)).compactMap { index in
        sqlite3_bind_parameter_name(statement.sqliteStatement, Int32(index)).map { String(cString: $0) } ?? "?"
      }
      throw AuditError.question(
        "the question has open parameters (\(names.joined(separator: ", ")))", remedy: "write their values into it")
    }
    return statement
  }
}

extension Store {
  /// Whether a table has a column: databases of older versions lack the newer ones until they are written to.
  func hasColumn(_ column: String, in table: String) throws -> Bool {
    try rows("SELECT 1 FROM pragma_table_info(?) WHERE name = ?", .text(table), .text(column)).first != nil
  }
}

extension SQLValue {
  var databaseValue: DatabaseValue {
    switch self {
    case .null: .null
    case .integer(let value): value.databaseValue
    case .real(let value): value.databaseValue
    case .text(let value): value.databaseValue
    case .blob(let value): Data(value).databaseValue
    }
  }
}

/// SQLite's complaint about a query, with the nearest name that exists.
enum SQLMistake {
  static func explained(_ message: String, store: Store) -> AuditError {
    guard let match = message.firstMatch(of: /no such (column|table): (.+)/) else { return .question(message) }
    let wanted = String(match.2.split(separator: ".").last ?? match.2)
    let names = (try? store.names(match.1 == "table" ? .tables : .columns)) ?? []
    if match.1 == "column", names.contains(wanted) {
      let tables = (try? store.tables(with: wanted)) ?? []
      return .question(message + " here", remedy: "it is a column of " + tables.joined(separator: ", "))
    }
    let near = Spelling.nearest(to: wanted, in: names)
    return .question(message, remedy: near.isEmpty ? nil : "did you mean " + near.joined(separator: ", ") + "?")
  }
}

extension Store {
  /// The saved questions: views whose names begin with `q_`, without that.
  package func savedQuestions() throws -> [String] {
    try names(.tables).filter { $0.hasPrefix("q_") }.map { String($0.dropFirst(2)) }
  }

  /// A question that lists them: `name`, and `question` in SQL.
  package static let listOfSavedQuestions = """
    SELECT substr(name, 3) AS name, replace(trim(substr(sql, instr(sql, char(10)) + 1)), char(10), ' ') AS question
    FROM sqlite_schema WHERE type = 'view' AND name LIKE 'q\\_%' ESCAPE '\\' ORDER BY name
    """

  /// The question that was saved under a name.
  package static func savedQuestion(_ name: String) -> String { "SELECT * FROM q_\(name)" }

  enum NameKind { case tables, columns }

  /// Tables and views that have a column, those that users are promised first; at most four.
  func tables(with column: String) throws -> [String] {
    let promised = ["samples", "flagged", "all_samples", "run", "metric"]
    let found = try rows(
      """
      SELECT s.name FROM sqlite_schema AS s JOIN pragma_table_info(s.name) AS c
      WHERE s.type IN ('table', 'view') AND s.name NOT LIKE 'q\\_%' ESCAPE '\\' AND c.name = ? ORDER BY s.name
      """, .text(column)
    ).compactMap(\.values[0].text)
    return Array((promised.filter(found.contains) + found.filter { !promised.contains($0) }).prefix(4))
  }

  func names(_ kind: NameKind) throws -> [String] {
    let tables = "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')"
    let sql =
      switch kind {
      case .tables: tables + " ORDER BY name"
      case .columns: "SELECT DISTINCT c.name FROM (\(tables)) AS s JOIN pragma_table_info(s.name) AS c ORDER BY c.name"
      }
    return try rows(sql).compactMap(\.values[0].text)
  }
}
