import AuditCore
import Testing

@testable import AuditStatistics

/// Each thing is said where its numbers reach the line, and not where they are just below.
struct ResidualReasonTests {
  /// Sixteenths in the cells, and 0.09 in the frame.
  private static let even = [Double](repeating: 1.0 / 16, count: 16) + [0.09]
  private static let left: Set<Int> = [0, 1, 4, 5, 8, 9, 12, 13]
  private static let centre: Set<Int> = [5, 6, 9, 10]

  /// `share` over the given cells, the rest over the others; the frame has `border`.
  private static func regions(_ cells: Set<Int>, _ share: Double, border: Double = 0.09) -> [Double] {
    (0..<16).map { cells.contains($0) ? share / Double(cells.count) : (1 - share) / Double(16 - cells.count) } + [
      border
    ]
  }

  private func words(
    _ regions: [Double], bias: Double? = 0.01, absolute: Double? = 0.1, detail: Double? = 0.05,
    usual: [Double] = even, common: Double? = 0.02, grain: Double? = 0.5
  ) -> String? {
    ResidualReason(
      ResidualEvidence(bias: bias, absolute: absolute, detail: detail, regions: regions),
      usual: UsualResidual(absolute: common, grain: grain, regions: usual)
    ).words
  }

  private static let plain = "off by 0.10, 5.0x usual"

  @Test func aFrameThatHoldsMuchMoreThanUsualIsNamed() {
    #expect(words(Self.regions([], 0, border: 0.6)) == "border 60 % of the error, usually 9")
    #expect(words(Self.regions([], 0, border: 0.345)) == "border 35 % of the error, usually 9")
    #expect(words(Self.regions([], 0, border: 0.335)) == Self.plain)
  }

  @Test func theCentreIsNamedAgainstWhatTheSetHasThere() {
    #expect(words(Self.regions(Self.centre, 0.7)) == "centre 70 % of the error, usually 25")
    // In faces that fill the picture the centre holds most of every residual: then it explains nothing.
    #expect(words(Self.regions(Self.centre, 0.7), usual: Self.regions(Self.centre, 0.6)) == Self.plain)
    // A quarter more, but not half as much again.
    #expect(words(Self.regions(Self.centre, 0.86), usual: Self.regions(Self.centre, 0.6)) == Self.plain)
  }

  @Test func aHalfIsNamedWhereItHoldsThreeQuarters() {
    #expect(words(Self.regions(Self.left, 0.76)) == "left half 76 % of the error, usually 50")
    #expect(words(Self.regions(Self.left, 0.74)) == Self.plain)
    #expect(words(Self.regions([8, 9, 10, 11, 12, 13, 14, 15], 0.9)) == "bottom half 90 % of the error, usually 50")
  }

  @Test func oneCellIsNamedWhereItHoldsAQuarterMore() {
    #expect(words(Self.regions([3], 0.32)) == "top, far right 32 % of the error, usually 6")
    #expect(words(Self.regions([3], 0.31)) == Self.plain)
  }

  @Test func ofSeveralPartsTheOneThatDiffersMostIsNamed() {
    // A quarter with all of the error lies in two halves that have all of it too.
    #expect(words(Self.regions([0, 1, 4, 5], 1)) == "top left 100 % of the error, usually 25")
  }

  @Test func aWholePictureIsBrighterOnlyWhereTheResidualGoesToOneSide() {
    #expect(words(Self.even, bias: 0.2, absolute: 0.21) == "whole picture brighter by 0.20")
    #expect(words(Self.even, bias: -0.2, absolute: 0.21) == "whole picture darker by 0.20")
    #expect(words(Self.even, bias: 0.15, absolute: 0.21, detail: 0.1) == "off by 0.21, 10.5x usual")
    #expect(words(Self.even, bias: 0.029, absolute: 0.029, detail: 0.0145)?.contains("brighter") == false)
  }

  @Test func ofAPartOnlyTheSideIsSaid() {
    #expect(
      words(Self.regions(Self.centre, 0.7), bias: -0.09, absolute: 0.1)
        == "centre 70 % of the error, usually 25, mostly darker")
  }

  @Test func fineAndBroadAreSaidAgainstTheUsualGrain() {
    #expect(words(Self.even, detail: 0.0701) == "fine grain " + Self.plain)
    #expect(words(Self.even, detail: 0.069) == Self.plain)
    #expect(words(Self.even, detail: 0.0249) == "broad areas " + Self.plain)
    #expect(words(Self.even, detail: 0.026) == Self.plain)
  }

  @Test func nothingIsSaidOfWhatIsNotStored() {
    #expect(words([], bias: nil, absolute: nil, detail: nil) == nil)
    #expect(words([], bias: nil, detail: nil) == Self.plain)
    #expect(words(Self.even, usual: [], common: nil, grain: nil) == "off by 0.10")
    #expect(words([], bias: nil, absolute: .nan, detail: nil) == nil)
  }
}
