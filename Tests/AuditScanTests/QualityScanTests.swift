import AuditCore
import AuditDemo
import AuditImages
import AuditQuality
import AuditStore
import Testing

@testable import AuditScan

/// What a scan says of pictures by themselves.
@Suite struct QualityScanTests {
  private static let planted: [Int: Defect] = [
    7: .gray, 19: .blurred, 31: .saltAndPepper, 43: .blurred, 55: .noise, 67: .underexposed,
  ]

  private static func scan(
    _ set: SyntheticSet, into name: String = "a.db", jobs: Int = 2, change: (inout ScanRequest) -> Void = { _ in }
  ) async throws {
    _ = try await set.scan(into: name, jobs: jobs) {
      $0.choices.quality = true
      change(&$0)
    }
  }

  @Test func whatWasPlantedIsDamagedAndNamed() async throws {
    let set = try SyntheticSet(count: 130, defects: Self.planted)
    try await Self.scan(set)
    let surest = Set(try set.column("SELECT path FROM samples ORDER BY damage DESC LIMIT 6"))
    let names = Set(Self.planted.keys.map(SyntheticSet.name))
    #expect(surest.intersection(names).count >= 5, "\(surest.sorted())")
    #expect(try set.column("SELECT count(*) FROM quality") == ["130"])
    #expect(try set.column("SELECT count(*) FROM fingerprint") == ["130"])
    #expect(try set.column("SELECT count(*) FROM samples WHERE confidence IS NULL OR oddness IS NULL") == ["0"])
    let flagged = Set(try set.column("SELECT path FROM samples WHERE confidence >= 0.3"))
    #expect(flagged.subtracting(names).count <= 2, "\(flagged.subtracting(names).sorted())")
    let figures = try set.column("SELECT name FROM figure WHERE name GLOB 'damaged_share*' OR name GLOB 'recall_*'")
    #expect(figures.contains("damaged_share") && figures.contains("recall_blur_gross"))
    #expect(try set.column("SELECT count(*) FROM metric WHERE kind = 'quality'") == ["102"])
  }

