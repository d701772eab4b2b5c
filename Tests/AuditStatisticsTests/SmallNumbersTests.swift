import AuditCore
import AuditStatistics
import Testing

/// Median, ranks, shares, classes, verdicts: values that one can work out by hand.
struct SmallNumbersTests {
  static let medians: [([Double], Double)] = [
    ([3], 3), ([3, 1], 2), ([5, 1, 3], 3), ([4, 1, 3, 2], 2.5), ([2, 2, 2, 2], 2), ([-1, 7, 7, -1, 7], 7),
    ([0, 0, 0, 9], 0), ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 5.5),
  ]

  @Test(arguments: medians) func theMedianIsTheMiddle(values: [Double], expected: Double) {
    #expect(median(values) == expected)
  }

  @Test(arguments: 0..<50 as Range<UInt64>) func theMedianIsThatOfTheSortedList(seed: UInt64) {
    var random = Random(seed: seed)
    let values = (0..<(1 + Int(random.next() * 300))).map { _ in (random.next() * 20).rounded() }
    let sorted = values.sorted()
    let middle = values.count / 2
    let expected = values.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    #expect(median(values) == expected, "seed \(seed)")
  }

  @Test func nothingHasNoMedian() {
    #expect(median([]) == nil && medianAbsoluteDeviation([]) == nil && medianCut([]) == 0)
  }

  @Test func theCutIsTheMedianAndTwiceTheScaledMAD() {
    #expect(medianAbsoluteDeviation([1, 2, 3, 4, 100]) == 1)
    #expect(medianCut([1, 2, 3, 4, 100]) == 3 + 2 * 1.4826)
  }

  @Test func distancesThatAreMostlyZeroAreCutByTheRest() {
    #expect(medianCut([0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 100]) == 3 + 2 * 1.4826)
    #expect(medianCut([0, 0, 0]) == 0)
  }

  @Test func theWorstHasRankOneAndPercentileOne() {
    let losses = ranks(of: [0.5, nil, 2, 0.1], worst: .high)
    #expect(losses.ranks == [2, nil, 1, 3])
    #expect(losses.percentiles == [0.5, nil, 1, 0])
    #expect(ranks(of: [0.5, nil, 2, 0.1], worst: .low).ranks == [2, nil, 3, 1])
    #expect(ranks(of: [0.5, -0.75, 0, -0.1], worst: .farFromZero).ranks == [2, 1, 4, 3])
  }

  @Test func equalValuesAreRankedInTheirOrder() {
    #expect(ranks(of: [1, 1, 2, 1], worst: .high).ranks == [2, 3, 1, 4])
    #expect(ranks(of: [1, 1, 2, 1], worst: .low).ranks == [1, 2, 4, 3])
  }

  @Test func aSingleValueIsTheWorst() {
    let single = ranks(of: [nil, 4, nil], worst: .high)
    #expect(single.ranks == [nil, 1, nil] && single.percentiles == [nil, 1, nil])
    let none: [Double?] = []
    #expect(ranks(of: none, worst: .high).count == 0)
  }

  @Test func sharesSumToOneAndNeedLosses() {
    #expect(sharesOfTotal([1, nil, 3]) == [0.25, nil, 0.75])
    #expect(sharesOfTotal([0, 0, nil]) == [0, 0, nil])
    #expect(sharesOfTotal([1, -1, 3]) == [nil, nil, nil])
  }

  @Test func ranksOfManyValuesAreAPermutation() {
    var random = Random(seed: 3)
    let values = (0..<200_000).map { _ in (random.next() * 1000).rounded() }
    let places = ranks(of: values, worst: .high).ranks.compactMap { $0 }
    #expect(places.sorted() == (1...200_000).map { Int32($0) })
    let byPlace = zip(places, values).sorted { $0.0 < $1.0 }.map(\.1)
    #expect(zip(byPlace, byPlace.dropFirst()).allSatisfy { $0 >= $1 })
  }

  @Test func theOutlierMapHasFourFields() {
    func field(_ distance: Double, _ score: Double) -> OutlierClass {
      OutlierClass(orthogonalDistance: distance, scoreDistance: score, orthogonalCut: 1, scoreCut: 10)
    }
    #expect(field(1, 10) == .regular && field(1, 11) == .goodLeverage)
    #expect(field(2, 10) == .orthogonal && field(2, 11) == .badLeverage)
  }

  @Test func verdictsFollowTheThresholds() {
    let sums = SkewSums(count: 100, pull: 100, leverage: 100, medianDistance: 1)
    func verdict(_ distance: Double, nearest: Double?, _ rule: VerdictRule = .model(count: 100)) -> Verdict {
      rule.verdict(of: Skew(distance: distance, leverage: 1, nearest: nearest, sums: sums))
    }
    #expect(verdict(1.5, nearest: nil) == .keep && verdict(1.6, nearest: 9) == .review)
    #expect(verdict(2.1, nearest: 9) == .drop && verdict(2.1, nearest: 1.679) == .review)
    #expect(verdict(9, nearest: 9, .model(count: 99)) == .review)
    #expect(verdict(9, nearest: nil, .residuals(count: 500, dropAbove: nil)) == .review)
    #expect(verdict(9, nearest: nil, .residuals(count: 500, dropAbove: 3)) == .drop)
    #expect(verdict(1.4, nearest: nil, .model(count: 500, reviewAbove: 1.2, dropAbove: 1.2)) == .review)
    #expect(verdict(2.1, nearest: 9, .model(count: 500, reviewAbove: 3, dropAbove: 3)) == .keep)
  }

  @Test func aResidualAloneIsItsOwnRatio() {
    let sums = SkewSums(residuals: [0.1, 0.1, 0.1, 0.5])
    let worst = Skew(distance: 0.5, leverage: 1, nearest: nil, sums: sums)
    #expect(abs(worst.ratio - 2.5) < 1e-14 && worst.skew == worst.ratio && worst.alike == 1)
    #expect(abs(worst.pullSquared - 2.5) < 1e-14 && worst.pullAbsolute == 1)
    #expect(abs(worst.trainingWeight - 0.2) < 1e-15)
  }

  @Test func divisionsByZeroHaveAnAnswer() {
    let sums = SkewSums(count: 100, pull: 100, leverage: 100, medianDistance: 1)
    let perfect = Skew(distance: 0, leverage: 0, nearest: 0, sums: sums)
    #expect(perfect.ratio == 0 && perfect.skew == 0 && perfect.trainingWeight == 1 && perfect.alike == 1)
    let copy = Skew(distance: 5, leverage: 2, nearest: 0, sums: sums)
    #expect(copy.alike == 0 && copy.skew == 0 && copy.trainingWeight == 1)
    let exact = SkewSums(distances: [0, 0], leverages: [1, 1])
    let among = Skew(distance: 0, leverage: 1, nearest: 1, sums: exact)
    #expect(among.ratio == 1 && among.pullSquared == 1 && among.pullAbsolute == 1 && among.trainingWeight == 1)
    let centre = Skew(distance: 1, leverage: 0, nearest: 1, sums: SkewSums(distances: [1, 1], leverages: [0, 0]))
    #expect(centre.ratio == 1 && centre.pullSquared == 1 && centre.pullAbsolute == 1)
  }

  /// Nine copies that the model meets exactly, and others: the others are not to be trained with weight 0.
  @Test func picturesAmongCopiesKeepAWeight() {
    let sums = SkewSums(distances: [0, 0, 0, 0, 0, 0, 2, 4, 6], leverages: [Double](repeating: 1, count: 9))
    func weight(_ distance: Double) -> Double {
      Skew(distance: distance, leverage: 1, nearest: nil, sums: sums).trainingWeight
    }
    #expect(sums.medianDistance == 4)
    #expect(weight(0) == 1 && weight(4) == 1 && weight(8) == 0.5)
    let none = SkewSums(distances: [0, 0, 0], leverages: [1, 1, 1])
    #expect(Skew(distance: 1e-6, leverage: 1, nearest: nil, sums: none).trainingWeight == 1)
  }

  @Test func nothingIsRecommendedWhereNothingGains() {
    func report(_ gain: Double, marked: Int) -> GainReport {
      let gain = Gain(gain: gain, low: gain - 0.01, high: gain + 0.01)
      return GainReport(
        before: 1, remedies: [Remedy(name: .weights, count: 3, gain: gain)], curve: [], marked: marked)
    }
    #expect(report(0.06, marked: 3).recommendation()?.name == .weights)
    #expect(report(0.06, marked: 0).recommendation() == nil)
    // 0.057 - sqrt(0.01² + (1.96 x 0.15 x 0.057)² + (1.96 x 0.01)²) = 0.029.
    #expect(report(0.057, marked: 3).recommendation() == nil)
    #expect(report(-0.005, marked: 3).recommendation() == nil)
  }
}

