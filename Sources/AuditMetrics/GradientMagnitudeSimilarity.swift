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
      source: "Xue et al. 2014; piq gmsd", parameters: ["T": GradientScratch.constant],
      headline: settings == .standard)
  }

  package func with(_ settings: MetricSettings) -> any Metric { GradientMagnitudeSimilarity(settings) }

  package func value(of pair: ImagePair) -> Double? {
    let spread = pair.gradientDissimilarity
    guard isSampleDeviation else { return (spread.squaredDeviations / Double(spread.count)).squareRoot() }
    return spread.count > 1 ? (spread.squaredDeviations / Double(spread.count - 1)).squareRoot() : nil
  }
}

/// Sum of the squared deviations of the similarity map from its mean, and its number of positions.
struct GradientDissimilarity {
  let squaredDeviations: Double
  let count: Int
}

/// The memory of the gradient comparison.
final class GradientScratch {
  static let constant = 170.0 / 65025

  private let frames = Scratch<Float>()
  private let map = Scratch<Double>()

  /// - Parameters: luma in thousandths of a code, `width` x `height`.
  func dissimilarity(
    image: UnsafePointer<Float>, reference: UnsafePointer<Float>, width: Int, height: Int,
    kernels: audit_metric_kernels
  ) -> GradientDissimilarity {
    let columns = (width + 1) / 2
    let rows = (height + 1) / 2
    let framed = (columns + 2) * (rows + 2)
    let planes = frames.room(2 * framed)
    kernels.framed_sums(image, width, height, planes)
    kernels.framed_sums(reference, width, height, planes + framed)
    // Gradients come in thousandths of a code, times 4 for the sums of blocks, times 3 for Prewitt's sums.
    let unit = 1000.0 * 255 * 4 * 3
    let values = map.room(columns * rows)
    kernels.gradient_dissimilarity(
      planes, planes + framed, columns, rows, GradientScratch.constant * unit * unit, values)
    let count = columns * rows
    let mean = kernels.power_sum(values, count, 0, 1) / Double(count)
    return GradientDissimilarity(squaredDeviations: kernels.power_sum(values, count, mean, 2), count: count)
  }
}
