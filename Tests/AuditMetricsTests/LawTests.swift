import AuditCore
import AuditMetrics
import Testing

/// Sizes with odd, prime, one-pixel and whole-vector sides.
let sizes: [(Int, Int)] = [
  (1, 1), (1, 9), (14, 1), (2, 2), (3, 5), (6, 7), (7, 6), (10, 12), (11, 11), (13, 23), (37, 12), (64, 33), (89, 41),
  (75, 64),
]

private func cases() -> [(Int, Int, UInt64)] {
  sizes.enumerated().map { ($0.element.0, $0.element.1, UInt64($0.offset)) }
}

@Test(arguments: cases()) func everyValueIsANumberInTheRangeThatItsMetricClaims(width: Int, height: Int, seed: UInt64)
  throws
{
  for seed in seed..<(seed + 3) {
    let pictures = Pictures(width: width, height: height, seed: seed)
    for (name, value) in try values(image: pictures.image, reference: pictures.reference) {
      guard let value else { continue }
      let range = try MetricRegistry.parse(name).info.range
      #expect(
        value.isFinite && value >= range.lowerBound - 1e-12 && value <= range.upperBound + 1e-12, "\(name) \(value)")
    }
  }
}

@Test(arguments: cases()) func equalImagesHaveTheBestValue(width: Int, height: Int, seed: UInt64) throws {
  let picture = Pictures(width: width, height: height, seed: seed).reference
  for (name, value) in try values(image: picture, reference: picture) {
    let info = try MetricRegistry.parse(name).info
    guard let value else {
      let needs = name == "psnr" ? Int.max : name.hasPrefix("faceswap") ? 6 : name == "ssim_uniform7" ? 7 : 11
      let undefined =
        min(width, height) < needs || name == "ffl:patch=2" || (name == "gmsd:sample_std" && width * height <= 4)
      #expect(undefined, "\(name) is undefined")
      continue
    }
    switch info.direction {
    case .higher: #expect(value == 1, "\(name)")
    case .lower: #expect(value == (info.name == "charbonnier" ? 1e-3 : 0), "\(name)")
    case .zero: #expect(value == 0, "\(name)")
    case .none:
      let count = try #require(steps(of: min(width, height))[name], "\(name): say in `steps` what it counts")
      #expect(value == Double(count), "\(name)")
    }
  }
}

/// What the metrics that only count would count for a shorter side, by going step by step: halved sides of 11 pixels and
/// more, each rounded up; and halvings that leave a pixel, each rounded down.
private func steps(of side: Int) -> [String: Int] {
  func count(_ next: (Int) -> Int, least: Int) -> Int {
    var (side, count) = (side, 0)
    while count < 5, side >= least { (side, count) = (next(side), count + 1) }
    return count
  }
  return [
    "ms_ssim_scales": count({ ($0 + 1) / 2 }, least: 11), "laplacian_pyramid_levels": count({ $0 / 2 }, least: 2),
  ]
}

/// Metrics that treat image and reference differently; all others are symmetric.
private let oneSided: Set<String> = [
  "quantile", "quantile:q=0.1", "mbe", "mpe", "mape", "mase",
]

@Test(arguments: cases()) func exchangingImageAndReferenceChangesOnlyOneSidedMetrics(
  width: Int, height: Int, seed: UInt64
) throws {
  let pictures = Pictures(width: width, height: height, seed: seed)
  let there = try values(image: pictures.image, reference: pictures.reference)
  let back = try values(image: pictures.reference, reference: pictures.image)
  for (name, value) in there where !oneSided.contains(name) {
    expectClose(value, back[name] ?? nil, relative: 1e-11, absolute: 1e-13, name)
  }
  expectClose(there["mbe"]??.negated, back["mbe"] ?? nil, relative: 1e-14, absolute: 0, "mbe")
  let upper = try value("quantile:q=0.1", pictures.image, pictures.reference)
  expectClose(back["quantile"] ?? nil, upper, relative: 1e-12, absolute: 0, "quantile of 0.9 and of 0.1")
}

/// The largest sides of which every half that a metric takes is even, so that no line is dropped or repeated.
@Test(arguments: 0..<6 as Range<UInt64>) func mirroringOrTurningBothImagesChangesNoValue(seed: UInt64) throws {
  let pictures = Pictures(width: 96, height: 64, seed: seed)
  let plain = try values(image: pictures.image, reference: pictures.reference)
  for (turn, keyPath) in [
    ("mirrored", \RGBImage.mirrored), ("upside down", \RGBImage.upsideDown), ("transposed", \RGBImage.transposed),
  ] {
    let turned = try values(image: pictures.image[keyPath: keyPath], reference: pictures.reference[keyPath: keyPath])
    for (name, value) in plain {
      let isSingle = name == "flip"
      expectClose(value, turned[name] ?? nil, relative: isSingle ? 1e-6 : 1e-10, absolute: 1e-13, "\(name) \(turn)")
    }
  }
}

