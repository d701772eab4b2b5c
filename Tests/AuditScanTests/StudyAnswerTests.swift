import AuditCore
import AuditQuality
import Testing

@testable import AuditScan

/// What a child answers that looked at a picture.
@Suite struct StudyAnswerTests {
  private static let measurement: PictureMeasurement = {
    let histogram = [Double](repeating: 0.25, count: PictureMeasures.histogramLength)
    return PictureMeasurement(
      measures: PictureMeasures(
        statistics: PictureStatistics.all.indices.map { Double($0) },
        lines: [Double](repeating: 0.5, count: PictureMeasures.linesLength), histogram: histogram,
        turnedHistograms: [histogram, histogram, histogram, histogram],
        pixels: [UInt8](repeating: 3, count: PictureMeasures.pixelsLength)),
      pixels: PixelDigest(words: [7, 8]),
      fingerprint: StoredFingerprint(
        pixels: [UInt8](repeating: 1, count: 16), hashes: [UInt8](repeating: 2, count: 96), contrast: 1.5,
        small: [UInt8](repeating: 4, count: 3072)))
  }()

  @Test func aMeasurementComesBackAndACutOneIsNone() throws {
    let bytes = StudyAnswer.encoded(Self.measurement)
    let copy = try #require(StudyAnswer.measurement(bytes))
    #expect(copy.measures == Self.measurement.measures && copy.pixels == Self.measurement.pixels)
    #expect(copy.fingerprint == Self.measurement.fingerprint)
    #expect(StudyAnswer.measurement(StudyAnswer.encoded(nil)) == nil)
    for cut in stride(from: 0, to: bytes.count, by: 61) {
      #expect(StudyAnswer.measurement(Array(bytes[..<cut])) == nil, "cut at \(cut)")
    }
    #expect(StudyAnswer.measurement(bytes + [0]) == nil)
  }

  @Test func theRowOfTheFitComesWithAMeasurementOrNot() throws {
    var measurement = Self.measurement
    measurement.modelRow = (0..<64 * 64 * 3).map { UInt8(truncatingIfNeeded: $0) }
    let bytes = StudyAnswer.encoded(measurement)
    let copy = try #require(StudyAnswer.measurement(bytes))
    #expect(copy.modelRow == measurement.modelRow && copy.fingerprint == measurement.fingerprint)
    #expect(StudyAnswer.measurement(StudyAnswer.encoded(Self.measurement))?.modelRow == nil)
    #expect(StudyAnswer.measurement(bytes.dropLast()) == nil && StudyAnswer.measurement(bytes + [0]) == nil)
  }

  @Test func copiesKeepTheirPlacesAlsoWhereOneCouldNotBeMade() throws {
    let plan = CopyPlan(keys: [1, 2, 3], seed: 1, amounts: .init(perKind: 1, harmless: 1, reencoded: 1))
    let jobs = Array(plan.jobs.prefix(3))
    let made = jobs.map { job -> PlantedCopy? in
      job == jobs[1]
        ? nil
        : PlantedCopy(measures: Self.measurement.measures, kind: job.kind, source: job.source, strength: 0.5)
    }
    let bytes = StudyAnswer.encoded(made)
    let copies = try #require(StudyAnswer.copies(bytes, of: jobs))
    #expect(copies.map { $0 == nil } == [false, true, false])
    #expect(copies[2]?.kind == jobs[2].kind && copies[2]?.source == jobs[2].source && copies[2]?.strength == 0.5)
    #expect(copies[0]?.measures == Self.measurement.measures)
    #expect(StudyAnswer.copies(Array(bytes.dropLast()), of: jobs) == nil)
    #expect(StudyAnswer.copies(bytes, of: plan.jobs) == nil && StudyAnswer.copies([], of: jobs) == nil)
  }

  /// A file that ended its process has no answer, and a hostile child may answer anything.
  @Test func whatHasNoAnswerIsNothingInItsPlace() {
    let plan = CopyPlan(keys: [1, 2, 3], seed: 1, amounts: .init(perKind: 1, harmless: 1, reencoded: 1))
    let sample = Sample(path: SamplePath("a"), bytes: 0, modified: 0)
    let copies = PlantedCopies(
      orders: [1, 3, 2].map { CopyOrder(jobs: Array(plan.jobs.prefix($0)), sample: sample, other: nil) })
    let whole = StudyAnswer.encoded(
      (0..<3).map { _ in PlantedCopy(measures: Self.measurement.measures, kind: nil, source: 0, strength: 0) })
    #expect(
      copies.found(in: [nil, whole, [7]]).map { $0.map { $0 != nil } } == [
        [false], [true, true, true], [false, false],
      ])
    let row = [UInt8](repeating: 9, count: 64 * 64 * 3)
    #expect(ModelRows(samples: [sample, sample, sample]).found(in: [nil, row, [7]]) == [nil, row, nil])
    let measured = Measurements(samples: [sample, sample, sample], forFit: true).found(
      in: [nil, StudyAnswer.encoded(Self.measurement), [7]])
    #expect(measured.map { $0 != nil } == [false, true, false])
  }

  @Test func aRowOfTheFitIsWholeOrNone() {
    let row = [UInt8](repeating: 9, count: 64 * 64 * 3)
    #expect(StudyAnswer.modelRow(StudyAnswer.encoded(modelRow: row)) == row)
    #expect(StudyAnswer.modelRow(StudyAnswer.encoded(modelRow: nil)) == nil && StudyAnswer.modelRow([1]) == nil)
  }
}
