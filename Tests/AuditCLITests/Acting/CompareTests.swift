import AuditCore
import Foundation
import Testing

struct CompareTests {
  private static let before: [ExportSet.Face] = [
    .init("a/1.png", .drop, skew: 9), .init("a/2.png", .keep, skew: 1), .init("a/3.png", .review, skew: 1.8),
    .init("a/4.png", .keep, skew: 1.05), .init("old.png", .keep, content: "moved"),
    .init("b.png", failure: SampleIssue(.corrupt)),
  ]
  private static let after: [ExportSet.Face] = [
    .init("a/2.png", .review, skew: 1.6), .init("a/3.png", .keep, skew: 1.1, content: "retouched"),
    .init("a/4.png", .keep, skew: 1.1, mse: 0.02), .init("new.png", .keep, content: "moved"), .init("b.png", .keep),
  ]

  private func set() throws -> ExportSet {
    let set = try ExportSet(CompareTests.before, figures: ["worst_pull_squared": 0.319], remedy: (0.186, 0.178, 0.194))
    try set.addRun("clean", CompareTests.after, figures: ["worst_pull_squared": 0.02], remedy: (0.004, 0, 0.009))
    return set
  }

  @Test func theConclusionNamesWhatCanStillBeSaved() throws {
    let set = try set()
    let run = try set.audit("compare", set.database, "first", "clean")
    #expect(run.status == 0 && run.err == "")
    let lines = run.out.components(separatedBy: "\n")
    #expect(
      lines[0]
        == "Better: what could still be saved of the squared loss went from 18.6 % to 0.4 %; images: 2 gone, 1 new, "
        + "1 with other content, 3 with another verdict.")
    #expect(
      run.out.contains(
        "  saved by drop          18.6 %       0.4 %\n    95 % interval  17.8 to 19.4  0.0 to 0.9\n"
      ))
    #expect(run.out.contains("1.00 -> 1.60  keep -> review  a/2.png"))
    #expect(run.out.contains("1.80 -> 1.10  review -> keep  a/3.png  (other content)"))
    #expect(try set.audit("compare", set.database).out == run.out, "the two newest complete runs are the usual pair")
    #expect(try set.audit("compare", set.database, "clean", "first").out.hasPrefix("Worse: "))
  }

  @Test func theDocumentCountsEachKindOfChange() throws {
    let set = try set()
    let text = try set.audit("compare", set.database, "--json", "--top", "1").out
    let document = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    func number(_ key: String) -> Int? { document[key] as? Int }
    #expect(number("common") == 4 && number("gone") == 2 && number("new") == 1)
    #expect(number("renamed") == 1 && number("content_changed") == 1)
    #expect(number("worse") == 1 && number("better") == 1)
    #expect(document["outcome"] as? String == "better")
    let changes = try #require(document["verdict_changes"] as? [[String: Any]])
    let words = changes.map { "\($0["before"] ?? "")>\($0["after"] ?? "")=\($0["images"] ?? "")" }
    #expect(Set(words) == ["drop>-=1", "keep>-=1", "->keep=1", "keep>review=1", "review>keep=1", "unreadable>keep=1"])
    #expect((document["top_worse"] as? [[String: Any]])?.compactMap { $0["path"] as? String } == ["a/2.png"])
    let side = try #require(document["before"] as? [String: Any])
    #expect((side["figures"] as? [String: Double])?["mean_mse"] == 0.01)
  }

  @Test func twoDatabasesAreComparedAndEqualRunsAreTheSame() throws {
    let set = try set()
    let other = set.path + "/other.audit.db"
    try set.addRun("only", CompareTests.after, figures: ["worst_pull_squared": 0.02], database: other)
    let run = try set.audit("compare", set.database, other)
    #expect(run.out.hasPrefix("The same: both runs have equal files and results.\n"), "\(run.out)\(run.err)")
    let back = try set.audit("compare", other, set.database, "--json").out
    #expect(back.contains("\"outcome\" : \"same\"") && back.contains("\"common\" : 5"))
  }

  @Test func runsOfDifferentFoldersSaySo() throws {
    let set = try set()
    try Command.sqlite(set.database, "UPDATE run SET dataset = '/data/clean' WHERE name = 'clean'")
    let run = try set.audit("compare", set.database)
    #expect(run.out.hasPrefix("Better: "))
    #expect(run.out.contains(" The datasets differ: 5 images are in both, of 6 before and 5 after.\n"), "\(run.out)")
    #expect(try set.audit("compare", set.database, "--json").out.contains("\"datasets_differ\" : true"))
    let changes = "SELECT group_concat(DISTINCT datasets_differ) FROM changes"
    #expect(try Command.sqlite(set.database, changes) == "1\n")
    // Two sets that have nothing in common are neither better nor worse than each other.
    try set.addRun("other", [.init("x/1.png", .drop, skew: 9), .init("x/2.png")], remedy: (0.5, 0.4, 0.6))
    let strange = try set.audit("compare", set.database, "first", "other")
    #expect(strange.out.hasPrefix("Not comparable: the runs have no image in common; "), "\(strange.out)")
    let json = try set.audit("compare", set.database, "first", "other", "--json").out
    #expect(json.contains("\"outcome\" : \"unclear\""))
  }

  /// Copies are many files of one content: each file of the later run is the new name of one that is gone, not of all.
  @Test(arguments: [(copies: 110, left: 1), (copies: 1, left: 110), (copies: 5, left: 3)])
  func noMoreImagesAreInBothThanTheSmallerRunHas(copies: Int, left: Int) throws {
    func faces(_ folder: String, _ count: Int) -> [ExportSet.Face] {
      (0..<count).map { .init("\(folder)/\($0).png", content: "the same") }
    }
    let set = try ExportSet(faces("a", copies))
    try set.addRun("few", faces("b", left))
    try Command.sqlite(set.database, "UPDATE run SET dataset = '/data/few' WHERE name = 'few'")
    let run = try set.audit("compare", set.database)
    let both = min(copies, left)
    let words = both == 1 ? "1 image is" : "\(both) images are"
    #expect(
      run.out.contains(" The datasets differ: \(words) in both, of \(copies) before and \(left) after.\n"),
      "\(run.out)")
    let document = try set.audit("compare", set.database, "--json").out
    #expect(document.contains("\"renamed\" : \(both),") && document.contains("\"gone\" : \(copies),"), "\(document)")
    #expect(document.contains("\"new\" : \(left),"), "\(document)")
  }

  @Test func aCopyThatStaysIsNotTheNewNameOfOneThatIsGone() throws {
    let set = try ExportSet([.init("a.png", content: "x"), .init("b.png", content: "x"), .init("c.png", content: "x")])
    try set.addRun("second", [.init("b.png", content: "x"), .init("d.png", content: "x")])
    let document = try set.audit("compare", set.database, "--json").out
    #expect(document.contains("\"gone\" : 2,") && document.contains("\"renamed\" : 1,"), "\(document)")
  }

  @Test func otherSettingsAreSaid() throws {
    let set = try set()
    var settings = ScanSettings()
    settings.rank = 64
    try set.addRun("fine", CompareTests.before, settings: settings)
    let run = try set.audit("compare", set.database, "first", "fine")
    #expect(run.out.contains("The settings differ (rank 32, now 64): scores are not comparable."))
  }

  @Test func oneRunIsNotEnough() throws {
    let set = try ExportSet(CompareTests.before)
    let run = try set.audit("compare", set.database)
    #expect(run.status == 2 && run.err.contains("has 1 complete run; comparing takes two"))
    let typo = try set.audit("compare", set.database, "firs", "first")
    #expect(typo.status == 2 && typo.err.contains("did you mean first?"))
  }
}
