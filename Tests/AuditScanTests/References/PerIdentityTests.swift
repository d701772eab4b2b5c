import AuditCore
import AuditDemo
import AuditImages
import AuditReference
import AuditStore
import Foundation
import Synchronization
import Testing

@testable import AuditDataset
@testable import AuditScan

/// A model per folder: who has one, whose sums count, what is dropped.
struct PerIdentityTests {
  /// Folders `big` with 130 frames, `other` with 110, `small` with 30; `junk` numbers of `big` are no faces.
  private static func people(junk: [Int] = []) throws -> SyntheticSet {
    let set = try SyntheticSet(count: 0)
    let artist = FaceArtist(seed: 5, mode: .frames(people: 3, clips: 1), width: 32, height: 32)
    var generator = SplitMix64(seed: 5, keys: 1)
    for (person, folder, count) in [(0, "big", 130), (1, "other", 110), (2, "small", 30)] {
      for frame in 0..<count {
        var image = artist.draw(person: person, clip: 0, frame: frame)
        if person == 0, junk.contains(frame) {
          image = Defect.notAFace.apply(to: image, severity: .strong, using: &generator)
        }
        try set.write(encodePNG(image), to: "\(folder)/\(1000 + frame).png")
      }
    }
    return set
  }

  private static func perIdentity(_ request: inout ScanRequest) { request.reference = IdentityReference() }

