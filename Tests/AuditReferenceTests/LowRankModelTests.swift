import AuditCore
import AuditReference
import AuditStatistics
import Testing

/// Rows of 12,288 bytes: smooth pictures of few degrees of freedom with noise, from a seed.
struct SyntheticRows {
  var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

  /// In 0..<1.
  mutating func next() -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 40) / Double(1 << 24)
  }

  /// One picture: a slope in both directions for each channel, two bumps, and noise.
  mutating func picture(noise: Double = 6) -> [UInt8] {
    let slopes = (0..<6).map { _ in 60 * (next() - 0.5) }
    let bumps = (0..<2).map { _ in (x: 20 + 24 * next(), y: 20 + 24 * next(), height: 80 * (next() - 0.5)) }
    var pixels: [UInt8] = []
    pixels.reserveCapacity(12_288)
    for y in 0..<64 {
      for x in 0..<64 {
        var bump = 0.0
        for place in bumps {
          let (dx, dy) = (Double(x) - place.x, Double(y) - place.y)
          bump += place.height / (1 + (dx * dx + dy * dy) / 90)
        }
        for channel in 0..<3 {
          let slope = slopes[channel] * (Double(x) / 64 - 0.5) + slopes[3 + channel] * (Double(y) / 64 - 0.5)
          let value = 128 + slope + bump + noise * (next() - 0.5)
          pixels.append(UInt8(min(max(value.rounded(), 0), 255)))
        }
      }
    }
    return pixels
  }

  static func set(count: Int, seed: UInt64) -> [[UInt8]] {
    var source = SyntheticRows(seed: seed)
    return (0..<count).map { _ in source.picture() }
  }
}

/// Frozen models and what is scored with them.
struct LowRankModelTests {
  static let pictures = SyntheticRows.set(count: 120, seed: 11)
  static let fitted: LowRankFit = {
    var rows = pictures
    // One picture that is nothing like the others.
    rows[17] = (0..<12_288).map { UInt8($0 * 7919 % 256) }
    do {
      return try LowRankFit(rows: rows.flatMap { $0 }, keys: (0..<120).map { 1000 + $0 }, seed: 5)
    } catch {
      fatalError("\(error)")
    }
  }()

  @Test func scoringARowOfTheSubsampleGivesWhatTheFitFound() {
    let (model, fit) = (LowRankModelTests.fitted.model, LowRankModelTests.fitted.fit)
    let scorer = LowRankScorer(model)
    for row in 0..<model.count {
      let pixels = Array(model.rows[(row * 12_288)..<((row + 1) * 12_288)])
      let found = scorer.influence(of: RGBImage(width: 64, height: 64, pixels: pixels), key: model.keys[row])
      #expect(abs(found.orthogonalDistance / fit.orthogonalDistances[row] - 1) < 1e-4, "row \(row)")
      #expect(abs(found.scoreDistance / fit.scoreDistances[row] - 1) < 1e-4, "row \(row)")
      #expect(abs(found.leverage / fit.leverages[row] - 1) < 1e-4, "row \(row)")
      if let nearest = found.nearestDistance { #expect(nearest == fit.nearest[row], "row \(row)") }
    }
    #expect(LowRankModelTests.fitted.skews[17].skew > 2)
  }

  @Test func aModelSurvivesEncoding() throws {
    let model = LowRankModelTests.fitted.model
    let bytes = model.encoded()
    let decoded = try LowRankModel(decoding: bytes)
    #expect(decoded.encoded() == bytes)
    #expect(decoded.digest == model.digest)
    #expect(decoded.mean == model.mean && decoded.components == model.components && decoded.rows == model.rows)
    #expect(decoded.keys == model.keys && decoded.sums == model.sums && decoded.eigenvalues == model.eigenvalues)
  }
}
