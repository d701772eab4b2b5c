import GRDB
import GRDBSQLite

/// Fills one prepared statement row by row, without boxing a value: a scan writes millions of them.
struct RowWriter {
  private let statement: Statement
  private let database: Database
  private var index: Int32 = 0

  init(_ database: Database, sql: String) throws {
    self.database = database
    statement = try database.cachedStatement(sql: sql)
  }

  mutating func bind(_ value: Double?) {
    index += 1
    guard let value, value.isFinite else { return null() }
    sqlite3_bind_double(statement.sqliteStatement, index, value)
  }

  mutating func bind(_ value: Int64?) {
    index += 1
    guard let value else { return null() }
    sqlite3_bind_int64(statement.sqliteStatement, index, value)
  }

  mutating func bind(_ value: Int?) { bind(value.map { Int64($0) }) }

  mutating func bind(_ value: String?) {
    index += 1
    guard var value else { return null() }
    value.withUTF8 { text in
      _ = text.withMemoryRebound(to: CChar.self) { characters in
        sqlite3_bind_text(statement.sqliteStatement, index, characters.baseAddress, Int32(text.count), transient)
      }
    }
  }

  mutating func bind(_ value: [UInt8]?) {
    index += 1
    guard let value else { return null() }
    sqlite3_bind_blob(statement.sqliteStatement, index, value, Int32(value.count), transient)
  }

  /// Writes the row that was bound and makes ready for the next.
  mutating func insert() throws {
    let result = sqlite3_step(statement.sqliteStatement)
    sqlite3_reset(statement.sqliteStatement)
    index = 0
    guard result == SQLITE_DONE else {
      throw DatabaseError(resultCode: ResultCode(rawValue: result), message: database.lastErrorMessage)
    }
  }

  private func null() { sqlite3_bind_null(statement.sqliteStatement, index) }

  /// SQLite copies the bytes before the call returns.
  private var transient: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }
}

/// Steps through the rows of a query and reads columns by position, without boxing a value.
struct RowReader {
  private let statement: Statement

  init(_ database: Database, sql: String, arguments: StatementArguments) throws {
    statement = try database.makeStatement(sql: sql)
    try statement.setArguments(arguments)
  }

  /// A statement whose arguments are set.
  init(_ statement: Statement) { self.statement = statement }

  /// Calls `body` for each row.
  func forEach(_ body: (RowValues) throws -> Void) throws {
    defer { sqlite3_reset(statement.sqliteStatement) }
    while try next(body) != nil {}
  }

  /// What `body` makes of the next row; nil behind the last.
  func next<Value>(_ body: (RowValues) throws -> Value) throws -> Value? {
    switch sqlite3_step(statement.sqliteStatement) {
    case SQLITE_ROW: return try body(RowValues(statement: statement.sqliteStatement))
    case SQLITE_DONE: return nil
    case let result:
      let words = sqlite3_errmsg(sqlite3_db_handle(statement.sqliteStatement)).map { String(cString: $0) }
      throw DatabaseError(resultCode: ResultCode(rawValue: result), message: words)
    }
  }
}

/// The row that a `RowReader` stands on; valid until the next step.
struct RowValues {
  let statement: OpaquePointer

  /// NaN where the value is NULL.
  func double(_ column: Int) -> Double {
    sqlite3_column_type(statement, Int32(column)) == SQLITE_NULL
      ? .nan : sqlite3_column_double(statement, Int32(column))
  }

  func integer(_ column: Int) -> Int64 { sqlite3_column_int64(statement, Int32(column)) }

  /// The value with the type that SQLite gives it.
  func value(_ column: Int) -> SQLValue {
    switch sqlite3_column_type(statement, Int32(column)) {
    case SQLITE_INTEGER: .integer(integer(column))
    case SQLITE_FLOAT: .real(sqlite3_column_double(statement, Int32(column)))
    case SQLITE_TEXT: .text(String(decoding: bytes(column), as: UTF8.self))
    case SQLITE_BLOB: .blob(Array(bytes(column)))
    default: .null
    }
  }

  /// The bytes of a text or blob; empty where the value is NULL.
  func bytes(_ column: Int) -> UnsafeRawBufferPointer {
    let start = sqlite3_column_blob(statement, Int32(column))
    return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, Int32(column))))
  }
}
