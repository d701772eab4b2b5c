import AuditCore
import AuditDemo
import AuditImages
import AuditReference
import AuditStore
import Foundation
import Testing

@testable import AuditScan

/// A scan in four steps gives what one scan gives.
struct PartsTests {
  private static let planted: [Int: Defect] = [7: .gray, 19: .blurred, 31: .saltAndPepper, 43: .notAFace]

  /// A plan of the set in `plan.db`, fitted.
  private static func plan(_ set: SyntheticSet, change: (inout ScanRequest) -> Void = { _ in }) async throws
    -> PlannedRun
  {
    let request = request(set, change)
    // Over a plan of before as well.
    var anew = request
    anew.fresh = true
    _ = try PlanStep(request: anew, asked: PlanRequest(arguments: ["faces"], folder: "/")).run { _ in }
    let plan = try Store(reading: set.database("plan.db")).plannedRun()
    #expect(try await FitStep(request: request.of(plan)).run(stop: StopRequest()) { _ in } != nil)
    return try Store(reading: set.database("plan.db")).plannedRun()
  }

  private static func request(_ set: SyntheticSet, _ change: (inout ScanRequest) -> Void) -> ScanRequest {
    var request = ScanRequest(dataset: set.faces)
    request.database = set.database("plan.db")
    request.jobs = 2
    request.metrics = "mse,mae,ssim"
    request.settings.size = 64
    request.choices.quality = false
    change(&request)
    return request
  }

  private static func score(
    _ plan: PlannedRun, _ shard: String, _ set: SyntheticSet, into name: String? = nil,
    change: (inout ScanRequest) -> Void = { _ in }
  ) async throws -> ShardStep.Outcome {
    var request = request(set, change).of(plan)
    let shard = try #require(Shard(shard))
    request.database = name.map { set.database($0) } ?? shard.file(plan: plan.database)
    return try await ShardStep(request: request, shard: shard).run(stop: StopRequest()) { _ in }
  }

  @discardableResult
  private static func merge(
    _ plan: PlannedRun, _ set: SyntheticSet, into name: String = "whole.db", parts: [String] = [],
    change: (inout ScanRequest) -> Void = { _ in }
  ) async throws -> ScanOutcome {
    var request = request(set, change).of(plan)
    request.database = set.database(name)
    return try await MergeStep(request: request, parts: parts).run(stop: StopRequest()) { _ in }
  }

  /// All that a run says, a line each; numbers of rows are the database's own.
  private static func everything(_ set: SyntheticSet, in name: String) throws -> [String] {
    let store = try Store(reading: set.database(name))
    var lines: [String] = []
    for question in [
      "SELECT digest, status, planned, plan_digest, settings FROM run", "SELECT name, value FROM figure ORDER BY name",
      "SELECT name, images, gain, low, high, recommended FROM remedy ORDER BY name",
      "SELECT share, images, gain FROM gain_curve ORDER BY share",
      "SELECT * FROM samples ORDER BY path",
      "SELECT path, code, issue.severity, detail, issue.confidence, strength FROM issue JOIN sample ON sample.id = sample_id ORDER BY path, code",
      "SELECT path, votes, turned, parts FROM damage JOIN sample ON sample.id = sample_id ORDER BY path",
      "SELECT path, number, near_group.kind, is_best, reason FROM near_group JOIN sample ON sample.id = sample_id ORDER BY path",
      "SELECT region_share.*, path FROM region_share JOIN sample ON sample.id = sample_id ORDER BY path",
      "SELECT path, code, detail FROM folder_issue ORDER BY path",
      "SELECT kind, name, files FROM left_out ORDER BY kind, name",
      "SELECT digest, kind, fitted_on FROM model ORDER BY digest",
      "SELECT identity FROM identity_model ORDER BY identity",
    ] {
      try store.forEachRow(question) { row in
        let own = Set(["id", "sample_id", "duplicate_of", "run_id"])
        lines.append(
          zip(row.columns.names, row.values).filter { !own.contains($0.0) }.map { "\($0)=\($1)" }.joined(separator: " ")
        )
      }
    }
    return lines
  }

