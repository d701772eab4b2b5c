package import AuditCore
import CKernels

/// Gradient magnitude similarity deviation: how unevenly edges were kept. 0 for equal images.
///
/// Luma is halved by a 2x2 mean; with Prewitt gradient magnitudes g and h of image and reference, each position has
/// the similarity (2gh + c) / (g² + h² + c), and the value is the standard deviation of it. Computed from
/// 1 - similarity = (g - h)² / (g² + h² + c), which does not lose digits where images are nearly equal.
///
/// - Input: luma of both images; one line of zeros right and below if a side is odd, zeros around.
/// - Value: 0...0.5, no unit. A loss of detail that is the same everywhere scores low.
/// - Deviation: divides by N, as piq 0.8.0 does; variant `sample_std` by N - 1, as the authors' MATLAB code.
/// - Source: W. Xue, L. Zhang, X. Mou, A. C. Bovik, IEEE Trans. Image Process. 23(2), 2014, c = 170/255².
package struct GradientMagnitudeSimilarity: Metric {
  package let info: MetricInfo
  private let isSampleDeviation: Bool

  package var parameters: [MetricParameter] {
    [MetricParameter("sample_std", .variant, meaning: "divide by N - 1, as the authors' MATLAB code")]
  }

  init(_ settings: MetricSettings = .standard) {
    isSampleDeviation = settings.isOn("sample_std")
    info = MetricInfo(
      name: settings.column("gmsd"), family: .structural, unit: "1", range: 0...(isSampleDeviation ? 1 : 0.5),
      meaning: "unevenness of edge preservation",
      formula: "standard deviation of (2gh+c)/(g²+h²+c), g and h Prewitt gradients of luma at half size",
      source: "Xue et al. 2014; piq gmsd", parameters: ["T": GradientSpread.constant],
      headline: settings == .standard)
  }

  package func with(_ settings: MetricSettings) -> any Metric { GradientMagnitudeSimilarity(settings) }

  package func value(of pair: ImagePair) -> Double? {
    let spread = pair.part(GradientSpread.self)
    guard isSampleDeviation else { return (spread.squaredDeviations / Double(spread.count)).squareRoot() }
    return spread.count > 1 ? (spread.squaredDeviations / Double(spread.count - 1)).squareRoot() : nil
  }
}

/// Spread of the similarity map of two images' gradients.
final class GradientSpread: PairPart {
  struct Spread {
    /// Sum of the squared deviations of the map from its mean.
    let squaredDeviations: Double
    /// Positions of the map.
    let count: Int
  }

  static let constant = 170.0 / 65025

  private let frames = Scratch<Float>()
  private let map = Scratch<Double>()

  func measure(_ pair: ImagePair) -> Spread {
    let luma = pair.part(LumaPlanes.self)
    let columns = (pair.width + 1) / 2
    let rows = (pair.height + 1) / 2
    let framed = (columns + 2) * (rows + 2)
    let planes = frames.room(2 * framed)
    pair.kernels.framed_sums(luma.image, pair.width, pair.height, planes)
    pair.kernels.framed_sums(luma.reference, pair.width, pair.height, planes + framed)
    // Gradients come in luma's unit, times 4 for the sums of blocks, times 3 for Prewitt's sums.
    let unit = LumaPlanes.Planes.fullScale * 4 * 3
    let count = columns * rows
    let values = map.room(count)
    pair.kernels.gradient_dissimilarity(
      planes, planes + framed, columns, rows, GradientSpread.constant * unit * unit, values)
    let mean = pair.kernels.power_sum(values, count, 0, 1) / Double(count)
    return Spread(squaredDeviations: pair.kernels.power_sum(values, count, mean, 2), count: count)
  }
}
