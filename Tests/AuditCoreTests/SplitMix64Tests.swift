import Testing

import AuditCore

/// The values that Vigna's splitmix64.c gives for the seed 1234567 (published at rosettacode.org).
@Test func theGeneratorAgreesWithThePublishedSequence() {
  var generator = SplitMix64(seed: 1_234_567)
  let expected: [UInt64] = [
    6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423, 4_593_380_528_125_082_431,
    16_408_922_859_458_223_821,
  ]
  for value in expected { #expect(generator.next() == value) }
}

@Test func keysGiveIndependentGenerators() {
  var first = SplitMix64(seed: 7, keys: 1, 2)
  var same = SplitMix64(seed: 7, keys: 1, 2)
  var swapped = SplitMix64(seed: 7, keys: 2, 1)
  var otherSeed = SplitMix64(seed: 8, keys: 1, 2)
  let value = first.next()
  #expect(same.next() == value)
  #expect(swapped.next() != value)
  #expect(otherSeed.next() != value)
}

@Test func drawnNumbersHaveTheirRangeMeanAndSpread() {
  var generator = SplitMix64(seed: 3)
  let units = (0..<20_000).map { _ in generator.unit() }
  #expect(units.allSatisfy { $0 >= 0 && $0 < 1 })
  // Five standard errors of a uniform mean: 5 x 0.2887 / sqrt(20,000).
  #expect(abs(units.reduce(0, +) / 20_000 - 0.5) < 0.0103)
  let normals = (0..<20_000).map { _ in generator.normal() }
  let variance = normals.map { $0 * $0 }.reduce(0, +) / 20_000
  #expect(abs(normals.reduce(0, +) / 20_000) < 0.036)
  #expect(abs(variance - 1) < 0.05)
  let counts = (0..<6000).reduce(into: [Int](repeating: 0, count: 6)) { counts, _ in
    counts[generator.integer(below: 6)] += 1
  }
  // Five standard deviations of a binomial count: 5 x sqrt(6,000 x 1/6 x 5/6).
  #expect(counts.allSatisfy { abs($0 - 1000) < 145 })
}
