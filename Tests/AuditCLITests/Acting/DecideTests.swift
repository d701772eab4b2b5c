import AuditCore
import AuditDigest
import Foundation
import Testing

struct DecideTests {
  private func set() throws -> ExportSet {
    try ExportSet([
      .init("id014/clip_0001.png", .drop, skew: 9), .init("id014/clip_0002.png"), .init("id015/clip_0001.png"),
      .init("id015/copy.png", content: "same"), .init("id016/copy2.png", content: "same"),
      .init("closed.png", failure: SampleIssue(.permission)),
    ])
  }

  private func verdict(_ set: ExportSet, _ path: String, run: String = "first") throws -> String {
    try Command.sqlite(
      set.database,
      "SELECT verdict FROM all_samples WHERE path = '\(path)' AND run_id = (SELECT id FROM run WHERE name = '\(run)')"
    ).trimmingCharacters(in: .newlines)
  }

  @Test func aDecisionOutranksTheProposalAndSaysSo() throws {
    let set = try set()
    let run = try set.audit("decide", set.database, "id014/clip_0001.png", "--verdict", "keep", "--reason", "wanted")
    #expect(run.status == 0)
    #expect(run.out == "keep\tid014/clip_0001.png\taudit proposed drop\n")
    #expect(try verdict(set, "id014/clip_0001.png") == "keep")
    #expect(try set.audit("export", set.database, "--verdict", "drop").out == "")
    #expect(try Command.sqlite(set.database, "SELECT path, reason FROM q_decisions") == "id014/clip_0001.png|wanted\n")
  }

  @Test func aDecisionHangsOnTheContentInLaterScans() throws {
    let set = try set()
    #expect(try set.audit("decide", set.database, "id014/clip_0002.png", "--verdict", "drop").status == 0)
    try set.addRun(
      "second",
      [.init("renamed.png", .keep, content: "face id014/clip_0002.png"), .init("id014/clip_0002.png", content: "new")])
    #expect(try verdict(set, "renamed.png", run: "second") == "drop")
    #expect(try verdict(set, "id014/clip_0002.png", run: "second") == "keep", "another picture under the old name")
  }

  /// It is in no list and in no count but that of what cannot be read.
  @Test func aDecisionAboutAFileThatCannotBeReadWaitsUntilItCan() throws {
    let set = try ExportSet([
      .init("a.png", .drop, skew: 9), .init("b.png"), .init("cut.png", failure: SampleIssue(.truncated, "at 7")),
    ])
    let counts = { (text: String) in text.split(separator: "\n").first { $0.contains("keep ") } }
    let before = try #require(try counts(set.audit("show", set.database).out))
    #expect(try set.audit("decide", set.database, "cut.png", "--verdict", "drop").status == 0)
    #expect(try verdict(set, "cut.png") == "")
    #expect(try set.audit("export", set.database, "--verdict", "unreadable").out == "cut.png\n")
    #expect(try set.audit("export", set.database, "--verdict", "drop").out == "a.png\n")
    #expect(try counts(set.audit("show", set.database).out) == before)
  }

  @Test func copiesShareADecision() throws {
    let set = try set()
    let run = try set.audit("decide", set.database, "id015/copy.png", "--verdict", "review")
    #expect(run.out == "review\tid015/copy.png\taudit proposed keep; holds for its 2 copies\n")
    #expect(try verdict(set, "id016/copy2.png") == "review")
  }