  @Test func jobsAndOrderChangeNothing() async throws {
    let set = try SyntheticSet(count: 110, defects: Self.planted)
    try await Self.scan(set, into: "one.db", jobs: 1)
    try await Self.scan(set, into: "many.db", jobs: 3)
    let sql =
      "SELECT path || ' ' || damage || ' ' || confidence || ' ' || oddness || ' ' || coalesce(issues, '-') FROM samples"
    #expect(try set.column(sql, in: "one.db") == (try set.column(sql, in: "many.db")))
    #expect(
      try set.column("SELECT digest FROM model WHERE kind = 'damage'", in: "one.db")
        == (try set.column("SELECT digest FROM model WHERE kind = 'damage'", in: "many.db")))
  }

  @Test func theDigestCoversWhatDamageIsSeenAndNothingThatWasNotAskedFor() async throws {
    let set = try SyntheticSet(count: 110)
    try await Self.scan(set, into: "bare.db") { $0.choices.quality = false }
    let digest = try set.column("SELECT digest FROM run", in: "bare.db")
    try await Self.scan(set, into: "a.db")
    #expect(try set.column("SELECT digest FROM run", in: "a.db") != digest)
    try await Self.scan(set, into: "a.db") { $0.choices.quality = false }
    #expect(try set.column("SELECT digest FROM run", in: "a.db") == digest, "what is left of before does not count")
  }

  @Test func aLaterFileIsJudgedByTheModelThatIsThere() async throws {
    let set = try SyntheticSet(count: 110)
    try await Self.scan(set)
    let before = try set.column("SELECT digest FROM model WHERE kind = 'damage'")
    var generator = SplitMix64(seed: 4, keys: 1)
    let face = FaceArtist(seed: 21, mode: .frames(people: 3, clips: 1), width: 32, height: 32).draw(200)
    let gray = Defect.gray.apply(to: face, severity: .strong, using: &generator)
    try set.write(encodePNG(gray), to: "id0/9999.png")
    try await Self.scan(set)
    #expect(try set.column("SELECT digest FROM model WHERE kind = 'damage'") == before)
    #expect(try set.column("SELECT count(*) FROM damage") == ["111"])
    #expect(try set.column("SELECT path FROM samples ORDER BY damage DESC LIMIT 1") == ["id0/9999.png"])
  }

  @Test func withoutQualityNothingIsKeptAndALaterScanFillsItIn() async throws {
    let set = try SyntheticSet(count: 105)
    try await Self.scan(set) { $0.choices.quality = false }
    #expect(try set.column("SELECT count(*) FROM quality") == ["0"])
    #expect(try set.column("SELECT count(*) FROM samples WHERE damage IS NOT NULL") == ["0"])
    let scores = try set.column("SELECT mse FROM samples ORDER BY path")
    try await Self.scan(set)
    #expect(try set.column("SELECT count(*) FROM run") == ["1"])
    #expect(try set.column("SELECT count(*) FROM damage") == ["105"])
    #expect(try set.column("SELECT mse FROM samples ORDER BY path") == scores)
  }

  @Test func aScanWithoutQualityLeavesNothingDerivedThatGoesStale() async throws {
    let set = try SyntheticSet(count: 105, defects: Self.planted)
    try await Self.scan(set)
    #expect(try set.column("SELECT count(*) > 0 FROM q_near") == ["1"])
    #expect(try set.column("SELECT count(*) > 0 FROM samples WHERE issues IS NOT NULL") == ["1"])
    try await Self.scan(set) { $0.choices.quality = false }
    let derived = [
      "SELECT count(*) FROM q_near", "SELECT count(*) FROM samples WHERE confidence IS NOT NULL",
      "SELECT count(*) FROM issue", "SELECT count(*) FROM figure WHERE name GLOB 'damaged_*' OR name GLOB 'recall_*'",
    ]
    for sql in derived { #expect(try set.column(sql) == ["0"], "\(sql)") }
    #expect(try set.column("SELECT count(*) FROM damage") == ["105"], "what was measured stays")
    try await Self.scan(set)
    #expect(try set.column("SELECT count(*) FROM samples WHERE confidence IS NULL") == ["0"])
  }

  @Test func aSmallSetHasAbsoluteLinesAndNoModel() async throws {
    let set = try SyntheticSet(count: 30, defects: [5: .underexposed])
    try await Self.scan(set)
    #expect(try set.column("SELECT count(*) FROM quality") == ["30"])
    #expect(try set.column("SELECT count(*) FROM damage") == ["0"])
    #expect(try set.column("SELECT path FROM samples WHERE issues LIKE '%dark%'") == [SyntheticSet.name(5)])
  }

  @Test func aPolicyMakesVerdictsWorseAndSaysWhy() async throws {
    let set = try SyntheticSet(count: 30, defects: [5: .underexposed])
    try await Self.scan(set) { $0.choices.issues.drop = ["dark"] }
    #expect(try set.column("SELECT verdict FROM samples WHERE issues LIKE '%dark%'") == ["drop"])
    #expect(
      try set.column("SELECT why FROM samples WHERE issues LIKE '%dark%'") == ["issue dark (as asked for)"])
    try await Self.scan(set)
    #expect(
      try set.column("SELECT count(*) FROM samples WHERE why LIKE 'issue%'") == ["0"], "it is asked for each time")
  }

  @Test func copiesAreFoundWhateverTheirFile() async throws {
    let set = try SyntheticSet(count: 30)
    let face = FaceArtist(seed: 77, mode: .frames(people: 3, clips: 1), width: 64, height: 64).draw(3)
    try set.write(encodePNG(face), to: "train/a.png")
    try set.write(encodeJPEG(face, quality: 60), to: "test/b.jpg")
    try await Self.scan(set)
    #expect(
      try set.column(
        "SELECT group_concat(path, ' ') FROM (SELECT path FROM samples WHERE near_kind = 'near' ORDER BY path)")
        == ["test/b.jpg train/a.png"])
    #expect(try set.column("SELECT path FROM q_leaks") == ["test/b.jpg"])
  }
}
