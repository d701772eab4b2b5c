import AuditCore
import AuditReport
import AuditStore
import Foundation
import Testing

struct ReportTests {
  @Test func thePageLoadsNothingFromElsewhere() async throws {
    let scratch = try Scratch()
    let page = try String(contentsOfFile: try await DrawnSet.shared().page(in: scratch), encoding: .utf8)
    for match in page.matches(of: /(?:src|href)="([^"]*)"/) {
      #expect(match.1.hasPrefix("data:") || match.1.hasPrefix("#"), "\(match.1.prefix(80))")
    }
    #expect(!page.contains("@import") && !page.contains("url("))
    #expect(page.contains("default-src 'none'; img-src data:;"))
  }

  @Test func thePartsStandInTheirOrder() async throws {
    let scratch = try Scratch()
    let page = try String(contentsOfFile: try await DrawnSet.shared().page(in: scratch), encoding: .utf8)
    let ids = page.matches(of: /<section (?:class="(banner) |id="([a-z]+)")/).map { String($0.1 ?? $0.2 ?? "") }
    #expect(
      ids == [
        "banner", "next", "images", "all", "issues", "damage", "copies", "cut", "concentration", "map", "groups",
        "agreement", "unreadable", "words", "method",
      ])
  }

  @Test func theBannerSaysWhatTheSummarySays() async throws {
    let scratch = try Scratch()
    let set = try await DrawnSet.shared()
    let summary = try RunSummary(from: try set.store())
    let page = try String(contentsOfFile: try set.page(in: scratch), encoding: .utf8)
    let best = try #require(summary.remedies.first { $0.recommended })
    let banner = try #require(page.firstMatch(of: /(?s)<section class="banner act".*?<\/section>/)?.0)
    #expect(banner.contains("<span class=\"badge\">recommended</span>"))
    #expect(banner.contains("−\(percent(best.gain))</b>"))
    #expect(banner.contains("95 % interval \(figure(best.low)) to \(percent(best.high))"))
    let worst = try #require(summary.worst)
    #expect(
      banner.contains("<strong>\(percent(worst.pullSquared).replacing(" ", with: "\u{A0}"))</strong> of the pull"))
  }

  @Test func equalRunsGiveEqualPages() async throws {
    let (one, two) = (try Scratch(), try Scratch())
    let set = try await DrawnSet.shared()
    #expect(
      try Data(contentsOf: URL(fileURLWithPath: try set.page(in: one)))
        == Data(contentsOf: URL(fileURLWithPath: try set.page(in: two))))
  }

  @Test func withoutTheFilesTheTilesSaySoAndTheRestIsThere() throws {
    let scratch = try Scratch()
    try SyntheticRun(at: scratch.path + "/gone.db", count: 300)
    let page = scratch.path + "/gone.html"
    try ReportWriter(try Store(reading: scratch.path + "/gone.db"), run: nil).write([try ReportFile(path: page)])
    let text = try String(contentsOfFile: page, encoding: .utf8)
    #expect(text.contains("no picture: the files are not where they were scanned"))
    #expect(text.contains("This page has no pictures: the files are not in &#39;/nowhere/faces&#39; any more."))
    #expect(text.contains("--dataset FOLDER -o report.html"))
    #expect(!text.contains("data:image/jpeg") && text.contains("id=\"cut-chart\"") && text.contains("class=\"matrix\""))
  }

  @Test func theJSONIsTheModel() async throws {
    let scratch = try Scratch()
    let set = try await DrawnSet.shared()
    let file = scratch.path + "/report.json"
    try ReportWriter(try set.store(), run: nil).write([try ReportFile(path: file)])
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: file))) as? [String: Any])
    #expect(json["schema"] as? Int == 2 && json["tone"] as? String == "act")
    let galleries = try #require(json["galleries"] as? [[String: Any]])
    #expect(galleries.map { $0["kind"] as? String } == ["drop", "review", "easy", "control"])
    let tiles = try #require(galleries[0]["tiles"] as? [[String: Any]])
    let worst = try set.store().rows("SELECT path, skew FROM samples WHERE verdict = 'drop' ORDER BY skew DESC")
    #expect(tiles.map { $0["path"] as? String } == worst.map { $0["path"].text })
    for (tile, row) in zip(tiles, worst) {
      // Foundation's parser may miss the last bit.
      let (read, stored) = (try #require(tile["skew"] as? Double), try #require(row["skew"].real))
      #expect(abs(read - stored) <= 4 * stored.ulp)
    }
    let unreadable = try #require(json["unreadable"] as? [[String: Any]])
    #expect(unreadable.count == 2)
  }

  @Test func theMarkdownHoldsTheSameAndNoRawNames() async throws {
    let scratch = try Scratch()
    let file = scratch.path + "/report.md"
    try ReportWriter(try await DrawnSet.shared().store(), run: nil).write([try ReportFile(path: file)])
    let text = try String(contentsOfFile: file, encoding: .utf8)
    let heads = text.split(separator: "\n").filter { $0.hasPrefix("## ") }.map { $0.prefix(24) }
    #expect(heads.first == "## What to do next" && heads.last == "## Method and limits")
    #expect(text.hasPrefix("# Audit of faces\n") && text.contains("| drop | ") && text.contains("## Issues"))

    let hostile = scratch.path + "/hostile.md"
    try ReportWriter(try Store(reading: try HostileNames.database(in: scratch)), run: nil)
      .write([try ReportFile(path: hostile)])
    let names = try String(contentsOfFile: hostile, encoding: .utf8)
    // A command in its fence is literal; elsewhere every < of a name is escaped.
    let prose = names.replacing(/(?s)```+sh\n.*?\n```+/, with: "")
    #expect(prose.contains("\\<img src=x"))
    let unescaped = prose.replacing("\\<", with: "")
    #expect(!unescaped.contains("<script>") && !unescaped.contains("<img"))
    for line in names.split(separator: "\n", omittingEmptySubsequences: false) where line.hasPrefix("| ") {
      let bars = line.replacing("\\|", with: "").filter { $0 == "|" }.count
      #expect(bars >= 4, "a name broke a row: \(line)")
    }
  }

  @Test func hostileNamesLeaveNoElementBehind() throws {
    let scratch = try Scratch()
    let text = try String(contentsOfFile: try HostileNames.page(in: scratch), encoding: .utf8)
    // In the embedded JSON a quote is escaped, and nothing but a < could end it.
    let json = /(?s)<script type="application\/json".*?<\/script>/.matchingSemantics(.unicodeScalar)
    let markup = Array(text.replacing(json, with: "").utf8)
    func has(_ bytes: [UInt8], _ part: String) -> Bool { bytes.contains(Array(part.utf8)) }
    #expect(!has(markup, "\" onmouseover") && !has(markup, "\"\u{301} onmouseover"))
    #expect(!has(Array(text.utf8), "<img src=x") && !has(Array(text.utf8), "<b>.jpg") && !has(markup, "<b\u{301}"))
    let tags = [/<script/.matchingSemantics(.unicodeScalar), /<\/script>/.matchingSemantics(.unicodeScalar)]
    for tag in tags { #expect(text.matches(of: tag).count == 4) }
    #expect(text.contains("bad\\xE9name") && text.contains("new\\nline") && !text.contains("\u{1B}"))
  }

  @Test func aDecisionMovesTheCounts() throws {
    let scratch = try Scratch()
    let database = scratch.path + "/decided.db"
    try SyntheticRun(at: database, count: 4_000)
    let before = try RunSummary(from: try Store(reading: database))
    let worst = try Store(reading: database).rows(
      "SELECT path, sample.sha256 AS hash FROM sample JOIN standing ON sample_id = id WHERE verdict = 'drop' LIMIT 1")[
        0]
    guard case .blob(let hash) = worst["hash"] else { throw AuditError.internalError("no hash") }
    do {
      let store = try Store(deciding: database)
      try store.decide([
        NewDecision(sha256: hash, path: worst["path"].text ?? "", verdict: .keep, reason: "profile", who: "me")
      ])
    }
    let after = try RunSummary(from: try Store(reading: database))
    #expect(after.verdicts["drop"] == (before.verdicts["drop"] ?? 0) - 1)
    #expect(after.verdicts["keep"] == (before.verdicts["keep"] ?? 0) + 1)
    #expect(after.verdicts["review"] == before.verdicts["review"])
    let model = try ReportModel(from: try Store(reading: database))
    #expect(model.galleries.first { $0.kind == .drop }?.images == after.verdicts["drop"])
  }

  @Test func theSummaryCountsWhatTheTablesHold() throws {
    let scratch = try Scratch()
    let database = scratch.path + "/counted.db"
    try SyntheticRun(at: database, count: 4_000)
    let summary = try RunSummary(from: try Store(reading: database))
    // Every 997th of 4,000 is truncated.
    #expect(summary.planned == 4_000 && summary.failed == 4 && summary.scored == 3_996)
    #expect(summary.failuresByCode == ["truncated": 4] && summary.failures.count == 4)
    #expect(summary.identities == 1_000 && summary.duplicates == 0 && summary.formats == ["jpeg": 3_996])
    #expect(summary.sizes.map(\.images) == [3_996] && summary.conversions.isEmpty)
    #expect(summary.verdicts.values.reduce(0, +) == 3_996)
    #expect(summary.top.count == 10 && zip(summary.top, summary.top.dropFirst()).allSatisfy { $0.skew >= $1.skew })
  }

  @Test func theLineStandsAtTheGainOfDropWhereTheMarkedHaveTheHighestSkew() async throws {
    let store = try await DrawnSet.shared().store()
    let cut = try #require(try ReportModel(from: store, run: nil).cut)
    let verdicts = try store.rows(
      "SELECT verdict FROM samples WHERE skew NOTNULL ORDER BY skew DESC, path LIMIT ?", .integer(Int64(cut.marked)))
    try #require(cut.marked > 0 && verdicts.allSatisfy { $0["verdict"].text == "drop" }, "the set is drawn otherwise")
    let stop = try #require(cut.stops.first { $0.images == cut.marked })
    let remedy = try store.rows("SELECT gain, low, high FROM remedy WHERE name = 'drop'")[0]
    #expect(stop.isEstimated && stop.gain == remedy["gain"].real)
    #expect(stop.low == remedy["low"].real && stop.high == remedy["high"].real)
    #expect(cut.estimates.map(\.share) == cut.estimates.map(\.share).sorted())
  }

  /// Two folders, one of them with a model of its own whose cuts are 5 and 6.
  @Test func distancesOfFoldersWithTheirOwnModelAreInUnitsOfTheirCut() throws {
    let scratch = try Scratch()
    let database = scratch.path + "/folders.db"
    let model = StoredModel(
      digest: "own", kind: StoredModel.lowRank, rank: 2, fittedOn: 200, orthogonalCut: 5, scoreCut: 6, content: [1])
    try SyntheticRun(at: database, count: 400) {
      SamplePath("id\($0 % 2)/\($0).jpg")
    } opened: {
      try $0.keep(model, for: $1.id, identity: "id0")
    }
    let store = try Store(reading: database)
    let map = try #require(try ReportModel(from: store).outliers)
    #expect(map.isRelative && map.orthogonalCut == 1 && map.scoreCut == 1)
    #expect(map.points.count == 200 && map.points.allSatisfy { $0.path.hasPrefix("id0/") })
    for point in map.points {
      let row = try store.rows("SELECT od, sd FROM samples WHERE id = ?", .integer(point.id))[0]
      // The report reads single precision.
      #expect(abs(point.orthogonalDistance - (row["od"].real ?? 0) / 5) < 1e-6)
      #expect(abs(point.scoreDistance - (row["sd"].real ?? 0) / 6) < 1e-6)
    }
  }

  @Test(arguments: [("report.pdf", false), ("report", false), ("a.b/report", false), ("x.HTML", true), ("a.csv", true)])
  func theEndingChoosesTheForm(path: String, isKnown: Bool) {
    #expect(((try? ReportFile(path: path)) != nil) == isKnown)
  }

  @Test func nothingIsWrittenIntoTheDataset() async throws {
    let set = try await DrawnSet.shared()
    let writer = try ReportWriter(try set.store(), run: nil)
    let inside = set.folder + "/report.html"
    #expect(throws: AuditError.self) { try writer.write([try ReportFile(path: inside)]) }
    #expect(!FileManager.default.fileExists(atPath: inside))
  }

  @Test func anUnknownRunIsNamed() async throws {
    let set = try await DrawnSet.shared()
    #expect(throws: AuditError.unknownName("no run \"nope\" in '\(set.database)'", known: ["first"])) {
      try ReportModel(from: try set.store(), run: "nope")
    }
  }
}

struct SizeTests {
  /// Paths as long as a file system takes them, in as many folders as samples.
  @Test func thePageStaysSmallWithTheLongestNames() throws {
    let scratch = try Scratch()
    let database = scratch.path + "/long.db"
    try SyntheticRun(at: database, count: 3_000, unreadable: 17) { position in
      let folder = String(repeating: "f", count: 250)
      return SamplePath("\(position)" + String(repeating: "/\(folder)", count: 14) + "/\(position).jpg")
    }
    let page = scratch.path + "/long.html"
    try ReportWriter(try Store(reading: database), run: nil).write([try ReportFile(path: page)])
    let size = try #require(try FileManager.default.attributesOfItem(atPath: page)[.size] as? Int)
    #expect(size < 5_000_000, "\(size) bytes")
  }
}
