import AuditCore
import Testing

@testable import AuditStore

/// What exports, gates, comparisons and decisions ask of a store.
struct QuestionTests {
  /// Two runs: `a` and `b` stay, `c` is renamed to `d`, `e` is new; `b` has other content.
  private static func made(_ scratch: Scratch) throws -> (store: Store, before: Int64, after: Int64) {
    let store = try Store.scanning(scratch.database)
    let columns = [store.metrics[0].name]
    let before = try store.openRun(store.request("before"))
    try store.append(
      [row("a.png", mse: 1), row("b.png", mse: 2), below(row("sub/c.png", mse: 3))], columns: columns, to: before)
    try store.finish(before, digest: "1")
    let after = try store.openRun(store.request("after", fresh: true))
    try store.append(
      [
        row("a.png", mse: 1), row("b.png", content: "other", mse: 2),
        below(row("sub/d.png", content: "sub/c.png", mse: 3)),
        row("e.png", mse: 4),
      ], columns: columns, to: after)
    try store.finish(after, digest: "2")
    return (store, before.id, after.id)
  }

  /// In folder `sub`.
  private static func below(_ row: (SampleRow, SamplePlace)) -> (SampleRow, SamplePlace) {
    (row.0, SamplePlace(folder: "sub", identity: nil, source: nil, faceIndex: nil))
  }

  @Test func twoRunsAreReadSideBySide() throws {
    let scratch = try Scratch()
    let (store, before, after) = try Self.made(scratch)
    var seen: [String] = []
    try store.forEachPair(RunSide(run: before), RunSide(run: after)) { sample in
      let state =
        sample.after == nil ? (sample.isRenamed ? "renamed" : "gone") : sample.isSameContent ? "same" : "other"
      seen.append("\(sample.path) \(state) \(sample.before.word)")
    }
    #expect(seen == ["a.png same keep", "b.png other keep", "sub/c.png renamed keep"])
    #expect(try store.newCounts(RunSide(run: after), since: RunSide(run: before)) == ["keep": 2])
    #expect(try store.completeRuns(most: 2).map(\.name) == ["after", "before"])
  }

  /// A million links to 400 pictures were compared for minutes: each file was looked up among all of its copies.
  @Test func filesOfEqualContentAreComparedAsFastAsOthers() throws {
    let scratch = try Scratch()
    let store = try Store.scanning(scratch.database)
    let columns = [store.metrics[0].name]
    let runs = try ["before", "after"].map { name in
      let run = try store.openRun(store.request(name, fresh: true))
      try store.append((0..<12_000).map { row("\($0).png", content: "all", mse: 1) }, columns: columns, to: run)
      try store.finish(run, digest: name)
      return run.id
    }
    var common = 0
    try store.within(seconds: 3) {
      try store.forEachPair(RunSide(run: runs[0]), RunSide(run: runs[1])) { if $0.after != nil { common += 1 } }
    }
    #expect(common == 12_000)
  }

  @Test func whatTheRankingCountedIsMovedToWhatPeopleDecided() throws {
    let scratch = try Scratch()
    let (store, _, after) = try Self.made(scratch)
    let everyWord = Selection(Selection.Word.allCases)
    func agree() throws -> [String: Int] {
      let counts = try store.verdictCounts(of: after)
      #expect(try store.verdictCounts(everyWord, of: after) == counts)
      return counts
    }
    try store.writeFacets(of: after)
    #expect(try agree() == ["keep": 4])
    let made = try store.decide([
      NewDecision(sha256: hash("a.png"), path: "a.png", verdict: .drop, reason: "", who: "ada"),
      NewDecision(sha256: hash("e.png"), path: "e.png", verdict: .review, reason: "", who: "ada"),
    ])
    #expect(try agree() == ["keep": 2, "drop": 1, "review": 1])
    #expect(try store.marks(of: after).decided == ["drop": 1, "review": 1])
    try store.undoDecisions(made)
    #expect(try agree() == ["keep": 4] && store.marks(of: after).decided.isEmpty)
  }

