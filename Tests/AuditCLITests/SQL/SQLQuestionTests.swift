import AuditStore
import Foundation
import Testing

/// The questions that users have, word for word, asked with the plain sqlite3 program and with `audit sql`.
@Suite struct SQLQuestionTests {
  /// 8 has the numbers of the runs for its parameters; the rest is as the documentation prints it.
  static let questions: [Int: String] = [
    1: "SELECT path, skew, issues FROM samples ORDER BY skew DESC LIMIT 50;",
    2: """
    SELECT sum(share_mse) FILTER (WHERE pct_mse > 0.99) AS mse_share,
           sum(share_mae) FILTER (WHERE pct_mse > 0.99) AS mae_share FROM samples;
    """,
    3: "SELECT path, rank_mse, rank_mae, rank_mae - rank_mse AS moved_up FROM samples ORDER BY moved_up DESC LIMIT 50;",
    4: """
    SELECT identity, count(*) n, sum(verdict='drop') drops, round(sum(share_mse),4) owns
    FROM samples GROUP BY identity HAVING n >= 20 ORDER BY owns DESC;
    """,
    5: "SELECT path, error_code, error_detail FROM samples WHERE status <> 'ok';",
    6: """
    SELECT verdict, count(*) n, round(100.0*count(*)/sum(count(*)) OVER (),2) pct, round(sum(share_mse),3) mse_share
    FROM samples GROUP BY verdict;
    """,
    7: "SELECT path FROM samples WHERE verdict IN ('keep','review');",
    8: """
    SELECT n.path, o.value AS before, n.value AS after
    FROM (SELECT i.path, s.mse AS value FROM sample i JOIN score s ON s.sample_id=i.id WHERE i.run_id=2) n
    JOIN (SELECT i.path, s.mse AS value FROM sample i JOIN score s ON s.sample_id=i.id WHERE i.run_id=1) o USING (path)
    ORDER BY n.value/o.value DESC LIMIT 50;
    """,
    9: """
    SELECT k.path AS keep, d.path AS copy FROM samples d JOIN samples k ON k.id = d.duplicate_of
    WHERE d.dup_kind='exact';
    """,
    10: "SELECT source, count(*) n, sum(verdict='drop') drops FROM samples GROUP BY source ORDER BY 1.0*drops/n DESC;",
    11: "SELECT path FROM samples WHERE paired_path IS NULL;",
    12: "SELECT width||'x'||height AS size, count(*) n FROM samples GROUP BY size ORDER BY n DESC;",
    13: "SELECT path FROM samples WHERE pct_mse > 0.95 AND pct_ssim < 0.5;",
    14: "SELECT path, weight FROM samples ORDER BY weight;",
    15: "SELECT path, verdict, reason, who, at FROM decision WHERE undone_at IS NULL ORDER BY at DESC;",
    16: """
    SELECT region, count(*) n FROM (SELECT sample_id, region, max(share_se) FROM region
      JOIN flagged f ON f.id = sample_id GROUP BY sample_id) GROUP BY region;
    """,
  ]

