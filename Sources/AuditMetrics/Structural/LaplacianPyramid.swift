package import AuditCore
import CKernels

/// Laplacian pyramid loss: mean absolute differences of the bands of a pyramid, fine detail counting most.
///
/// From the residual, per level: blur with a 5-tap Gaussian of sigma 1 (edges repeated), band = residual - blurred,
/// next residual = 2x2 means of the blurred one, an odd last line dropped. The value is the sum over bands and the
/// rest of 4^-level times the mean of |band|. Linear, so one pyramid of the residual serves both images.
///
/// - Value: 0 or more; min(5, floor(log2(shorter side))) levels, so a 1-pixel-wide image has the mean of |residual|.
/// - Deviation: variant `flat` has weight 1 for all bands, as common ports of the GLO loss.
/// - Source: P. Bojanowski et al., ICML 2018 (GLO); FaceSwap LaplacianPyramidLoss in its scalar form.
package struct LaplacianPyramid: Metric {
  package let info: MetricInfo
  private let read: @Sendable (ResidualPyramid.Bands) -> Double
  private let variants: Bool

  package var parameters: [MetricParameter] {
    variants ? [MetricParameter("flat", .variant, meaning: "all bands count alike")] : []
  }

  static func value(_ settings: MetricSettings = .standard) -> LaplacianPyramid {
    let isFlat = settings.isOn("flat")
    return LaplacianPyramid(
      info: MetricInfo(
        name: settings.column("laplacian_pyramid"), family: .frequency, unit: "full scale",
        range: 0...Double.infinity,
        meaning: isFlat
          ? "difference of detail at several scales, all counting alike"
          : "difference of detail at several scales, the finest counting most",
        formula: "sum over levels j of \(isFlat ? "1" : "4^-j") mean(|band j|)",
        source: "Bojanowski et al. 2018; FaceSwap LaplacianPyramidLoss (scalar form)",
        parameters: ["levels": 5, "taps": 5, "sigma": 1]),
      read: { bands in
        var sum = 0.0
        var weight = 1.0
        for level in 0...bands.levels {
          sum += weight * bands.means[level]
          if !isFlat { weight /= 4 }
        }
        return sum
      }, variants: true)
  }

  /// How many levels `laplacian_pyramid` used.
  static let levels = LaplacianPyramid(
    info: MetricInfo(
      name: "laplacian_pyramid_levels", family: .optional, unit: "count", range: 0...5, direction: .none,
      meaning: "levels that laplacian_pyramid used", formula: "min(5, floor(log2(shorter side)))", source: "count",
      isDefault: false),
    read: { Double($0.levels) }, variants: false)

  package func with(_ settings: MetricSettings) -> any Metric {
    variants ? LaplacianPyramid.value(settings) : self
  }

  package func value(of pair: ImagePair) -> Double? { read(pair.part(ResidualPyramid.self)) }
}

/// The pyramid of the residual.
final class ResidualPyramid: PairPart {
  struct Bands {
    /// Mean of |band| over all channels in full scale, one per level, then that of the rest.
    var means: SIMD8<Double> = .zero
    let levels: Int
  }

  private let memory = [Scratch<Double>(), Scratch<Double>()]
  private let rows = Scratch<Double>()

  /// Gaussian of sigma 1 at distance 0, 1, 2; the five sum to 1.
  private static let taps: [Double] = {
    let raw = (0...2).map { audit_exp(-Double($0 * $0) / 2) }
    let sum = raw[0] + 2 * (raw[1] + raw[2])
    return raw.map { $0 / sum }
  }()

  func measure(_ pair: ImagePair) -> Bands {
    let shorter = min(pair.width, pair.height)
    let levels = min(5, Int.bitWidth - 1 - shorter.leadingZeroBitCount)
    var bands = Bands(levels: levels)
    let residuals = pair.part(ResidualPlanes.self)
    let scratch = rows.room(8 * (pair.width + 7))
    for channel in 0..<3 {
      var width = pair.width
      var height = pair.height
      var plane = memory[0].room(pair.count)
      pair.kernels.widen_residuals(residuals.inner(channel), residuals.stride, width, height, plane)
      for level in 0..<levels {
        let half = memory[(level + 1) % 2].room(max((width / 2) * (height / 2), 1))
        let sum = ResidualPyramid.taps.withUnsafeBufferPointer { taps in
          taps.baseAddress.map { pair.kernels.pyramid_level(plane, width, height, $0, scratch, half) } ?? 0
        }
        bands.means[level] += sum / Double(width * height)
        plane = half
        width /= 2
        height /= 2
      }
      bands.means[levels] += pair.kernels.magnitude_sum(plane, width * height) / Double(width * height)
    }
    bands.means /= 3 * 255
    return bands
  }
}
