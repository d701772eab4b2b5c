package import AuditCore
import CKernels

/// LDR-FLIP: the difference that a person sees when flipping between two images at a normal viewing distance.
///
/// Both images are filtered by the eye's contrast sensitivity and compared in CIELAB (HyAB distance, Hunt's
/// adjustment); the colour difference is raised to 1 - feature difference, where features are edges and points of
/// the luminance. The value is the mean of that map.
///
/// - Value: 0...1; defined for every size. Pixels are assumed to be seen at 67.02 per degree: a 0.7 m wide screen of
///   3840 pixels from 0.7 m away.
/// - Precision: in Float, within 1e-6 of a Double evaluation on the golden pairs. Filter taps below 1e-9 of the sum
///   are left out.
/// - Source: P. Andersson, J. Nilsson, T. Akenine-Möller, M. Oskarsson, K. Åström, M. D. Fairchild, "FLIP: A
///   Difference Evaluator for Alternating Images", Proc. ACM Comput. Graph. Interact. Tech. 3(2), 2020; flip-evaluator 1.7.
package struct Flip: Metric {
  package let info = MetricInfo(
    name: "flip", family: .perceptual, unit: "1", range: 0...1,
    meaning: "visible difference when flipping between both images",
    formula: "mean(colour^(1 - feature)), colour from HyAB in CIELAB, feature from edges and points",
    source: "Andersson et al. 2020; flip-evaluator (LDR)", parameters: ["ppd": FlipConstants.pixelsPerDegree],
    isDefault: false)

  init() {}

  package func value(of pair: ImagePair) -> Double? { pair.part(FlipMap.self) }
}

/// Tables of FLIP. All in Double until they are rounded to the Float that the kernels take.
struct FlipConstants: Sendable {
  static let pixelsPerDegree = 0.7 * 3840 / 0.7 * Double.pi / 180

  /// Linear light of each code.
  let linear: [Float]
  /// Linear RGB to x, y, z relative to white, and back; row by row.
  let toXYZ: [Float]
  let toRGB: [Float]
  /// Powers of the colour difference that map to 0.95 and to 1.
  let limit: Float
  let largest: Float
  /// Contrast sensitivity by distance 0, 1, ...: luminance, red-green, and two terms of yellow-blue.
  let luminance: [Float]
  let redGreen: [Float]
  let yellowBlueWide: [Float]
  let yellowBlueNarrow: [Float]
  /// Gaussian and its derivatives by distance.
  let smooth: [Float]
  let edge: [Float]
  let point: [Float]

  static let standard = FlipConstants()

