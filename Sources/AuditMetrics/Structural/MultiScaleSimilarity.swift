package import AuditCore
import CKernels

/// Multi-scale structural similarity: contrast-structure at up to five scales, luminance at the coarsest.
///
/// Per channel the product over the scales of max(mean, 0)^weight, of the contrast-structure map, and of the whole map
/// at the last scale; then the mean of the channels. Between scales 2x2 means; an odd side is first extended by
/// repeating its last line.
///
/// - Value: 0...1; nil where a side is under 11 pixels. A side under 161 leaves fewer than five scales, whose weights
///   are divided by their sum: compare only rows with equal `ms_ssim_scales`.
/// - Source: Z. Wang, E. P. Simoncelli, A. C. Bovik, Asilomar Conf. Signals, Systems and Computers, 2003; border and
///   odd sides as TensorFlow's `ssim_multiscale`.
package struct MultiScaleSimilarity: Metric {
  package let info: MetricInfo
  private let read: @Sendable (ScaledSimilarity) -> Double?

  static let value = MultiScaleSimilarity(
    info: MetricInfo(
      name: "ms_ssim", family: .structural, unit: "1", range: 0...1, direction: .higher,
      meaning: "structural similarity over several scales",
      formula: "mean over channels of product over scales of max(mean cs, 0)^weight, l cs at the last",
      source: "Wang et al. 2003; TensorFlow ssim_multiscale, piq and pytorch-msssim where sides divide by 16",
      parameters: ["window": 11, "sigma": 1.5, "K1": 0.01, "K2": 0.03, "scales": 5]),
    read: \.value)

  /// How many scales `ms_ssim` used.
  static let scales = MultiScaleSimilarity(
    info: MetricInfo(
      name: "ms_ssim_scales", family: .structural, unit: "count", range: 0...5, direction: .none,
      meaning: "scales that ms_ssim used; values with different counts do not compare",
      formula: "number of scales, at most 5, whose shorter side is 11 or more", source: "count"),
    read: { Double($0.scales) })

  package func value(of pair: ImagePair) -> Double? { read(pair.part(ScaleSimilarities.self)) }
}

/// The product over the scales and their number.
struct ScaledSimilarity {
  let value: Double?
  let scales: Int
}

/// Works through the scales of both images.
final class ScaleSimilarities: PairPart {
  private static let weights = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]
  private let memory = [Scratch<Float>(), Scratch<Float>()]

  func measure(_ pair: ImagePair) -> ScaledSimilarity {
    let scales = ScaleSimilarities.scales(width: pair.width, height: pair.height)
    guard scales > 0, var means = pair.part(ChannelSimilarity.self) else {
      return ScaledSimilarity(value: nil, scales: 0)
    }
    let weights = ScaleSimilarities.weights.prefix(scales)
    let sum = scales < 5 ? weights.reduce(0, +) : 1
    var products = SIMD3<Double>(repeating: 1)
    var planes = pair.part(FloatPlanes.self)
    var width = pair.width
    var height = pair.height
    for (scale, weight) in weights.enumerated() {
      if scale > 0 {
        planes = halved(planes, width: width, height: height, into: memory[scale % 2], kernels: pair.kernels)
        width = (width + 1) / 2
        height = (height + 1) / 2
        means = SimilarityWindow(fullScale: 255).means(planes, width: width, height: height, kernels: pair.kernels)
      }
      let terms = scale + 1 < scales ? means.contrast : means.similarity
      for channel in 0..<3 { products[channel] *= audit_power(max(terms[channel], 0), weight / sum) }
    }
    return ScaledSimilarity(value: products.sum() / 3, scales: scales)
  }

  /// How many scales, at most five, have a shorter side of 11 or more.
  static func scales(width: Int, height: Int) -> Int {
    var side = min(width, height)
    var count = 0
    while side >= SimilarityWindow.taps, count < 5 {
      count += 1
      side = (side + 1) / 2
    }
    return count
  }

  /// Six planes at half size. Their values stay exact: 8 bits and 2 more per scale.
  private func halved(
    _ planes: ChannelPlanes<Float>, width: Int, height: Int, into memory: Scratch<Float>,
    kernels: audit_metric_kernels
  ) -> ChannelPlanes<Float> {
    let count = ((width + 1) / 2) * ((height + 1) / 2)
    let out = memory.planes(6 * count)
    for plane in 0..<6 { kernels.halve(planes.base + plane * planes.distance, width, height, out + plane * count) }
    return ChannelPlanes(base: UnsafePointer(out), distance: count)
  }
}
