import AuditCore
import Testing

@testable import AuditStatistics

/// Each line is said where its numbers are over the line, and not where they are just below.
struct ResidualReasonTests {
  /// An even spread over the 16 cells, with the share that the frame has of any picture.
  private static let even = [Double](repeating: 1.0 / 16, count: 16) + [0.2944]

  /// `share` over the given cells, the rest over the others; the frame has `border`.
  private static func regions(_ cells: Set<Int>, share: Double, border: Double = 0.2944) -> [Double] {
    (0..<16).map { cells.contains($0) ? share / Double(cells.count) : (1 - share) / Double(16 - cells.count) } + [border]
  }

  private func words(
    _ regions: [Double], bias: Double? = 0.01, absolute: Double? = 0.1, squared: Double? = 0.0156
  ) -> String? {
    ResidualReason(ResidualEvidence(bias: bias, absolute: absolute, squared: squared, regions: regions)).words
  }

  @Test func aFrameThatHoldsMostOfTheErrorIsNamed() {
    #expect(words(Self.regions([], share: 0, border: 0.6)) == "border 60 % of the error")
    #expect(words(Self.regions([], share: 0, border: 0.49)) == "all over the picture, off by 0.10 on average")
  }

  @Test func theCentreIsNamedFromHalfOfTheError() {
    #expect(words(Self.regions([5, 6, 9, 10], share: 0.7, border: 0.1)) == "centre 70 % of the error")
    #expect(words(Self.regions([5, 6, 9, 10], share: 0.49, border: 0.2)) == "all over the picture, off by 0.10 on average")
  }

  @Test func aHalfIsNamedWhereItHoldsMoreThanThreeQuarters() {
    let left: Set<Int> = [0, 1, 4, 5, 8, 9, 12, 13]
    #expect(words(Self.regions(left, share: 0.8)) == "left half 80 % of the error")
    #expect(words(Self.regions(left, share: 0.74)) == "all over the picture, off by 0.10 on average")
    #expect(words(Self.regions([12, 13, 14, 15, 8, 9, 10, 11], share: 0.9)) == "bottom half 90 % of the error")
  }

  @Test func oneCellIsNamedFromAQuarterOfTheError() {
    #expect(words(Self.regions([3], share: 0.3)) == "top, far right 30 % of the error")
    #expect(words(Self.regions([3], share: 0.24)) == "all over the picture, off by 0.10 on average")
  }

  @Test func ofSeveralPartsTheOneThatDiffersMostIsNamed() {
    // A quarter with all of the error lies in two halves that have all of it too.
    #expect(words(Self.regions([0, 1, 4, 5], share: 1)) == "top left 100 % of the error")
  }

  @Test func aWholePictureIsBrighterOnlyWhereTheResidualGoesToOneSide() {
    #expect(words(Self.even, bias: 0.2, absolute: 0.21) == "whole picture brighter by 0.20")
    #expect(words(Self.even, bias: -0.2, absolute: 0.21) == "whole picture darker by 0.20")
    #expect(words(Self.even, bias: 0.15, absolute: 0.21) == "all over the picture, off by 0.21 on average")
    #expect(words(Self.even, bias: 0.029, absolute: 0.029) == "all over the picture, off by 0.03 on average")
  }

  @Test func ofAPartOnlyTheSideIsSaid() {
    #expect(
      words(Self.regions([5, 6, 9, 10], share: 0.7, border: 0.1), bias: -0.09, absolute: 0.1)
        == "centre 70 % of the error, mostly darker")
  }

  @Test func fewPixelsAreSaidWhereTheRootMeanSquareIsTwiceTheMean() {
    #expect(words(Self.even, absolute: 0.1, squared: 0.04) == "few pixels far off, all over the picture")
    #expect(words(Self.even, absolute: 0.1, squared: 0.0399) == "all over the picture, off by 0.10 on average")
  }

  @Test func nothingIsSaidWhereNothingIsStored() {
    #expect(words([], bias: nil, absolute: nil, squared: nil) == nil)
    #expect(words([], bias: nil) == "all over the picture, off by 0.10 on average")
    #expect(words([], bias: nil, absolute: .nan, squared: nil) == nil)
  }
}