  private init() {
    linear = (0...255).map { code in
      let value = Double(code) / 255
      return Float(value <= 0.04045 ? value / 12.92 : audit_power((value + 0.055) / 1.055, 2.4))
    }
    let forward = FlipConstants.relativeXYZ
    toXYZ = forward.map(Float.init)
    let white = [0.950428545, 1.0, 1.088900371]
    let inverse = [
      3.241003275, -1.537398934, -0.498615861, -0.969224334, 1.875930071, 0.041554224, 0.055639423, -0.204011202,
      1.057148933,
    ]
    toRGB = inverse.enumerated().map { Float($0.element * white[$0.offset % 3]) }
    let green = FlipConstants.hunt([forward[1], forward[4], forward[7]])
    let blue = FlipConstants.hunt([forward[2], forward[5], forward[8]])
    let chroma = green - blue
    let distance = abs(chroma.x) + (chroma.y * chroma.y + chroma.z * chroma.z).squareRoot()
    let top = audit_power(distance, 0.7)
    largest = Float(top)
    limit = Float(0.4 * top)

    let ppd = FlipConstants.pixelsPerDegree
    func sensitivity(_ spread: Double, radius: Int) -> [Double] {
      (0...radius).map { t in
        let u = Double(t) / ppd
        return audit_exp(-Double.pi * Double.pi * u * u / spread)
      }
    }
    func sum(_ taps: [Double]) -> Double { taps[0] + 2 * taps.dropFirst().reduce(0, +) }
    func normalized(_ taps: [Double]) -> [Float] { taps.map { Float($0 / sum(taps)) } }
    // Of radius 10 as published, the luminance and red-green filters have nothing above 1e-9 beyond 7.
    luminance = normalized(sensitivity(0.0047, radius: 7))
    redGreen = normalized(sensitivity(0.0053, radius: 7))
    func amplitude(_ weight: Double, _ spread: Double) -> Double {
      (weight * (Double.pi / spread).squareRoot()).squareRoot()
    }
    let wide = sensitivity(0.04, radius: 10).map { $0 * amplitude(34.1, 0.04) }
    let narrow = sensitivity(0.025, radius: 10).map { $0 * amplitude(13.5, 0.025) }
    let norm = (sum(wide) * sum(wide) + sum(narrow) * sum(narrow)).squareRoot()
    yellowBlueWide = wide.map { Float($0 / norm) }
    yellowBlueNarrow = narrow.map { Float($0 / norm) }

    let deviation = 0.5 * 0.082 * ppd
    let gaussian = (0...9).map { audit_exp(-Double($0 * $0) / (2 * deviation * deviation)) }
    smooth = normalized(gaussian)
    let slopes = gaussian.enumerated().map { Double($0.offset) * $0.element }
    edge = slopes.map { Float($0 / slopes.reduce(0, +)) }
    let curves = gaussian.enumerated().map {
      (Double($0.offset * $0.offset) / (deviation * deviation) - 1) * $0.element
    }
    // Both signs are scaled to a sum of 1, so that the taps of the whole kernel sum to 0.
    let positive = 2 * curves.filter { $0 > 0 }.reduce(0, +)
    let negative = curves[0] + 2 * curves.dropFirst().filter { $0 < 0 }.reduce(0, +)
    point = curves.map { Float($0 > 0 ? $0 / positive : $0 / -negative) }
  }

  /// Rows X, Y, Z of linear sRGB, each divided by its white.
  private static let relativeXYZ: [Double] = {
    let numerators: [Double] = [10135552, 8788810, 4435075, 2613072, 8788810, 887015, 1425312, 8788810, 70074185]
    let denominators: [Double] = [24577794, 12288897, 73733382]
    let inverseWhite = [1.052156925, 1.0, 0.918357670]
    return numerators.enumerated().map { place, numerator in
      numerator / denominators[place / 3] * inverseWhite[place / 3]
    }
  }()

  /// CIELAB of x, y, z relative to white, the colour axes scaled by lightness (Hunt).
  private static func hunt(_ xyz: [Double]) -> SIMD3<Double> {
    let edge = 6.0 / 29
    let f = xyz.map { value in
      value > edge * edge * edge ? audit_power(value, 1.0 / 3) : value / (3 * edge * edge) + 4.0 / 29
    }
    let light = 116 * f[1] - 16
    return SIMD3(light, 0.01 * light * 500 * (f[0] - f[1]), 0.01 * light * 200 * (f[1] - f[2]))
  }
}

/// The mean of the FLIP map.
final class FlipMap: PairPart {
  private let memory = Scratch<Float>()
  private let line = Scratch<Float>()

  func measure(_ pair: ImagePair) -> Double {
    let constants = FlipConstants.standard
    // Filters read up to 64 floats past a plane.
    let distance = pair.count + 64
    let planes = memory.room(21 * distance)
    let filters = FlipFilters(
      width: pair.width, height: pair.height, line: line.room(pair.width + 128), kernels: pair.kernels)
    let image = planes
    let reference = planes + 7 * distance
    let features = planes + 14 * distance
    let between = planes + 15 * distance
    for (codes, out) in [(pair.imageCodes(0), image), (pair.referenceCodes(0), reference)] {
      decode(codes, count: pair.count, into: between, distance: distance, kernels: pair.kernels)
      FlipMap.filter(between, into: out, distance: distance, constants: constants, filters: filters)
    }
    pair.kernels.flip_features(image + 3 * distance, reference + 3 * distance, pair.count, distance, features)
    let sum = constants.toRGB.withUnsafeBufferPointer { toRGB in
      constants.toXYZ.withUnsafeBufferPointer { toXYZ in
        guard let toRGB = toRGB.baseAddress, let toXYZ = toXYZ.baseAddress else { return 0.0 }
        return pair.kernels.flip_map(
          image, reference, features, pair.count, distance, toRGB, toXYZ, constants.limit, constants.largest)
      }
    }
    return sum / Double(pair.count)
  }

