import AuditCore
import AuditDigest
import AuditMetrics
import AuditSchema
import Foundation
import GRDB
import Testing

@testable import AuditStore

/// What opening a database does to it.
@Suite struct SchemaTests {
  /// A database as a program with the first `version` migrations left it, with one sample in it.
  private func database(_ path: String, version: Int, columns: [String] = []) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.write { database in
      for migration in AuditSchema.migrations.prefix(version) { try database.execute(sql: migration.sql) }
      for column in columns { try database.execute(sql: "ALTER TABLE score ADD COLUMN \(column) REAL") }
      try database.execute(sql: "PRAGMA application_id = \(AuditSchema.applicationID)")
      try database.execute(sql: "PRAGMA user_version = \(version)")
      try database.execute(
        sql: """
          INSERT INTO run (name, dataset, settings, settings_digest, plan_digest, version, seed, status, planned,
            started_at, process) VALUES ('first', '/faces', '{}', '', '', '0.1.0', 7, 'complete', 1, '', 1);
          INSERT INTO sample (run_id, path, folder, bytes, modified_ns, status) VALUES (1, 'a.png', '', 1, 1, 'ok');
          INSERT INTO score (sample_id) VALUES (1);
          """)
    }
    try queue.close()
  }

  @Test(arguments: 1...AuditSchema.version) func everyReleasedSchemaMigratesToTodays(version: Int) throws {
    let scratch = try Scratch()
    try database(scratch.database, version: version)
    let store = try Store.scanning(scratch.database)
    #expect(try store.column("PRAGMA user_version") == ["\(AuditSchema.version)"])
    #expect(try store.column("SELECT path FROM samples") == ["a.png"])
    let fresh = try Scratch()
    let new = try Store.scanning(fresh.database)
    let tables =
      "SELECT name || ': ' || (SELECT group_concat(name || ' ' || type, ', ') FROM pragma_table_info(s.name)) "
      + "FROM sqlite_schema AS s WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' ORDER BY name"
    #expect(try store.column(tables) == (try new.column(tables)), "an old database ends up like a new one")
  }

  /// A shipped migration is never edited: databases that it made are out there.
  @Test func theFirstMigrationIsFrozen() {
    #expect(
      hexadecimal(sha256(Array(AuditSchema.migrations[0].sql.utf8)))
        == "ba7823c4a5a3fb1fce98b9c3a63d697c8f548005e1941a81b6db84eda9ef8be3")
  }

  @Test func aNewMetricIsAColumnInAnOldDatabase() throws {
    let scratch = try Scratch()
    do {
      let store = try Store.scanning(scratch.database)
      let run = try store.openRun(store.request())
      try store.append([row("a.png", mse: 0.25)], columns: ["mse"], to: run)
    }
    let info = MetricInfo(
      name: "brand_new", family: .robust, unit: "full scale", range: 0...1, meaning: "a new one", source: "here",
      headline: true)
    let store = try Store.scanning(scratch.database, more: [info])
    #expect(try store.column("SELECT brand_new FROM samples") == ["-"])
    #expect(try store.column("SELECT mse FROM samples") == ["0.25"], "what was there stays")
    #expect(try store.column("SELECT pct_brand_new FROM samples") == ["-"])
    #expect(
      try store.column("SELECT unit || ', ' || meaning FROM metric WHERE name = 'brand_new'") == [
        "full scale, a new one"
      ])
    let run = try store.openRun(store.request("other"))
    try store.append([row("b.png", mse: 0.5)], columns: ["brand_new"], to: run)
    #expect(try store.column("SELECT value FROM score_long WHERE metric = 'brand_new'") == ["0.5"])
  }

  @Test func anOlderProgramKeepsTheColumnsThatItDoesNotKnow() throws {
    let scratch = try Scratch()
    let info = MetricInfo(name: "brand_new", family: .robust, unit: "1", range: 0...1, meaning: "m", source: "s")
    do {
      let store = try Store.scanning(scratch.database, more: [info])
      let run = try store.openRun(store.request())
      try store.append([row("a.png", mse: 0.25)], columns: ["brand_new"], to: run)
    }
    let store = try Store.scanning(scratch.database)
    #expect(try store.column("SELECT brand_new FROM samples") == ["0.25"])
    #expect(try store.column("SELECT count(*) FROM metric WHERE name = 'brand_new'") == ["1"])
  }

  @Test func aColumnIsAddedToAHundredThousandRowsInNoTime() throws {
    let scratch = try Scratch()
    try database(scratch.database, version: 1, columns: ["mse"])
    let queue = try DatabaseQueue(path: scratch.database)
    try queue.write { database in
      try database.execute(
        sql: """
          WITH RECURSIVE n(x) AS (SELECT 2 UNION ALL SELECT x + 1 FROM n LIMIT 99999)
          INSERT INTO sample (run_id, path, folder, bytes, modified_ns, status) SELECT 1, 'p' || x, '', 1, 1, 'ok' FROM n;
          INSERT INTO score (sample_id, mse) SELECT id, 0.5 FROM sample WHERE id > 1;
          """)
    }
    try queue.close()
    let start = CPUClock.now()
    let store = try Store.scanning(scratch.database)
    let seconds = CPUClock.now() - start
    #expect(try store.column("SELECT count(*) FROM score WHERE mse = 0.5 AND gmsd IS NULL") == ["99999"])
    // Rewriting the rows for each of 40 columns would take 40 times half a second.
    #expect(seconds < 1, "opening took \(seconds) s of CPU")
  }

  @Test func viewsAreMadeAnew() throws {
    let scratch = try Scratch()
    do { _ = try Store.scanning(scratch.database) }
    let queue = try DatabaseQueue(path: scratch.database)
    try queue.write { database in
      try database.execute(
        sql: """
          DROP VIEW flagged; CREATE VIEW flagged AS SELECT 1 AS wrong;
          CREATE VIEW q_old AS SELECT no FROM where_; INSERT INTO own_view (name) VALUES ('q_old')
          """)
    }
    try queue.close()
    let store = try Store.scanning(scratch.database)
    #expect(try store.column("SELECT count(*) FROM flagged WHERE skew > 0") == ["0"])
    #expect(try store.column("SELECT count(*) FROM sqlite_schema WHERE name = 'q_old'") == ["0"], "ours, and retired")
  }

  @Test(arguments: 1...AuditSchema.version) func whatAUserMadeStays(version: Int) throws {
    let scratch = try Scratch()
    try database(scratch.database, version: version)
    let made = [
      "CREATE VIEW my_samples AS SELECT path FROM samples WHERE path <> ''", "CREATE VIEW q_mine AS SELECT 7 AS seven",
      "CREATE TABLE notes (text)", "CREATE INDEX my_index ON sample(folder)",
      "CREATE TRIGGER my_trigger AFTER INSERT ON decision BEGIN INSERT INTO notes VALUES ('decided'); END",
    ]
    for _ in 0..<2 {
      let queue = try DatabaseQueue(path: scratch.database)
      for sql in made {
        try queue.write { database in
          let name = String(sql.split(separator: " ")[2])
          if try Row.fetchOne(database, sql: "SELECT 1 FROM sqlite_schema WHERE name = ?", arguments: [name]) == nil {
            try database.execute(sql: sql)
          }
        }
      }
      try queue.close()
      let store = try Store.scanning(scratch.database)
      #expect(try store.column("SELECT path FROM my_samples") == ["a.png"])
      #expect(try store.column("SELECT seven FROM q_mine") == ["7"])
      #expect(
        try store.column(
          "SELECT sql FROM sqlite_schema WHERE name IN ('my_trigger', 'my_index', 'notes') ORDER BY name")
          == [made[3], made[4], made[2]])
    }
  }

  @Test func aUsersViewWithANameThatIsOursNowIsNamedAndKept() throws {
    let scratch = try Scratch()
    do { _ = try Store.scanning(scratch.database) }
    let queue = try DatabaseQueue(path: scratch.database)
    try queue.write { database in
      try database.execute(
        sql: """
          DELETE FROM own_view WHERE name = 'q_skew';
          DROP VIEW q_skew; CREATE VIEW q_skew AS SELECT 'mine' AS whose
          """)
    }
    try queue.close()
    let error = #expect(throws: AuditError.self) { try Store.scanning(scratch.database) }
    #expect(error?.description.contains("holds a q_skew of your own") == true, "\(String(describing: error))")
    #expect(try Store(reading: scratch.database).column("SELECT whose FROM q_skew") == ["mine"])
  }

  /// A column that a later audit or a user adds must not shift what is written.
  @Test func everyWriteNamesItsColumns() throws {
    let scratch = try Scratch()
    do { _ = try Store.scanning(scratch.database) }
    let queue = try DatabaseQueue(path: scratch.database)
    let tables = try queue.read { database in
      try String.fetchAll(
        database, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    }
    try queue.write { database in
      for table in tables { try database.execute(sql: "ALTER TABLE \(table) ADD COLUMN later TEXT") }
    }
    try queue.close()
    let store = try Store.scanning(scratch.database)
    let run = try store.openRun(store.request())
    var (whole, place) = row("a.png", mse: 0.5, width: 300)
    whole.regions = Array(repeating: 1 / 17.0, count: 17)
    whole.issues = [SampleIssue(.multiFrame)]
    whole.quality = PictureQuality(
      statistics: [], judgement: PictureJudgement(votes: [0.5], oddness: 1, turned: [0], parts: [1]),
      fingerprint: StoredFingerprint(pixels: [1], hashes: [2], contrast: 3, small: [4]))
    try store.append([(whole, place), row("b.png", mse: 1), row("c.png", mse: 1)], columns: ["mse"], to: run)
    try store.write(folderIssues: [("x", "permission", "")], to: run)
    try store.writeStandings(of: store.rankRows(of: run.id, headlines: ["mse"])) { _, _, row in row.skew = 1 }
    // Nobody asks for this one, which an excerpt leaves out.
    try store.append([row("d.png", mse: 1)], columns: ["mse"], to: run)
    try store.write(figures: ["scored": 3], to: run.id)
    try store.markDuplicates(in: run.id)
    try store.markOddShapes(in: run.id)
    try store.write(
      groups: [NearGroupRow(sample: 1, number: 1, kind: "near", original: nil, isBest: true, reason: "")],
      leaks: [(sample: 1, other: 2, kind: "near")], to: run.id)
    try store.write(
      foreign: [ForeignCopyRow(sample: 1, database: "test.audit.db", path: "b.png", kind: "near")], to: run.id)
    try store.write(setIssues: [(code: "dark", detail: "")], to: run.id)
    try store.writeFacets(of: run.id)
    let model = StoredModel(
      digest: "d", kind: StoredModel.lowRank, rank: 1, fittedOn: 1, orthogonalCut: 1, scoreCut: 1, content: [1])
    try store.keep(model, for: run.id)
    try store.keep(model, for: run.id, identity: "id1")
    try store.decide([
      NewDecision(sha256: hash("a.png"), path: "a.png", verdict: .keep, reason: "", who: "ada")
    ])
    let probe = StoredProbe(sample: 1, shareSquared: 1, shareAbsolute: 1, skew: 1, squared: 1, absolute: 1)
    try store.write(probes: [probe], to: run.id)
    let epoch = StoredTraining.Epoch(
      epoch: 1, loss: 1, heldOutLoss: 1, heldOutSquared: 1, heldOutAbsolute: 1, rate: 1)
    let training = StoredTraining(
      name: "all", seed: 1, loss: "mse", settings: "{}", ending: "converged", lastFall: nil, curve: [epoch])
    try store.write(trainings: [training], purpose: .probe, to: run.id)
    try store.write(
      leftOut: [LeftOutCount(kind: "other", name: ".txt", files: 1, folders: 0, example: "a.txt")], to: run)
    try store.write(plan: [whole.sample], asked: PlanRequest(arguments: [], folder: "/"), to: run)
    try store.finish(run, digest: "d")
    try store.keepBasis(of: .estimate, for: run.id, method: 1, sample: AdviceSample(images: 1))
    try store.keepExcerpt(of: run.id, place: "/rows.parquet", curves: "{}", shown: [1])
    for table in tables where !["suspect", "remedy", "gain_curve"].contains(table) {
      #expect(try store.column("SELECT count(*) > 0 AND count(later) = 0 FROM \(table)") == ["1"], "\(table)")
    }
  }

  /// Where each would be shown anyway, nothing is left out, and nothing says so.
  @Test func whereEveryRowStaysThereIsNoExcerpt() throws {
    let scratch = try Scratch()
    let store = try Store.scanning(scratch.database)
    let run = try store.openRun(store.request())
    try store.append([row("a.png", mse: 1), row("b.png", mse: 1)], columns: ["mse"], to: run)
    try store.finish(run, digest: "d")
    func keep(shown: [Int64]) throws -> Excerpt? {
      try store.keepExcerpt(of: run.id, place: "/rows.parquet", curves: "{}", shown: shown)
      return try store.excerpt(of: run.id)
    }
    #expect(try keep(shown: [1, 2]) == nil)
    #expect(try keep(shown: [1]) == Excerpt(rows: 1, samples: 2, place: "/rows.parquet"))
  }

  @Test func everyViewCanBeRead() throws {
    let scratch = try Scratch()
    let store = try Store.scanning(scratch.database)
    let views = try store.column("SELECT name FROM sqlite_schema WHERE type = 'view'")
    #expect(views.count >= 20)
    for view in views { #expect(throws: Never.self, "\(view)") { try store.column("SELECT * FROM \(view)") } }
  }

  @Test func everyTableIsStrict() throws {
    let scratch = try Scratch()
    let store = try Store.scanning(scratch.database)
    #expect(
      try store.column(
        "SELECT name FROM pragma_table_list WHERE type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%'")
        == [])
  }

  @Test func aNewerDatabaseIsRefusedByWritersAndReaders() throws {
    let scratch = try Scratch()
    do { _ = try Store.scanning(scratch.database) }
    let queue = try DatabaseQueue(path: scratch.database)
    try queue.write { try $0.execute(sql: "PRAGMA user_version = 99") }
    try queue.close()
    let expected = AuditError.databaseIsNewer(path: scratch.database, found: 99, known: AuditSchema.version)
    #expect(throws: expected) { try Store.scanning(scratch.database) }
    #expect(throws: expected) { try Store(reading: scratch.database) }
  }

  @Test func aDatabaseOfAnotherProgramIsRefused() throws {
    let scratch = try Scratch()
    let queue = try DatabaseQueue(path: scratch.database)
    try queue.write { try $0.execute(sql: "CREATE TABLE run (id); PRAGMA user_version = 1") }
    try queue.close()
    let before = FileManager.default.contents(atPath: scratch.database)
    let expected = AuditError.notADatabase(path: scratch.database)
    #expect(throws: expected) { try Store.scanning(scratch.database) }
    #expect(throws: expected) { try Store(reading: scratch.database) }
    #expect(FileManager.default.contents(atPath: scratch.database) == before)
  }

  @Test func aFileThatWasBegunButNotFilledIsOurs() throws {
    let scratch = try Scratch()
    let queue = try DatabaseQueue(path: scratch.database)
    try queue.writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA application_id = \(AuditSchema.applicationID); PRAGMA journal_mode = WAL")
    }
    try queue.close()
    let store = try Store.scanning(scratch.database)
    #expect(try store.column("SELECT count(*) FROM run") == ["0"])
    let empty = try Scratch()
    try Data().write(to: URL(fileURLWithPath: empty.database))
    #expect(try Store.scanning(empty.database).column("SELECT count(*) FROM run") == ["0"])
  }

  /// After a kill the log may hold everything; the file itself must be known as ours from the first moment.
  @Test func theMarkIsInTheFileBeforeTheLogBegins() throws {
    let scratch = try Scratch()
    let store = try Store.scanning(scratch.database)
    let head = try #require(FileManager.default.contents(atPath: scratch.database)).prefix(72)
    #expect(Array(head[68..<72]) == Array("Audt".utf8))
    #expect(try store.queue.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "wal")
  }

  @Test func tableMetricDescribesWhatTheRegistrySays() throws {
    let scratch = try Scratch()
    let store = try Store.scanning(scratch.database)
    let names = try store.column("SELECT name FROM metric WHERE kind = 'score' ORDER BY position")
    #expect(names == MetricRegistry.all.map(\.info.name))
    for (read, written) in zip(try Store(reading: scratch.database).metrics, MetricRegistry.all.map(\.info)) {
      #expect(read.name == written.name && read.version == written.version && read.unit == written.unit)
      #expect(read.range == written.range && read.direction == written.direction && read.family == written.family)
      #expect(read.meaning == written.meaning && read.formula == written.formula && read.source == written.source)
      #expect(read.parameters == written.parameters && read.headline == written.headline, "\(read.name)")
    }
  }
}

/// CPU time of this process, so that a busy machine does not fail a test.
enum CPUClock {
  static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
