import AuditStore
import Foundation
import Testing

/// `audit plan`, `fit --plan`, `score` and `merge`, as an array job runs them.
@Suite struct PartsCommandTests {
  private let scratch: Scratch
  private let faces: String

  init() throws {
    (scratch, faces) = try Scratch.withFaces(150)
    try Files.write(Array("no picture".utf8), to: faces + "/broken.png")
  }

  @discardableResult
  private func audit(_ arguments: String..., in folder: String? = nil) throws -> Command {
    let run = try Command.audit(arguments, in: folder ?? scratch.path)
    #expect(run.status == 0, "\(arguments): \(run.err)")
    return run
  }

  private func digest(_ database: String) throws -> String { try Store.digest(scratch.path + "/" + database) }

  @Test func anArrayJobGivesTheDatabaseOfOneScan() throws {
    try audit("scan", faces, "--db", "one.db", "--size", "64")
    try audit("plan", faces, "--size", "64", "--no-quality", "-o", "faces.plan.db")
    try audit("fit", "--plan", "faces.plan.db")
    let array =
      "seq 1 7 | xargs -P 3 -I {} '\(Command.binary)' score --plan faces.plan.db --shard {}/7 --jobs 1"
    let first = try Command.run("/bin/bash", ["-c", array + " -q"], in: scratch.path)
    #expect(first.status == 0, "\(first.err)")
    // A machine's disk is lost. The same array again scores what went with it, and nothing else.
    try FileManager.default.removeItem(atPath: scratch.path + "/faces.plan.shard-4-of-7.db")
    let second = try Command.run("/bin/bash", ["-c", array], in: scratch.path)
    #expect(second.status == 0, "\(second.err)")
    let told = second.out.split(separator: "\n").sorted()
    #expect(told.count == 7)
    for (number, line) in zip(1..., told) {
      let scored = line.firstMatch(of: /images, (\d+) of them scored now/).flatMap { Int($0.1) }
      #expect(line.hasPrefix("part \(number)/7") && (number == 4 ? scored ?? 0 > 20 : scored == 0), "\(line)")
    }
    let merge = try audit("merge", "--plan", "faces.plan.db", "--db", "whole.db")
    #expect(try digest("whole.db") == digest("one.db"))
    let scan = try Command.audit(["show", "one.db"], in: scratch.path)
    // The first line names the run and when it was made.
    func said(_ run: Command) -> [Substring] { Array(run.out.split(separator: "\n").dropFirst(3)) }
    #expect(said(try Command.audit(["show", "whole.db"], in: scratch.path)).count == said(scan).count)
    #expect(merge.out.contains("drop"))
  }