  @Test func foldersOfAHundredImagesHaveAModelAndTheOthersShareOne() async throws {
    let set = try PerIdentityTests.people()
    let outcome = try await set.scan(change: PerIdentityTests.perIdentity)
    #expect(try set.column("SELECT identity FROM identity_model ORDER BY 1") == ["big", "other"])
    #expect(try set.column("SELECT fitted_on FROM model ORDER BY id") == ["130", "110", "270"])
    #expect(try set.column("SELECT rank FROM model ORDER BY id") == ["13", "11", "27"])
    #expect(
      try set.column("SELECT identity || ' ' || count(*) FROM sample_model WHERE is_own GROUP BY identity")
        == ["big 130", "other 110"])
    #expect(
      try set.column("SELECT DISTINCT model_id = (SELECT model_id FROM run) FROM sample_model WHERE identity = 'small'")
        == ["1"])
    #expect(
      outcome.notes == [
        "2 of 3 folders have a model of their own; folders with less than 100 readable images share one of the whole set"
      ])
  }

  @Test func whatDecisionsAreWorthIsEstimatedAsTheScanDoes() async throws {
    let set = try PerIdentityTests.people()
    _ = try await set.scan(change: PerIdentityTests.perIdentity)
    let run: StoredRun
    let gain: Gain
    do {
      let store = try Store(deciding: set.database())
      run = try StoredRun(in: store)
      let worst = try store.rows(
        "SELECT path, sha256 FROM sample WHERE id IN (SELECT id FROM samples ORDER BY skew DESC LIMIT 3)")
      try store.decide(
        worst.map {
          NewDecision(
            sha256: $0["sha256"].blob ?? [], path: $0["path"].text ?? "", verdict: .drop, reason: "", who: "test")
        })
      let worth = try #require(try DecisionWorth(store, run: run, jobs: 2, stop: StopRequest()))
      gain = try #require(worth.gain)
      #expect(worth.decided == 3 && worth.drops >= 3)
    }
    #expect(gain.low < gain.gain && gain.gain < gain.high)
    _ = try await set.scan(change: PerIdentityTests.perIdentity)
    let store = try Store(reading: set.database())
    let remedy = try #require(try store.remedies(of: run.id).first { $0["name"].text == "drop" })
    for (name, value) in [("gain", gain.gain), ("low", gain.low), ("high", gain.high)] {
      #expect(abs(try #require(remedy[name].real) - value) < 1e-9, "\(name)")
    }
  }

  @Test func foldersThatDifferInHowALetterIsComposedAreTwo() async throws {
    let set = try SyntheticSet(count: 0)
    let artist = FaceArtist(seed: 6, mode: .frames(people: 2, clips: 1), width: 32, height: 32)
    let folders = ["Zoe\u{308}", "Zo\u{EB}"]
    for (person, folder) in folders.enumerated() {
      for frame in 0..<100 {
        try set.write(
          encodePNG(artist.draw(person: person, clip: 0, frame: frame)), to: "\(folder)/\(1000 + frame).png")
      }
    }
    let outcome = try await set.scan(change: PerIdentityTests.perIdentity)
    let identities = try set.column("SELECT hex(identity) FROM identity_model ORDER BY 1")
    #expect(identities == ["5A6F65CC88", "5A6FC3AB"])
    #expect(try set.column("SELECT fitted_on FROM model ORDER BY id").prefix(2) == ["100", "100"])
    #expect(outcome.notes.first?.hasPrefix("2 of 2 folders have a model of their own") == true, "\(outcome.notes)")
    #expect(
      try set.column("SELECT hex(identity) || ' ' || count(*) FROM sample_model WHERE is_own GROUP BY identity")
        == ["5A6F65CC88 100", "5A6FC3AB 100"])
    let means = try set.column("SELECT avg(pull_squared) FROM samples GROUP BY identity").compactMap(Double.init)
    #expect(means.count == 2 && means.allSatisfy { abs($0 - 1) < 1e-3 }, "each folder's sums are its own: \(means)")
  }

  /// A folder whose name is a byte that is not UTF-8, and one whose name is what such a byte is shown as.
  @Test func aFolderAndItsTwinThatLooksLikeItAreTwo() async throws {
    let set = try SyntheticSet(count: 0)
    let artist = FaceArtist(seed: 7, mode: .frames(people: 2, clips: 1), width: 32, height: 32)
    for (person, folder) in ["raw", "\\xE9"].enumerated() {
      for frame in 0..<100 {
        try set.write(
          encodePNG(artist.draw(person: person, clip: 0, frame: frame)), to: "\(folder)/\(1000 + frame).png")
      }
    }
    let raw = Array((set.faces + "/").utf8) + [0xE9]
    #expect(raw.withUnsafeBytes { rename(set.faces + "/raw", Array($0.bindMemory(to: CChar.self)) + [0]) } == 0)
    let outcome = try await set.scan(change: PerIdentityTests.perIdentity)
    #expect(try set.column("SELECT identity FROM identity_model ORDER BY 1") == ["\\x5CxE9", "\\xE9"])
    #expect(outcome.notes.first?.hasPrefix("2 of 2 folders have a model of their own") == true, "\(outcome.notes)")
    #expect(try set.column("SELECT DISTINCT folder FROM sample ORDER BY 1") == ["\\x5CxE9", "\\xE9"])
    #expect(
      try set.column("SELECT count(DISTINCT path_raw IS NULL) FROM sample GROUP BY identity ORDER BY 1") == ["1", "1"])
    let means = try set.column("SELECT avg(pull_squared) FROM samples GROUP BY identity").compactMap(Double.init)
    #expect(means.count == 2 && means.allSatisfy { abs($0 - 1) < 1e-3 }, "each folder's sums are its own: \(means)")
    let again = try await set.scan(change: PerIdentityTests.perIdentity)
    #expect(again.scoredNow == 0)
  }

  @Test func aPatternTellsTheTwinsApartAsWell() throws {
    let paths = [SamplePath(bytes: [0xE9] + Array("/1.png".utf8)), SamplePath("\\xE9/1.png"), SamplePath("e/1.png")]
    var samples = SampleList(paths.map { Sample(path: $0, bytes: 1, modified: 0) })
    try IdentityRule("regex:^([^/]+)/").mark(&samples)
    #expect(samples.map { $0.identity?.text } == ["\\xE9", "\\x5CxE9", "e"])
  }

  /// All 130 images of the folder are its model's subsample, so its sums give its pulls the mean 1.
  @Test(arguments: ["big", "other"]) func pullsHaveTheMeanOneInTheirOwnFolder(folder: String) async throws {
    let set = try PerIdentityTests.people()
    _ = try await set.scan(change: PerIdentityTests.perIdentity)
    for name in ["pull_squared", "pull_absolute"] {
      let mean = try #require(
        Double(try set.column("SELECT avg(\(name)) FROM samples WHERE identity = '\(folder)'")[0]))
      #expect(abs(mean - 1) < 1e-3, "\(name): \(mean)")
    }
  }

  @Test func anIdentityIsScoredAsIfItWereScannedAlone() async throws {
    let set = try PerIdentityTests.people(junk: [17])
    _ = try await set.scan(change: PerIdentityTests.perIdentity)
    _ = try await set.scan(into: "alone.db") { $0.files.folders = [set.faces + "/big"] }
    let numbers = "printf('%.6g %.6g %.6g %.6g %s', od, sd, skew, weight, verdict)"
    let together = try set.column("SELECT \(numbers) FROM samples WHERE identity = 'big' ORDER BY path")
    // The names of the files differ, so the subsample has another order; all of it is in it in both cases.
    #expect(together == (try set.column("SELECT \(numbers) FROM samples ORDER BY path", in: "alone.db")))
    #expect(together.count == 130)
  }

  @Test func junkInsideOneIdentityIsDroppedAndNothingElse() async throws {
    let set = try PerIdentityTests.people(junk: [11, 60, 93])
    _ = try await set.scan(change: PerIdentityTests.perIdentity)
    #expect(
      try set.column("SELECT path FROM samples WHERE verdict = 'drop' ORDER BY path")
        == ["big/1011.png", "big/1060.png", "big/1093.png"])
    #expect(try set.column("SELECT name || ' ' || images FROM remedy WHERE name = 'drop'") == ["drop 3"])
    #expect(try set.column("SELECT low > 0 FROM remedy WHERE name = 'drop'") == ["1"], "leaving junk out gains")
  }

  /// Twelve frames of another place and light among 800: rare, but they have each other.
  @Test func aSecondCameraSettingIsNotDroppedAsAWhole() async throws {
    let set = try SyntheticSet(count: 0)
    let artist = FaceArtist(seed: 3, mode: .frames(people: 1, clips: 2), width: 32, height: 32)
    for (clip, count) in [788, 12].enumerated() {
      for frame in 0..<count {
        try set.write(encodePNG(artist.draw(person: 0, clip: clip, frame: frame)), to: "a/\(clip)_\(frame).png")
      }
    }
    _ = try await set.scan(change: PerIdentityTests.perIdentity)
    #expect(try set.column("SELECT count(*) FROM sample_model WHERE is_own") == ["800"])
    let group = "FROM samples WHERE path LIKE 'a/1%'"
    #expect(try set.column("SELECT count(*) \(group)") == ["12"])
    // All of them stand out; what keeps them is that they resemble each other. One, in motion, resembles none.
    #expect(try set.column("SELECT count(*) \(group) AND ratio > 1.5") == ["12"])
    #expect(try set.column("SELECT count(*) <= 1 \(group) AND verdict = 'drop'") == ["1"])
  }

  @Test func aRunGoesOnOnlyAsItBegan() async throws {
    let set = try PerIdentityTests.people()
    _ = try await set.scan(change: PerIdentityTests.perIdentity)
    await #expect(
      throws: AuditError.settingsChanged(
        run: "first", differences: "reference low-rank per identity, now low-rank")
    ) { try await set.scan() }
  }

  @Test(arguments: [1, 4, 12]) func aStopWhileModelsAreFittedChangesNothing(calls: Int) async throws {
    let set = try PerIdentityTests.people()
    _ = try await set.scan(into: "whole.db", change: PerIdentityTests.perIdentity)
    let stop = StopRequest()
    let left = Mutex(calls)
    let first = try await set.scan(stop: stop, change: PerIdentityTests.perIdentity) { progress in
      guard progress.phase == .fit else { return }
      let isOver = left.withLock { left in
        left -= 1
        return left == 0
      }
      if isOver { stop.set() }
    }
    #expect(first.isInterrupted && first.scoredNow == 0)
    _ = try await set.scan(change: PerIdentityTests.perIdentity)
    let numbers = "SELECT digest FROM model ORDER BY digest"
    #expect(try set.column(numbers) == (try set.column(numbers, in: "whole.db")))
    #expect(try set.column("SELECT digest FROM run") == (try set.column("SELECT digest FROM run", in: "whole.db")))
  }

  @Test func aFileThatComesLaterIsScoredWithItsFoldersModel() async throws {
    let set = try PerIdentityTests.people()
    _ = try await set.scan(change: PerIdentityTests.perIdentity)
    let models = try set.column("SELECT digest FROM model ORDER BY id")
    let bytes = try Data(contentsOf: URL(fileURLWithPath: set.faces + "/big/1050.png"))
    try set.write(Array(bytes), to: "big/later.png")
    try set.write(Array(bytes), to: "newcomer/later.png")
    _ = try await set.scan(change: PerIdentityTests.perIdentity)
    #expect(try set.column("SELECT digest FROM model ORDER BY id") == models, "nothing was fitted anew")
    let od = "SELECT printf('%.9g', od) FROM samples WHERE path = "
    #expect(try set.column(od + "'big/later.png'") == (try set.column(od + "'big/1050.png'")))
    #expect(try set.column("SELECT is_own FROM sample_model WHERE identity = 'newcomer'") == ["0"])
  }
}
