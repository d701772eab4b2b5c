package import AuditCore
import AuditSchema
import Foundation
import GRDB
import GRDBSQLite

/// The only code that speaks SQL to the database of an audit.
///
/// One writer at a time holds the file (`WriterLock`); any number of readers may look on. Columns of metrics are added
/// when the store is opened for writing, and the views are made anew, so that the database always explains itself.
package final class Store: Sendable {
  package let path: String
  /// The metrics that have a column in `score`, in order.
  package let metrics: [MetricInfo]
  /// The picture statistics that have a column in `quality`, in order; empty where the database is only read.
  let statistics: [MetricInfo]
  let queue: DatabaseQueue
  let lock: WriterLock?

  /// Opens for writing; makes the file where there is none.
  ///
  /// - Parameters:
  ///   - metrics: every score column that this program knows.
  ///   - derived: the columns of `standing`, for table `metric`.
  ///   - statistics: every column of `quality` that this program knows.
  /// - Throws: `AuditError` where the file is not ours, is newer, is being written by another audit, or has no room.
  package init(
    path: String, metrics: [MetricInfo], derived: [MetricInfo], statistics: [MetricInfo] = []
  ) throws {
    self.path = path
    self.metrics = metrics
    self.statistics = statistics
    try Store.refuseUnnameable(path)
    try Store.refuseFolder(at: path)
    try Store.refuseStrangers(at: path)
    let lock: WriterLock
    do throws(WriterLock.Failure) {
      lock = try WriterLock(database: path)
    } catch {
      throw Store.explained(error, path: path)
    }
    self.lock = lock
    do {
      queue = try DatabaseQueue(path: Store.plain(path), configuration: Store.configuration(readonly: false))
      try queue.writeWithoutTransaction { database in
        // Before the log is begun: a kill during the first batches must leave a file that is known as ours.
        if try Store.isNew(database) { try Store.sign(database) }
        try database.execute(sql: "PRAGMA journal_mode = WAL")
      }
      try queue.write { database in
        try Store.migrate(database, path: path)
        try MetricColumns.add(metrics: metrics, derived: derived, statistics: statistics, to: database)
        try MetricColumns.makeViews(database, path: path)
        if let left = lock.marks.left() { try Store.keepSuspects(left, in: database) }
      }
      lock.marks.clear()
    } catch let error as DatabaseError {
      throw Store.explained(error, path: path, safe: 0)
    }
  }

  /// Opens an existing database for reading.
  package init(reading path: String) throws {
    self.path = path
    statistics = []
    lock = nil
    try Store.refuseUnnameable(path)
    guard FileManager.default.fileExists(atPath: path) else { throw AuditError.databaseNotFound(path: path) }
    try Store.refuseStrangers(at: path)
    do {
      (queue, metrics) = try Store.reader(of: path) { database in
        try Store.refuseNewer(database, path: path)
        return try MetricColumns.stored(in: database)
      }
    } catch let error as DatabaseError {
      throw Store.explained(error, path: path, safe: 0)
    }
  }

  deinit {
    try? queue.close()
    // The lock of a writer goes after its connection.
    if lock == nil { Store.tidy(path) }
  }

  /// Takes away what a connection that may only read leaves beside the database, its log and shared memory: one that
  /// may write does that when it is the last to close.
  private static func tidy(_ path: String) {
    guard FileManager.default.fileExists(atPath: path + "-wal") else { return }
    var connection: OpaquePointer?
    if sqlite3_open_v2(plain(path), &connection, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK {
      sqlite3_exec(connection, "PRAGMA schema_version", nil, nil, nil)
    }
    sqlite3_close(connection)
  }

  /// Folds the write-ahead log into the file, so that it can be copied alone.
  ///
  /// A reader in the middle of a question keeps part of the log alive; the last one to close folds that in.
  package func settle() throws { try fold([.truncate, .passive]) }

  /// Folds in what no reader needs, and waits for nobody: before much is written, which then need not do it.
  package func fold() throws { try fold([.passive]) }

  /// - Parameter ways: tried in order until one of them is not in the way of somebody.
  private func fold(_ ways: [Database.CheckpointMode]) throws {
    do {
      try queue.writeWithoutTransaction { database in
        for way in ways {
          do {
            _ = try database.checkpoint(way)
            return
          } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {}
        }
      }
    } catch let error as DatabaseError {
      throw Store.explained(error, path: path, safe: (try? sampleCount()) ?? 0)
    }
  }

  /// How many samples the database holds.
  func sampleCount() throws -> Int {
    try rows("SELECT count(*) FROM sample").first?.values[0].integer ?? 0
  }

  private static func configuration(readonly: Bool) -> Configuration {
    var configuration = Configuration()
    configuration.readonly = readonly
    configuration.busyMode = .timeout(5)
    configuration.prepareDatabase { database in
      if !readonly {
        try database.execute(sql: "PRAGMA synchronous = NORMAL")
        try database.execute(sql: "PRAGMA wal_autocheckpoint = \(Store.mostOfLog)")
      }
      if readonly { try database.execute(sql: "PRAGMA query_only = 1") }
      try Store.setCache(usualCache, of: database)
    }
    return configuration
  }

  /// Pages of the write-ahead log, 16 MB, from which on it is folded into the file: rows come into the same pages of an index
  /// again and again, which are copied once for all.
  private static let mostOfLog = 4_000

  /// Of pages, KiB.
  private static let (usualCache, smallCache) = (32_768, 2_048)

  private static func setCache(_ size: Int, of database: Database) throws {
    try database.execute(sql: "PRAGMA cache_size = -\(size)")
  }

  /// A transaction whose rows come in the order of their key: a page that is left is not asked for again, and a large
  /// cache would only fill.
  func writeInOrder(_ body: @Sendable (Database) throws -> Void) throws {
    try queue.writeWithoutTransaction { try Store.setCache(Store.smallCache, of: $0) }
    defer { try? queue.writeWithoutTransaction { try Store.setCache(Store.usualCache, of: $0) } }
    try write(body)
  }

  /// A connection for questions, and what `body` first asked it.
  private static func reader<Value>(
    of path: String, _ body: (Database) throws -> Value
  ) throws -> (DatabaseQueue, Value) {
    do {
      return try reader(at: plain(path), body)
    } catch let error as DatabaseError where hasNoSharedMemory(error) {
      // SQLite puts that beside a database. Where this user may not write, or there is no room, a finished one is read
      // as it is.
      guard access(path, R_OK) == 0, isSettled(path), let address = immutableAddress(of: path) else { throw error }
      return try reader(at: address, body)
    } catch {
      tidy(path)
      throw error
    }
  }

  private static func hasNoSharedMemory(_ error: DatabaseError) -> Bool {
    [.SQLITE_CANTOPEN, .SQLITE_READONLY].contains(error.resultCode)
      || [.SQLITE_IOERR_SHMOPEN, .SQLITE_IOERR_SHMSIZE, .SQLITE_IOERR_SHMMAP].contains(error.extendedResultCode)
  }

  private static func reader<Value>(
    at address: String, _ body: (Database) throws -> Value
  ) throws -> (DatabaseQueue, Value) {
    let queue = try DatabaseQueue(path: address, configuration: configuration(readonly: true))
    do {
      return (queue, try queue.read(body))
    } catch {
      try? queue.close()
      throw error
    }
  }

  /// The path in a form that SQLite can only take for a file: `:memory:` and `file:...` mean other things to it.
  private static func plain(_ path: String) -> String { path.hasPrefix("/") ? path : "./" + path }

  /// Whether nothing waits in the write-ahead log.
  private static func isSettled(_ path: String) -> Bool {
    var info = stat()
    return stat(path + "-wal", &info) != 0 || info.st_size == 0
  }

  private static func immutableAddress(of path: String) -> String? { address(of: path, "immutable=1") }

  /// The path as SQLite takes one with an option behind it.
  static func address(of path: String, _ option: String) -> String? {
    let plain = CharacterSet.urlPathAllowed.subtracting(CharacterSet(charactersIn: "?#;"))
    return FilePath.resolved(path).addingPercentEncoding(withAllowedCharacters: plain)
      .map { "file:" + $0 + "?" + option }
  }

  /// Nobody has written a table or a mark into the file.
  private static func isNew(_ database: Database) throws -> Bool {
    try Store.rows("SELECT 1 FROM sqlite_schema LIMIT 1", in: database).isEmpty
  }

  private static func sign(_ database: Database) throws {
    try database.execute(sql: "PRAGMA application_id = \(AuditSchema.applicationID)")
  }

  private static func refuseUnnameable(_ path: String) throws {
    try FilePath.refuseNowhere(path)
    guard PathText.isText(path) else {
      throw AuditError.unreadable(
        path: path, cause: "SQLite opens no file whose name is not UTF-8; give --db another name, or move the database")
    }
  }

  /// Where a database would be made: there is none in a folder to point at.
  private static func refuseFolder(at path: String) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else { return }
    throw AuditError.unreadable(path: path, cause: "it is a folder; give the name of a file as --db")
  }

  private static func refuseStrangers(at path: String) throws {
    var info = stat()
    guard stat(path, &info) == 0 else { return }
    if info.st_mode & S_IFMT == S_IFDIR {
      let beside = (path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path) + ".audit.db"
      throw AuditError.databaseIsAFolder(
        path: path, near: FileManager.default.fileExists(atPath: beside) ? beside : nil)
    }
    guard info.st_mode & S_IFMT == S_IFREG else {
      throw AuditError.unreadable(path: path, cause: "it is not a regular file; give the name of a file as --db")
    }
    if info.st_size == 0 { return }
    guard mayBeOurs(path) else { throw AuditError.notADatabase(path: path) }
  }

  /// Whether the file's head has our mark, or cannot be read, which is told elsewhere.
  ///
  /// Through SQLite, since closing a descriptor of one's own would drop the locks that it has on the file for this
  /// process; as a file that nothing changes, since a stranger's must stay as it is, whatever its journals hold.
  private static func mayBeOurs(_ path: String) -> Bool {
    guard let address = immutableAddress(of: path) else { return true }
    var connection: OpaquePointer?
    defer { sqlite3_close(connection) }
    guard sqlite3_open_v2(address, &connection, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, nil) == SQLITE_OK else {
      return true
    }
    var question: OpaquePointer?
    defer { sqlite3_finalize(question) }
    var result = sqlite3_prepare_v2(connection, "PRAGMA application_id", -1, &question, nil)
    if result == SQLITE_OK { result = sqlite3_step(question) }
    return result == SQLITE_ROW ? sqlite3_column_int(question, 0) == AuditSchema.applicationID : result != SQLITE_NOTADB
  }

  private static func refuseNewer(_ database: Database, path: String) throws {
    guard try number("application_id", of: database) == Int(AuditSchema.applicationID) else {
      throw AuditError.notADatabase(path: path)
    }
    let found = try number("user_version", of: database)
    guard found <= AuditSchema.version else {
      throw AuditError.databaseIsNewer(path: path, found: found, known: AuditSchema.version)
    }
  }

  /// A number of the file's header.
  private static func number(_ name: String, of database: Database) throws -> Int {
    try Store.rows("PRAGMA \(name)", in: database).first?.values[0].integer ?? 0
  }

  private static func migrate(_ database: Database, path: String) throws {
    let found = try number("user_version", of: database)
    guard found <= AuditSchema.version else {
      throw AuditError.databaseIsNewer(path: path, found: found, known: AuditSchema.version)
    }
    for migration in AuditSchema.migrations.dropFirst(found) {
      try database.execute(sql: migration.sql)
    }
    try Store.sign(database)
    try database.execute(sql: "PRAGMA user_version = \(AuditSchema.version)")
  }

  /// Who writes: "pid 123, since 14:02", from the run that it has open.
  private static func holder(of path: String) -> String {
    let run = try? DatabaseQueue(path: path, configuration: configuration(readonly: true)).read { database in
      try Store.rows(
        "SELECT process, started_at FROM run WHERE status = 'running' ORDER BY id DESC LIMIT 1", in: database
      ).first
    }
    guard let row = run.flatMap(\.self), let process = row["process"].integer, let started = row["started_at"].text
    else {
      return "just started"
    }
    return "pid \(process), since \(started)"
  }

  /// Whether an I/O error came from making a file larger. Quotas and size limits show that way; a disk that cannot be
  /// read does not.
  private static func isAboutRoom(_ code: ResultCode) -> Bool {
    [
      .SQLITE_IOERR_WRITE, .SQLITE_IOERR_FSYNC, .SQLITE_IOERR_TRUNCATE, .SQLITE_IOERR_SHMSIZE, .SQLITE_IOERR_CLOSE,
    ].contains(code)
  }

  /// Why a database cannot be had for writing, in the words of the person who ran the command.
  private static func explained(_ failure: WriterLock.Failure, path: String) -> AuditError {
    switch failure {
    case .held: .databaseLocked(path: path, holder: holder(of: path))
    case .unsupported(let code):
      .unreadable(
        path: path,
        cause: "its file system has no locks (\(String(cString: strerror(code)))), so that two writers could not see "
          + "each other; take another place, on a disk of this machine")
    case .refused(ENOSPC), .refused(EDQUOT): .diskFull(path: path, safe: 0)
    case .refused(ENOENT): .folderNotFound(of: path)
    case .refused(let code):
      .unreadable(
        path: path,
        cause: "the lock beside it cannot be made: \(String(cString: strerror(code))); take another database")
    }
  }

  /// A database error in the words of the person who ran the command.
  static func explained(_ error: DatabaseError, path: String, safe: Int) -> any Error {
    switch error.resultCode {
    case .SQLITE_FULL: AuditError.diskFull(path: path, safe: safe)
    case .SQLITE_IOERR where Store.isAboutRoom(error.extendedResultCode): AuditError.diskFull(path: path, safe: safe)
    case .SQLITE_BUSY, .SQLITE_LOCKED: AuditError.databaseLocked(path: path, holder: "or another program")
    case .SQLITE_NOTADB, .SQLITE_CORRUPT:
      AuditError.databaseDamaged(path: path, cause: error.message ?? error.resultCode.description)
    case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM:
      AuditError.unreadable(path: path, cause: "\(error.message ?? "no access"); take another database")
    default: AuditError.unreadable(path: path, cause: error.message ?? error.resultCode.description)
    }
  }
}
