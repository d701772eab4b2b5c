import AuditCore
import Foundation
import Testing

struct CheckTests {
  /// 200 samples: 2 drop, 2 review, 4 unreadable. Skews (= squared pull): 2 of 97, 2 of 3, 192 of 1.
  private static let faces: [ExportSet.Face] =
    (0..<2).map { .init("d/\($0).png", .drop, skew: 97, mse: 0.5) }
    + (0..<2).map { .init("r/\($0).png", .review, skew: 3, issues: [SampleIssue(.oddShape, "1x2")]) }
    + (0..<192).map { .init("k/\($0).png", .keep, skew: 1) }
    + (0..<4).map { .init("e/\($0).png", failure: SampleIssue(.truncated, "at \($0)")) }

  private func set() throws -> ExportSet { try ExportSet(CheckTests.faces, remedy: (0.186, 0.178, 0.194)) }

  @Test(arguments: [
    ("flagged>2%", false), ("flagged>=2%", true), ("flagged > 1.9%", true), ("flagged>4", false), ("flagged>3", true),
    ("drop>0", true), ("drop>2", false), ("review!=2", false), ("errors>0", true), ("errors<=2%", true),
    ("copies>0", false), ("samples<200", false), ("samples==200", true), ("code:TRUNCATED>0", true),
    ("code:truncated>4", false), ("code:odd_shape>=1%", true), ("code:bomb>0", false),
    // The worst 1 % of 196 scored are 2: 194 of 392 of the pull, and 1 of 2.94 of the squared loss.
    ("skew.top1%>0.49", true), ("skew.top1%>49.5%", false), ("skew.top100%>=100%", true), ("mse.top1%>34%", true),
    ("mse.top1%>34.1%", false), ("gain>18%", true), ("gain>19%", false),
  ]) func aGateIsCrossedOrNot(expression: String, isCrossed: Bool) throws {
    let set = try set()
    let run = try set.audit("check", set.database, "--fail-on", expression)
    #expect(run.status == (isCrossed ? 1 : 0), "\(run.out)\(run.err)")
    #expect(run.out.hasPrefix(isCrossed ? "FAIL  " : "ok    ") && run.err == "")
  }

  @Test(arguments: [
    ("flaged>1%", "'flaged' is not known; did you mean flagged?"), ("drop", "it has no comparison such as >"),
    ("drop>x", "'x' is not a number or percentage from 0"), ("drop>-1", "'-1' is not a number or percentage from 0"),
    ("drop>=>1", "'>1' is not a number"), (">1", "'' is not known"), ("skew.top0%>1", "top takes a percentage above 0"),
    ("code:>0", "'code:' is not known"), ("drop>nan", "'nan' is not a number"),
  ]) func aBadExpressionSaysWhatWasExpected(expression: String, words: String) throws {
    let set = try set()
    let run = try set.audit("check", set.database, "--fail-on", expression)
    #expect(run.status == 2 && run.out == "")
    #expect(run.err.hasPrefix("audit: --fail-on '\(expression)': \(words)"), "\(run.err)")
    #expect(run.err.contains("expected one of flagged>1%, drop>0,"))
  }

  /// 196 of the 200 are scored, so that 5.1 % of them are 10.
  @Test func theShareThatIsDamagedIsAGate() throws {
    let set = try set()
    func check(_ expression: String, _ share: String) throws -> Command {
      _ = try Command.sqlite(
        set.database,
        "DELETE FROM figure WHERE name = 'damaged_share'; INSERT INTO figure SELECT id, 'damaged_share', \(share) FROM run"
      )
      return try set.audit("check", set.database, "--fail-on", expression)
    }
    #expect(try check("damaged>5%", "0.051").status == 1)
    #expect(try check("damaged>5.2%", "0.051").status == 0)
    #expect(try check("damaged>9", "0.051").status == 1 && check("damaged>10", "0.051").status == 0)
    for share in ["1e308", "-1", "9e999", "NULL"] {
      let run = try check("damaged>5%", share)
      #expect(run.status == 2 && run.err.contains("was not estimated"), "\(share): \(run.err)")
    }
  }

