package import AuditCore
import CKernels

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
  package let info: MetricInfo
  private let read: @Sendable (ImagePair) -> Double?

  package func value(of pair: ImagePair) -> Double? { read(pair) }

  static let ssim = StructuralSimilarity(
    info: MetricInfo(
      name: "ssim", family: .structural, unit: "1", range: -1...1, direction: .higher,
      meaning: "structural similarity of local means, contrasts and their correlation",
      formula: "mean of (2mm'+c1)/(m²+m'²+c1) (2k+c2)/(v+v'+c2) over valid positions and channels",
      source: "Wang et al. 2004; scikit-image structural_similarity (Gaussian)",
      parameters: ["window": 11, "sigma": 1.5, "K1": 0.01, "K2": 0.03], headline: true),
    read: { $0.part(ChannelSimilarity.self).map { $0.similarity.sum() / 3 } })

  /// The form that trainers minimise: FaceSwap 2 and DeepFaceLab.
  static let dssim = StructuralSimilarity(
    info: MetricInfo(
      name: "dssim", family: .structural, unit: "1", range: 0...1, meaning: "structural dissimilarity",
      formula: "(1 - ssim) / 2", source: "FaceSwap 2, DeepFaceLab",
      parameters: ["window": 11, "sigma": 1.5, "K1": 0.01, "K2": 0.03]),
    read: { ssim.value(of: $0).map { 0.5 * (1 - $0) } })

  /// SSIM of luma alone.
  static let luma = StructuralSimilarity(
    info: MetricInfo(
      name: "ssim_y", family: .optional, unit: "1", range: -1...1, direction: .higher,
      meaning: "structural similarity of luma, blind to colour", formula: "ssim of 0.299 R + 0.587 G + 0.114 B",
      source: "scikit-image structural_similarity on luma",
      parameters: ["window": 11, "sigma": 1.5, "K1": 0.01, "K2": 0.03], isDefault: false),
    read: { pair in
      guard min(pair.width, pair.height) >= SimilarityWindow.taps else { return nil }
      let planes = pair.part(LumaPlanes.self)
      return SimilarityWindow(fullScale: LumaPlanes.Planes.fullScale).means(
        image: planes.image, reference: planes.reference, stride: pair.width, width: pair.width, height: pair.height,
        kernels: pair.kernels
      ).similarity
    })

  /// What scikit-image computes without options: a 7x7 box and sample covariances.
  static let uniform = StructuralSimilarity(
    info: MetricInfo(
      name: "ssim_uniform7", family: .optional, unit: "1", range: -1...1, direction: .higher,
      meaning: "structural similarity under a 7x7 box, scikit-image's standard form",
      formula: "ssim with equal weights over 7x7 and covariances x 49/48",
      source: "scikit-image structural_similarity (defaults)", parameters: ["window": 7, "K1": 0.01, "K2": 0.03],
      isDefault: false),
    read: { pair in
      guard min(pair.width, pair.height) >= 7 else { return nil }
      var sum = 0.0
      for channel in 0..<3 {
        sum += pair.kernels.uniform_ssim(
          pair.imageCodes(channel), pair.referenceCodes(channel), pair.width, pair.height, 1e-4 * 65025, 9e-4 * 65025)
      }
      return sum / Double(3 * (pair.width - 6) * (pair.height - 6))
    })
}

/// Means of one plane's SSIM map.
struct SimilarityMeans {
  /// Of the contrast-structure term alone.
  let contrast: Double
  /// Of luminance times contrast-structure, SSIM itself.
  let similarity: Double
}

/// Means of the SSIM maps of the three channels.
struct ChannelSimilarities {
  var contrast: SIMD3<Double> = .zero
  var similarity: SIMD3<Double> = .zero
}

/// SSIM of each channel at full size; nil where a side is under 11.
final class ChannelSimilarity: PairPart {
  func measure(_ pair: ImagePair) -> ChannelSimilarities? {
    guard min(pair.width, pair.height) >= SimilarityWindow.taps else { return nil }
    let planes = pair.part(FloatPlanes.self)
    return SimilarityWindow(fullScale: 255).means(planes, width: pair.width, height: pair.height, kernels: pair.kernels)
  }
}

/// The Gaussian window and constants of SSIM for planes of some scale.
struct SimilarityWindow {
  static let taps = 11
  private let c1: Double
  private let c2: Double

  /// - Parameter fullScale: the planes' value for full scale.
  init(fullScale: Double) {
    c1 = 1e-4 * fullScale * fullScale
    c2 = 9e-4 * fullScale * fullScale
  }

  /// Weights at distance 0...5 from the centre; the eleven sum to 1.
  private static let weights: [Double] = {
    let raw = (0...5).map { audit_exp(-Double($0 * $0) / 4.5) }
    let sum = raw[0] + 2 * raw.dropFirst().reduce(0, +)
    return raw.map { $0 / sum }
  }()

  /// Sums of 1 - similarity over all positions where the window lies inside.
  ///
  /// - Precondition: both sides from 11.
  func sums(
    image: UnsafePointer<Float>, reference: UnsafePointer<Float>, stride: Int, width: Int, height: Int,
    kernels: audit_metric_kernels
  ) -> audit_ssim_sums {
    precondition(min(width, height) >= SimilarityWindow.taps, "no room for the window")
    return SimilarityWindow.weights.withUnsafeBufferPointer { weights in
      guard let weights = weights.baseAddress else { return audit_ssim_sums() }
      return kernels.ssim(image, reference, stride, width, height, weights, c1, c2)
    }
  }

  /// Means of the map of one plane.
  func means(
    image: UnsafePointer<Float>, reference: UnsafePointer<Float>, stride: Int, width: Int, height: Int,
    kernels: audit_metric_kernels
  ) -> SimilarityMeans {
    let sums = sums(
      image: image, reference: reference, stride: stride, width: width, height: height, kernels: kernels)
    let positions = Double((width - SimilarityWindow.taps + 1) * (height - SimilarityWindow.taps + 1))
    return SimilarityMeans(contrast: 1 - sums.contrast / positions, similarity: 1 - sums.similarity / positions)
  }

  /// Means of the maps of three channels.
  func means(
    _ planes: ChannelPlanes<Float>, width: Int, height: Int, kernels: audit_metric_kernels
  ) -> ChannelSimilarities {
    var result = ChannelSimilarities()
    for channel in 0..<3 {
      let means = means(
        image: planes.image(channel), reference: planes.reference(channel), stride: width, width: width,
        height: height, kernels: kernels)
      result.contrast[channel] = means.contrast
      result.similarity[channel] = means.similarity
    }
    return result
  }
}