  /// What must be in the answer, from how the set was made.
  static func check(_ number: Int, _ rows: [[String: Any]]) throws {
    func text(_ column: String) -> [String] { rows.map { $0[column] as? String ?? "-" } }
    func first(_ column: String) -> String { text(column).first ?? "no row" }
    func integer(_ value: Any?) -> Int? { (value as? NSNumber)?.intValue }
    let spoiled = [SharedScan.notAFace, SharedScan.negative, SharedScan.spoiledLater]
    let unreadable = ["id2/cut.png", "id2/notes.jpg"]
    switch number {
    case 1:
      #expect(rows.count == 50)
      #expect(Set(text("path").prefix(3)) == Set(spoiled))
    case 2:
      let (squared, absolute) = (rows[0]["mse_share"] as? Double ?? 0, rows[0]["mae_share"] as? Double ?? 1)
      #expect(squared > absolute && squared < 1 && absolute > 0)
    case 3:
      #expect(rows.count == 50)
      #expect((integer(rows[0]["moved_up"]) ?? -1) > 0)
    case 4:
      #expect(Set(text("identity")) == ["id1", "id2", "id3", "id4"])
      #expect(rows.compactMap { integer($0["n"]) }.reduce(0, +) == 124)
      #expect(abs(rows.compactMap { $0["owns"] as? Double }.reduce(0, +) - 1) < 0.001)
    case 5:
      #expect(text("path").sorted() == unreadable)
      #expect(Set(text("error_code")) == ["truncated", "not_image"])
    case 6:
      #expect(Set(text("verdict")).isSuperset(of: ["drop", "keep", "-"]))
      #expect(rows.compactMap { integer($0["n"]) }.reduce(0, +) == 124)
      #expect(abs(rows.compactMap { ($0["pct"] as? NSNumber)?.doubleValue }.reduce(0, +) - 100) < 0.05)
    case 7:
      #expect(Set(text("path")).isDisjoint(with: unreadable + [SharedScan.decided, SharedScan.notAFace]))
      #expect(rows.count > 100)
    case 8: #expect(first("path") == SharedScan.spoiledLater)
    case 9:
      #expect(
        rows.count == 1 && Set([first("keep"), first("copy")]) == [SharedScan.copied, "id1/a copy, \"quoted\".png"])
    case 10:
      #expect(text("source").contains("film"))
      #expect(rows.first { $0["source"] as? String == "film" }.flatMap { integer($0["n"]) } == 120)
    case 11: #expect(rows.count == 124)
    case 12:
      #expect(first("size") == "48x48" && integer(rows[0]["n"]) == 121)
      #expect(text("size").contains("96x48"))
    case 13: #expect(Set(text("path")).isDisjoint(with: unreadable))
    case 14:
      #expect(Set(text("path").prefix(2)) == Set(unreadable), "NULL comes first, and only there is no weight")
      #expect(
        rows.dropFirst(2).allSatisfy {
          ($0["weight"] as? Double).map { $0 > 0 && $0 <= 1 } ?? ($0["weight"] as? Int == 1)
        })
    case 15: #expect(rows.count == 1 && first("path") == SharedScan.decided && first("who") == "ada")
    case 16: #expect(!rows.isEmpty && rows.compactMap { integer($0["n"]) }.reduce(0, +) >= 4)
    default: #expect(Bool(false), "question \(number) has no check")
    }
  }

  static func rows(_ json: String) throws -> [[String: Any]] {
    if json.isEmpty { return [] }
    return try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]])
  }

  @Test(arguments: 1...16) func auditSQLAnswersTheQuestion(number: Int) throws {
    let question = try #require(Self.questions[number])
    let run = try Command.audit(["sql", try AskedScan.get().database, question, "--json"])
    #expect(run.status == 0)
    #expect(run.err == "")
    try Self.check(number, try Self.rows(run.out))
  }

  static let sqliteIsMissing: String? = {
    let found = try? Command.run("/usr/bin/env", ["sqlite3", "--version"])
    guard let found, found.status == 0 else { return "no sqlite3 program here: the questions went through audit alone" }
    return nil
  }()

  @Test(
    .enabled(if: SQLQuestionTests.sqliteIsMissing == nil, "\(SQLQuestionTests.sqliteIsMissing ?? "")"),
    arguments: 1...16)
  func theSQLite3ProgramGivesTheSameAnswer(number: Int) throws {
    let question = try #require(Self.questions[number])
    let database = try AskedScan.get().database
    // Beside others that open and close the file: by itself the program waits for nobody.
    let plain = try Command.run("/usr/bin/env", ["sqlite3", "-cmd", ".timeout 20000", "-json", database, question])
    #expect(plain.status == 0)
    #expect(plain.err == "")
    let rows = try Self.rows(plain.out)
    try Self.check(number, rows)
    let ours = try Self.rows(try Command.audit(["sql", database, question, "--json"]).out)
    #expect(rows.count == ours.count)
    for (theirs, mine) in zip(rows, ours) {
      #expect(Set(theirs.keys) == Set(mine.keys))
      for (name, value) in theirs {
        if let number = value as? Double, let other = mine[name] as? Double {
          #expect(abs(number - other) <= 1e-14 * abs(number), "\(name)")
        } else {
          #expect("\(value)" == "\(mine[name] ?? "missing")", "\(name)")
        }
      }
    }
  }

  @Test func everySavedQuestionIsThereAndAnswers() throws {
    let database = try AskedScan.get().database
    let list = try Command.audit(["sql", database, "--saved", "?", "--json"])
    #expect(list.status == 0)
    let names = try Self.rows(list.out).compactMap { $0["name"] as? String }
    #expect(
      Set(names).isSuperset(of: [
        "skew", "worst_percent", "squared_only", "identities", "errors", "proposal", "list", "changes", "duplicates",
        "sources", "unpaired", "sizes", "exposure", "weights", "decisions", "regions",
      ]))
    for name in names {
      let run = try Command.audit(["sql", database, "--saved", name, "--json"])
      #expect(run.status == 0 && run.err == "", "\(name): \(run.err)")
      _ = try Self.rows(run.out)
    }
  }

  @Test func changesSaysWhatIsDifferentBetweenTheRuns() throws {
    let database = try AskedScan.get().database
    let worst = try #require(
      try Store(reading: database).rows(
        "SELECT path, before, after, ratio, change FROM changes WHERE metric = 'mse' ORDER BY ratio DESC LIMIT 1"
      ).first)
    #expect(worst["path"].text == SharedScan.spoiledLater)
    let (before, after) = (try #require(worst["before"].real), try #require(worst["after"].real))
    #expect(after > 2 * before)
    #expect(worst["ratio"].real == after / before)
    #expect(worst["change"].real == after - before)
    #expect(
      try Store.column(
        "SELECT path FROM changes JOIN samples USING (path) WHERE metric = 'mse' AND status <> 'ok'", in: database)
        == [])
  }

  @Test func aDecisionOutranksTheProposal() throws {
    let database = try AskedScan.get().database
    let row = try #require(
      try Store(reading: database).rows(
        "SELECT verdict, proposal FROM samples WHERE path = '\(SharedScan.decided)'"
      ).first)
    #expect(row["verdict"].text == "drop")
    #expect(row["proposal"].text == "keep")
    #expect(try Store.column("SELECT path FROM flagged", in: database).contains(SharedScan.decided))
  }

  @Test func everyColumnThatHoldsANumberIsExplained() throws {
    let database = try AskedScan.get().database
    let unexplained = try Store.column(
      """
      SELECT name FROM pragma_table_info('samples')
      WHERE type = 'REAL' AND name NOT IN (SELECT name FROM metric) ORDER BY name
      """, in: database)
    #expect(unexplained == [])
    let ranks = try Store.column(
      """
      SELECT name FROM pragma_table_info('samples')
      WHERE name LIKE 'rank\\_%' ESCAPE '\\' AND name NOT IN (SELECT name FROM metric)
      """, in: database)
    #expect(ranks == [])
    let silent = try Store.column(
      "SELECT name FROM metric WHERE '' IN (unit, direction, meaning, source, family) ORDER BY name", in: database)
    #expect(silent == [], "unit, range, direction, meaning and source")
    for name in ["skew", "ratio", "alike", "pull_squared", "pull_absolute", "od", "sd", "weight"] {
      #expect(try Store.value("SELECT count(*) FROM metric WHERE name = '\(name)'", in: database) == "1", "\(name)")
    }
    let strangers = try Store.column(
      """
      SELECT name FROM metric WHERE name NOT IN
        (SELECT name FROM pragma_table_info(iif(metric.kind = 'quality', 'quality', 'samples')))
      """, in: database)
    #expect(strangers == [], "a column that is explained is there")
  }

  @Test func storedValuesLieInTheRangesThatTheDatabaseStates() throws {
    let database = try AskedScan.get().database
    let store = try Store(reading: database)
    for metric in try store.rows("SELECT name, kind, low, high FROM metric") {
      let name = try #require(metric["name"].text)
      let table = metric["kind"].text == "quality" ? "quality" : "all_samples"
      let bounds = try #require(
        try store.rows("SELECT min(\"\(name)\") AS low, max(\"\(name)\") AS high FROM \(table)").first)
      if let low = metric["low"].real, let found = bounds["low"].real { #expect(found >= low, "\(name)") }
      if let high = metric["high"].real, let found = bounds["high"].real {
        #expect(found <= high * (1 + 1e-12), "\(name)")
      }
    }
  }

  @Test func theLongShapeHoldsTheSameScores() throws {
    let database = try AskedScan.get().database
    let store = try Store(reading: database)
    let names = try Store.column("SELECT name FROM metric WHERE kind = 'score'", in: database)
    #expect(names.count > 15)
    for name in names {
      let wide = "SELECT sample_id, \"\(name)\" AS value FROM score WHERE \"\(name)\" IS NOT NULL"
      let long = "SELECT sample_id, value FROM score_long WHERE metric = '\(name)'"
      let different = try store.rows(
        """
        SELECT (SELECT count(*) FROM (\(wide) EXCEPT \(long))) + (SELECT count(*) FROM (\(long) EXCEPT \(wide))) AS n
        """)
      #expect(different.first?["n"].integer == 0, "\(name)")
    }
  }
}
