package import AuditCore
import CKernels

/// What a user of FaceSwap 3 sees in training, where it differs from the published metric.
package struct FaceswapSimilarity: Metric {
  package let info = MetricInfo(
    name: "faceswap_ssim", family: .optional, unit: "1", range: 0...2,
    meaning: "FaceSwap's structural loss: windows reach over the mirrored border",
    formula: "1 - mean of the ssim map of images extended by 5 mirrored pixels", source: "FaceSwap SSIMLoss",
    parameters: ["window": 11, "sigma": 1.5, "K1": 0.01, "K2": 0.03], isDefault: false)

  init() {}

  /// - Returns: nil where a side is under 6 pixels, too few to mirror 5.
  package func value(of pair: ImagePair) -> Double? {
    guard min(pair.width, pair.height) > 5 else { return nil }
    return pair.part(MirroredSimilarity.self)
  }
}

/// FaceSwap's gradient loss on signed 5x5 gradients of every channel in both directions.
///
/// Variant `std` is FaceSwap 2: the standard deviation of the similarities instead of one minus their mean.
package struct FaceswapGradients: Metric {
  package let info: MetricInfo
  private let isDeviation: Bool

  package var parameters: [MetricParameter] {
    [MetricParameter("std", .variant, meaning: "standard deviation of the similarities, as FaceSwap 2")]
  }

  init(_ settings: MetricSettings = .standard) {
    isDeviation = settings.isOn("std")
    info = MetricInfo(
      name: settings.column("faceswap_gmsd"), family: .optional, unit: "1", range: 0...2,
      meaning: "FaceSwap's gradient similarity loss on signed gradients of each channel",
      formula: "\(isDeviation ? "standard deviation" : "1 - mean") of (2ab+c)/(a²+b²+c), a and b signed gradients",
      source: "FaceSwap GMSDLoss, every channel in both directions", parameters: ["c": 0.0025], isDefault: false)
  }

  package func with(_ settings: MetricSettings) -> any Metric { FaceswapGradients(settings) }

  /// - Returns: nil where a side is under 3 pixels, too few to mirror 2.
  package func value(of pair: ImagePair) -> Double? {
    guard min(pair.width, pair.height) > 2 else { return nil }
    let means = pair.part(DirectionalDissimilarity.self)
    return isDeviation ? max(means.square - means.mean * means.mean, 0).squareRoot() : means.mean
  }
}

/// Mean of 1 - SSIM over all pixels of images that are extended by five mirrored pixels.
///
/// Where the window lies inside the image, the mirrored border does not matter: those positions come from `ssim`, and
/// only four strips along the border are computed.
final class MirroredSimilarity: PairPart {
  private let memory = Scratch<Float>()

  func measure(_ pair: ImagePair) -> Double {
    let reach = 5
    let planes = pair.part(FloatPlanes.self)
    let (width, height) = (pair.width, pair.height)
    let stride = width + 2 * reach
    let distance = stride * (height + 2 * reach)
    let extended = memory.planes(2 * distance)
    let inside = pair.part(ChannelSimilarity.self)
    var loss = 0.0
    for channel in 0..<3 {
      mirror(planes.image(channel), width: width, height: height, reach: reach, into: extended)
      mirror(planes.reference(channel), width: width, height: height, reach: reach, into: extended + distance)
      func sum(x: Int, y: Int, columns: Int, rows: Int) -> Double {
        let corner = extended + y * stride + x
        return SimilarityWindow(fullScale: 255).sums(
          image: corner, reference: corner + distance, stride: stride, width: columns, height: rows,
          kernels: pair.kernels
        ).similarity
      }
      guard let inside else {
        loss += sum(x: 0, y: 0, columns: stride, rows: height + 2 * reach)
        continue
      }
      loss += (1 - inside.similarity[channel]) * Double((width - 2 * reach) * (height - 2 * reach))
      loss += sum(x: 0, y: 0, columns: stride, rows: 3 * reach)
      loss += sum(x: 0, y: height - reach, columns: stride, rows: 3 * reach)
      loss += sum(x: 0, y: reach, columns: 3 * reach, rows: height)
      loss += sum(x: width - reach, y: reach, columns: 3 * reach, rows: height)
    }
    return loss / Double(3 * pair.count)
  }
}

/// Means of 1 - similarity of signed gradients and of its square, over channels, directions and pixels.
final class DirectionalDissimilarity: PairPart {
  struct Means {
    let mean: Double
    let square: Double
  }

  /// Weights at distance 0, 1, 2 of the lines next to the centre, then of the outer lines.
  private static let taps = [0.2589, 0.1187, 0.0037, 0.0370, 0.0052, 0.0007]
  private let memory = Scratch<Float>()

  func measure(_ pair: ImagePair) -> Means {
    let reach = 2
    let planes = pair.part(FloatPlanes.self)
    let distance = (pair.width + 2 * reach) * (pair.height + 2 * reach)
    let mirrored = memory.planes(2 * distance)
    var sum = 0.0
    var squares = 0.0
    for channel in 0..<3 {
      mirror(planes.image(channel), width: pair.width, height: pair.height, reach: reach, into: mirrored)
      mirror(planes.reference(channel), width: pair.width, height: pair.height, reach: reach, into: mirrored + distance)
      withUnsafeTemporaryAllocation(of: Double.self, capacity: 2) { sums in
        DirectionalDissimilarity.taps.withUnsafeBufferPointer { taps in
          guard let taps = taps.baseAddress, let out = sums.baseAddress else { return }
          pair.kernels.directional_dissimilarity(
            mirrored, mirrored + distance, pair.width, pair.height, taps, 0.0025 * 65025, out)
        }
        sum += sums[0]
        squares += sums[1]
      }
    }
    let values = Double(6 * pair.count)
    return Means(mean: sum / values, square: squares / values)
  }
}

/// Extends a plane on all sides by mirrored pixels, the edge pixel not repeated.
///
/// - Precondition: both sides larger than `reach`.
private func mirror(
  _ plane: UnsafePointer<Float>, width: Int, height: Int, reach: Int, into out: UnsafeMutablePointer<Float>
) {
  precondition(min(width, height) > reach, "too few pixels to mirror")
  let stride = width + 2 * reach
  for y in -reach..<(height + reach) {
    let source = plane + mirrored(y, height) * width
    let row = out + (y + reach) * stride
    for x in 0..<reach {
      row[x] = source[reach - x]
      row[reach + width + x] = source[width - 2 - x]
    }
    (row + reach).update(from: source, count: width)
  }
}

private func mirrored(_ index: Int, _ count: Int) -> Int {
  index < 0 ? -index : index >= count ? 2 * (count - 1) - index : index
}
