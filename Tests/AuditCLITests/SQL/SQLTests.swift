import AuditStore
import Foundation
import Testing

/// `audit sql`: formats, streams, refusals.
@Suite struct SQLTests {
  private static let three = """
    SELECT 'a,"b' AS name, 1.5 AS "value|x", NULL AS missing UNION ALL SELECT 'tab' || char(9) || 'x<y', 2, x'00FF'
    """

  private func ask(_ arguments: [String], input: String? = nil) throws -> Command {
    try Command.audit(["sql", try SharedScan.get().database] + arguments, input: input)
  }

  @Test func tabSeparatedIsWhatAPipeGets() throws {
    let expected = "name\tvalue|x\tmissing\na,\"b\t1.5\t\ntab\\tx<y\t2\t00ff\n"
    #expect(try ask([Self.three]).out == expected)
    #expect(try ask([Self.three, "--tsv"]).out == expected)
    #expect(
      try ask([Self.three, "--no-header"]).out == expected.split(separator: "\n").dropFirst().joined(separator: "\n")
        + "\n")
  }

  @Test func csvFollowsRFC4180() throws {
    #expect(
      try ask([Self.three, "--csv"]).out
        == "name,value|x,missing\r\n\"a,\"\"b\",1.5,\r\ntab\tx<y,2,00ff\r\n")
  }

  @Test func jsonIsOneDocumentAndNLOnePerLine() throws {
    let json = try ask([Self.three, "--json"])
    let rows = try #require(try JSONSerialization.jsonObject(with: Data(json.out.utf8)) as? [[String: Any]])
    #expect(rows.count == 2)
    #expect(rows[0]["name"] as? String == "a,\"b")
    #expect(rows[0]["missing"] is NSNull)
    #expect(rows[1]["name"] as? String == "tab\tx<y")
    #expect(
      try ask([Self.three, "--nl"]).out
        == "{\"name\":\"a,\\\"b\",\"value|x\":1.5,\"missing\":null}\n"
        + "{\"name\":\"tab\\tx<y\",\"value|x\":2,\"missing\":\"00ff\"}\n")
  }

  @Test func markdownAndTableAreForReaders() throws {
    #expect(
      try ask([Self.three, "--md"]).out
        == "| name | value\\|x | missing |\n| --- | --- | --- |\n| a,\"b | 1.5 |  |\n| tab\\\\tx\\<y | 2 | 00ff |\n")
    #expect(
      try ask([Self.three, "--table"]).out
        == """
        name      value|x  missing
        ────────  ───────  ───────
        a,"b          1.5  \("")
        tab\\tx<y        2  00ff

        """)
  }

  @Test(
    arguments: [
      ("--table", "path  skew\n────  ────\n"), ("--tsv", "path\tskew\n"), ("--csv", "path,skew\r\n"),
      ("--json", "[]\n"),
      ("--nl", ""), ("--md", "| path | skew |\n| --- | --- |\n"),
    ])
  func anEmptyAnswerKeepsItsShape(format: String, expected: String) throws {
    let run = try ask(["SELECT path, skew FROM samples WHERE 0", format])
    #expect(run.status == 0)
    #expect(run.out == expected)
    #expect(run.err == "")
  }

  @Test func twoFormatsAtOnceAreAMistake() throws {
    let run = try ask(["SELECT 1", "--csv", "--json"])
    #expect(run.status == 2)
    #expect(run.out == "")
  }

  @Test func aQuestionComesFromStandardInputToo() throws {
    let run = try ask(["-", "--no-header"], input: "-- how many?\nSELECT count(*)\nFROM samples;\n")
    #expect(run.status == 0)
    #expect(run.out == "124\n")
  }

  @Test func standardInputThatCannotBeReadIsTold() throws {
    let set = try SharedScan.get()
    let folder = try Command.shell("exec \"$audit\" sql \"$1\" - < /", [set.database])
    #expect(folder.status == 2)
    #expect(folder.err == "audit: cannot read '-': standard input gives no text; pipe the question in\n")
    let closed = try Command.shell("exec \"$audit\" sql \"$1\" - <&-", [set.database])
    #expect(closed.status == 2)
    #expect(closed.err == "audit: the question is empty\n")
  }

  @Test(
    arguments: [
      ("SELECT skw FROM samples", "no such column: skw; did you mean skew?"),
      ("SELECT s.rank_mze FROM samples AS s", "no such column: s.rank_mze; did you mean rank_mae, rank_mse"),
      ("SELECT * FROM sampels", "no such table: sampels; did you mean samples, sample?"),
      ("SELECT FROM samples", "near \"FROM\": syntax error"),
      ("SELECT zzzzzzzz FROM samples", "no such column: zzzzzzzz"),
      ("", "the question is empty"), (" ; ", "the question is empty"),
      ("SELECT :new, ?", "the question has open parameters (:new, ?); write their values into it"),
      ("SELECT 1; SELECT 2", "one question at a time; the text holds several statements"),
    ])
  func aWrongQuestionIsAnsweredWithWhatWasMeant(question: String, words: String) throws {
    let run = try ask([question])
    #expect(run.status == 2)
    #expect(run.out == "")
    #expect(run.err.hasPrefix("audit: " + words), "\(run.err)")
  }

  @Test(
    arguments: [
      "INSERT INTO folder_issue VALUES (1, 'a', 'b', 'c')", "DELETE FROM sample", "DELETE FROM sample RETURNING id",
      "UPDATE sample SET path = ''", "UPDATE sample SET path = '' RETURNING id", "DROP TABLE sample",
      "CREATE TABLE t (x)", "ALTER TABLE sample RENAME TO t", "ATTACH 'new.db' AS other", "VACUUM",
      "VACUUM INTO 'copy.db'", "BEGIN", "BEGIN IMMEDIATE", "SAVEPOINT s", "COMMIT", "REINDEX", "ANALYZE",
      "PRAGMA query_only = 0", "PRAGMA journal_mode = DELETE", "PRAGMA user_version = 7", "PRAGMA writable_schema = 1",
      "SELECT 1; DROP TABLE sample", "WITH w AS (SELECT 1) INSERT INTO folder_issue SELECT 1, 'a', 'b', 'c' FROM w",
    ])
  func whatIsNoQuestionIsRefused(statement: String) throws {
    let set = try SharedScan.get()
    let scratch = try Scratch()
    let before = FileManager.default.contents(atPath: set.database)
    let run = try Command.audit(["sql", set.database, statement], in: scratch.path)
    #expect(run.status == 2, "\(run.out)\(run.err)")
    #expect(run.out == "")
    #expect(run.err.hasPrefix("audit: "), "\(run.err)")
    #expect(!run.err.contains("Fatal"), "\(run.err)")
    #expect(FileManager.default.contents(atPath: set.database) == before)
    #expect(try Files.names(scratch.path) == [])
  }

  @Test(arguments: [
    "PRAGMA user_version", "EXPLAIN SELECT 1", "VALUES (1, 2)", "WITH w AS (SELECT 1) SELECT * FROM w", "SELECT 1;",
  ])
  func whatGivesRowsAndChangesNothingIsAnswered(question: String) throws {
    let run = try ask([question])
    #expect(run.status == 0, "\(run.err)")
    #expect(run.out != "")
  }

  @Test func savedQuestionsAreListedAndNearNamesOffered() throws {
    let list = try ask(["--saved", "?", "--no-header"])
    #expect(list.status == 0)
    #expect(list.out.split(separator: "\n").contains { $0.hasPrefix("errors\tSELECT path, error_code") }, "\(list.out)")
    let near = try ask(["--saved", "erors"])
    #expect(near.status == 2)
    #expect(near.err == "audit: no saved question 'erors'; did you mean errors?\n")
    let far = try ask(["--saved", "xyzzy"])
    #expect(far.status == 2)
    #expect(far.err.hasPrefix("audit: no saved question 'xyzzy'; there are changes, "), "\(far.err)")
  }

  @Test func usageMistakesExitWithTwo() throws {
    #expect(try ask([]).status == 2)
    #expect(try ask(["SELECT 1", "--saved", "skew"]).status == 2)
    let run = try ask([])
    #expect(run.err.hasPrefix("audit: give a query, - for standard input, or --saved NAME"), "\(run.err)")
  }

  @Test func aMissingDatabaseIsNamedAndNotMade() throws {
    let scratch = try Scratch()
    let run = try Command.audit(["sql", "no.db", "SELECT 1"], in: scratch.path)
    #expect(run.status == 2)
    #expect(run.err == "audit: no database at 'no.db'; make one with: audit scan FOLDER --db no.db\n")
    #expect(try Files.names(scratch.path) == [])
  }

  @Test func aClosedPipeEndsTheCommandQuietly() throws {
    let set = try SharedScan.get()
    let run = try Command.shell(
      "{ \"$audit\" sql \"$1\" 'WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 200000) SELECT x FROM n'; "
        + "echo status $? >&2; } | head -1", [set.database])
    #expect(run.out == "x\n")
    #expect(run.err == "status 0\n")
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "no /dev/full here"))
  func aResultThatCannotBeWrittenIsAnError() throws {
    let set = try SharedScan.get()
    let run = try Command.shell("exec \"$audit\" sql \"$1\" 'SELECT 1' > /dev/full", [set.database])
    #expect(run.status == 2)
    #expect(run.err == "audit: cannot write to standard output: No space left on device\n")
  }

  @Test func readersLeaveNothingBesideTheDatabase() throws {
    let set = try SharedScan.get()
    let scratch = try Scratch()
    try FileManager.default.copyItem(atPath: set.database, toPath: scratch.path + "/a.db")
    #expect(try Command.audit(["sql", "a.db", "SELECT count(*) FROM samples"], in: scratch.path).status == 0)
    #expect(try Files.names(scratch.path) == ["a.db"])
  }
}
