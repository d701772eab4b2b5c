/// Repeatable numbers for tests.
struct Random {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 0xD1B5_4A32_D192_ED03 }

  /// In 0..<1.
  mutating func next() -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 40) / Double(1 << 24)
  }

  /// About normal: mean 0, standard deviation 1.
  mutating func normal() -> Double {
    (0..<12).reduce(-6) { sum, _ in sum + next() }
  }
}

/// Rows around a few smooth directions, as bytes.
struct RowSource {
  let length: Int
  private var random: Random
  private let directions: [[Double]]

  init(seed: UInt64, length: Int = 96, directions count: Int = 6) {
    self.length = length
    var random = Random(seed: seed)
    directions = (0..<count).map { index in
      (0..<length).map { _ in random.normal() * 30 / Double(index + 1) }
    }
    self.random = random
  }

  /// A row of the crowd.
  mutating func row(noise: Double = 4) -> [UInt8] {
    let scores = directions.map { _ in random.normal() }
    return (0..<length).map { place in
      let smooth = zip(scores, directions).reduce(128.0) { $0 + $1.0 * $1.1[place] }
      return RowSource.byte(smooth + noise * random.normal())
    }
  }

  /// A row that is nothing but noise.
  mutating func stranger() -> [UInt8] { (0..<length).map { _ in RowSource.byte(255 * random.next()) } }

  /// A row with a little noise on it.
  mutating func likeness(of row: [UInt8], noise: Double = 2) -> [UInt8] {
    row.map { RowSource.byte(Double($0) + noise * random.normal()) }
  }

  static func byte(_ value: Double) -> UInt8 { UInt8(min(max(value.rounded(), 0), 255)) }
}
