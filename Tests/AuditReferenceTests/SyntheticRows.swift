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
