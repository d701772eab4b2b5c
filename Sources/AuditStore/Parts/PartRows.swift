import AuditCore
import AuditDigest
import GRDB

/// A run of a part whose rows were taken over.
package struct TakenRun: Sendable {
  package let name: String
  /// How many were new, or better than those that were there.
  package let rows: Int
}

/// Rows of a planned run that another database holds: that of the plan, or that of a part.
extension Store {
  /// Takes over what a plan's own run knows beside its samples: what the walk met, the models, how a reference was trained.
  /// Rows that were scored by other models go.
  package func take(_ planned: PlannedRun, into run: OpenRun) throws {
    try attached(Store(reading: planned.database)) { database, other in
      let before = try Store.partIdentity(of: run.id, in: database)
      for table in ["folder_issue", "left_out", "identity_model"] {
        try database.execute(sql: "DELETE FROM main.\(table) WHERE run_id = ?", arguments: [run.id])
      }
      try database.execute(
        sql: "DELETE FROM main.probe_training WHERE run_id = ? AND purpose = 'reference'", arguments: [run.id])
      for table in ["folder_issue", "left_out"] {
        let columns = try Store.columns(of: table, but: ["run_id"], in: database).joined(separator: ", ")
        try database.execute(
          sql:
            "INSERT INTO main.\(table) (run_id, \(columns)) SELECT ?, \(columns) FROM \(other).\(table) WHERE run_id = ?",
          arguments: [run.id, planned.id])
      }
      try Store.takeModels(of: planned.id, in: other, into: run.id, database)
      try Store.takeTrainings(of: planned.id, in: other, into: run.id, database)
      if try Store.partIdentity(of: run.id, in: database) != before {
        try database.execute(sql: "DELETE FROM main.sample WHERE run_id = ?", arguments: [run.id])
        try Store.dropUnusedModels(in: database)
      }
    }
  }

  private static func takeModels(of planned: Int64, in other: String, into run: Int64, _ database: Database) throws {
    let columns = try columns(of: "model", but: ["id"], in: database).joined(separator: ", ")
    try database.execute(
      sql: """
        INSERT OR IGNORE INTO main.model (\(columns)) SELECT \(columns) FROM \(other).model WHERE id IN (
          SELECT model_id FROM \(other).run WHERE id = ?1 UNION SELECT damage_model_id FROM \(other).run WHERE id = ?1
          UNION SELECT model_id FROM \(other).identity_model WHERE run_id = ?1)
        """, arguments: [planned])
    for column in ["model_id", "damage_model_id"] {
      try database.execute(
        sql: """
          UPDATE main.run SET \(column) = (
            SELECT own.id FROM \(other).run AS planned JOIN \(other).model AS made ON made.id = planned.\(column)
            JOIN main.model AS own ON own.digest = made.digest WHERE planned.id = ?)
          WHERE id = ?
          """, arguments: [planned, run])
    }
    try database.execute(
      sql: """
        INSERT INTO main.identity_model (run_id, identity, model_id)
        SELECT ?, identity, own.id FROM \(other).identity_model JOIN \(other).model AS made ON made.id = model_id
        JOIN main.model AS own ON own.digest = made.digest WHERE run_id = ?
        """, arguments: [run, planned])
  }

  private static func takeTrainings(
    of planned: Int64, in other: String, into run: Int64, _ database: Database
  ) throws {
    let columns = try columns(of: "probe_training", but: ["id", "run_id"], in: database).joined(separator: ", ")
    let epochs = try Store.columns(of: "probe_epoch", but: ["training_id"], in: database).joined(separator: ", ")
    let trainings = try rows(
      "SELECT id FROM \(other).probe_training WHERE run_id = ? AND purpose = 'reference'", .integer(planned),
      in: database)
    for training in trainings.compactMap({ $0["id"].wide }) {
      try database.execute(
        sql: """
          INSERT INTO main.probe_training (run_id, \(columns))
          SELECT ?, \(columns) FROM \(other).probe_training WHERE id = ?
          """, arguments: [run, training])
      try database.execute(
        sql: """
          INSERT INTO main.probe_epoch (training_id, \(epochs))
          SELECT ?, \(epochs) FROM \(other).probe_epoch WHERE training_id = ?
          """, arguments: [database.lastInsertedRowID, training])
    }
  }

