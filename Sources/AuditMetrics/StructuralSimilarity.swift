package import AuditCore
import CKernels

/// Means of one plane's SSIM map.
struct SimilarityMeans {
  /// Of the contrast-structure term alone.
  let contrast: Double
  /// Of luminance times contrast-structure, SSIM itself.
  let similarity: Double
}

/// Structural similarity: local means, contrasts and their correlation under an 11-tap Gaussian window.
///
/// With local means m and variances v of image and reference and their covariance k, each position has
/// (2 m m' + c1) / (m² + m'² + c1) x (2 k + c2) / (v + v' + c2); c1 = 0.01², c2 = 0.03². The value is the mean over
/// the positions where the whole window lies inside, and over the channels.
///
/// - Value: -1...1; nil where a side is under 11 pixels.
/// - Source: Z. Wang, A. C. Bovik, H. R. Sheikh, E. P. Simoncelli, IEEE Trans. Image Process. 13(4), 2004, with the
///   population covariance, as scikit-image with `gaussian_weights` and `use_sample_covariance=False`.
package struct StructuralSimilarity: Metric {
  static let taps = 11

  package let info: MetricInfo
  private let isDissimilarity: Bool

  static let ssim = StructuralSimilarity(
    info: MetricInfo(
      name: "ssim", family: .structural, unit: "1", range: -1...1, direction: .higher,
      meaning: "structural similarity of local means, contrasts and their correlation",
      formula: "mean of (2mm'+c1)/(m²+m'²+c1) (2k+c2)/(v+v'+c2) over valid positions and channels",
      source: "Wang et al. 2004; scikit-image structural_similarity (Gaussian)",
      parameters: ["window": 11, "sigma": 1.5, "K1": 0.01, "K2": 0.03], headline: true),
    isDissimilarity: false)

  /// The form that trainers minimise: FaceSwap 2 and DeepFaceLab.
  static let dssim = StructuralSimilarity(
    info: MetricInfo(
      name: "dssim", family: .structural, unit: "1", range: 0...1, meaning: "structural dissimilarity",
      formula: "(1 - ssim) / 2", source: "FaceSwap 2, DeepFaceLab",
      parameters: ["window": 11, "sigma": 1.5, "K1": 0.01, "K2": 0.03]),
    isDissimilarity: true)

  package func value(of pair: ImagePair) -> Double? {
    guard let channels = pair.similarity else { return nil }
    let mean = channels.reduce(0) { $0 + $1.similarity } / Double(channels.count)
    return isDissimilarity ? 0.5 * (1 - mean) : mean
  }

  /// Weights of the window at distance 0...5 from its centre; the eleven sum to 1.
  static let window: [Double] = {
    let raw = (0...5).map { audit_exp(-Double($0 * $0) / 4.5) }
    let sum = raw[0] + 2 * raw.dropFirst().reduce(0, +)
    return raw.map { $0 / sum }
  }()

  /// Means of the map of one plane, both sides from 11.
  ///
  /// - Parameter fullScale: the plane's value for full scale, to which c1 and c2 refer.
  static func means(
    image: UnsafePointer<Float>, reference: UnsafePointer<Float>, width: Int, height: Int, fullScale: Double,
    kernels: audit_metric_kernels
  ) -> SimilarityMeans {
    let square = fullScale * fullScale
    let sums = window.withUnsafeBufferPointer { weights in
      kernels.ssim(image, reference, width, height, weights.baseAddress.unsafelyUnwrapped, 1e-4 * square, 9e-4 * square)
    }
    let positions = Double((width - taps + 1) * (height - taps + 1))
    return SimilarityMeans(contrast: sums.contrast / positions, similarity: sums.similarity / positions)
  }
}
