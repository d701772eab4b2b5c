package import AuditCore
import CKernels

/// FaceSwap's gradient loss: how far first, second and mixed derivatives of image and reference lie apart.
///
/// With derivative fields of the residual d (edges repeated) dx = (d(x+1) - d(x-1)) / 2, dxx = d(x+1) + d(x-1) - 2 d,
/// likewise along y, and dxy of the four diagonal neighbours, the value is (G(dx) + G(dy) + G(dxx) + G(dyy) +
/// 2 G(dxy)) / 2, G being the mean of beta times Barron's loss with alpha 1.9999 and c = beta = 1/255, close to
/// 127.5 times the mean square. All fields are linear, so those of the residual are the differences of the images',
/// and as residuals are whole codes each field has few values: the loss is looked up.
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
    let sums = pair.part(DerivativeSums.self)
    return 0.5 * (sums.straight + (hasMixedTerm ? 2 * sums.mixed : 0)) / Double(3 * pair.count)
  }
}

/// Sums of beta rho over the derivative fields of all channels.
final class DerivativeSums: PairPart {
  struct Sums {
    /// Of dx, dy, dxx and dyy.
    var straight = 0.0
    /// Of dxy.
    var mixed = 0.0
  }

  /// beta rho of every magnitude that a field can have: first differences in halves of a code, second ones in codes,
  /// mixed ones in quarters.
  private static let half = table(unit: 0.5, count: 511)
  private static let whole = table(unit: 1, count: 1021)
  private static let quarter = table(unit: 0.25, count: 1021)

  private static func table(unit: Double, count: Int) -> [Double] {
    let loss = Loss.barron(alpha: 1.9999, c: 1.0 / 255)
    return (0..<count).map { loss.rho(Double($0) * unit / 255) / 255 }
  }

  private let memory = Scratch<Double>()

  func measure(_ pair: ImagePair) -> Sums {
    let planes = pair.part(ResidualPlanes.self)
    let out = memory.room(2)
    var sums = Sums()
    for channel in 0..<3 {
      pair.kernels.derivative_sums(
        planes.framed(channel), pair.width, pair.height, DerivativeSums.half, DerivativeSums.whole,
        DerivativeSums.quarter, out)
      sums.straight += out[0]
      sums.mixed += out[1]
    }
    return sums
  }
}
