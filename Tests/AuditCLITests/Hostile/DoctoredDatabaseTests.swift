import ArgumentParser
import AuditCore
import AuditWorker
import Foundation
import GRDB
import Testing

@testable import audit

/// Databases in which somebody put what no scan writes: every column of every table in turn, tables and views gone.
///
/// The commands run in a process of their own, one after the other: a trap or a hang ends that process, and the file in
/// which it says what it is about names the database and the command.
@Suite struct DoctoredDatabaseTests {
  private static let parts = 4

  @Test(arguments: 0..<parts) func everyReadingCommandEndsWithWords(part: Int) async throws {
    let base = try #require(DoctoredDatabase.shared, "no database to doctor")
    let scratch = try Scratch()
    let cases = base.cases.enumerated().filter { $0.offset % Self.parts == part }.map(\.element)
    #expect(cases.count > 40)
    let (plan, note) = (scratch.path + "/plan.json", scratch.path + "/note")
    try JSONEncoder().encode(cases).write(to: URL(fileURLWithPath: plan))
    let (original, folder) = (base.database, scratch.path)
    let ended = await #expect(processExitsWith: .success) {
      [
        plan = plan as String, note = note as String, original = original as String, folder = folder as String
      ] in
      try await Doctor(original: original, folder: folder, note: note).work(through: plan)
    }
    if ended == nil {
      Issue.record("\((try? String(contentsOfFile: note, encoding: .utf8)) ?? "the process did not begin")")
    }
  }

  /// What a scan goes on from, by the built program.
  @Test(arguments: [
    "UPDATE run SET settings = '{'", "UPDATE run SET settings = NULL", "UPDATE run SET settings = x'00ff'",
    "UPDATE model SET content = x'', digest = ''", "UPDATE model SET content = zeroblob(4096)",
    "UPDATE model SET rank = -9223372036854775808, fitted_on = -9223372036854775808, kind = 'leave-one-out'",
    "UPDATE sample SET path = NULL, bytes = 9223372036854775807, modified_ns = 9e999, sha256 = 'x' WHERE id % 2 = 0",
    "UPDATE sample SET path = '../../' || path, path_raw = x'2f2e2e'", "DELETE FROM standing", "DROP TABLE quality",
    "UPDATE decision SET verdict = x'ff', sha256 = NULL", "UPDATE figure SET value = 9e999", "DROP VIEW all_samples",
    "UPDATE basis SET images = -9223372036854775808, results = NULL", "DELETE FROM metric",
  ])
  func aScanGoesOnOrSaysWhyNot(change: String) throws {
    let base = try #require(DoctoredDatabase.shared, "no database to doctor")
    let scratch = try Scratch()
    let database = scratch.path + "/a.db"
    try FileManager.default.copyItem(atPath: base.database, toPath: database)
    try Doctor.change(database, change)
    let run = try Command.run(
      "/usr/bin/timeout", ["30", Command.binary, "scan", base.faces, "--db", database] + DoctoredDatabase.options)
    #expect(
      (0...2).contains(run.status) && (run.status == 0 || !run.err.isEmpty), "\(run.status) \(run.err.suffix(300))")
  }
}

/// One change of a database.
private struct Doctoring: Codable, Sendable {
  /// Table and column.
  let place: String
  let sql: String
}

/// A scan of few tiny pictures with all that a database can hold, in which any value can be put into any column.
private struct DoctoredDatabase: Sendable {
  let faces: String
  let database: String
  /// Looked up once: whoever closes the database last locks out those who open it.
  let cases: [Doctoring]
  /// The folder of both; kept, since it goes with its owner.
  private let scratch: Scratch

  static let options = ["--profile", "face-swap", "--metrics", "default,psnr", "--size", "64", "-q"]

  static let shared: DoctoredDatabase? = {
    do { return try DoctoredDatabase() } catch {
      Issue.record("\(error)")
      return nil
    }
  }()

