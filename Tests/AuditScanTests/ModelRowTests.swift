import AuditCore
import AuditDataset
import AuditDemo
import AuditImages
import AuditProbe
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
    for (sample, (row, measured)) in zip(samples, zip(rows, study.measurements(of: samples, forFit: true))) {
      let told = try #require(measured).modelRow
      let isScaledByDecoder = ["jpeg/511.jpg", "jpeg/1030.jpg"].contains(sample.path.text)
      #expect((told == nil) == isScaledByDecoder, "\(sample.path.text)")
      #expect(told == nil || told == row, "\(sample.path.text)")
    }
  }

  /// Neither in this process nor by a child; what is measured is the same.
  @Test func aRowThatNoFitAsksForIsNotMade() async throws {
    let (set, plan) = try Self.set()
    defer { withExtendedLifetime(set) {} }
    let study = PictureStudy(plan.source, settings: ScanSettings())
    let samples = plan.samples.indices.map { plan.samples[$0] }
    let (asked, bare) = (study.measurements(of: samples, forFit: true), study.measurements(of: samples, forFit: false))
    for (one, other) in zip(asked, bare) {
      let (one, other) = (try #require(one), try #require(other))
      #expect(other.modelRow == nil && one.measures == other.measures && one.fingerprint == other.fingerprint)
    }
    for forFit in [false, true] {
      #expect(Measurements.isForFit(Measurements(samples: samples, forFit: forFit).detail) == forFit)
      let sample = try await DamageSample.read(
        plan, forFit: forFit, settings: ScanSettings(), jobs: 2, risks: RiskyFiles(), stop: StopRequest()
      ) { _ in }
      #expect(sample.modelRows.isEmpty != forFit && sample.pictures.count == samples.count)
    }
  }

  /// What learns from images asks for their rows; the others do not.
  @Test func onlyWhatIsMadeOfTheDatasetLearnsFromItsImages() throws {
    let (set, plan) = try Self.set()
    defer { withExtendedLifetime(set) {} }
    let context = ReferenceContext(plan: plan, settings: ScanSettings(), inference: nil)
    let asked: [(any ReferenceRequest, Bool)] = [
      (LowRankReference(), true), (IdentityReference(), true),
      (AutoencoderRequest(loss: .mse, isWeighted: false), true),
      (SingleReferenceRequest(file: set.faces + "/png/64.png"), false),
    ]
    for (request, learns) in asked {
      #expect(try request.reference(context).learnsFromImages == learns, "\(request)")
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