  @Test func pathsOnTheDiskAreUnderstood() throws {
    let set = try set()
    #expect(try set.audit("decide", set.database, "faces/id014/clip_0001.png", "--verdict", "keep").status == 0)
    #expect(
      try set.audit("decide", set.database, "clip_0002.png", "--verdict", "drop", in: set.dataset + "/id014").status
        == 0)
    #expect(try verdict(set, "id014/clip_0002.png") == "drop")
  }

  @Test func aNameThatDoesNotExistAnswersWithTheNearest() throws {
    let set = try set()
    let typo = try set.audit("decide", set.database, "id014/clip_0003.png", "--verdict", "drop")
    #expect(typo.status == 2 && typo.out == "")
    #expect(
      typo.err
        == "audit: no image 'id014/clip_0003.png' in run \"first\"; did you mean 'id014/clip_0001.png', 'id014/clip_0002.png'?\n"
    )
    let folder = try set.audit("decide", set.database, "copy2.png", "id014/clip_0001.png", "--verdict", "drop")
    #expect(folder.err.contains("did you mean 'id016/copy2.png'?"))
    #expect(try Command.sqlite(set.database, "SELECT count(*) FROM decision") == "0\n", "all or nothing")
  }

  @Test func aFileThatWasNeverReadCannotBeDecided() throws {
    let set = try set()
    let run = try set.audit("decide", set.database, "closed.png", "--verdict", "drop")
    #expect(
      run.status == 2
        && run.err.contains("'closed.png' was never read (permission), and a decision hangs on a file's content"))
  }

  @Test func undoBringsTheEarlierDecisionBack() throws {
    let set = try set()
    for verdict in ["review", "keep"] {
      #expect(try set.audit("decide", set.database, "id014/clip_0001.png", "--verdict", verdict).status == 0)
    }
    #expect(try set.audit("decide", set.database, "--undo").out == "review\tid014/clip_0001.png\ttaken back\n")
    #expect(
      try set.audit("decide", set.database, "id014/clip_0001.png", "--undo").out
        == "drop\tid014/clip_0001.png\ttaken back\n")
    let none = try set.audit("decide", set.database, "id014/clip_0001.png", "--undo")
    #expect(none.status == 2 && none.err.contains("nobody has decided about 'id014/clip_0001.png'"))
    #expect(try Command.sqlite(set.database, "SELECT count(*) FROM decision WHERE undone_at IS NOT NULL") == "2\n")
  }

  @Test func decisionsAreImportedAllOrNone() throws {
    let set = try set()
    let hash = hexadecimal(AuditDigest.sha256(Array("face id015/clip_0001.png".utf8)))
    let lines = [
      "{\"path\": \"id014/clip_0001.png\", \"verdict\": \"keep\", \"reason\": \"rare\"}", "",
      "{\"sha256\": \"\(hash)\", \"verdict\": \"drop\", \"who\": \"anna\", \"at\": \"2026-11-25T10:00:00Z\"}",
      "{\"sha256\": \"\(String(repeating: "0", count: 64))\", \"path\": \"old.png\", \"verdict\": \"drop\"}",
    ]
    let bad = try set.audit(
      "decide", set.database, "--import", "-",
      input: (lines + ["{\"path\": \"x\", \"verdict\": \"bin\"}"]).joined(separator: "\n"))
    #expect(bad.status == 2)
    #expect(
      bad.err
        == "audit: line 5 of '-' cannot be taken: \"verdict\" must be keep, review or drop; got 'bin'; "
        + "nothing was decided\n")
    #expect(try Command.sqlite(set.database, "SELECT count(*) FROM decision") == "0\n")
    try set.scratch.write(Array(lines.joined(separator: "\n").utf8), to: "decisions.jsonl")
    let run = try set.audit("decide", set.database, "--import", "decisions.jsonl")
    #expect(run.out == "3 decisions taken over: drop 2, review 0, keep 1\n")
    #expect(run.err == "audit: 1 of them is about content that this run does not have\n")
    #expect(try verdict(set, "id014/clip_0001.png") == "keep" && verdict(set, "id015/clip_0001.png") == "drop")
    #expect(try Command.sqlite(set.database, "SELECT at FROM decision WHERE who = 'anna'") == "2026-11-25T10:00:00Z\n")
  }

  @Test func aDatabaseThatIsNotThereIsNotMade() throws {
    let set = try set()
    let run = try set.audit("decide", "none.db", "x", "--verdict", "drop")
    #expect(run.status == 2 && run.err.hasPrefix("audit: no database at 'none.db'"))
    #expect(!set.exists("none.db"))
  }

  @Test func decidingWritesNothingIntoTheDataset() throws {
    let set = try set()
    let before = try set.snapshot()
    #expect(try set.audit("decide", set.database, "id014/clip_0001.png", "--verdict", "keep").status == 0)
    #expect(try set.snapshot() == before)
  }
}
