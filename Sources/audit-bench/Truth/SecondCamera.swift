import AuditCore
import AuditDemo

/// Another camera on the same scene: what it takes is turned, cropped and tinted alike. Nothing in its pictures is
/// defective, and a model that never met them draws them badly.
struct SecondCamera {
  private let turn: SIMD2<Float>
  private let enlargement: Float
  private let tint: SIMD3<Float>

  /// - Parameter seed: by how much it turns (5 to 14 degrees), crops (5 to 25 %) and tints (each channel by up to a fifth).
  init(seed: UInt64) {
    var generator = SplitMix64(seed: seed, keys: 5)
    let turns = generator.uniform(0.014...0.04)
    turn = SIMD2(cosine(turns: turns), generator.chance(0.5) ? sine(turns: turns) : -sine(turns: turns))
    enlargement = generator.uniform(1.05...1.25)
    tint = SIMD3(generator.uniform(0.8...1.2), generator.uniform(0.8...1.2), generator.uniform(0.8...1.2))
  }

  func taking(_ picture: RGBImage) -> RGBImage {
    let middle = SIMD2(Float(picture.width - 1), Float(picture.height - 1)) / 2
    return picture.redrawn { column, row in
      let offset = (SIMD2(Float(column), Float(row)) - middle) / enlargement
      return tint
        * picture.sampled(
          middle.x + offset.x * turn.x + offset.y * turn.y, middle.y + offset.y * turn.x - offset.x * turn.y)
    }
  }

  /// Which pictures of a set it takes: so many (12 to 20, by the seed) to learn from, and as many to judge on, in turn,
  /// `apart` pictures from one another.
  ///
  /// - Parameter inFifths: whether the set is held out by fifths, so that it takes a quarter more and none to judge on.
  static func places(
    of count: Int, apart: Int, seed: UInt64, inFifths: Bool = false
  ) -> (train: Set<Int>, test: Set<Int>) {
    var generator = SplitMix64(seed: seed, keys: 6)
    let pictures = 12 + generator.integer(below: 9)
    var (place, places) = (generator.integer(below: count), [Int]())
    let all = inFifths ? (5 * pictures + 2) / 4 : 2 * pictures
    while places.count < min(all, count) {
      while places.contains(place) { place = (place + 1) % count }
      places.append(place)
      place = (place + apart) % count
    }
    if inFifths { return (Set(places), []) }
    func every(second: Int) -> Set<Int> { Set(places.indices.filter { $0 % 2 == second }.map { places[$0] }) }
    return (every(second: 0), every(second: 1))
  }
}
