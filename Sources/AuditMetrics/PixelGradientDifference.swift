package import AuditCore
import CKernels

/// FaceSwap's gradient loss: how far first, second and mixed derivatives of image and reference lie apart.
///
/// With derivative fields of the residual d (edges repeated) dx = (d(x+1) - d(x-1)) / 2, dxx = d(x+1) + d(x-1) - 2 d,
/// likewise along y, and dxy of the four diagonal neighbours, the value is (G(dx) + G(dy) + G(dxx) + G(dyy) +
/// 2 G(dxy)) / 2, G being the mean of beta times Barron's loss with alpha 1.9999 and c = beta = 1/255, close to
/// 127.5 times the mean square. All fields are linear, so those of the residual are the differences of the images',
/// and as residuals are whole codes each field has few values: they are counted, not evaluated per pixel.
///
/// - Value: 0 or more, defined for every size; blind to a constant offset. Large values (141 for unrelated noise) are
///   normal.
/// - Source: FaceSwap GradientLoss, on image axes. Variant `no_xy`: FaceSwap 2, whose mixed term was always 0.
package struct PixelGradientDifference: Metric {
  package let info: MetricInfo
  private let hasMixedTerm: Bool

  package var parameters: [MetricParameter] {
    [MetricParameter("no_xy", .variant, meaning: "without the mixed derivative, as FaceSwap 2 computed it")]
  }

  init(_ settings: MetricSettings = .standard) {
    hasMixedTerm = !settings.isOn("no_xy")
    info = MetricInfo(
      name: settings.column("pixel_gradient_diff"), family: .structural, unit: "full scale",
      range: 0...Double.infinity, meaning: "difference of first, second and mixed derivatives",
      formula: "(G(dx) + G(dy) + G(dxx) + G(dyy) + 2 G(dxy)) / 2, G = mean of beta rho(f; alpha, beta)",
      source: "FaceSwap GradientLoss on image axes", parameters: ["alpha": 1.9999, "beta": 1.0 / 255])
  }

  package func with(_ settings: MetricSettings) -> any Metric { PixelGradientDifference(settings) }

  package func value(of pair: ImagePair) -> Double? {
    let counts = pair.part(DerivativeCounts.self)
    let tables = PixelGradientDifference.tables
    var sum = 0.0
    for magnitude in 0..<DerivativeCounts.bins {
      sum += Double(counts[magnitude]) * tables.half[magnitude]
      sum += Double(counts[DerivativeCounts.bins + magnitude]) * tables.whole[magnitude]
      if hasMixedTerm { sum += 2 * Double(counts[2 * DerivativeCounts.bins + magnitude]) * tables.quarter[magnitude] }
    }
    return 0.5 * sum / Double(3 * pair.count)
  }

  private struct Tables {
    let half: [Double]
    let whole: [Double]
    let quarter: [Double]
  }

  /// beta rho of every magnitude that a field can have, in halves, wholes and quarters of a code.
  private static let tables: Tables = {
    let loss = Loss.barron(alpha: 1.9999, c: 1.0 / 255)
    func table(_ unit: Double) -> [Double] {
      (0..<DerivativeCounts.bins).map { loss.rho(Double($0) * unit / 255) / 255 }
    }
    return Tables(half: table(0.5), whole: table(1), quarter: table(0.25))
  }()
}

/// How often each magnitude of the first (both axes), second (both axes) and mixed differences occurs: three
/// histograms of 1024 bins, one after the other.
final class DerivativeCounts: PairPart {
  static let bins = 1024
  private let memory = Scratch<UInt32>()

  func measure(_ pair: ImagePair) -> UnsafePointer<UInt32> {
    let bins = memory.room(3 * DerivativeCounts.bins)
    bins.update(repeating: 0, count: 3 * DerivativeCounts.bins)
    let planes = pair.part(ResidualPlanes.self)
    for channel in 0..<3 {
      pair.kernels.derivative_histograms(
        planes.framed(channel), pair.width, pair.height, bins, bins + DerivativeCounts.bins,
        bins + 2 * DerivativeCounts.bins)
    }
    return UnsafePointer(bins)
  }
}