  @Test func namesThatOnlyTheRunKnowsAreCheckedThere() throws {
    let set = try set()
    let code = try set.audit("check", set.database, "--fail-on", "code:TRUNCATD>0")
    #expect(
      code.status == 2
        && code.err == "audit: --fail-on 'code:TRUNCATD>0': no issue code 'truncatd'; did you mean truncated?\n")
    let metric = try set.audit("check", set.database, "--fail-on", "msee.top1%>0")
    #expect(metric.status == 2 && metric.err.contains("no metric 'msee' in the run; did you mean mse"))
    let bare = try set.audit("check", set.database, "--fail-on", "new_flagged>0")
    #expect(bare.status == 2 && bare.err.contains("compares with an earlier run; name it with --baseline RUN"))
  }

  @Test func aBaselineForgivesWhatWasThere() throws {
    let set = try set()
    // One flagged file renamed, one flagged anew, the others as before.
    var later = CheckTests.faces
    later[0] = .init("d/renamed.png", .drop, skew: 97, content: "face d/0.png")
    later[10] = .init("k/6.png", .review, skew: 2)
    try set.addRun("later", later)
    let one = try set.audit("check", set.database, "--fail-on", "new_flagged>0", "--baseline", "first")
    #expect(one.status == 1 && one.out == "FAIL  new_flagged>0  newly flagged: 1 of 200 (0.5 %)\n")
    let none = try set.audit(
      "check", set.database, "--fail-on", "new_flagged>1", "--fail-on", "new_drop>0", "--baseline", "first")
    #expect(none.status == 0, "\(none.out)")
    let other = set.path + "/before.audit.db"
    try set.addRun("first", CheckTests.faces, database: other)
    #expect(try set.audit("check", set.database, "--fail-on", "new_flagged>0", "--baseline", other).out == one.out)
  }

  @Test func everyFormatSaysTheSame() throws {
    let set = try set()
    let gates = ["check", set.database, "--fail-on", "drop>0", "--fail-on", "flagged>50%"]
    func run(_ format: String) throws -> String {
      let run = try Command.audit(gates + ["--output-format", format], in: set.path)
      #expect(run.status == 1)
      return run.out
    }
    #expect(
      try run("text") == "FAIL  drop>0       drop: 2 of 200 (1.0 %)\nok    flagged>50%  flagged: 4 of 200 (2.0 %)\n")
    let json = try #require(try JSONSerialization.jsonObject(with: Data(try run("json").utf8)) as? [String: Any])
    #expect(json["passed"] as? Bool == false && (json["gates"] as? [[String: Any]])?.count == 2)
    #expect(
      try run("github")
        == "::error title=audit drop>0::drop: 2 of 200 (1.0 %25)\n::notice title=audit flagged>50%25::flagged: 4 of 200 (2.0 %25)\n"
    )
    #expect(
      try run("junit").contains(
        "<testcase classname=\"audit.check\" name=\"drop&gt;0\"><failure type=\"gate\" message=\"drop: 2 of 200 (1.0 %)\"/></testcase>"
      ))
    let sarif = try #require(try JSONSerialization.jsonObject(with: Data(try run("sarif").utf8)) as? [String: Any])
    let results = (sarif["runs"] as? [[String: Any]])?.first?["results"] as? [[String: Any]]
    #expect(results?.compactMap { $0["ruleId"] as? String } == ["gate drop>0"])
    #expect(try Command.audit(gates + ["-q"], in: set.path).out == "")
  }

  @Test func aRunThatIsNotFinishedIsNotJudged() throws {
    let set = try set()
    try Command.sqlite(set.database, "UPDATE run SET status = 'interrupted', planned = 5000")
    let run = try set.audit("check", set.database, "--fail-on", "drop>500")
    #expect(run.status == 2 && run.out == "")
    #expect(
      run.err == "audit: run \"first\" stopped at 200 of 5,000; the same scan command goes on, or give "
        + "--allow-partial to judge what is there\n")
    let partial = try set.audit("check", set.database, "--fail-on", "drop>500", "--allow-partial")
    #expect(partial.status == 0 && partial.out.hasPrefix("ok    drop>500"))
    #expect(partial.err.hasPrefix("audit: run \"first\" stopped at 200 of 5,000; "))
    let other = [
      ["sql", set.database, "SELECT 1"], ["export", set.database], ["report", set.database, "-o", "r.md"],
    ]
    for arguments in other {
      let run = try Command.audit(arguments, in: set.path)
      #expect(run.status == 0 && run.err.contains("stopped at 200 of 5,000"), "\(arguments) \(run.err)")
    }
  }

  /// What nobody has ranked has no verdict, which is not the same as a good one.
  @Test func aRunWithoutVerdictsIsNotOkByThem() throws {
    let faces = (0..<4).map { ExportSet.Face("k/\($0).png", nil, skew: 1) }
    let set = try ExportSet(faces)
    func check(_ gate: String, _ more: [String] = []) throws -> Command {
      try Command.audit(["check", set.database, "--fail-on", gate] + more, in: set.path)
    }
    let checked = "its files were checked and not ranked, without a reference model\n"
    for gate in ["flagged>1%", "drop>0", "review>0"] {
      let run = try check(gate)
      #expect(run.status == 2 && run.out == "", "\(run.out)")
      #expect(run.err == "audit: --fail-on '\(gate)': run \"first\" has no verdicts: " + checked)
    }
    #expect(try check("copies>0").status == 0 && check("samples<4").status == 0 && check("errors>0").status == 0)
    try Command.sqlite(set.database, "INSERT INTO figure SELECT id, 'outside_cut', 0.9 FROM run")
    #expect(try check("drop>0").err.hasSuffix("has no verdicts: its model does not fit the set\n"))
    // Killed before it ranked.
    try Command.sqlite(set.database, "UPDATE run SET status = 'running', planned = 9; DELETE FROM standing")
    for (gate, what) in [("drop>0", "verdicts"), ("copies>0", "copies"), ("code:blurred>0", "issues of pictures")] {
      let run = try check(gate, ["--allow-partial"])
      #expect(run.status == 2 && run.out == "", "\(run.out)")
      #expect(
        run.err.hasSuffix(
          "audit: --fail-on '\(gate)': run \"first\" has no \(what) yet: it is not finished: 4 of 9 so far; "
            + "the same scan command goes on\n"), "\(run.err)")
    }
    #expect(try check("errors>0", ["--allow-partial"]).status == 0)
    // A part of a plan.
    try Command.sqlite(set.database, "UPDATE run SET name = 'shard-1-of-2', planned = 4")
    let part = try check("drop>0", ["--allow-partial"])
    #expect(
      part.err.hasSuffix(
        "has no verdicts yet: it is part 1/2 of a plan: 4 images; verdicts come with the whole, when the parts are merged\n"
      ), "\(part.err)")
    let broken = try ExportSet([.init("a.png", failure: SampleIssue(.corrupt))])
    let none = try broken.audit("check", broken.database, "--fail-on", "drop>0")
    #expect(none.status == 2 && none.err.hasSuffix("has no verdicts: none of its files could be read\n"), "\(none.err)")
  }

  @Test func withoutAGateItIsAUsageError() throws {
    let set = try set()
    let run = try set.audit("check", set.database)
    #expect(run.status == 2 && run.err.contains("give at least one --fail-on, such as --fail-on 'flagged>1%'"))
  }

  @Test func anIssueOfPicturesThatNobodyLookedForIsNoGate() throws {
    let set = try set()
    for gate in ["code:blurred>0", "code:ODD<1"] {
      let run = try set.audit("check", set.database, "--fail-on", gate)
      #expect(run.status == 2 && run.out == "", "\(run.out)")
      #expect(run.err.contains("'\(gate)': nobody has looked at the pictures of this run"), "\(run.err)")
    }
  }
}
