import AuditCore
import AuditImages
import Foundation
import Testing

@testable import AuditQuality

/// The statistics of synthetic pictures, from an independent implementation in Python (NumPy, Pillow, SciPy).
private struct Golden: Decodable, Sendable {
  struct Picture: Decodable {
    let statistics: [Double]?
    let histogram: [Double]?
    let strokes: [Double]?
    let turned_histogram_sums: [Double]?
    let turned_histogram_weighted: [Double]?
  }
  let names: [String]
  let native: [String]?
  let pictures: [String: Picture]

  static let quality = read("golden_quality")
  static let damage = read("golden_damage")

  private static func read(_ name: String) -> Golden {
    guard let path = Bundle.module.path(forResource: "Fixtures/\(name)", ofType: "json"),
      let data = FileManager.default.contents(atPath: path),
      let golden = try? JSONDecoder().decode(Golden.self, from: data)
    else { fatalError("no fixture \(name).json") }
    return golden
  }
}

/// The pictures are those of the metrics' golden values.
private func measured(_ name: String) throws -> MeasuredPicture {
  let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  let path = folder.appendingPathComponent("AuditMetricsTests/Fixtures/\(name)").path
  let file = try #require(FileManager.default.contents(atPath: path), "no picture \(name)")
  let image = try decodeImage([UInt8](file), name: name, maxPixels: 1 << 20, target: .max).image
  let picture = MeasuredPicture()
  var resizer = ImageResizer()
  picture.load(image, resizer: &resizer)
  return picture
}

private let nativeTolerance = 1e-6
private let resizedTolerance = 5e-3

@Test(arguments: Golden.quality.pictures.keys.sorted())
func appearanceAgreesWithTheReference(name: String) throws {
  let picture = try measured(name)
  let expected = try #require(Golden.quality.pictures[name]?.statistics)
  #expect(PictureStatistics.appearance.map(\.info.name) == Golden.quality.names)
  let native = Set(Golden.quality.native ?? [])
  for (statistic, wanted) in zip(PictureStatistics.appearance, expected) {
    let value = try #require(statistic.value(picture), "\(statistic.info.name)")
    let tolerance = native.contains(statistic.info.name) ? nativeTolerance : resizedTolerance
    let allowed = tolerance * max(1, abs(wanted)) + leftToRounding(statistic.info.name, value, picture)
    #expect(abs(value - wanted) <= allowed, "\(statistic.info.name): \(value), want \(wanted)")
  }
}

/// What the reference decides by the last bit of its floating-point luma, where ours is a whole number: steps of exactly
/// one code value, luma that lies exactly between two codes, and the correlation of rounding errors of one tone.
private func leftToRounding(_ name: String, _ value: Double, _ picture: MeasuredPicture) -> Double {
  let luma = picture.native.luma
  let ties = Double(luma.count { $0 % 1000 == 500 }) / Double(luma.count)
  switch name {
  case "log_flat":
    let width = picture.native.width
    let steps = luma.indices.filter { $0 % width > 0 }.count { abs(luma[$0] - luma[$0 - 1]) == 1000 }
    let share = Double(steps) / Double((width - 1) * picture.native.height)
    return log(exp(value) + share) - value
  case "comb": return 4 * ties
  case "commonest_code": return log((exp(value) + ties) / exp(value))
  case "mirror": return Set(picture.gradients.luma).count == 1 ? 1 : 0
  default: return 0
  }
}

/// Of the further statistics these look at the picture's own size.
private let nativeTraces: Set<String> = [
  "red_black", "red_white", "green_black", "green_white", "blue_black", "blue_white", "lag_1", "lag_2", "lag_3",
  "lag_4", "lag_6", "lag_8", "grain", "grain_tails", "grain_00", "grain_01", "grain_02", "grain_10", "grain_11",
  "grain_12", "grain_20", "grain_21", "grain_22", "grain_spread", "chroma_grain", "codes", "commonest_code", "comb",
]

@Test(arguments: Golden.damage.pictures.keys.sorted())
func tracesAgreeWithTheReference(name: String) throws {
  let picture = try measured(name)
  let expected = try #require(Golden.damage.pictures[name]?.strokes)
  #expect(PictureStatistics.traces.map(\.info.name) == Golden.damage.names)
  for (statistic, wanted) in zip(PictureStatistics.traces, expected) {
    let value = try #require(statistic.value(picture), "\(statistic.info.name)")
    let tolerance = nativeTraces.contains(statistic.info.name) ? nativeTolerance : resizedTolerance
    let allowed = tolerance * max(1, abs(wanted)) + leftToRounding(statistic.info.name, value, picture)
    #expect(abs(value - wanted) <= allowed, "\(statistic.info.name): \(value), want \(wanted)")
  }
}

