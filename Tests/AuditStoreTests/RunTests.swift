import AuditCore
import Foundation
import GRDB
import Testing

@testable import AuditStore

/// Runs, rows, standings, decisions.
@Suite struct RunTests {
  @Test func theNewestRunOfADatasetGoesOn() throws {
    let scratch = try Scratch()
    let store = try Store.scanning(scratch.database)
    let first = try store.openRun(store.request())
    #expect(first.name == "first" && !first.isContinued)
    let again = try store.openRun(store.request())
    #expect(again == OpenRun(id: first.id, name: "first", isContinued: true))
    let other = try store.openRun(store.request(dataset: "/other"))
    #expect(other.name == "second" && !other.isContinued)
    #expect(try store.openRun(store.request()).id == first.id, "each dataset has its own newest run")
    #expect(try store.openRun(store.request(fresh: true)).name == "third")
    #expect(try store.openRun(store.request()).name == "third")
    #expect(try store.openRun(store.request("first")).id == first.id)
  }

  @Test func aContinuedRunHasNoDigestAndNoEndUntilItIsComplete() throws {
    let scratch = try Scratch()
    let store = try Store.scanning(scratch.database)
    let state = "SELECT status || ' ' || ifnull(digest, '-') || ' ' || (finished_at IS NULL) FROM run"
    let run = try store.openRun(store.request())
    #expect(try store.column(state) == ["running - 1"])
    try store.finish(run, digest: "d")
    #expect(try store.column(state) == ["complete d 0"])
    _ = try store.openRun(store.request())
    #expect(try store.column(state) == ["running - 1"])
    try store.finish(run, digest: nil)
    #expect(try store.column(state) == ["interrupted - 1"])
    _ = try store.openRun(store.request())
    try store.finish(run, digest: "e")
    #expect(try store.column(state) == ["complete e 0"])
  }

  @Test func settingsOfAnOlderAuditHaveTheDefaultsOfWhatItDidNotKnow() throws {
    let scratch = try Scratch()
    let store = try Store.scanning(scratch.database)
    let first = try store.openRun(store.request())
    func keep(_ settings: String) throws {
      try store.queue.write { try $0.execute(sql: "UPDATE run SET settings = ?", arguments: [settings]) }
    }
    for settings in ["{}", #"{"rank":32,"unknown":[1]}"#, #"{"seed":7,"maxPixels":64000000,"metrics":[]}"#] {
      try keep(settings)
      #expect(try store.openRun(store.request()).id == first.id, "\(settings)")
    }
    for settings in ["", "[]", #"{"schema":99}"#, #"{"rank":"many"}"#, #"{"size":-5}"#, #"{"maxPixels":1e300}"#] {
      try keep(settings)
      let error = #expect(throws: AuditError.self, "\(settings)") { try store.openRun(store.request()) }
      #expect(error?.description.hasPrefix("the settings of run \"first\" cannot be read (") == true)
    }
    #expect(try store.openRun(store.request(fresh: true)).name == "second")
  }

