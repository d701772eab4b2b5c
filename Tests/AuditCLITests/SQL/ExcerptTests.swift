import AuditCore
import AuditDemo
import AuditImages
import AuditStore
import Foundation
import GRDB
import Testing

/// A merge of more samples than the database keeps.
@Suite struct ExcerptTests {
  private let scratch: Scratch
  private var path: String { scratch.path }
  private let faces: String

  /// A set with files that are no pictures, a copy, damaged pictures and ones that skew, scored in one part and merged whole.
  private static let scored = Result {
    let scratch = try Scratch()
    scratch.removeAtExit()
    try SharedScan.draw(into: scratch.path + "/faces")
    // So many that nobody asks for most of them.
    let artist = FaceArtist(seed: 13, mode: .frames(people: 4, clips: 1), width: 48, height: 48)
    for (person, frame) in (0..<4).flatMap({ person in (0..<40).map { (person, $0) } }) {
      let image = artist.draw(person: person, clip: 0, frame: frame)
      try Files.write(encodePNG(image), to: scratch.path + "/faces/more\(person)/\(frame).png")
    }
    // A copy in a run of frames, whose best is one of these.
    try FileManager.default.copyItem(
      atPath: scratch.path + "/faces/more1/20.png", toPath: scratch.path + "/faces/more1/20_copy.png")
    for arguments in [
      ["plan", "faces", "--size", "64", "-o", "p.db"], ["fit", "--plan", "p.db"],
      ["score", "--plan", "p.db", "--shard", "1/1", "-q"], ["merge", "--plan", "p.db", "--db", "whole.db", "-q"],
    ] {
      let run = try Command.audit(arguments, in: scratch.path)
      try #require(run.status == 0, "\(arguments): \(run.err)")
    }
    return scratch
  }

  init() throws {
    let shared = try ExcerptTests.scored.get().path
    scratch = try Scratch()
    faces = shared + "/faces"
    for name in ["p.db", "p.shard-1-of-1.db", "whole.db"] {
      try FileManager.default.copyItem(atPath: shared + "/" + name, toPath: scratch.path + "/" + name)
    }
  }

  @discardableResult
  private func audit(_ arguments: String..., status: Int32 = 0) throws -> Command {
    let run = try Command.audit(arguments, in: path)
    #expect(run.status == status, "\(arguments): \(run.err)")
    return run
  }

  private func rows(_ database: String, _ sql: String) throws -> String {
    try Command.sqlite("\(path)/\(database)", sql)
  }

  private func canWriteParquet() throws -> Bool {
    let probe = try Command.run("/usr/bin/env", ["python3", "-c", "import pyarrow"])
    if probe.status != 0 { print("skipped: pyarrow is not installed here") }
    return probe.status == 0
  }

  /// nil where Parquet cannot be written here.
  private func merged(_ database: String = "part.db") throws -> Command? {
    guard try canWriteParquet() else { return nil }
    return try audit("merge", "--plan", "p.db", "--db", database, "--rows-in-sqlite", "100")
  }

  private func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  /// Whether two documents agree but for what is of the file and the time.
  private func expectEqual(_ one: [String: Any], _ other: [String: Any], but left: Set<String>) {
    for key in Set(one.keys).union(other.keys).subtracting(left) {
      let (mine, theirs) = (one[key] as? NSObject, other[key] as? NSObject)
      #expect(mine == theirs, "\(key): \(String(describing: mine)) and \(String(describing: theirs))")
    }
  }