  @Test func theWholeOfAnyCutInAnyOrderIsThatOfOneScan() async throws {
    let set = try SyntheticSet(count: 140, defects: Self.planted)
    try set.write(Array("no picture".utf8), to: "id0/broken.png")
    try set.write(Self.face(3), to: "id1/copy.png")
    let change: (inout ScanRequest) -> Void = { $0.choices.quality = true }
    _ = try await set.scan(change: change)
    let one = try Self.everything(set, in: "a.db")
    let plan = try await Self.plan(set, change: change)
    for count in [1, 2, 8, 13] {
      var parts: [String] = []
      var generator = SplitMix64(seed: UInt64(count), keys: 3)
      for number in (1...count).shuffled(using: &generator) {
        _ = try await Self.score(plan, "\(number)/\(count)", set, change: change)
        parts.append(try #require(Shard(number: number, of: count)).file(plan: plan.database))
      }
      let again = try await Self.score(plan, "1/\(count)", set, change: change)
      #expect(again.scoredNow == 0)
      try await Self.merge(
        plan, set, into: "whole-\(count).db", parts: parts.shuffled(using: &generator), change: change)
      let whole = try Self.everything(set, in: "whole-\(count).db")
      #expect(one == whole, "\(zip(one, whole).first { $0 != $1 }.map { "\($0.0)\n\($0.1)" } ?? "")")
      #expect(try set.column("SELECT count(*) FROM planned", in: "whole-\(count).db") == ["0"])
    }
  }

  private static func face(_ number: Int) throws -> [UInt8] {
    try encodePNG(FaceArtist(seed: 21, mode: .frames(people: 3, clips: 1), width: 32, height: 32).draw(number))
  }

  @Test func modelsOfFoldersComeAlong() async throws {
    let set = try SyntheticSet(count: 330)
    let change: (inout ScanRequest) -> Void = { $0.reference = IdentityReference() }
    _ = try await set.scan(change: change)
    let plan = try await Self.plan(set, change: change)
    for number in 1...3 { _ = try await Self.score(plan, "\(number)/3", set, change: change) }
    try await Self.merge(plan, set, change: change)
    #expect(try set.column("SELECT count(*) FROM identity_model", in: "whole.db") == ["3"])
    #expect(try Self.everything(set, in: "a.db") == Self.everything(set, in: "whole.db"))
  }

  @Test func aSetThatIsTooSmallForAModelIsMergedToo() async throws {
    let set = try SyntheticSet(count: 12)
    _ = try await set.scan()
    let plan = try await Self.plan(set)
    for number in 1...2 { _ = try await Self.score(plan, "\(number)/2", set) }
    try await Self.merge(plan, set)
    #expect(try Self.everything(set, in: "a.db") == Self.everything(set, in: "whole.db"))
  }

  @Test func missingSamplesAreNamedByTheirPartsAndMergedLater() async throws {
    let set = try SyntheticSet(count: 60)
    _ = try await set.scan()
    let plan = try await Self.plan(set)
    for number in [1, 3] { _ = try await Self.score(plan, "\(number)/3", set) }
    let refusal = await #expect(throws: AuditError.self) { try await Self.merge(plan, set) }
    #expect("\(try #require(refusal))".contains("20 of 60 images"))
    #expect("\(try #require(refusal))".contains("--shard 2/3"))
    #expect(
      try set.column("SELECT status || planned || coalesce(digest, '-') FROM run", in: "whole.db") == ["interrupted60-"]
    )
    #expect(try set.column("SELECT count(*) FROM sample", in: "whole.db") == ["40"])
    _ = try await Self.score(plan, "2/3", set)
    try await Self.merge(plan, set, parts: [try #require(Shard("2/3")).file(plan: plan.database)])
    #expect(try Self.everything(set, in: "a.db") == Self.everything(set, in: "whole.db"))
  }

  @Test func overlappingCutsGiveEachSampleOneRow() async throws {
    let set = try SyntheticSet(count: 60)
    _ = try await set.scan()
    let plan = try await Self.plan(set)
    for shard in ["1/2", "2/2", "2/3", "3/3"] { _ = try await Self.score(plan, shard, set) }
    try await Self.merge(plan, set)
    #expect(try Self.everything(set, in: "a.db") == Self.everything(set, in: "whole.db"))
    // A scan of its own is a part as well.
    try await Self.merge(plan, set, into: "again.db", parts: [set.database()])
    #expect(try Self.everything(set, in: "a.db") == Self.everything(set, in: "again.db"))
  }

  @Test func ofARowThatFailedAndOneThatWasScoredTheScoredOneStaysWhateverTheOrder() async throws {
    let set = try SyntheticSet(count: 40)
    let plan = try await Self.plan(set)
    let (away, here) = (set.folder + "/away.png", set.faces + "/" + SyntheticSet.name(4))
    try FileManager.default.moveItem(atPath: here, toPath: away)
    _ = try await Self.score(plan, "1/1", set, into: "failed.db")
    try FileManager.default.moveItem(atPath: away, toPath: here)
    _ = try await Self.score(plan, "1/1", set, into: "scored.db")
    #expect(try set.column("SELECT count(*) FROM sample WHERE status = 'error'", in: "failed.db") == ["1"])
    let parts = [set.database("failed.db"), set.database("scored.db")]
    try await Self.merge(plan, set, into: "one.db", parts: parts)
    try await Self.merge(plan, set, into: "other.db", parts: parts.reversed())
    #expect(try set.column("SELECT count(*) FROM sample WHERE status = 'ok'", in: "one.db") == ["40"])
    #expect(try Self.everything(set, in: "one.db") == Self.everything(set, in: "other.db"))
  }

  @Test func aPartOfOtherSettingsOrModelsIsRefused() async throws {
    let set = try SyntheticSet(count: 40)
    let plan = try await Self.plan(set)
    _ = try await Self.score(plan, "1/1", set)
    _ = try await set.scan(into: "other.db") { $0.metrics = "mse" }
    let settings = await #expect(throws: AuditError.self) {
      try await Self.merge(plan, set, parts: [set.database("other.db")])
    }
    #expect("\(try #require(settings))".contains("no run with the settings of the plan"))
    // Another picture in the set, and the plan made anew: the part is of the model before.
    try set.write(Self.face(200), to: "id0/new.png")
    let anew = try await Self.plan(set)
    let models = await #expect(throws: AuditError.self) { try await Self.merge(anew, set) }
    #expect("\(try #require(models))".contains("other models"))
  }

  /// One picture is another, one is gone, one is new: parts and whole hold rows of the plan before.
  @Test func aPlanMadeAnewLeavesNothingOfTheOneBeforeInPartsAndWhole() async throws {
    let set = try SyntheticSet(count: 60)
    var plan = try await Self.plan(set)
    for number in 1...2 { _ = try await Self.score(plan, "\(number)/2", set) }
    try await Self.merge(plan, set)
    try set.write(Self.face(201), to: SyntheticSet.name(7))
    try set.write(Self.face(202), to: "id0/new.png")
    try FileManager.default.removeItem(atPath: set.faces + "/" + SyntheticSet.name(11))
    plan = try await Self.plan(set)
    for number in 1...2 { _ = try await Self.score(plan, "\(number)/2", set) }
    try await Self.merge(plan, set)
    _ = try await set.scan()
    #expect(try Self.everything(set, in: "a.db") == Self.everything(set, in: "whole.db"))
  }

  @Test func partsAreNotScoredBeforeTheModelsAreMade() async throws {
    let set = try SyntheticSet(count: 40)
    _ = try PlanStep(request: Self.request(set) { _ in }, asked: PlanRequest(arguments: [], folder: "/")).run { _ in }
    let plan = try Store(reading: set.database("plan.db")).plannedRun()
    let refusal = await #expect(throws: AuditError.self) { try await Self.score(plan, "1/2", set) }
    #expect("\(try #require(refusal))".contains("audit fit --plan"))
  }

  @Test func aPlanOfOtherThingsThanAreAskedForIsRefused() async throws {
    let set = try SyntheticSet(count: 40)
    let plan = try await Self.plan(set)
    let refusal = await #expect(throws: AuditError.self) {
      try await Self.score(plan, "1/1", set) { $0.metrics = "mse" }
    }
    #expect("\(try #require(refusal))".contains("-mae@"))
  }
}
