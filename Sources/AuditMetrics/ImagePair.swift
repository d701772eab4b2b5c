package import AuditCore
import CKernels

/// An image and its reference, with everything that several metrics need worked out once.
///
/// One object serves one worker: `load` takes the next pair and reuses all memory, so that nothing is allocated per
/// image once the largest size was seen. Parts are computed when a metric first asks for them.
package final class ImagePair {
  /// Columns and rows of the loaded pair; 0 before the first `load`.
  package private(set) var width = 0
  package private(set) var height = 0

  let kernels: audit_metric_kernels

  /// Planes of codes: R G B of the image, then R G B of the reference.
  private let codes = Scratch<UInt8>()
  private let floats = Scratch<Float>()
  private let lumas = Scratch<Float>()
  let gradients = GradientScratch()

  private var channelHistograms = [ResidualHistogram](repeating: ResidualHistogram(), count: 3)
  private var allResiduals = ResidualHistogram()

  private var loaded = Parts()

  /// What has been worked out for the loaded pair.
  private struct Parts {
    var residuals = false
    var widened = false
    var luma = false
    var ratios: RatioMeans?
    var roughness: Double?
    var similarity: [SimilarityMeans]?
    var dissimilarity: GradientDissimilarity?
  }

  /// - Parameter kernels: the build of the pixel loops, for tests; what the environment chose elsewhere.
  package init(kernels: Kernels = .chosen) {
    self.kernels = kernels.table
  }

  /// Takes the next pair. What was derived from the one before is forgotten, its memory is kept.
  ///
  /// - Precondition: equal sizes.
  package func load(image: RGBImage, reference: RGBImage) {
    precondition(image.width == reference.width && image.height == reference.height, "images of a pair differ in size")
    width = image.width
    height = image.height
    loaded = Parts()
    let planes = codes.room(6 * count)
    for (index, source) in [image, reference].enumerated() {
      source.pixels.withUnsafeBufferPointer { pixels in
        precondition(pixels.count == 3 * count)
        guard let base = pixels.baseAddress else { return }
        let first = planes + 3 * index * count
        kernels.split(base, count, first, first + count, first + 2 * count)
      }
    }
  }

  /// Pixels of one image.
  var count: Int { width * height }

  /// Codes of one channel (0 red, 1 green, 2 blue) of the image.
  func imageCodes(_ channel: Int) -> UnsafePointer<UInt8> {
    UnsafePointer(codes.room(6 * count) + channel * count)
  }

  /// Codes of one channel of the reference.
  func referenceCodes(_ channel: Int) -> UnsafePointer<UInt8> {
    UnsafePointer(codes.room(6 * count) + (3 + channel) * count)
  }

  /// How often each residual occurs, all channels together.
  package var residuals: ResidualHistogram {
    countResiduals()
    return allResiduals
  }

  /// How often each residual occurs in each channel.
  package var residualsByChannel: [ResidualHistogram] {
    countResiduals()
    return channelHistograms
  }

  private func countResiduals() {
    if loaded.residuals { return }
    loaded.residuals = true
    for channel in 0..<3 {
      channelHistograms[channel].refill(total: count) {
        kernels.histogram(imageCodes(channel), referenceCodes(channel), count, $0)
      }
    }
    allResiduals.refill(total: 3 * count) { bins in
      for histogram in channelHistograms {
        for bin in 0..<511 { bins[bin] += histogram.counts[bin] }
      }
    }
  }

  /// Means of residuals relative to the codes.
  var ratios: RatioMeans {
    if let known = loaded.ratios { return known }
    var sums = audit_ratio_sums()
    for channel in 0..<3 {
      let part = kernels.ratios(imageCodes(channel), referenceCodes(channel), count)
      sums.signed_ratio += part.signed_ratio
      sums.absolute_ratio += part.absolute_ratio
      sums.symmetric_ratio += part.symmetric_ratio
    }
    let values = Double(3 * count)
    let means = RatioMeans(
      signed: sums.signed_ratio / values, absolute: sums.absolute_ratio / values,
      symmetric: sums.symmetric_ratio / values)
    loaded.ratios = means
    return means
  }

  /// Mean absolute difference of neighbouring reference values in code values, over both axes and all channels.
  ///
  /// - Returns: 0 for a flat reference, and for one pixel, which has no neighbours.
  var referenceRoughness: Double {
    if let known = loaded.roughness { return known }
    var sum: UInt64 = 0
    for channel in 0..<3 { sum += kernels.neighbours(referenceCodes(channel), width, height) }
    let pairs = 3 * ((width - 1) * height + width * (height - 1))
    let mean = Double(sum) / Double(max(pairs, 1))
    loaded.roughness = mean
    return mean
  }

  /// One channel of the image as floats, in codes.
  func imagePlane(_ channel: Int) -> UnsafePointer<Float> {
    UnsafePointer(widened() + channel * count)
  }

  /// One channel of the reference as floats, in codes.
  func referencePlane(_ channel: Int) -> UnsafePointer<Float> {
    UnsafePointer(widened() + (3 + channel) * count)
  }

  private func widened() -> UnsafeMutablePointer<Float> {
    let planes = floats.room(6 * count)
    if !loaded.widened {
      loaded.widened = true
      kernels.widen(codes.room(6 * count), 6 * count, planes)
    }
    return planes
  }

  /// Luma of image and reference in thousandths of a code, exact.
  var luma: (image: UnsafePointer<Float>, reference: UnsafePointer<Float>) {
    let planes = lumas.room(2 * count)
    if !loaded.luma {
      loaded.luma = true
      kernels.luma(imageCodes(0), imageCodes(1), imageCodes(2), count, planes)
      kernels.luma(referenceCodes(0), referenceCodes(1), referenceCodes(2), count, planes + count)
    }
    return (UnsafePointer(planes), UnsafePointer(planes + count))
  }

  /// SSIM means of each channel at full size; nil where a side is under 11.
  var similarity: [SimilarityMeans]? {
    guard min(width, height) >= StructuralSimilarity.taps else { return nil }
    if let known = loaded.similarity { return known }
    let means = (0..<3).map { channel in
      StructuralSimilarity.means(
        image: imagePlane(channel), reference: referencePlane(channel), width: width, height: height, fullScale: 255,
        kernels: kernels)
    }
    loaded.similarity = means
    return means
  }

  /// Spread of the gradient magnitude similarity.
  var gradientDissimilarity: GradientDissimilarity {
    if let known = loaded.dissimilarity { return known }
    let planes = luma
    let measured = gradients.dissimilarity(
      image: planes.image, reference: planes.reference, width: width, height: height, kernels: kernels)
    loaded.dissimilarity = measured
    return measured
  }
}

/// Means over all values of residual / reference and the like; dimensionless.
struct RatioMeans {
  let signed: Double
  let absolute: Double
  let symmetric: Double
}
