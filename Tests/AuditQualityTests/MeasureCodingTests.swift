import AuditCore
import Testing

@testable import AuditQuality

/// Measures between two processes.
@Suite struct MeasureCodingTests {
  private static func measures(
    statistic: Double = -7.25, line: Double = .nan, edge: Double = 0.125
  ) -> PictureMeasures {
    var statistics = PictureStatistics.all.indices.map { Double($0) / 3 }
    (statistics[0], statistics[1]) = (statistic, .nan)
    func histogram(_ first: Double) -> [Double] {
      var histogram = (0..<PictureMeasures.histogramLength).map { Double($0) / 4096 }
      histogram[0] = first
      return histogram
    }
    return PictureMeasures(
      statistics: statistics, lines: (1..<PictureMeasures.linesLength).map { Double($0) / 7 } + [line],
      histogram: histogram(edge), turnedHistograms: (1...4).map { histogram(Double($0) / 16) },
      pixels: (0..<PictureMeasures.pixelsLength).map { UInt8(truncatingIfNeeded: $0 * 7) })
  }

  @Test func measuresComeBackBitForBit() throws {
    let measures = Self.measures()
    let bytes = measures.encoded()
    #expect(bytes.count == PictureMeasures.encodedLength)
    let copy = try #require(PictureMeasures(decoding: bytes))
    #expect(copy.statistics.map(\.bitPattern) == measures.statistics.map(\.bitPattern))
    #expect(copy.lines.map(\.bitPattern) == measures.lines.map(\.bitPattern))
    #expect(copy.histogram == measures.histogram && copy.turnedHistograms == measures.turnedHistograms)
    #expect(copy.pixels == measures.pixels)
    #expect(PictureMeasures(decoding: ([1] + bytes)[1...]) != nil, "a slice that does not begin at 0")
  }

  @Test func whatNoPictureHasIsRefused() {
    let bytes = Self.measures().encoded()
    #expect(PictureMeasures(decoding: bytes.dropLast()) == nil && PictureMeasures(decoding: bytes + [0]) == nil)
    #expect(PictureMeasures(decoding: [UInt8]()) == nil)
    #expect(PictureMeasures(decoding: Self.measures(statistic: .infinity).encoded()) == nil)
    #expect(PictureMeasures(decoding: Self.measures(line: -.infinity).encoded()) == nil)
    for edge in [Double.nan, .infinity, -0.1, 1.5] {
      #expect(PictureMeasures(decoding: Self.measures(edge: edge).encoded()) == nil, "\(edge)")
    }
  }

  @Test func digestsAndJobsComeBackAsTheyWere() throws {
    let digest = PixelDigest(words: [1, .max])
    #expect(PixelDigest(decoding: digest.encoded()) == digest && PixelDigest(decoding: digest.encoded() + [0]) == nil)
    let plan = CopyPlan(keys: (0..<40).map { $0 * 977 }, seed: 5, amounts: .init(perKind: 2, harmless: 3, reencoded: 3))
    let jobs = try #require(CopyPlan.Job.decoded(plan.jobs.flatMap { $0.encoded() }))
    #expect(jobs.map(\.treatment) == plan.jobs.map(\.treatment) && jobs.map(\.seed) == plan.jobs.map(\.seed))
    #expect(jobs.map(\.mixes) == plan.jobs.map(\.mixes))
    #expect(CopyPlan.Job.decoded([1, 2, 3]) == nil)
    #expect(CopyPlan.Job.decoded([0xF0, 0x7F] + [UInt8](repeating: 0, count: 8)) == nil, "no such kind")
  }
}
