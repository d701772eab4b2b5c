import AuditCore
import AuditDataset
import AuditDemo
import AuditImages
import AuditReference
import Testing

@testable import AuditScan

/// Pictures that damage is learnt from are not decoded again for the fit.
struct ModelRowTests {
  /// Measured as they are, brought to another size first, and scaled down by the decoder.
  private static let sides = [40, 64, 300, 400, 510, 511, 1030]

  private static func set() throws -> (SyntheticSet, Plan) {
    let set = try SyntheticSet(count: 0)
    for side in sides {
      let picture = FaceArtist(seed: 5, width: side, height: side).draw(1)
      try set.write(encodeJPEG(picture, quality: 90), to: "jpeg/\(side).jpg")
      try set.write(encodePNG(picture), to: "png/\(side).png")
    }
    let plan = try Plan(ScanTarget(ScanRequest(dataset: set.faces).files)) { _ in }
    return (set, plan)
  }

  @Test func whatIsMeasuredTellsTheRowThatTheFitWouldRead() throws {
    let (set, plan) = try Self.set()
    defer { withExtendedLifetime(set) {} }
    var settings = ScanSettings()
    settings.size = 512
    let study = PictureStudy(plan.source, settings: settings)
    let samples = plan.samples.indices.map { plan.samples[$0] }
    let rows = study.modelRows(of: samples)
    for (sample, (row, measured)) in zip(samples, zip(rows, study.measurements(of: samples))) {
      let told = try #require(measured).modelRow
      let isScaledByDecoder = ["jpeg/511.jpg", "jpeg/1030.jpg"].contains(sample.path.text)
      #expect((told == nil) == isScaledByDecoder, "\(sample.path.text)")
      #expect(told == nil || told == row, "\(sample.path.text)")
    }
  }

  @Test func aRowThatIsKnownIsNotReadAgain() async throws {
    let (set, plan) = try Self.set()
    defer { withExtendedLifetime(set) {} }
    let settings = ScanSettings()
    let read = try await Subsample.read(plan, settings: settings, jobs: 1, stop: StopRequest()) { _ in }
    let known = [UInt8](repeating: 7, count: LowRankModel.length)
    let again = try await Subsample.read(
      plan, settings: settings, jobs: 1, known: [read.keys[3]: known], stop: StopRequest()
    ) { _ in }
    let place = 3 * LowRankModel.length
    var expected = read.rows
    expected.replaceSubrange(place..<place + LowRankModel.length, with: known)
    #expect(again.keys == read.keys && again.rows == expected && again.count == 2 * Self.sides.count)
    let all = Dictionary(uniqueKeysWithValues: read.keys.map { ($0, known) })
    let none = try await Subsample.read(plan, settings: settings, jobs: 1, known: all, stop: StopRequest()) { _ in }
    #expect(none.rows == [UInt8](repeating: 7, count: read.rows.count))
  }
}