  /// Takes over the samples of a plan, so that `missing` knows what a run still lacks. Rows of samples that the plan does
  /// not name, or names with another size or time, go.
  package func take(samplesOf planned: PlannedRun, into run: OpenRun) throws {
    try attached(Store(reading: planned.database)) { database, other in
      let columns = try Store.columns(of: "planned", but: ["run_id"], in: database).joined(separator: ", ")
      try database.execute(sql: "DELETE FROM main.planned WHERE run_id = ?", arguments: [run.id])
      try database.execute(
        sql: """
          INSERT INTO main.planned (run_id, \(columns)) SELECT ?, \(columns) FROM \(other).planned WHERE run_id = ?
          """, arguments: [run.id, planned.id])
      try database.execute(
        sql: """
          DELETE FROM main.sample WHERE run_id = ?1 AND NOT EXISTS (
            SELECT 1 FROM main.planned AS named WHERE named.run_id = ?1 AND \(Store.isNamed("main.sample")))
          """, arguments: [run.id])
    }
  }

  /// Whether a row of `sample` is of the file that the plan names.
  private static func isNamed(_ sample: String) -> String {
    """
    named.path = coalesce(\(sample).path_raw, CAST(\(sample).path AS BLOB)) AND named.bytes = \(sample).bytes
      AND named.modified_ns = \(sample).modified_ns
    """
  }

  /// Takes over what a part of the planned run has scored. Of two rows of one file the scored one stays, of two scored
  /// ones that of the greater hash, so that the order of the parts changes nothing.
  ///
  /// - Parameter part: a database of `audit score`; its runs that were planned the same.
  /// - Returns: one for each of those runs.
  /// - Throws: `AuditError` where it holds no such run, or only ones of other models.
  package func take(rowsOf part: Store, into run: OpenRun) throws -> [TakenRun] {
    try runs(of: part, for: run).map { theirs in
      TakenRun(name: theirs.name, rows: try take(theirs.id, of: part, into: run))
    }
  }