  @Test func whatSomebodyWillAskForStaysAndEverythingIsInTheFile() throws {
    guard let merge = try merged() else { return }
    let here = try #require(Int(rows("part.db", "SELECT count(*) FROM sample").trimmed))
    let all = try #require(Int(rows("whole.db", "SELECT count(*) FROM sample").trimmed))
    #expect(here < all && here > 0)
    let words = "\(here) of \(all) rows are here"
    #expect(merge.out.contains(words) && merge.out.contains("/part.rows.parquet'"), "\(merge.out)")
    #expect(try Store.digest(path + "/part.db") == Store.digest(path + "/whole.db"))
    for question in [
      "SELECT path, verdict, skew, rank_mse, pct_mse, issues FROM flagged ORDER BY path",
      "SELECT * FROM q_errors ORDER BY path",
      "SELECT * FROM q_duplicates ORDER BY copy", "SELECT * FROM q_issues",
      "SELECT path, skew FROM q_skew ORDER BY skew DESC, path",
      "SELECT path, code, issue.detail FROM issue JOIN sample ON sample.id = sample_id ORDER BY 1, 2",
      "SELECT path FROM samples WHERE near_kind <> 'run' ORDER BY path", "SELECT name, value FROM figure ORDER BY name",
      "SELECT name, value, images FROM facet ORDER BY 1, 2", "SELECT * FROM q_remedies",
    ] {
      let (part, whole) = (try rows("part.db", question), try rows("whole.db", question))
      #expect(part == whole && !whole.isEmpty, "\(question)")
    }
    for table in ["score", "quality", "fingerprint", "region_share"] {
      #expect(
        try rows("part.db", "SELECT count(*) FROM \(table) WHERE sample_id NOT IN (SELECT id FROM sample)").trimmed
          == "0")
    }
    let counted = try Command.python(
      """
      import sys, collections, pyarrow.parquet
      rows = pyarrow.parquet.read_table(sys.argv[1], columns=["path", "verdict"]).to_pylist()
      print(len(rows), sorted(collections.Counter(row["verdict"] or "" for row in rows).items()))
      """, needs: ["pyarrow"], arguments: [path + "/part.rows.parquet"])
    let verdicts = try rows(
      "whole.db",
      "SELECT '(''' || coalesce(verdict, '') || ''', ' || count(*) || ')' FROM samples GROUP BY verdict ORDER BY verdict"
    )
    #expect(counted?.out.trimmed == "\(all) [\(verdicts.trimmed.replacing("\n", with: ", "))]")
  }

  /// What was counted over all samples is text in a file that anybody may have changed.
  @Test func whatSomebodyWroteIntoTheCountsEndsNoCommand() throws {
    guard try merged() != nil else { return }
    let curves = try rows("part.db", "SELECT curves FROM excerpt").trimmed
    let most = "9223372036854775807"
    let large = curves.replacing(#/([:,\[])-?[0-9]+/#) { "\($0.1)\(most)" }
    #expect(large != curves)
    let changes = [
      "UPDATE whole_answer SET answer = '{\"columns\":[\"images\"],\"values\":[[\(most)],[\(most)]]}'",
      "UPDATE whole_answer SET answer = '{\"columns\":[\"verdict\",\"images\"],\"values\":[[\"drop\",-5]]}'",
      "UPDATE whole_answer SET answer = '{}'", "DELETE FROM whole_answer",
      "UPDATE excerpt SET samples = \(most)", "UPDATE excerpt SET samples = -\(most)",
      "UPDATE excerpt SET curves = '{}'", "UPDATE excerpt SET curves = '\(large.replacing("'", with: "''"))'",
      "UPDATE facet SET images = \(most)",
    ]
    for change in changes {
      let database = path + "/changed.db"
      try? FileManager.default.removeItem(atPath: database)
      try FileManager.default.copyItem(atPath: path + "/part.db", toPath: database)
      try DatabaseQueue(path: database).write { try $0.execute(sql: change) }
      for arguments in [
        ["show", "changed.db", "--json"], ["check", "changed.db", "--fail-on", "drop>0"],
        ["report", "changed.db", "-o", "changed.html", "--dataset", faces, "-q"],
        ["export", "changed.db", "--verdict", "drop,unreadable"],
      ] {
        let run = try Command.audit(arguments, in: path)
        #expect(
          (0...2).contains(run.status) && (run.status < 2 || !run.err.isEmpty), "\(change.prefix(90)): \(arguments)")
      }
    }
  }

  @Test func summaryPageAndGatesSayOfAllSamplesWhatTheWholeDatabaseSays() throws {
    guard try merged() != nil else { return }
    func shown(_ name: String) throws -> [String: Any] { try object(audit("show", name, "--json").out) }
    let (part, whole) = (try shown("part.db"), try shown("whole.db"))
    let own: Set = ["database", "excerpt", "command", "scan_command", "scan_in_words", "scan_anew_command"]
    expectEqual(part, whole, but: own)
    let excerpt = try #require(part["excerpt"] as? [String: Any])
    #expect(excerpt["samples"] as? Int == whole["planned"] as? Int && whole["excerpt"] == nil)

    try audit("report", "part.db", "-o", "part.json", "-o", "part.html", "-o", "part.md", "--dataset", faces, "-q")
    try audit("report", "whole.db", "-o", "whole.json", "--dataset", faces, "-q")
    func page(_ name: String) throws -> [String: Any] {
      try object(String(contentsOfFile: "\(path)/\(name).json", encoding: .utf8))
    }
    expectEqual(try page("part"), try page("whole"), but: ["summary", "run_id", "method"])
    for name in ["part.html", "part.md"] {
      #expect(try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8).contains("rows are here"), "\(name)")
    }

    for gate in [
      "flagged>1%", "drop>0", "review>0.5%", "errors>0", "copies>0", "samples<9", "damaged>1%", "code:BLURRED>0",
      "leaks>0",
    ] {
      let asked = try ["part.db", "whole.db"].map { try Command.audit(["check", $0, "--fail-on", gate], in: path) }
      #expect(
        asked[0].status == asked[1].status && asked[0].out == asked[1].out, "\(gate): \(asked[0].out)\(asked[0].err)")
    }
    let explained = try ["part.db", "whole.db"].map { try Command.audit(["explain", $0, "blurred"], in: path) }
    #expect(explained[0].status == 0 && !explained[0].out.contains("usually"), "\(explained[0].err)")
    #expect(explained[1].out.contains("usually"))
  }

  @Test func whatTakesAllSamplesIsRefusedAndToldWhereTheyAre() throws {
    guard try merged() != nil else { return }
    try audit("scan", faces, "--name", "second", "--db", "part.db", "--size", "64", "-q")
    for arguments in [
      ["export", "part.db", "--run", "first", "--keep"],
      ["export", "part.db", "--run", "first", "--where", "skew > 1"],
      ["export", "part.db", "--run", "first", "--format", "weights", "-o", "w.npy"],
      ["export", "part.db", "--run", "first", "--format", "card"],
      ["export", "part.db", "--run", "first", "--verdict", "all"],
      ["apply", "part.db", "--run", "first", "--symlink-to", "kept", "--verdict", "keep,review", "--yes"],
      ["check", "part.db", "--run", "first", "--fail-on", "skew.top1%>0.1"], ["compare", "part.db", "first", "second"],
      ["sql", "part.db", "--run", "first", "--saved", "list"],
      ["sql", "part.db", "--run", "first", "--saved", "proposal"],
      ["probe", "part.db", "--run", "first"],
      ["scan", faces, "--db", "other.db", "--size", "64", "--against", "excerpt.db"],
    ] {
      if arguments.last == "excerpt.db" { _ = try merged("excerpt.db") }
      let run = try Command.audit(arguments, in: path)
      #expect(run.status == 2 && run.err.contains("rows are here"), "\(arguments): \(run.status) \(run.err)")
      #expect(run.out.isEmpty && run.err.contains(".rows.parquet"), "\(arguments): \(run.err)")
    }
    let files = try FileManager.default.contentsOfDirectory(atPath: path)
    #expect(!files.contains("w.npy") && !files.contains("kept"))
    let scan = try audit("scan", faces, "--name", "first", "--db", "part.db", "--size", "64", status: 2)
    #expect(scan.err.contains("--name for a new run"), "\(scan.err)")

    let asked = try audit("sql", "part.db", "--run", "first", "SELECT count(*) FROM samples")
    #expect(asked.err.contains("rows are here"), "\(asked.err)")
    let leaving = try ["part.db", "whole.db"].map {
      try audit("export", $0, "--run", "first", "--verdict", "drop,unreadable").out
    }
    #expect(leaving[0] == leaving[1] && !leaving[0].isEmpty)
  }

  @Test func aDecisionCountsAndTheSameMergeAgainIsTheSameAndWithRoomItIsWhole() throws {
    guard try merged() != nil else { return }
    let before = try rows("part.db", "SELECT path FROM sample ORDER BY path")
    _ = try merged()
    #expect(try rows("part.db", "SELECT path FROM sample ORDER BY path") == before)

    let marked = try rows("part.db", "SELECT path FROM samples WHERE verdict = 'drop' ORDER BY path LIMIT 1").trimmed
    for name in ["part.db", "whole.db"] { try audit("decide", name, marked, "--verdict", "keep") }
    func verdicts(_ name: String) throws -> NSObject? {
      try object(audit("show", name, "--json").out)["verdicts"] as? NSObject
    }
    #expect(try verdicts("part.db") == verdicts("whole.db"))

    _ = try merged()
    #expect(try verdicts("part.db") == verdicts("whole.db"))
    try audit("merge", "--plan", "p.db", "--db", "part.db", "-q")
    let question = "SELECT path, verdict, skew, near_group FROM samples ORDER BY path"
    #expect(try rows("part.db", question) == rows("whole.db", question))
    #expect(try rows("part.db", "SELECT count(*) FROM excerpt").trimmed == "0")
  }

  @Test func aKillWhileRowsGoLeavesTrueAnswersAndTheNextMergeEndsIt() throws {
    guard try merged() != nil else { return }
    // As a kill between two steps leaves it: what is kept is written, and only some of the others are gone.
    let left = path + "/left.db"
    try FileManager.default.copyItem(atPath: path + "/whole.db", toPath: left)
    try Command.sqlite(
      left,
      """
      ATTACH '\(path)/part.db' AS part;
      INSERT INTO excerpt SELECT * FROM part.excerpt;
      INSERT INTO whole_answer SELECT * FROM part.whole_answer;
      PRAGMA foreign_keys = ON;
      DELETE FROM sample WHERE id IN (
        SELECT id FROM sample WHERE path NOT IN (SELECT path FROM part.sample) ORDER BY id LIMIT 20);
      """)
    func shown(_ name: String) throws -> [String: Any] { try object(audit("show", name, "--json").out) }
    let own: Set = ["database", "excerpt", "command", "scan_command", "scan_in_words", "scan_anew_command"]
    expectEqual(try shown("left.db"), try shown("whole.db"), but: own)
    _ = try merged("left.db")
    #expect(
      try rows("left.db", "SELECT path FROM sample ORDER BY path")
        == rows("part.db", "SELECT path FROM sample ORDER BY path"))
  }

  @Test func aGroupOfWhichOnlyACopyIsLeftIsNotShown() throws {
    guard try merged() != nil else { return }
    let orphans = "SELECT count(*) FROM (SELECT 1 FROM near_group GROUP BY number HAVING max(is_best) = 0)"
    try #require(try rows("part.db", orphans).trimmed != "0" && rows("whole.db", orphans).trimmed == "0")
    for (name, hasRuns) in [("part.db", false), ("whole.db", true)] {
      let store = try Store(reading: path + "/" + name)
      let run = try #require(try store.run(named: "first")?["id"].wide)
      let groups = try store.copyGroupRows(of: run, most: 1000)
      #expect(try groups.count == store.copyGroupCount(of: run) && !groups.isEmpty, "\(name)")
      #expect(groups.contains { $0["kind"].text == "run" } == hasRuns, "\(name)")
      #expect(groups.allSatisfy { $0["kind"].text != nil && ($0["images"].integer ?? 0) > 1 }, "\(name): \(groups)")
    }
  }

  /// So few that each is among those of highest skew.
  @Test func whereEveryRowStaysNothingIsSaidOfAnExcerpt() throws {
    guard try canWriteParquet() else { return }
    try Files.writePictures(30, to: path + "/few")
    try audit("plan", "few", "--metrics", "mse,mae", "--size", "64", "--no-quality", "-o", "few.plan.db")
    try audit("fit", "--plan", "few.plan.db")
    try audit("score", "--plan", "few.plan.db", "--shard", "1/1", "-q")
    let merge = try audit("merge", "--plan", "few.plan.db", "--db", "few.db", "--rows-in-sqlite", "9")
    #expect(!merge.out.contains("rows are here"), "\(merge.out)")
    #expect(try audit("show", "few.db").out.contains("30 images"))
    #expect(try audit("export", "few.db", "--keep").out.split(separator: "\n").count > 0)
    #expect(try rows("few.db", "SELECT count(*) FROM excerpt").trimmed == "0")
  }

  @Test func aSetThatFitsStaysWhole() throws {
    let probe = try audit("merge", "--plan", "p.db", "--db", "fits.db", "--rows-in-sqlite", "1000")
    let all = try rows("whole.db", "SELECT count(*) FROM sample")
    #expect(try rows("fits.db", "SELECT count(*) FROM sample") == all && !probe.out.contains("rows are here"))
    #expect(!FileManager.default.fileExists(atPath: path + "/fits.rows.parquet"))
    let inside = try audit(
      "merge", "--plan", "p.db", "--db", "in.db", "--rows-in-sqlite", "9", "--all-rows", faces + "/rows.parquet",
      status: 2)
    #expect(inside.err.contains("inside the dataset"), "\(inside.err)")
    let negative = try audit("merge", "--plan", "p.db", "--rows-in-sqlite=-1", status: 2)
    #expect(negative.err.contains("from 0"), "\(negative.err)")
  }
}

extension String {
  fileprivate var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