@Test(arguments: Golden.quality.pictures.keys.sorted())
func gradientHistogramsAgreeWithTheReference(name: String) throws {
  let picture = try measured(name)
  let expected = try #require(Golden.quality.pictures[name]?.histogram)
  for (value, wanted) in zip(picture.histogram, expected) { #expect(abs(value - wanted) <= resizedTolerance) }
  let sums = try #require(Golden.damage.pictures[name]?.turned_histogram_sums)
  let weighted = try #require(Golden.damage.pictures[name]?.turned_histogram_weighted)
  for (turned, (sum, weight)) in zip(picture.turnedHistograms, zip(sums, weighted)) {
    #expect(abs(turned.reduce(0, +) - sum) <= resizedTolerance * max(1, abs(sum)))
    let total = turned.enumerated().reduce(0.0) { $0 + Double($1.offset) * $1.element }
    #expect(abs(total - weight) <= resizedTolerance * max(1, abs(weight)))
  }
}

private func measure(_ image: RGBImage) -> MeasuredPicture {
  let picture = MeasuredPicture()
  var resizer = ImageResizer()
  picture.load(image, resizer: &resizer)
  return picture
}

/// A repeatable picture with structure at every scale.
private func sample(_ width: Int, _ height: Int, seed: UInt64 = 3) -> RGBImage {
  var state = seed
  let noise = (0..<(width * height * 3)).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 59)
  }
  let pixels = noise.indices.map { index -> UInt8 in
    let (x, y, channel) = (index / 3 % width, index / 3 / width, index % 3)
    return UInt8((noise[index] + 3 * x + 2 * y + 40 * channel + (x / 8 + y / 8) % 2 * 50) % 256)
  }
  return RGBImage(width: width, height: height, pixels: pixels)
}

@Test(arguments: [(1, 1), (1, 9), (9, 1), (2, 2), (3, 3), (5, 4), (17, 31), (256, 255)])
func everySizeHasFiniteValuesOrNone(width: Int, height: Int) {
  let picture = measure(sample(width, height))
  for statistic in PictureStatistics.all {
    if let value = statistic.value(picture) { #expect(value.isFinite, "\(statistic.info.name) at \(width)x\(height)") }
  }
}

@Test func namesAreUniqueAndValuesLieInTheirRange() {
  let names = PictureStatistics.all.map(\.info.name)
  #expect(Set(names).count == names.count && names.count == 102)
  for image in [
    sample(64, 64), sample(128, 96, seed: 9),
    RGBImage(width: 8, height: 8, pixels: [UInt8](repeating: 255, count: 192)),
  ] {
    let picture = measure(image)
    for statistic in PictureStatistics.all {
      guard let value = statistic.value(picture) else { continue }
      let range = statistic.info.range
      #expect(value >= range.lowerBound - 1e-9 && value <= range.upperBound + 1e-9, "\(statistic.info.name) \(value)")
    }
  }
}

@Test func aMeasureThatIsUsedAgainForgetsThePictureBefore() {
  let picture = MeasuredPicture()
  var resizer = ImageResizer()
  picture.load(sample(200, 150), resizer: &resizer)
  picture.load(sample(40, 30), resizer: &resizer)
  let fresh = measure(sample(40, 30))
  for statistic in PictureStatistics.all { #expect(statistic.value(picture) == statistic.value(fresh)) }
  #expect(picture.histogram == fresh.histogram)
}

/// The turned histograms are permutations; the picture turned for real says what they must be.
@Test func turnedHistogramsAreThoseOfTheTurnedPicture() {
  let side = 64
  let image = sample(side, side)
  let picture = measure(image)
  let sources: [(Int, Int) -> (Int, Int)] = [
    { (side - 1 - $0, $1) }, { (side - 1 - $0, side - 1 - $1) }, { ($1, side - 1 - $0) }, { (side - 1 - $1, $0) },
  ]
  for (expected, source) in zip(picture.turnedHistograms, sources) {
    var pixels: [UInt8] = []
    for y in 0..<side {
      for x in 0..<side {
        let (row, column) = source(y, x)
        pixels += image.pixels[(3 * (row * side + column))..<(3 * (row * side + column) + 3)]
      }
    }
    let turned = measure(RGBImage(width: side, height: side, pixels: pixels)).histogram
    for (value, wanted) in zip(turned, expected) { #expect(abs(value - wanted) < 1e-9) }
  }
}

@Test func aFlatPictureHasNoGrainAtAll() {
  let flat = RGBImage(width: 37, height: 29, pixels: (0..<(37 * 29)).flatMap { _ in [UInt8]([200, 17, 91]) })
  let picture = measure(flat)
  #expect(picture.native.grain.variance == 0 && picture.native.grain.chroma == 0)
  #expect(picture.native.grain.parts == [Double](repeating: 0, count: 9))
}