  /// SQL, of every type and none that a scan would write.
  private static let values = [
    "NULL", "'text'", "x'00ff80'", "9223372036854775807", "-9223372036854775808", "9e999", "-9e999", "-1", "''", "x''",
    "'a' || char(0) || char(27) || '[31m' || char(10) || '../b'",
    "'[' || replace(hex(zeroblob(2000)), '00', '1,') || '1]'",
    "'{\"rank\":1e99,\"size\":-1,\"metrics\":7}'", "replace(hex(zeroblob(300)), '00', '[')", "zeroblob(4096)", "5e-324",
    "1e308",
  ]

  private init() throws {
    scratch = try Scratch()
    scratch.removeAtExit()
    faces = scratch.path + "/faces"
    database = scratch.path + "/faces.db"
    try Files.writePictures(15, to: faces + "/a")
    try Files.writePictures(15, to: faces + "/b", from: 100)
    try Files.write(Picture.ppm(100), to: faces + "/a/copy.ppm")
    try Files.write(Array("P6 24 24 255\n".utf8), to: faces + "/b/cut.ppm")
    let steps = [
      ["scan", faces, "--db", database] + DoctoredDatabase.options,
      ["decide", database, "a/0001.ppm", "--verdict", "drop", "--reason", "x"],
      ["probe", database, "--epochs", "2", "-q"],
    ]
    for step in steps {
      let run = try Command.audit(step, in: scratch.path)
      guard run.status == 0 else { throw AuditError.internalError("\(step): \(run.err)") }
    }
    try Doctor.change(
      database,
      """
      PRAGMA writable_schema = ON;
      UPDATE sqlite_schema SET sql = replace(replace(replace(replace(sql, ') STRICT, WITHOUT ROWID', ') WITHOUT ROWID'),
        ') STRICT', ')'), ' NOT NULL', ''), 'CHECK (', 'CHECK (1 OR ') WHERE type = 'table';
      PRAGMA writable_schema = RESET;
      """)
    cases = try DoctoredDatabase.cases(of: database)
  }

  /// Every column of every table that has rows; then every table, view and index gone, and every table empty.
  private static func cases(of path: String) throws -> [Doctoring] {
    let queue = try DatabaseQueue(path: path)
    defer { try? queue.close() }
    return try queue.read { database in
      // What follows from two values together.
      var cases = [
        Doctoring(
          place: "model.kind, fitted_on",
          sql: "UPDATE model SET fitted_on = -9223372036854775808, kind = 'leave-one-out'")
      ]
      let objects = try Row.fetchAll(
        database, sql: "SELECT type, name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY rowid")
      for object in objects {
        let (type, name) = (object["type"] as String, object["name"] as String)
        cases.append(Doctoring(place: "no \(type) \(name)", sql: "DROP \(type) \"\(name)\""))
        guard type == "table" else { continue }
        cases.append(Doctoring(place: "empty \(name)", sql: "DELETE FROM \"\(name)\""))
        cases += try changes(of: name, in: database)
      }
      return cases
    }
  }