  @Test func otherSettingsAreRefusedAndNamed() throws {
    let scratch = try Scratch()
    let store = try Store.scanning(scratch.database)
    _ = try store.openRun(store.request())
    #expect(throws: AuditError.settingsChanged(run: "first", differences: "rank 32, now 8")) {
      try store.openRun(store.request(rank: 8))
    }
    #expect(throws: AuditError.settingsChanged(run: "first", differences: "dataset '/faces'; ")) {
      try store.openRun(store.request("first", dataset: "/other"))
    }
  }

  @Test func aFreshRunOfATakenNameReplacesEverythingOfIt() throws {
    let scratch = try Scratch()
    let store = try Store.scanning(scratch.database)
    let old = try store.openRun(store.request("a"))
    try store.append([row("x.png", mse: 0.5)], columns: ["mse"], to: old)
    let new = try store.openRun(store.request("a", fresh: true))
    #expect(new.id != old.id || !new.isContinued)
    for table in ["sample", "score", "influence"] {
      #expect(try store.column("SELECT count(*) FROM \(table)") == ["0"], "\(table)")
    }
  }

  @Test func rowsComeBackAsTheyWereWritten() throws {
    let scratch = try Scratch()
    let store = try Store.scanning(scratch.database)
    let run = try store.openRun(store.request())
    var bad = SampleRow(sample: Sample(path: SamplePath(bytes: [0x61, 0xE9, 0x0A]), bytes: 9, modified: 5))
    bad.issues = [SampleIssue(.truncated, "at 5"), SampleIssue(.extensionMismatch, "named .jpg, is png")]
    try store.append([row("a.png", mse: .nan), (bad, row("", mse: 0).1)], columns: ["mse"], to: run)
    var known: [SamplePath: KnownRow] = [:]
    try store.forEachKnownRow(in: OpenRun(id: run.id, name: run.name, isContinued: true)) { known[$0] = $1 }
    #expect(known.count == 2)
    #expect(known[SamplePath(bytes: [0x61, 0xE9, 0x0A])]?.errorCode == "truncated")
    #expect(known[SamplePath("a.png")]?.bytes == 7)
    #expect(try store.column("SELECT mse FROM samples WHERE path = 'a.png'") == ["-"], "no NaN in the database")
    #expect(try store.column("SELECT error_detail FROM samples WHERE status = 'error'") == ["at 5"])
    #expect(
      try store.column("SELECT code || ' ' || severity FROM issue ORDER BY code") == [
        "extension_mismatch notice", "truncated error",
      ])
    #expect(try store.column("SELECT count(*) FROM score") == ["1"])
  }

  @Test func removingASampleRemovesAllOfIt() throws {
    let scratch = try Scratch()
    let store = try Store.scanning(scratch.database)
    let run = try store.openRun(store.request())
    var (spoiled, place) = row("a.png", mse: 0.5)
    spoiled.issues = [SampleIssue(.multiFrame)]
    spoiled.regions = Array(repeating: 1 / 17.0, count: 17)
    try store.append([(spoiled, place), row("b.png", mse: 0.25)], columns: ["mse"], to: run)
    try store.remove([1])
    for table in ["sample", "score", "influence"] {
      #expect(try store.column("SELECT count(*) FROM \(table)") == ["1"], "\(table)")
    }
    for table in ["issue", "region_share"] {
      #expect(try store.column("SELECT count(*) FROM \(table)") == ["0"], "\(table)")
    }
  }

  @Test func theViewsSpeakOfTheNewestCompleteRun() throws {
    let scratch = try Scratch()
    let store = try Store.scanning(scratch.database)
    let first = try store.openRun(store.request())
    try store.append([row("old.png", mse: 0.5)], columns: ["mse"], to: first)
    #expect(try store.column("SELECT path FROM samples") == ["old.png"], "while none is complete, the newest")
    try store.finish(first, digest: "d")
    let second = try store.openRun(store.request(fresh: true))
    try store.append([row("new.png", mse: 0.5)], columns: ["mse"], to: second)
    #expect(try store.column("SELECT path FROM samples") == ["old.png"])
    try store.finish(second, digest: nil)
    #expect(try store.column("SELECT path FROM samples") == ["old.png"], "an interrupted run is not complete")
    #expect(try store.column("SELECT status FROM run ORDER BY id") == ["complete", "interrupted"])
    try store.finish(second, digest: "e")
    #expect(try store.column("SELECT path FROM samples") == ["new.png"])
  }

  @Test func theFirstPathOfEqualFilesStays() throws {
    let scratch = try Scratch()
    let store = try Store.scanning(scratch.database)
    let run = try store.openRun(store.request())
    let names = ["c.png", "a.png", "b.png", "d.png"]
    try store.append(
      names.map { row($0, content: $0 == "d.png" ? "other" : "same", mse: 1) }, columns: ["mse"], to: run)
    for _ in 0..<2 {
      try store.markDuplicates(in: run.id)
      #expect(try store.column("SELECT copy FROM q_duplicates ORDER BY copy") == ["b.png", "c.png"])
      #expect(try store.column("SELECT DISTINCT keep FROM q_duplicates") == ["a.png"])
    }
    try store.remove([2])
    try store.markDuplicates(in: run.id)
    #expect(try store.column("SELECT keep || copy FROM q_duplicates") == ["b.pngc.png"])
  }

  @Test func oddShapesAreThoseFarFromTheMedian() throws {
    let scratch = try Scratch()
    let store = try Store.scanning(scratch.database)
    let run = try store.openRun(store.request())
    let shapes = [("a", 100, 100), ("b", 100, 100), ("c", 125, 100), ("d", 126, 100), ("e", 100, 126), ("f", 200, 200)]
    try store.append(shapes.map { row($0.0, mse: 1, width: $0.1, height: $0.2) }, columns: ["mse"], to: run)
    for _ in 0..<2 {
      try store.markOddShapes(in: run.id)
      #expect(
        try store.column(
          "SELECT path FROM issue JOIN sample ON sample.id = sample_id WHERE code = 'odd_shape' ORDER BY path")
          == ["d", "e"])
    }
  }

  /// Face crops of many cameras: 81 % of such a set was named odd.
  @Test func aSetOfManyShapesHasNoOddOnes() throws {
    let scratch = try Scratch()
    let store = try Store.scanning(scratch.database)
    let run = try store.openRun(store.request())
    let shapes = [("a", 100, 50), ("b", 100, 70), ("c", 100, 100), ("d", 100, 140), ("e", 100, 200)]
    try store.append(shapes.map { row($0.0, mse: 1, width: $0.1, height: $0.2) }, columns: ["mse"], to: run)
    try store.markOddShapes(in: run.id)
    #expect(try store.column("SELECT count(*) FROM issue WHERE code = 'odd_shape'") == ["0"])
  }

  @Test func theDigestHangsOnContentAndNotOnRowsOrTime() throws {
    let scratch = try Scratch()
    let store = try Store.scanning(scratch.database)
    let names = ["a", "b", "c"]
    func digest(_ rows: [(SampleRow, SamplePlace)]) throws -> String {
      let run = try store.openRun(store.request(fresh: true))
      for row in rows { try store.append([row], columns: ["mse"], to: run) }
      return try store.contentDigest(of: run.id, columns: ["mse"])
    }
    let whole = try digest(names.map { row($0, mse: 0.5) })
    #expect(try digest(names.reversed().map { row($0, mse: 0.5) }) == whole)
    #expect(try digest(names.map { row($0, mse: 0.5 * (1 + 1e-12)) }) == whole, "not on the last bits")
    #expect(try digest(names.map { row($0, mse: $0 == "b" ? 0.5001 : 0.5) }) != whole)
    #expect(try digest(names.map { row($0, content: $0 == "b" ? "x" : nil, mse: 0.5) }) != whole)
    #expect(try digest(names.dropLast().map { row($0, mse: 0.5) }) != whole)
  }

  // `schema_version` counts the indices that were dropped and made.
  @Test func rankingASmallRunLeavesTheIndexOfALargeOneAsItIs() throws {
    let scratch = try Scratch()
    let store = try Store.scanning(scratch.database)
    func run(_ count: Int) throws -> (run: OpenRun, ids: [Int64]) {
      let run = try store.openRun(store.request(fresh: true))
      try store.append((0..<count).map { row("\(1_000 + $0).png", mse: 1) }, columns: ["mse"], to: run)
      let ids = try store.column("SELECT id FROM sample WHERE run_id = ? ORDER BY path", .integer(run.id))
      return (run, ids.compactMap { Int64($0) })
    }
    func rank(_ run: (run: OpenRun, ids: [Int64]), by sign: Double = 1) throws -> Int {
      let version = "PRAGMA schema_version"
      let before = try #require(try store.column(version).first.flatMap { Int($0) })
      try store.writeStandings(of: store.rankRows(of: run.run.id, headlines: [])) { position, _, row in
        row.skew = sign * Double(position)
      }
      return try #require(try store.column(version).first.flatMap { Int($0) }) - before
    }
    let (large, small) = (try run(100), try run(3))
    #expect(try rank(large) > 0)
    #expect(try rank(small) == 0 && rank(small, by: -1) == 0)
    #expect(try store.highestSkew(in: small.run.id, count: 3) == small.ids)
    #expect(try store.highestSkew(in: large.run.id, count: 100) == large.ids.reversed())
    #expect(try rank(large, by: -1) > 0)
    #expect(try store.highestSkew(in: large.run.id, count: 100) == large.ids)
    #expect(try store.highestSkew(in: small.run.id, count: 3) == small.ids)
    #expect(try store.column("SELECT count(*) FROM standing") == ["103"])
    #expect(try store.column("PRAGMA integrity_check") == ["ok"])
  }

  @Test func aDecisionOutranksTheProposalInEveryRunAndCanBeTakenBack() throws {
    let scratch = try Scratch()
    let store = try Store.scanning(scratch.database)
    func run() throws -> OpenRun {
      let run = try store.openRun(store.request(fresh: true))
      try store.append([row("a.png", mse: 1), row("b.png", mse: 2)], columns: ["mse"], to: run)
      try store.writeStandings(of: store.rankRows(of: run.id, headlines: [])) { position, _, row in
        row.verdict = position == 0 ? .keep : .drop
        row.skew = Double(position + 1)
      }
      try store.finish(run, digest: "d")
      return run
    }
    _ = try run()
    let verdicts = "SELECT path || ' ' || verdict || ' ' || proposal FROM samples ORDER BY path"
    #expect(try store.column(verdicts) == ["a.png keep keep", "b.png drop drop"])
    try store.decide([
      NewDecision(sha256: hash("b.png"), path: "b.png", verdict: .keep, reason: "a real profile", who: "ada"),
      NewDecision(sha256: hash("a.png"), path: "a.png", verdict: .review, reason: "", who: "ada"),
      NewDecision(sha256: hash("a.png"), path: "a.png", verdict: .drop, reason: "", who: "bob"),
    ])
    #expect(try store.column(verdicts) == ["a.png drop keep", "b.png keep drop"], "the last word counts")
    #expect(try store.column("SELECT path FROM flagged") == ["a.png"])
    _ = try run()
    #expect(try store.column(verdicts) == ["a.png drop keep", "b.png keep drop"], "it hangs on the content")
    try store.undoDecisions([3])
    #expect(try store.column(verdicts) == ["a.png review keep", "b.png keep drop"])
    try store.undoDecisions([1, 2])
    #expect(try store.column(verdicts) == ["a.png keep keep", "b.png drop drop"])
  }
}