  /// In one transaction.
  private func take(_ theirs: Int64, of part: Store, into run: OpenRun) throws -> Int {
    try attached(part) { database, other in
      try database.execute(
        sql: "CREATE TEMP TABLE taken (place INTEGER PRIMARY KEY, path BLOB NOT NULL UNIQUE, old INTEGER NOT NULL)")
      defer { try? database.execute(sql: "DROP TABLE temp.taken") }
      try database.execute(
        sql: """
          INSERT OR IGNORE INTO temp.taken (path, old)
          SELECT named.path, theirs.id FROM \(other).sample AS theirs
          JOIN main.planned AS named ON named.run_id = ?1 AND \(Store.isNamed("theirs"))
          LEFT JOIN main.sample AS own ON own.run_id = ?1 AND own.path = theirs.path AND own.path_raw IS theirs.path_raw
          WHERE theirs.run_id = ?2 AND (own.id IS NULL OR (theirs.status = 'ok', coalesce(theirs.sha256, x''))
            > (own.status = 'ok', coalesce(own.sha256, x'')))
          ORDER BY named.path, theirs.status = 'ok' DESC, theirs.sha256 DESC, theirs.id
          """, arguments: [run.id, theirs])
      try database.execute(
        sql: """
          DELETE FROM main.sample WHERE run_id = ?
            AND coalesce(path_raw, CAST(path AS BLOB)) IN (SELECT path FROM temp.taken)
          """, arguments: [run.id])
      let before =
        try Store.rows("SELECT coalesce(max(id), 0) FROM main.sample", in: database).first?.values[0].wide ?? 0
      do {
        for table in ["sample", "score", "influence", "region_share", "issue", "quality", "damage", "fingerprint"] {
          try Store.insertTaken(table, to: run, before: before, from: other, in: database)
        }
      } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
        throw AuditError.wrongFile(
          path: part.path, finding: "is damaged (\(error.message ?? error.resultCode.description))",
          remedy: "remove it and score the part again")
      }
      return try Store.rows("SELECT count(*) FROM temp.taken", in: database).first?.values[0].integer ?? 0
    }
  }

  /// The runs of a part that were scored for this one.
  private func runs(of part: Store, for run: OpenRun) throws -> [(id: Int64, name: String)] {
    guard let own = try rows(Store.partQuestion + " WHERE run.id = ?", .integer(run.id)).first else {
      throw AuditError.databaseDamaged(path: path, cause: "the run that was just opened is gone")
    }
    func fitting(_ found: [SQLRow], _ columns: String..., otherwise words: @autoclosure () -> String) throws -> [SQLRow]
    {
      let fitting = found.filter { row in columns.allSatisfy { row[$0] == own[$0] } }
      guard !fitting.isEmpty else { throw AuditError.wrongFile(path: part.path, finding: words()) }
      return fitting
    }
    let all = try fitting(
      part.rows(Store.partQuestion + " ORDER BY run.id DESC"), "settings_digest",
      otherwise: "holds no run with the settings of the plan: it is no part of it (see `audit help score`)")
    let same = try fitting(
      all, "version",
      otherwise: "was scored by audit \(all[0]["version"].text ?? "?"), and this is \(own["version"].text ?? "?"): "
        + "their numbers need not be the same; score it again with this one")
    return try fitting(
      same, "model", "damage", "identities",
      otherwise: "was scored with other models than the plan has now; remove it and score the part again"
    ).compactMap { row in row["id"].wide.map { ($0, row["name"].text ?? "") } }
  }

  /// What rows must have in common to be of one run.
  private static let partQuestion = """
    SELECT run.id, name, settings_digest, version, coalesce(common.digest, '') AS model,
      coalesce(damage.digest, '') AS damage, coalesce((
        SELECT group_concat(word) FROM (
          SELECT hex(identity) || ' ' || own.digest AS word FROM identity_model JOIN model AS own
          ON own.id = identity_model.model_id WHERE run_id = run.id ORDER BY identity)), '') AS identities
    FROM run LEFT JOIN model AS common ON common.id = model_id LEFT JOIN model AS damage ON damage.id = damage_model_id
    """

  /// Digest of the model that a run's samples are compared with; nil where it has none.
  package func modelDigest(of run: Int64) throws -> String? {
    try rows("SELECT model.digest FROM model JOIN run ON model_id = model.id WHERE run.id = ?", .integer(run))
      .first?["digest"].text
  }

  /// The same as a word, for rows that are on their way without a database.
  package func partIdentity(of run: Int64) throws -> String {
    try queue.read { try Store.partIdentity(of: run, in: $0) }
  }

  private static func partIdentity(of run: Int64, in database: Database) throws -> String {
    let row = try rows(Store.partQuestion + " WHERE run.id = ?", .integer(run), in: database).first
    func word(_ column: String) -> String { row?[column].text ?? "" }
    let identities = word("identities")
    return ["version", "settings_digest", "model", "damage"].map(word).joined(separator: " ")
      + (identities.isEmpty ? "" : " " + hexadecimal(sha256(Array(identities.utf8))))
  }

  /// Places, from 0 and in the order of the plan, of the samples that a run has no row of.
  package func missingPlaces(of run: OpenRun) throws -> [Int] {
    try rows(
      """
      SELECT place FROM (SELECT row_number() OVER (ORDER BY path) - 1 AS place, path FROM planned WHERE run_id = ?1)
      WHERE path NOT IN (SELECT coalesce(path_raw, CAST(path AS BLOB)) FROM sample WHERE run_id = ?2)
      """, .integer(run.id), .integer(run.id)
    ).compactMap { $0["place"].integer }
  }

  /// Forgets what a run was to have: it has all of it.
  package func forgetPlanned(of run: OpenRun) throws {
    try write { database in
      try database.execute(sql: "DELETE FROM planned WHERE run_id = ?", arguments: [run.id])
    }
  }

  /// Runs a transaction that reads another database as well.
  private func attached<Value: Sendable>(
    _ other: Store, _ body: @Sendable (Database, _ other: String) throws -> Value
  ) throws -> Value {
    try attach(other, as: "part")
    defer { try? queue.writeWithoutTransaction { try $0.execute(sql: "DETACH DATABASE part") } }
    return try write { try body($0, "part") }
  }

  /// Writes the rows of one table that belong to the taken samples.
  ///
  /// - Parameter before: what is added to a sample's place to have its number.
  private static func insertTaken(
    _ table: String, to run: OpenRun, before: Int64, from other: String, in database: Database
  ) throws {
    let isSample = table == "sample"
    let key = isSample ? ["id", "run_id"] : ["sample_id"]
    let values = isSample ? ["?1 + place", "?2"] : ["?1 + place"]
    let columns = try columns(of: table, but: key + madeAnew[table, default: []], alsoIn: other, in: database)
    try database.execute(
      sql: """
        INSERT INTO main.\(table) (\((key + columns).joined(separator: ", ")))
        SELECT \((values + columns.map { "theirs." + $0 }).joined(separator: ", "))
        FROM temp.taken JOIN \(other).\(table) AS theirs ON theirs.\(key[0]) = old WHERE ?2 NOTNULL
        """, arguments: [before, run.id])
  }

  /// Columns that a ranking of the whole makes.
  private static let madeAnew = [
    "sample": ["duplicate_of", "dup_kind"], "damage": ["confidence", "damage_kind"],
  ]

  /// The columns of a table of ours, quoted.
  ///
  /// - Parameter other: another database, of whose table only columns are wanted that it has too.
  private static func columns(
    of table: String, but left: [String], alsoIn other: String? = nil, in database: Database
  ) throws -> [String] {
    func names(_ schema: String) throws -> [String] {
      try rows("SELECT name FROM pragma_table_info(?, ?)", .text(table), .text(schema), in: database)
        .compactMap { $0["name"].text }
    }
    let theirs = try other.map { Set(try names($0)) }
    return try names("main").filter { !left.contains($0) && theirs?.contains($0) ?? true }
      .map(\.quotedDatabaseIdentifier)
  }
}