  /// Where a table has many rows each gets another value, and the wide ones a few columns at a time; where it has few,
  /// all rows get one value after the other.
  private static func changes(of table: String, in database: Database) throws -> [Doctoring] {
    let rows = try Int.fetchOne(database, sql: "SELECT count(*) FROM \"\(table)\"") ?? 0
    let columns = try Row.fetchAll(database, sql: "SELECT name, pk FROM pragma_table_info(?)", arguments: [table])
    let names = columns.map { $0["name"] as String }
    guard rows > 0 else { return [] }
    guard rows >= DoctoredDatabase.values.count, names.contains("sample_id") || table == "sample" else {
      return names.enumerated().flatMap { place, name in
        // One or two values for each column; its neighbours get the others.
        DoctoredDatabase.values.enumerated().filter { $0.offset % 16 == place % 16 }.map { _, value in
          Doctoring(
            place: "\(table).\(name) = \(value)", sql: "UPDATE OR IGNORE \"\(table)\" SET \"\(name)\" = \(value)")
        }
      }
    }
    let key = table == "sample" ? "id" : "sample_id"
    let free = names.filter { $0 != key }
    let width = names.count > 40 ? 12 : 4
    return stride(from: 0, to: free.count, by: width).map { start in
      let group = free[start..<min(start + width, free.count)]
      let sets = group.enumerated().map { place, name in
        let cases = DoctoredDatabase.values.enumerated().map { "WHEN \($0.offset) THEN \($0.element)" }
        return "\"\(name)\" = CASE (\(key) + \(start + 5 * place)) % \(DoctoredDatabase.values.count) "
          + cases.joined(separator: " ") + " END"
      }
      return Doctoring(
        place: "\(table).\(group.joined(separator: ", "))",
        sql: "UPDATE OR IGNORE \"\(table)\" SET \(sets.joined(separator: ", "))")
    }
  }
}

/// Runs the reading commands on one doctored database after the other, in this process.
private struct Doctor {
  let original: String
  let folder: String
  /// Says what is being done.
  let note: String

  /// Longest time for one command, seconds.
  private static let patience: UInt32 = 20

  static func change(_ database: String, _ sql: String) throws {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = false
    configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = OFF") }
    let queue = try DatabaseQueue(path: database, configuration: configuration)
    try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
    try queue.close()
  }

  func work(through plan: String) async throws {
    let cases = try JSONDecoder().decode([Doctoring].self, from: Data(contentsOf: URL(fileURLWithPath: plan)))
    let silence = open("/dev/null", O_WRONLY)
    for stream in [STDOUT_FILENO, STDERR_FILENO] { dup2(silence, stream) }
    let database = folder + "/doctored.db"
    var refused = 0
    for (number, doctoring) in cases.enumerated() {
      for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: database + end) }
      try FileManager.default.copyItem(atPath: original, toPath: database)
      try say("\(doctoring.place): \(doctoring.sql.prefix(300))")
      do {
        try Doctor.change(database, doctoring.sql)
      } catch is DatabaseError {
        // A key of the table itself takes nothing but whole numbers.
        refused += 1
        continue
      }
      for command in commands(database, number) {
        try say(
          "\(doctoring.place): audit \(command.joined(separator: " ").prefix(200))\n\(doctoring.sql.prefix(2000))")
        alarm(Doctor.patience)
        try await ChildLaunch.$program.withValue(Command.binary) { try await run(command) }
      }
    }
    alarm(0)
    precondition(refused <= cases.count / 10, "\(refused) of \(cases.count) changes were refused")
  }

  private func say(_ text: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: note)) }

  /// The summary, and in turn some of the others: all of them would take minutes.
  private func commands(_ database: String, _ number: Int) -> [[String]] {
    let report = folder + "/report"
    let others: [[String]] =
      switch number % 3 {
      case 0:
        [
          ["report", database, "-o", report + (number % 12 == 0 ? ".html" : ".json"), "-o", report + ".md"],
          ["export", database, "--format", "csv"],
        ]
      case 1: [["explain", database, "a/0001.ppm"], ["export", database, "--format", "hf-metadata"]]
      default:
        [
          ["compare", database, original], ["sql", database, "SELECT * FROM all_samples"],
          ["check", database, "--fail-on", "flagged>1%", "--fail-on", "skew.top1%>1%", "--fail-on", "damaged>1%"],
        ]
      }
    return [["show", database, "--json"]] + others
  }

  /// An error is an answer, if it has words.
  private func run(_ arguments: [String]) async throws {
    do {
      var command = try AuditCommand.parseAsRoot(arguments)
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch is ExitCode {
    } catch let error as AuditError {
      if error.description.isEmpty { throw error }
    } catch {
      if AuditCommand.message(for: error).isEmpty { throw error }
    }
  }
}
