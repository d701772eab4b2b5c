import AuditDemo
import AuditImages
import AuditStore
import Foundation
import GRDB
import Testing

/// A database of the first schema, made by the last program that wrote it (0.1.0) from 34 tiny pictures that
/// `OldSet.picture` draws again: runs `first` and `clean` of a folder, of which one file is cut, run `pairs` of another
/// with references, and one decision.
@Suite struct OldDatabaseTests {
  private let set: OldSet

  init() throws { set = try OldSet() }

  @Test func anOldRunGoesOnAndKeepsItsRows() throws {
    let before = try set.column("SELECT id || ' ' || path FROM sample WHERE run_id = 2 ORDER BY path", reading: false)
    try Files.write(OldSet.picture(40), to: set.faces + "/40.ppm")
    let run = try set.scan(set.faces, ["--size", "64", "--name", "clean", "--review-above", "1.1"])
    #expect(run.status == 0, "\(run.err)")
    #expect(run.err.contains("continuing run \"clean\": 28 done, 1 left\n"), "\(run.err)")
    #expect(
      try set.column("SELECT id || ' ' || path FROM sample WHERE run_id = 2 AND path <> '40.ppm' ORDER BY path")
        == before)
    // As the old program wrote it.
    #expect(
      try set.column("SELECT mse FROM all_samples WHERE run_id = 2 AND path = '00.ppm'") == ["0.006969601285162753"])
    #expect(
      try set.column("SELECT verdict FROM all_samples WHERE run_id = 2 AND path = '03.ppm'") == ["drop"],
      "the decision holds")
    #expect(try set.column("SELECT count(*) FROM sample WHERE run_id = 2 AND changed_ns IS NULL") == ["0"])
    let again = try set.scan(set.faces, ["--size", "64", "--name", "clean"])
    #expect(again.err.contains("continuing run \"clean\": 29 done, 0 left\n"), "\(again.err)")
  }

  /// An old row does not say what its reference was like.
  @Test func pairsOfAnOldRunAreScoredAgain() throws {
    let run = try set.scan(set.pairs, ["--reference", set.references, "--name", "pairs"])
    #expect(run.status == 0, "\(run.err)")
    #expect(
      run.err.contains("continuing run \"pairs\": 0 done, 3 left, 3 whose reference is new or another (scored again)"),
      "\(run.err)")
    #expect(try set.column("SELECT path FROM samples WHERE mse = 0 ORDER BY path") == ["0.ppm", "1.ppm"])
    let again = try set.scan(set.pairs, ["--reference", set.references, "--name", "pairs"])
    #expect(again.err.contains("continuing run \"pairs\": 3 done, 0 left\n"), "\(again.err)")
  }

  @Test func anOldRunIsComparedWithWhatIsMadeOfItNow() throws {
    let copy = set.scratch.path + "/copy.db"
    try FileManager.default.copyItem(atPath: set.database, toPath: copy)
    #expect(try set.scan(set.faces, ["--size", "64", "--name", "first"]).status == 0)
    let run = try Command.audit(["compare", copy, set.database, "--json"], in: set.scratch.path)
    #expect(run.status == 0, "\(run.err)")
    #expect(!run.out.contains("settings differ"), "\(run.out)")
  }

  /// Before and after a writer brought the file to today's schema.
  @Test(arguments: [false, true]) func everyCommandWorks(isUpgraded: Bool) throws {
    if isUpgraded { #expect(try set.scan(set.faces, ["--size", "64", "--name", "first"]).status == 0) }
    let commands = [
      ["report", set.database, "-o", "report.html"], ["report", set.database, "-o", "report.md"],
      ["explain", set.database, "0.ppm"], ["explain", set.database, "00.ppm", "--run", "first"],
      ["compare", set.database, "first", "clean"], ["check", set.database, "--fail-on", "errors>50%"],
      ["sql", set.database, "SELECT * FROM samples"], ["export", set.database, "--keep", "--run", "first"],
      ["export", set.database, "--format", "csv", "--run", "clean"],
      ["export", set.database, "--format", "weights", "-o", "w.npy", "--run", "clean"],
      ["probe", set.database, "--run", "clean", "--epochs", "1"],
      ["decide", set.database, "05.ppm", "--verdict", "keep", "--run", "clean"], ["decide", set.database, "--undo"],
      ["apply", set.database, "--run", "first", "--move-to", "moved"],
    ]
    for arguments in commands {
      let run = try Command.audit(arguments, in: set.scratch.path)
      #expect(run.status == 0, "\(arguments.joined(separator: " ")): \(run.status) \(run.out) \(run.err)")
    }
    for question in try Store(reading: set.database).savedQuestions() {
      let run = try Command.audit(["sql", set.database, "--saved", question])
      #expect(run.status == 0, "\(question): \(run.err)")
    }
  }

  /// What a newer audit learns otherwise must not end every later scan of a database.
  @Test func aModelOfDamageThatCannotBeReadIsLearntAnew() throws {
    let scratch = try Scratch()
    let artist = FaceArtist(seed: 5, mode: .portraits, width: 32, height: 32)
    for number in 0..<104 {
      try Files.write(encodePNG(artist.draw(number)), to: scratch.path + "/faces/\(1000 + number).png")
    }
    let scan = ["scan", "faces", "--issue-threshold", "0.3", "-q", "--size", "64"]
    #expect(try Command.audit(scan, in: scratch.path).status == 0)
    let database = scratch.path + "/faces.audit.db"
    let judged = "SELECT group_concat(damage || ' ' || oddness) FROM (SELECT * FROM samples ORDER BY path)"
    let before = try Command.sqlite(database, judged)
    try Command.sqlite(
      database,
      "UPDATE model SET content = zeroblob(100), digest = 'older' WHERE kind = 'damage'; UPDATE damage SET damage = 0")
    let again = try Command.audit(scan, in: scratch.path)
    #expect(again.status == 0, "\(again.err)")
    #expect(try Command.sqlite(database, judged) == before)
  }
}