  /// Luminance and two opponent colours in linear light.
  private func decode(
    _ codes: UnsafePointer<UInt8>, count: Int, into planes: UnsafeMutablePointer<Float>, distance: Int,
    kernels: audit_metric_kernels
  ) {
    FlipConstants.standard.linear.withUnsafeBufferPointer { table in
      FlipConstants.standard.toXYZ.withUnsafeBufferPointer { weights in
        guard let table = table.baseAddress, let weights = weights.baseAddress else { return }
        kernels.flip_decode(
          codes, codes + count, codes + 2 * count, count, table, weights, planes, planes + distance,
          planes + 2 * distance)
      }
    }
  }

  /// Seven planes of one image: luminance and both opponents after the eye's filters, then the first derivatives of
  /// the luminance along x and y and the second ones.
  ///
  /// - Parameter between: the three decoded planes, and room for three more.
  private static func filter(
    _ between: UnsafeMutablePointer<Float>, into out: UnsafeMutablePointer<Float>, distance: Int,
    constants: FlipConstants, filters: FlipFilters
  ) {
    let luminance = between
    let step = between + 3 * distance
    filters.across(luminance, constants.luminance, .even, step)
    filters.down(step, constants.luminance, .even, out)
    filters.across(between + distance, constants.redGreen, .even, step)
    filters.down(step, constants.redGreen, .even, out + distance)
    filters.across(between + 2 * distance, constants.yellowBlueWide, .even, step)
    filters.down(step, constants.yellowBlueWide, .even, out + 2 * distance)
    filters.across(between + 2 * distance, constants.yellowBlueNarrow, .even, step)
    filters.down(step, constants.yellowBlueNarrow, .even, out + 2 * distance, isAdded: true)

    filters.across(luminance, constants.smooth, .even, step)
    filters.across(luminance, constants.edge, .odd, step + distance)
    filters.across(luminance, constants.point, .balanced, step + 2 * distance)
    filters.down(step + distance, constants.smooth, .even, out + 3 * distance)
    filters.down(step, constants.edge, .odd, out + 4 * distance)
    filters.down(step + 2 * distance, constants.smooth, .even, out + 5 * distance)
    filters.down(step, constants.point, .balanced, out + 6 * distance)
  }
}

/// Convolutions of planes of one size with kernels given by their weights at distance 0, 1, ...
private struct FlipFilters {
  enum Symmetry: Int32 {
    case even = 0
    case odd = 1
    /// Even with sum 0, computed from differences to the centre, so that flat parts give exactly 0.
    case balanced = 2
  }

  let width: Int
  let height: Int
  let line: UnsafeMutablePointer<Float>
  let kernels: audit_metric_kernels

  func across(
    _ plane: UnsafePointer<Float>, _ taps: [Float], _ symmetry: Symmetry, _ out: UnsafeMutablePointer<Float>
  ) {
    taps.withUnsafeBufferPointer { taps in
      guard let first = taps.baseAddress else { return }
      kernels.filter_across(plane, width, height, first, taps.count - 1, symmetry.rawValue, line, out)
    }
  }

  func down(
    _ plane: UnsafePointer<Float>, _ taps: [Float], _ symmetry: Symmetry, _ out: UnsafeMutablePointer<Float>,
    isAdded: Bool = false
  ) {
    taps.withUnsafeBufferPointer { taps in
      guard let first = taps.baseAddress else { return }
      kernels.filter_down(plane, width, height, first, taps.count - 1, symmetry.rawValue, isAdded ? 1 : 0, out)
    }
  }
}