  @Test func partsThatAreKilledAgainAndAgainLoseNothing() throws {
    try audit("scan", faces, "--db", "one.db", "--size", "64", "--metrics", "all")
    try audit("plan", faces, "--size", "64", "--metrics", "all", "--no-quality", "-o", "p.db")
    try audit("fit", "--plan", "p.db")
    var generator = SystemRandomNumberGenerator()
    var kills = 0
    for part in ["1/2", "2/2"] {
      for attempt in 0..<12 {
        let child = Process()
        child.executableURL = URL(fileURLWithPath: Command.binary)
        child.arguments = ["score", "--plan", "p.db", "--shard", part, "--jobs", "1", "-q"]
        child.currentDirectoryURL = URL(fileURLWithPath: scratch.path)
        child.standardError = FileHandle.nullDevice
        try child.run()
        usleep(UInt32.random(in: 5_000...(60_000 + 20_000 * UInt32(attempt)), using: &generator))
        guard child.isRunning else { break }
        kill(child.processIdentifier, SIGKILL)
        child.waitUntilExit()
        kills += 1
      }
      try audit("score", "--plan", "p.db", "--shard", part)
    }
    #expect(kills > 4)
    try audit("merge", "--plan", "p.db", "--db", "whole.db")
    #expect(try digest("whole.db") == digest("one.db"))
    #expect(
      try Store.value("SELECT count(*) - count(DISTINCT path) FROM sample", in: scratch.path + "/whole.db") == "0")
  }

  /// Half of the set by a worker that is told paths, the other half twice: by a worker and as a part.
  @Test func linesOfWorkersAreMergedLikeParts() throws {
    try audit("scan", faces, "--db", "one.db", "--size", "64", "--identity-from", "regex:^(..)")
    try audit("plan", faces, "--size", "64", "--no-quality", "-o", "p.db", "--identity-from", "regex:^(..)")
    try audit("fit", "--plan", "p.db")
    let workers = try Command.run(
      "/bin/bash",
      [
        "-c",
        """
        set -e -o pipefail
        names() { (cd '\(faces)' && find . -type f -printf '%P\\n' | sort -R); }
        names | grep '[02468][.]' > even; names | grep -v '[02468][.]' > odd
        for half in even odd; do '\(Command.binary)' worker --stdio --plan p.db --in paths < $half > $half.ndjson; done
        """,
      ], in: scratch.path)
    #expect(workers.status == 0, "\(workers.err)")
    try audit("score", "--plan", "p.db", "--shard", "1/2")
    let part = "p.shard-1-of-2.db"
    try audit("merge", "--plan", "p.db", "odd.ndjson", part, "even.ndjson", "--db", "whole.db")
    #expect(try digest("whole.db") == digest("one.db"))
    let people = "SELECT group_concat(identity) FROM (SELECT identity FROM samples ORDER BY path)"
    let known = try Command.sqlite(scratch.path + "/one.db", people)
    let merged = try Command.sqlite(scratch.path + "/whole.db", people)
    #expect(known.contains(",") && merged == known)
    let half = try Command.audit(["merge", "--plan", "p.db", "odd.ndjson", "--db", "half.db"], in: scratch.path)
    #expect(half.status == 2 && half.err.contains("have no row in any part"), "\(half.err)")

    try audit("plan", faces, "--size", "96", "--no-quality", "-o", "other.db")
    try audit("fit", "--plan", "other.db")
    let other = try Command.audit(["merge", "--plan", "other.db", "odd.ndjson", "--db", "o.db"], in: scratch.path)
    #expect(other.status == 2 && other.err.contains("of another plan, or other models"), "\(other.err)")
    let text = try String(contentsOfFile: scratch.path + "/odd.ndjson", encoding: .utf8)
    for (name, damage) in [
      ("no hello", text.split(separator: "\n").dropFirst().joined(separator: "\n")),
      ("no JSON", text + "{\"k\""), ("no row", text.replacing("\"row\":\"", with: "\"row\":\"AAAA")),
      ("a long line", text + String(repeating: "{", count: 3 << 20)),
    ] {
      try damage.write(toFile: scratch.path + "/bad.ndjson", atomically: true, encoding: .utf8)
      let bad = try Command.audit(["merge", "--plan", "p.db", "bad.ndjson", "--db", "b.db"], in: scratch.path)
      #expect(bad.status == 2 && bad.err.contains("bad.ndjson"), "\(name): \(bad.err)")
    }
  }

  @Test func workersCompareSamplesOfAPlanWithTheirPartners() throws {
    try audit("scan", faces, "--reference", faces, "--db", "one.db")
    try audit("plan", faces, "--reference", faces, "--no-quality", "-o", "p.db")
    try audit("fit", "--plan", "p.db")
    let names = try Command.run("/usr/bin/find", [".", "-type", "f", "-printf", "%P\\n"], in: faces)
    let worker = try Command.audit(
      ["worker", "--stdio", "--plan", "p.db", "--in", "paths"], in: scratch.path, input: names.out)
    #expect(worker.status == 0 && !worker.out.contains("pair_missing"), "\(worker.err)")
    try Files.write(Array(worker.out.utf8), to: scratch.path + "/rows.ndjson")
    try audit("merge", "--plan", "p.db", "rows.ndjson", "--db", "whole.db")
    #expect(try digest("whole.db") == digest("one.db"))
  }

  @Test func theLineForSparkIsWhatAShellTakes() throws {
    let line = try Command.audit(["cluster", "spark", "--print", "my faces", "--out", "it's", "--master", "yarn"])
    #expect(line.status == 0, "\(line.err)")
    let words = try Command.run("/bin/bash", ["-c", "printf '%s\\n' \(line.out)"]).out.split(separator: "\n")
    #expect(
      words.prefix(3) == ["spark-submit", "--master", "yarn"] && words.contains("spark.executor.memoryOverhead=4g"))
    #expect(words.suffix(4) == ["audit_spark.py", "my faces", "--out", "it's"], "\(words)")
    let local = try Command.audit(["cluster", "spark", "--print", "faces", "--out", "o"])
    #expect(local.out.contains(",4]'"), "\(local.out)")
    let bare = try Command.audit(["cluster", "spark", "faces", "--out", "o"])
    #expect(bare.status == 2 && bare.err.contains("it takes --print"), "\(bare.err)")
  }

  @Test func aWorkerGivesAPictureUpWhenThePlanSays() throws {
    try Files.write(PlantedPicture.ppm("hang"), to: faces + "/slow.ppm")
    try audit("plan", faces, "--size", "64", "--no-quality", "--timeout", "0.2", "-o", "p.db")
    try audit("scan", faces, "--db", "one.db", "--size", "64", "--timeout", "0.2")
    try audit("fit", "--plan", "p.db")
    let row = try Command.audit(
      ["worker", "--stdio", "--plan", "p.db", "--in", "paths"], in: scratch.path, input: "slow.ppm\n")
    let said = try Store.value("SELECT error_detail FROM samples WHERE path = 'slow.ppm'", in: scratch.path + "/one.db")
    #expect(
      row.out.contains("\"code\":\"timeout\"") && row.out.contains("\"detail\":\"\(said)\""), "\(row.out) \(said)")
  }

  @Test func whatIsMissingIsNamedWithTheCommandThatScoresIt() throws {
    try audit("plan", faces, "--size", "64", "--no-quality", "-o", "p.db")
    let early = try Command.audit(["score", "--plan", "p.db", "--shard", "1/2"], in: scratch.path)
    #expect(early.status == 2 && early.err.contains("audit fit --plan p.db"), "\(early.err)")
    try audit("fit", "--plan", "p.db")
    let none = try Command.audit(["merge", "--plan", "p.db"], in: scratch.path)
    #expect(none.status == 2 && none.err.contains("no part of the plan lies beside it"), "\(none.err)")
    func toGoOn(_ database: String) throws -> String {
      let show = try Command.audit(["show", database], in: scratch.path)
      return show.out.split(separator: "\n").filter { $0.contains("to go on") }.joined()
    }
    #expect(try toGoOn("p.db").hasSuffix("is a plan of 151 images; to go on: audit score --plan p.db --shard 1/2"))
    try audit("score", "--plan", "p.db", "--shard", "2/3")
    let part = try toGoOn("p.shard-2-of-3.db")
    #expect(part.contains("is part 2/3 of a plan: 50 images") && part.hasSuffix("audit merge --plan p.db"), "\(part)")
    let merge = try Command.audit(["merge", "--plan", "p.db", "--db", "whole.db"], in: scratch.path)
    #expect(merge.status == 2)
    #expect(
      merge.err.contains("audit score --plan p.db --shard 1/3; audit score --plan p.db --shard 3/3"), "\(merge.err)")
    let show = try Command.audit(["show", "whole.db"], in: scratch.path)
    #expect(show.out.contains("stopped at 50 of 151"), "\(show.out)\(show.err)")
    for part in ["1/3", "3/3"] { try audit("score", "--plan", "p.db", "--shard", part) }
    try audit("merge", "--plan", "p.db", "--db", "whole.db", "-q")
    let gate = try Command.audit(
      ["merge", "--plan", "p.db", "--db", "whole.db", "--fail-on", "errors>0"], in: scratch.path)
    #expect(gate.status == 1, "\(gate.err)")
  }

  @Test func aPlanThatIsWorkedOnIsNotReplacedUnasked() throws {
    let plan = ["plan", faces, "--size", "64", "--no-quality", "-o", "p.db"]
    for _ in 0..<2 { #expect(try Command.audit(plan, in: scratch.path).status == 0, "nothing is lost yet") }
    try audit("fit", "--plan", "p.db")
    func refusal() throws -> String {
      let before = try Data(contentsOf: URL(fileURLWithPath: scratch.path + "/p.db"))
      let run = try Command.audit(plan, in: scratch.path)
      #expect(run.status == 2 && run.out == "", "\(run.out)")
      #expect(try Data(contentsOf: URL(fileURLWithPath: scratch.path + "/p.db")) == before)
      return run.err
    }
    let end =
      "nothing was changed; plan into another file with -o, or replace it with --fresh, and fit and score its parts again\n"
    #expect(try refusal() == "audit: 'p.db' holds a plan whose models are made; " + end)
    let own = try Command.audit(["score", "--plan", "p.db", "--shard", "1/2", "-o", "p.db"], in: scratch.path)
    #expect(own.status == 2 && own.err.contains("a part needs a database of its own"), "\(own.err)")
    try audit("score", "--plan", "p.db", "--shard", "1/2")
    #expect(
      try refusal() == "audit: 'p.db' holds a plan whose models are made, and 1 part of it lies beside it; " + end)
    try audit("score", "--plan", "p.db", "--shard", "2/2")
    try audit("merge", "--plan", "p.db", "--db", "whole.db")
    #expect(try Command.audit(plan + ["--fresh"], in: scratch.path).status == 0)
    #expect(try Store.column("SELECT is_fitted FROM plan", in: scratch.path + "/p.db") == ["0"])
    try audit("fit", "--plan", "p.db")
  }

  /// Of parts of two sizes the cut is named that has least left to score, in the fewest commands.
  @Test func ofPartsOfTwoSizesTheFewestAreAskedFor() throws {
    try audit("plan", faces, "--size", "64", "--no-quality", "-o", "p.db")
    try audit("fit", "--plan", "p.db")
    func missing() throws -> String {
      let merge = try Command.audit(["merge", "--plan", "p.db", "--db", "whole.db"], in: scratch.path)
      #expect(merge.status == 2)
      return try #require(merge.err.split(separator: "score the rest and merge again: ").last).trimmingCharacters(
        in: .newlines)
    }
    for part in ["1/2", "12/24", "13/24"] { try audit("score", "--plan", "p.db", "--shard", part) }
    #expect(try missing() == "audit score --plan p.db --shard 2/2")
    for part in 14...21 { try audit("score", "--plan", "p.db", "--shard", "\(part)/24") }
    #expect(try missing() == (22...24).map { "audit score --plan p.db --shard \($0)/24" }.joined(separator: "; "))
    for part in 22...24 { try audit("score", "--plan", "p.db", "--shard", "\(part)/24") }
    try audit("merge", "--plan", "p.db", "--db", "whole.db", "-q")
  }

  @Test func relativePathsOfThePlanHoldFromAnywhereAndTheDatasetMayLieElsewhere() throws {
    let elsewhere = try scratch.folder("elsewhere")
    try Files.write(Picture.ppm(3), to: scratch.path + "/reference.ppm")
    try audit("scan", faces, "--reference", "reference.ppm", "--db", "one.db")
    try audit("plan", faces, "--reference", "reference.ppm", "--no-quality", "-o", "p.db")
    let plan = scratch.path + "/p.db"
    try audit("fit", "--plan", plan, in: elsewhere)
    try audit("score", "--plan", plan, "--shard", "1/2", in: elsewhere)
    try FileManager.default.moveItem(atPath: faces, toPath: elsewhere + "/moved")
    try audit("score", "--plan", plan, "--shard", "2/2", "--dataset", "moved", in: elsewhere)
    try audit("merge", "--plan", plan, "--dataset", "moved", "--db", scratch.path + "/whole.db", in: elsewhere)
    #expect(try digest("whole.db") == digest("one.db"))
  }

  @Test func optionsOfThePlanAreRefusedWhereTheyDoNotBelong() throws {
    for wrong in [
      ["score", "--plan", "p.db", "--shard", "3/2"], ["score", "--plan", "p.db"], ["merge"],
      ["fit", faces, "-o", "m", "--plan", "p.db"], ["fit", faces], ["merge", "--plan", "none.db"],
      ["plan", faces, "-o", faces + "/p.db"], ["plan", faces],
    ] {
      let run = try Command.audit(wrong, in: scratch.path)
      #expect(run.status == 2, "\(wrong)")
      #expect(!run.err.isEmpty && run.out.isEmpty, "\(wrong)")
    }
    try audit("plan", faces, "--size", "64", "--no-quality", "-o", "p.db")
    let same = try Command.audit(["fit", "--plan", "p.db"], in: scratch.path)
    #expect(same.status == 0)
    try audit("score", "--plan", "p.db", "--shard", "1/1")
    let onTop = try Command.audit(["merge", "--plan", "p.db", "--db", "p.db"], in: scratch.path)
    #expect(onTop.status == 2 && onTop.err.contains("a database of its own"), "\(onTop.err)")
  }

  @Test func whatIsRefusedSaysWhatTheCommandItselfTakes() throws {
    try audit("plan", faces, "--size", "64", "--no-quality", "-o", "p.db")
    try audit("fit", "--plan", "p.db")
    try audit("score", "--plan", "p.db", "--shard", "1/1")
    try audit("merge", "--plan", "p.db", "--db", "whole.db")
    // The whole and the plan among the parts, as a pattern of the shell names them, are nothing new.
    let parts = ["p.db", "p.shard-1-of-1.db", "whole.db"]
    try audit("merge", "--plan", "p.db", "--db", "whole.db", parts[0], parts[1], parts[2])
    try audit("plan", faces, "--size", "96", "--no-quality", "-o", "p.db", "--fresh")
    try audit("fit", "--plan", "p.db")
    let score = try Command.audit(["score", "--plan", "p.db", "--shard", "1/1"], in: scratch.path)
    #expect(score.status == 2 && score.err.contains("size 64, now 96"), "\(score.err)")
    #expect(score.err.contains("-o") && !score.err.contains("--fresh") && !score.err.contains("--name"), "\(score.err)")
    let merge = try Command.audit(["merge", "--plan", "p.db", "--db", "whole.db"], in: scratch.path)
    #expect(merge.status == 2 && merge.err.contains("--name") && !merge.err.contains("--fresh"), "\(merge.err)")
    try #require(try Command.run("/usr/bin/mkfifo", [scratch.path + "/pipe"]).status == 0)
    let pipe = try Command.run(
      "/usr/bin/timeout", ["-s", "KILL", "20", Command.binary, "merge", "--plan", "p.db", "pipe", "--db", "other.db"],
      in: scratch.path)
    #expect(pipe.status == 2 && pipe.err.contains("not a regular file"), "\(pipe.status) \(pipe.err)")
  }

  @Test func aDoctoredPartIsBlamedItself() throws {
    try audit("plan", faces, "--size", "64", "-o", "p.db")
    try audit("fit", "--plan", "p.db")
    try audit("score", "--plan", "p.db", "--shard", "1/1")
    try Command.sqlite(
      scratch.path + "/p.shard-1-of-1.db",
      """
      PRAGMA writable_schema = ON;
      UPDATE sqlite_master SET sql = replace(sql, ') STRICT', ')') WHERE type = 'table';
      PRAGMA writable_schema = RESET;
      UPDATE quality SET grain_12 = x'00' WHERE sample_id = 1;
      """)
    let merge = try Command.audit(["merge", "--plan", "p.db", "--db", "whole.db"], in: scratch.path)
    #expect(merge.status == 2 && merge.err.contains("p.shard-1-of-1.db' is damaged"), "\(merge.err)")
    #expect(merge.err.contains("remove it and score the part again"), "\(merge.err)")
  }

  @Test func aDoctoredPlanEndsInWords() throws {
    try audit("plan", faces, "--size", "64", "--no-quality", "-o", "p.db")
    try audit("fit", "--plan", "p.db")
    let whole = try #require(FileManager.default.contents(atPath: scratch.path + "/p.db"))
    for change in [
      "UPDATE plan SET arguments = '{}'", "UPDATE plan SET arguments = '[\"--help\"]'",
      "UPDATE plan SET arguments = '[\"--bogus\"]'", "UPDATE planned SET bytes = -1", "DELETE FROM planned",
      "UPDATE run SET settings = 'x'", "UPDATE run SET version = '99'", "UPDATE run SET dataset = '/nowhere'",
      "DELETE FROM plan", "UPDATE planned SET path = CAST(x'2e2e2f' || path AS BLOB)",
    ] {
      try whole.write(to: URL(fileURLWithPath: scratch.path + "/p.db"))
      try Command.sqlite(scratch.path + "/p.db", change)
      let run = try Command.audit(["score", "--plan", "p.db", "--shard", "1/2", "-o", "part.db"], in: scratch.path)
      // A path that leads out of the dataset is a row that says so.
      #expect(run.status == (change.contains("2e2e2f") ? 0 : 2), "\(change): \(run.err)")
      try? FileManager.default.removeItem(atPath: scratch.path + "/part.db")
    }
  }
}
