import AuditCore
import AuditDemo
import Testing

@testable import AuditScan

/// What a scan keeps about the worth of following it.
struct RemedyTests {
  @Test func leavingJunkOutIsRecommendedWhereItGains() async throws {
    let set = try SyntheticSet(count: 180, defects: [20: .inverted, 55: .notAFace, 90: .inverted, 131: .notAFace])
    _ = try await set.scan()
    #expect(try set.column("SELECT images FROM remedy WHERE name = 'drop'") == ["4"])
    #expect(
      try set.column("SELECT images FROM remedy WHERE name = 'weights'")
        == (try set.column("SELECT count(*) FROM samples WHERE weight < 1")))
    #expect(try set.column("SELECT name FROM remedy ORDER BY name") == ["both", "drop", "weights"])
    #expect(
      try set.column("SELECT images FROM remedy WHERE name = 'both'")
        == (try set.column("SELECT count(*) FROM samples WHERE weight < 1 OR verdict = 'drop'")))
    #expect(try set.column("SELECT count(*) FROM remedy WHERE recommended") == ["1"])
    #expect(
      try set.column("SELECT name FROM remedy WHERE recommended")
        == (try set.column("SELECT name FROM remedy ORDER BY low DESC LIMIT 1")))
    #expect(try set.column("SELECT count(*) FROM remedy WHERE NOT (low <= gain AND gain <= high)") == ["0"])
  }

  @Test func theCurveCountsImagesOfTheWholeSet() async throws {
    let set = try SyntheticSet(count: 200, defects: [20: .inverted])
    _ = try await set.scan { $0.settings.sample = 100 }
    #expect(
      try set.column("SELECT share || ' ' || images FROM gain_curve ORDER BY share")
        == ["0.005 1", "0.01 2", "0.02 4", "0.03 6", "0.05 10", "0.075 15", "0.1 20"])
  }

  @Test func nothingIsRecommendedWhereNothingIsMarked() async throws {
    let set = try SyntheticSet(count: 100, seed: 5)
    _ = try await set.scan { request in
      request.choices.thresholds.reviewAbove = 50
      request.choices.thresholds.dropAbove = 50
    }
    #expect(try set.column("SELECT DISTINCT verdict FROM samples") == ["keep"])
    #expect(try set.column("SELECT count(*) FROM remedy WHERE recommended OR name <> 'weights'") == ["0"])
  }

  /// Another line, drawn later: verdicts and remedies follow, no image is decoded.
  @Test func aNewThresholdJudgesRemediesAnewFromTheStoredRows() async throws {
    let set = try SyntheticSet(count: 150, defects: [20: .inverted, 55: .notAFace])
    _ = try await set.scan()
    let first = try set.column("SELECT name || printf(' %.9g %.9g', gain, low) FROM remedy ORDER BY name")
    let again = try await set.scan()
    #expect(again.scoredNow == 0)
    #expect(
      try set.column("SELECT name || printf(' %.9g %.9g', gain, low) FROM remedy ORDER BY name") == first,
      "from the stored rows as from the fit")
    _ = try await set.scan { $0.choices.thresholds.dropAbove = 1000 }
    #expect(try set.column("SELECT count(*) FROM remedy WHERE name <> 'weights'") == ["0"])
  }

  @Test func regionsAddUpAndTheQuestionRuns() async throws {
    let set = try SyntheticSet(count: 120, defects: [20: .inverted, 55: .notAFace])
    _ = try await set.scan()
    #expect(
      try set.column(
        "SELECT count(*) FROM (SELECT sample_id, sum(share_se) AS total FROM region WHERE region <> 'border' "
          + "GROUP BY sample_id) WHERE abs(total - 1) > 0.001") == ["0"])
    #expect(
      try set.column("SELECT sum(n) FROM q_regions") == (try set.column("SELECT count(*) FROM flagged")))
    #expect(try set.column("SELECT count(*) FROM samples WHERE outlier_class IS NULL") == ["0"])
    #expect(try set.column("SELECT count(*) FROM figure WHERE name IN ('cut_od', 'cut_sd')") == ["2"])
  }
}
