import AuditCore
import AuditDemo
import AuditStore
import Foundation
import Testing

@testable import AuditScan

/// What a remedy was computed from, and what happens when that has changed.
struct CurrencyTests {
  private static let junk: [Int: Defect] = [20: .inverted, 55: .notAFace, 90: .inverted, 131: .notAFace]

  private func decide(_ paths: [String], _ verdict: Verdict, in set: SyntheticSet) throws {
    let store = try Store(deciding: set.database())
    try store.decide(
      try paths.map { path in
        let row = try store.rows("SELECT sha256 FROM sample WHERE path = ?", .text(path)).first
        guard case .blob(let hash)? = row?["sha256"] else { throw AuditError.internalError("no \(path)") }
        return NewDecision(sha256: hash, path: path, verdict: verdict, reason: "", who: "test")
      })
  }

  @Test func aDecisionMakesTheRemedyOutOfDateAndTheNextScanComputesItAgain() async throws {
    let set = try SyntheticSet(count: 180, defects: Self.junk)
    _ = try await set.scan()
    #expect(try set.column("SELECT DISTINCT is_current FROM remedies") == ["1"])
    #expect(try set.column("SELECT images FROM remedies WHERE remedy = 'drop'") == ["4"])
    try decide([SyntheticSet.name(20), SyntheticSet.name(90)], .keep, in: set)
    #expect(try set.column("SELECT DISTINCT is_current FROM remedies") == ["0"])
    #expect(try set.column("SELECT DISTINCT why FROM remedies") == ["people have decided since"])
    #expect(try set.column("SELECT count(*) FROM remedies WHERE recommended") == ["0"])

    let again = try await set.scan()
    #expect(again.scoredNow == 0)
    #expect(try set.column("SELECT DISTINCT is_current FROM remedies") == ["1"])
    #expect(try set.column("SELECT images FROM remedies WHERE remedy = 'drop'") == ["2"])
  }

  @Test func filesThatAreGoneLeaveTheRemedyAndTheModelSaysSo() async throws {
    let set = try SyntheticSet(count: 180, defects: Self.junk)
    _ = try await set.scan()
    for number in Self.junk.keys {
      try FileManager.default.removeItem(atPath: set.faces + "/" + SyntheticSet.name(number))
    }
    _ = try await set.scan()
    #expect(try set.column("SELECT fitted_on FROM model") == ["180"])
    #expect(try set.column("SELECT model_gone || ' ' || images FROM currency WHERE advice = 'estimate'") == ["4 176"])
    #expect(try set.column("SELECT count(*) FROM remedies WHERE remedy = 'drop' AND images > 0") == ["0"])
    #expect(try set.column("SELECT count(*) FROM remedies WHERE recommended AND remedy = 'drop'") == ["0"])
    #expect(try set.column("SELECT DISTINCT is_current FROM remedies") == ["1"])
  }

  @Test func imagesThatCameLaterAreCounted() async throws {
    let set = try SyntheticSet(count: 60)
    _ = try await set.scan()
    let other = try SyntheticSet(count: 66)
    for number in 60..<66 {
      let name = SyntheticSet.name(number)
      try set.write([UInt8](Data(contentsOf: URL(fileURLWithPath: other.faces + "/" + name))), to: name)
    }
    _ = try await set.scan()
    #expect(try set.column("SELECT model_gone || ' ' || model_unknown FROM currency") == ["0 6"])
  }

  private static let marker = StoredRemedy(
    name: "weights", images: 1, gain: 123, low: 122, high: 124, recommended: true)

  /// A figure that nobody could compute, and that only a second estimate would replace.
  @Test func anUnchangedRunIsNotEstimatedAgain() async throws {
    let set = try SyntheticSet(count: 120, defects: [20: .inverted])
    _ = try await set.scan()
    do {
      let store = try Store(deciding: set.database())
      try store.write(remedies: [Self.marker], curve: [], to: 1)
      try store.keepBasis(
        of: .estimate, for: 1, method: RemedyEstimate.method, sample: AdviceSample(images: 120))
    }
    _ = try await set.scan()
    #expect(try set.column("SELECT gain FROM remedies") == ["123.0"])
    _ = try await set.scan { $0.choices.thresholds.recommendation.leastGain = 0.5 }
    #expect(try set.column("SELECT count(*) FROM remedy") != ["0"])
    #expect(try set.column("SELECT count(*) FROM remedy WHERE gain > 1 OR recommended") == ["0"])
  }

  @Test func aRunThatIsNotFinishedHasNoCurrentFigures() async throws {
    let set = try SyntheticSet(count: 120, defects: [20: .inverted])
    _ = try await set.scan()
    let stop = StopRequest()
    stop.set()
    _ = try await set.scan(stop: stop)
    #expect(try set.column("SELECT DISTINCT why FROM remedies") == ["the scan is not finished"])
    _ = try await set.scan()
    #expect(try set.column("SELECT DISTINCT is_current FROM remedies") == ["1"])
  }

  @Test func figuresWhoseOriginIsNotKeptAreOutOfDate() async throws {
    let set = try SyntheticSet(count: 120, defects: [20: .inverted])
    _ = try await set.scan()
    try Store(deciding: set.database()).write(remedies: [Self.marker], curve: [], to: 1)
    #expect(
      try set.column("SELECT is_current || recommended || ' ' || why FROM remedies")
        == ["00 an older audit computed it"])
  }

  @Test func everyMarkedImageHasAReasonAndNoneThatStays() async throws {
    let set = try SyntheticSet(count: 180, defects: Self.junk)
    _ = try await set.scan()
    let marked = try set.column("SELECT reason FROM flagged")
    #expect(marked.count >= 4 && !marked.contains("-"))
    #expect(Set(marked).count > 1, "not one sentence for all")
    #expect(try set.column("SELECT count(*) FROM samples WHERE verdict = 'keep' AND reason NOTNULL") == ["0"])
  }
}
