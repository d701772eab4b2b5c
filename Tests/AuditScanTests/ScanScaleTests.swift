import AuditCore
import AuditDemo
import AuditImages
import AuditReference
import AuditStore
import Foundation
import Testing

@testable import AuditScan

/// What a stored model is for: anything that comes later has the value that a scan of everything would give it.
struct ScaleTests {
  @Test func aFileThatComesLaterHasTheValueOfAFullScan() async throws {
    let set = try SyntheticSet(count: 150, defects: [20: .inverted])
    _ = try await set.scan()
    let model = set.folder + "/model"
    let stored = try Store(reading: set.database())
    let content = try #require(try stored.model(of: 1))
    try Data(content).write(to: URL(fileURLWithPath: model))
    let artist = FaceArtist(seed: 21, mode: .frames(people: 3, clips: 1), width: 32, height: 32)
    var generator = SplitMix64(seed: 2, keys: 2)
    try set.write(encodePNG(artist.draw(151)), to: "id1/later.png")
    let junk = Defect.notAFace.apply(to: artist.draw(152), severity: .strong, using: &generator)
    try set.write(encodePNG(junk), to: "id2/later.png")
    let added = try await set.scan()
    #expect(added.scoredNow == 2)
    _ = try await set.scan(into: "full.db") { $0.reference = FrozenReferenceRequest(file: model) }
    let numbers =
      "SELECT path || printf(' %.12g %.12g %.12g %.12g ', od, leverage, skew, mse) || verdict FROM samples ORDER BY path"
    #expect(try set.column(numbers) == (try set.column(numbers, in: "full.db")))
    #expect(try set.column("SELECT verdict FROM samples WHERE path = 'id2/later.png'") == ["drop"])
  }

  /// A model of other people marked "drop 1,000, keep 0": how the sets differ says nothing about single images.
  @Test func aModelOfAnotherSetGivesNoVerdicts() async throws {
    let (own, other) = (try SyntheticSet(count: 60), try SyntheticSet(count: 60, seed: 77))
    _ = try await own.scan()
    let model = own.folder + "/model"
    let stored = try Store(reading: own.database())
    let content = try #require(try stored.model(of: 1))
    try Data(content).write(to: URL(fileURLWithPath: model))
    let outcome = try await other.scan { $0.reference = FrozenReferenceRequest(file: model) }
    let share = try other.column("SELECT round(100 * value) FROM figure WHERE name = 'outside_cut'")
    #expect(try other.column("SELECT value > 0.5 FROM figure WHERE name = 'outside_cut'") == ["1"])
    let percent = try #require(share.first.flatMap(Double.init))
    #expect(
      outcome.notes.contains {
        $0.hasPrefix("this model does not fit this set: \(Int(percent)) % lie outside its cut")
      }, "\(outcome.notes)")
    #expect(try other.column("SELECT count(*) FROM samples WHERE verdict NOTNULL OR why NOTNULL") == ["0"])
    #expect(try other.column("SELECT count(*) FROM samples WHERE skew IS NULL") == ["0"], "the figures stay")
    let fitting = try await own.scan(into: "again.db") { $0.reference = FrozenReferenceRequest(file: model) }
    #expect(!fitting.notes.contains { $0.contains("does not fit") })
    #expect(try own.column("SELECT count(*) FROM samples WHERE verdict IS NULL", in: "again.db") == ["0"])
  }

  /// Smaller than the set, as on any set of more than 2,000 images: what is not in it is judged all the same.
  @Test func junkOutsideTheSubsampleIsFound() async throws {
    let set = try SyntheticSet(count: 240, defects: [33: .notAFace, 99: .inverted, 160: .notAFace, 222: .inverted])
    _ = try await set.scan { $0.settings.sample = 120 }
    #expect(try set.column("SELECT fitted_on FROM model") == ["120"])
    #expect(
      try set.column("SELECT path FROM samples WHERE verdict = 'drop' ORDER BY path")
        == [33, 99, 160, 222].map(SyntheticSet.name).sorted())
  }

  /// Two runs in one database: what the ranking of one replaces is its own.
  @Test func rankingOneRunLeavesTheOtherAlone() async throws {
    let set = try SyntheticSet(count: 60)
    _ = try await set.scan { $0.name = "one" }
    let standings = "SELECT count(*) || ' ' || sum(skew) FROM all_samples WHERE run_id = 1"
    let before = try set.column(standings)
    _ = try await set.scan { request in
      request.name = "two"
      request.settings.seed = 9
    }
    #expect(try set.column(standings) == before)
    #expect(try set.column("SELECT count(*) FROM standing") == ["120"])
  }

  @Test func picturesOfAnotherShapeAreMarkedAgainstTheMedian() async throws {
    let set = try SyntheticSet(count: 30)
    for (name, width, height) in [("wide", 48, 32), ("tall", 32, 48), ("nearly", 36, 32)] {
      let image = FaceArtist(seed: 4, width: width, height: height).draw(0)
      try set.write(encodePNG(image), to: "id0/\(name).png")
    }
    _ = try await set.scan()
    #expect(
      try set.column("SELECT path || ' ' || detail FROM issue JOIN sample ON sample.id = sample_id ORDER BY path")
        == [
          "id0/tall.png 32x48 where the set has an aspect ratio of 1.0",
          "id0/wide.png 48x32 where the set has an aspect ratio of 1.0",
        ])
  }

  @Test func equalFilesPointToTheFirstOfThem() async throws {
    let set = try SyntheticSet(count: 30)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: set.faces + "/id0/1003.png"))
    try set.write(Array(bytes), to: "id0/0.png")
    try set.write(Array(bytes), to: "id2/9999.png")
    _ = try await set.scan()
    #expect(
      try set.column("SELECT copy || ' of ' || keep FROM q_duplicates ORDER BY 1")
        == ["id0/1003.png of id0/0.png", "id2/9999.png of id0/0.png"])
  }
}