@Test(arguments: cases()) func permutingTheChannelsChangesOnlyMetricsOfLumaAndColour(
  width: Int, height: Int, seed: UInt64
) throws {
  let pictures = Pictures(width: width, height: height, seed: seed)
  let plain = try values(image: pictures.image, reference: pictures.reference)
  let turned = try values(image: pictures.image.channelsTurned, reference: pictures.reference.channelsTurned)
  for (name, value) in plain where !["gmsd", "gmsd:sample_std", "ssim_y", "flip"].contains(name) {
    expectClose(value, turned[name] ?? nil, relative: 1e-12, absolute: 1e-14, name)
  }
}

@Test(arguments: cases()) func theIdentitiesOfTheLossesHold(width: Int, height: Int, seed: UInt64) throws {
  let pictures = Pictures(width: width, height: height, seed: seed)
  func get(_ name: String) throws -> Double {
    try #require(try value(name, pictures.image, pictures.reference), "\(name)")
  }
  let mse = try get("mse")
  let mae = try get("mae")
  let rmse = try get("rmse")
  let largest = try get("l_inf")
  func same(_ one: Double, _ other: Double, _ what: String) {
    #expect(abs(one - other) <= 1e-12 * max(abs(one), abs(other)), "\(what): \(one) and \(other)")
  }
  same(try get("sse"), mse * Double(3 * width * height), "sse = n mse")
  same(rmse * rmse, mse, "rmse² = mse")
  same(try get("huber:delta=1"), mse / 2, "huber(1) = mse / 2")
  same(try get("huber:delta=7"), mse / 2, "huber(7) = mse / 2")
  same(try get("smooth_l1:beta=1"), mse / 2, "smooth_l1(1) = mse / 2")
  same(try get("smooth_l1:beta=0.1"), try get("huber:delta=0.1") / 0.1, "smooth_l1(b) = huber(b) / b")
  same(try get("quantile:q=0.5"), mae / 2, "quantile(0.5) = mae / 2")
  same(try get("barron:alpha=2:c=0.05"), mse / (2 * 0.0025), "barron(2) = mse / (2 c²)")
  same(try get("imae:T=0"), mae, "imae(T = 0) = mae")
  let charbonnier = try get("charbonnier")
  #expect(abs(charbonnier - 1e-3 * (try get("barron:alpha=1:c=0.001") + 1)) <= 1e-12 * charbonnier)
  #expect(mae <= rmse * (1 + 1e-12) && rmse <= largest * (1 + 1e-12))
  #expect(mae * mae <= mse * (1 + 1e-12) && mse <= mae * largest * (1 + 1e-12))
  #expect(try get("imae") >= mae * (1 - 1e-12))
  #expect(try get("ffl") <= mse * (1 + 1e-12) && get("median_ae") <= largest)
  if let ssim = try value("ssim", pictures.image, pictures.reference) {
    same(try get("dssim"), (1 - ssim) / 2, "dssim")
  }
}

/// One pair object for pictures of many sizes gives what a fresh one gives.
@Test func aPairThatIsLoadedAnewForgetsThePictureBefore() throws {
  let reused = ImagePair()
  for (width, height, seed) in cases() + cases().reversed() {
    let pictures = Pictures(width: width, height: height, seed: seed)
    reused.load(image: pictures.image, reference: pictures.reference)
    let fresh = try values(image: pictures.image, reference: pictures.reference)
    for name in everySpecification {
      #expect(try MetricRegistry.parse(name).value(of: reused) == fresh[name] ?? nil, "\(name) at \(width)x\(height)")
    }
  }
}

func expectClose(
  _ value: Double?, _ other: Double?, relative: Double, absolute: Double, _ what: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard let value, let other else {
    #expect(value == nil && other == nil, "\(what)", sourceLocation: sourceLocation)
    return
  }
  let difference = abs(value - other)
  #expect(
    difference <= absolute + relative * max(abs(value), abs(other)), "\(what): \(value) and \(other)",
    sourceLocation: sourceLocation)
}

extension Double {
  fileprivate var negated: Double { -self }
}