  @Test func aSelectionChoosesWhatIsHandedOnAndSaysOfOthersWhetherItWould() throws {
    let scratch = try Scratch()
    let (store, _, after) = try Self.made(scratch)
    let query = ExportQuery(Selection([.keep], condition: "path <> 'b.png'"), of: after, columns: [.named("path")])
    var names: [String] = []
    var columns: [String] = []
    try store.forEachSelected(query, onColumns: { columns = $0 }) { names.append($0.path.text) }
    #expect(names == ["a.png", "e.png", "sub/d.png"] && columns == ["path"])
    var inside: [String] = []
    try store.forEachSelected(query, inFolder: SamplePath("sub")) { inside.append($0.path.text) }
    #expect(inside == ["sub/d.png"])
    var all: [Bool] = []
    try store.forEachSample(query) { all.append($0.isChosen) }
    #expect(all == [true, false, true, true])
    try store.withSelected(query) { images in
      try images.forEach { row in
        let isChosen = try images.isChosen(row.path)
        #expect(isChosen == true)
      }
      #expect(try images.isChosen(SamplePath("b.png")) == false && images.isChosen(SamplePath("no.png")) == nil)
    }
    let found = try store.withSamples(query) { try ($0.first(SamplePath("b.png")), $0.first(SamplePath("no.png"))) }
    #expect(found.0?.isChosen == false && found.1 == nil)
    #expect(try store.verdictCounts(of: after) == ["keep": 4])
    #expect(try store.hasFolders(after) && store.foldersWithTextPaths(of: after).map(\.text).sorted() == ["", "sub"])
    #expect(try store.pngOfEachFolder(of: after).count == 2)
  }

  /// A name that is not UTF-8 and one that is spelled as the first is shown are two files.
  @Test func aSampleIsFoundByTheBytesOfItsPath() throws {
    let scratch = try Scratch()
    let store = try Store.scanning(scratch.database)
    let run = try store.openRun(store.request())
    let raw = SamplePath(bytes: [0x61, 0xE9])
    var (odd, place) = row("x", mse: 1)
    odd = SampleRow(sample: Sample(path: raw, bytes: 7, modified: 1))
    odd.scores = [1]
    try store.append([(odd, place), row(raw.text, mse: 2)], columns: [store.metrics[0].name], to: run)
    let query = ExportQuery(Selection(), of: run.id, columns: [.named("mse")])
    let found = try store.withSamples(query) { samples in
      try [raw, SamplePath(raw.text)].map { try samples.first($0)?.path.bytes }
    }
    #expect(found == [raw.bytes, SamplePath(raw.text).bytes])
  }

  @Test func whatGatesCount() throws {
    let scratch = try Scratch()
    let (store, before, after) = try Self.made(scratch)
    #expect(try store.count(.all, of: after) == 4 && store.count(.errors, of: after) == 0)
    #expect(try store.count(.flagged, of: after) == 0 && store.scoredCount(of: after) == 4)
    let loss = OwnedTotal.loss(name: store.metrics[0].name)
    #expect(try store.valueCount(of: loss, in: after) == 4)
    #expect(try store.share(ofWorst: 1, of: loss, in: after) == 0.4)
    #expect(try store.share(ofWorst: 1, of: .pull, in: after) == 0)
    #expect(try store.firstRemedy(of: after) == nil && store.leakCount(of: after) == 0)
    let drop = NewDecision(sha256: hash("e.png"), path: "e.png", verdict: .drop, reason: "", who: "me")
    try store.decide([drop, NewDecision(sha256: hash("a.png"), path: "a.png", verdict: .drop, reason: "", who: "me")])
    #expect(try store.count(.drop, of: after) == 2)
    #expect(try store.count(.drop, of: after, notIn: RunSide(run: before)) == 1, "a.png was dropped before")
  }

  @Test func theNewestDecisionThatStandsIsFoundByContentOrAtAll() throws {
    let scratch = try Scratch()
    let (store, _, after) = try Self.made(scratch)
    #expect(try store.newestDecision() == nil)
    func decide(_ name: String, _ verdict: Verdict) throws {
      try store.decide([NewDecision(sha256: hash(name), path: name, verdict: verdict, reason: "", who: "me")])
    }
    try decide("a.png", .review)
    try decide("a.png", .drop)
    try decide("e.png", .keep)
    let newest = try #require(try store.newestDecision())
    #expect(newest.content == hash("e.png"))
    let ofA = try #require(try store.newestDecision(about: hash("a.png")))
    #expect(try store.standing(ofContent: hash("a.png"), in: after)?.verdict == "drop")
    try store.undoDecisions([ofA.id])
    #expect(try store.standing(ofContent: hash("a.png"), in: after)?.verdict == "review")
    #expect(try store.path(ofContent: hash("sub/c.png"), in: after) == "sub/d.png")
    #expect(try store.path(ofContent: hash("nothing"), in: after) == nil)
    #expect(try store.fileCount(ofContent: hash("a.png"), in: after) == 1)
    #expect(try store.paths(of: after, aboutAsLongAs: "b.pn", inFolder: "").sorted() == ["a.png", "b.png", "e.png"])
    #expect(try store.paths(of: after, aboutAsLongAs: "sub/x.png", inFolder: nil) == ["sub/d.png"])
  }
}