/// The set that the old database was made from, and the database with the paths of this place.
private final class OldSet {
  let scratch: Scratch
  let faces: String
  let pairs: String
  let references: String
  let database: String

  init() throws {
    scratch = try Scratch()
    let root = try #require(realpath(scratch.path, nil).map { String(cString: $0) })
    faces = root + "/faces"
    pairs = root + "/pairs"
    references = root + "/references"
    database = root + "/v001.db"
    for number in 0..<27 { try OldSet.write(OldSet.picture(number), to: faces + "/" + OldSet.name(number)) }
    try OldSet.write(Array(OldSet.picture(27).prefix(200)), to: faces + "/27.ppm")
    for number in 0..<3 {
      try OldSet.write(OldSet.picture(100 + number), to: pairs + "/\(number).ppm")
      try OldSet.write(OldSet.picture(number == 2 ? 200 : 100 + number), to: references + "/\(number).ppm")
    }
    let stored = try #require(Bundle.module.url(forResource: "v001", withExtension: "db", subdirectory: "Fixtures"))
    try FileManager.default.copyItem(atPath: stored.path, toPath: database)
    let queue = try DatabaseQueue(path: database)
    try queue.write { database in
      try database.execute(
        sql: """
          UPDATE run SET dataset = replace(dataset, '/audit-v1', ?1), settings = replace(settings, '/audit-v1', ?1)
          """, arguments: [root])
    }
    try queue.close()
  }

  func scan(_ folder: String, _ more: [String]) throws -> Command {
    try Command.audit(["scan", folder, "--db", database, "--metrics", "mse,mae"] + more, in: scratch.path)
  }

  func column(_ sql: String, reading: Bool = true) throws -> [String] {
    if reading { return try Store.column(sql, in: database) }
    let queue = try DatabaseQueue(path: database)
    defer { try? queue.close() }
    return try queue.read { try String.fetchAll($0, sql: sql) }
  }

  /// 12 x 12 pixels, another picture for every number.
  static func picture(_ number: Int) -> [UInt8] {
    var bytes = Array("P6 12 12 255\n".utf8)
    for y in 0..<12 {
      for x in 0..<12 {
        for channel in 0..<3 {
          let pattern = (number * 37 + x * 7 + y * 11 + channel * 53) % 97 + (x * y + number * number * 13) % 61
          bytes.append(UInt8(40 + pattern))
        }
      }
    }
    return bytes
  }

  private static func name(_ number: Int) -> String { (number < 10 ? "0" : "") + "\(number).ppm" }

  private static func write(_ bytes: [UInt8], to path: String) throws {
    try Files.write(bytes, to: path)
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1_735_787_045)], ofItemAtPath: path)
  }
}