/// Regions of a residual whose shares one can count.
struct RegionSharesTests {
  @Test func anEvenResidualIsSharedByArea() {
    let shares = regionShares(
      of: RGBImage(width: 64, height: 64, red: 9, green: 9, blue: 9), against: RGBImage(width: 64, height: 64))
    #expect(shares.count == RegionName.all.count)
    #expect(shares[0..<16].allSatisfy { $0 == 1.0 / 16 })
    // The frame is 5 pixels wide: 64² - 54² of 64² pixels.
    #expect(abs(shares[16] - 1180.0 / 4096) < 1e-15)
  }

  @Test func onePixelBelongsToItsCell() {
    for (x, y, cell, border) in [(0, 0, "r1c1", 1.0), (63, 0, "r1c4", 1), (20, 40, "r3c2", 0), (58, 33, "r3c4", 0)] {
      var image = RGBImage(width: 64, height: 64)
      image.pixels[3 * (y * 64 + x) + 1] = 40
      let shares = regionShares(of: image, against: RGBImage(width: 64, height: 64))
      let full = zip(RegionName.all, shares).filter { $0.0 != "border" && $0.1 == 1 }.map(\.0)
      #expect(full == [cell] && shares[16] == border)
    }
  }

  @Test func equalPicturesHaveNoShares() {
    #expect(regionShares(of: RGBImage(width: 8, height: 5), against: RGBImage(width: 8, height: 5)).isEmpty)
  }
}
