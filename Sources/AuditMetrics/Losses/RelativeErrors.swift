import AuditCore
import CKernels

/// Metrics that relate residuals to the brightness or the detail of the reference.
enum RelativeErrors {
  /// Mean percentage error as forecasting has it, actual minus predicted: the sign is opposite to that of `mbe`.
  static let meanPercentage = PairFunction(
    info: MetricInfo(
      name: "mpe", family: .signed, unit: "%", range: -25500...100, direction: .zero,
      meaning: "mean residual relative to the reference, signed: below 0 the image is brighter, above darker",
      formula: "100 mean((reference - image) / max(reference, 1/255))",
      source: "permetrics MPE where the reference is not black", parameters: ["floor": 1.0 / 255])
  ) { -100 * $0.part(RatioMeans.self).signed }

  /// Mean absolute percentage error. Dominated by dark pixels; a black reference value counts as one code.
  static let meanAbsolutePercentage = PairFunction(
    info: MetricInfo(
      name: "mape", family: .relative, unit: "%", range: 0...25500,
      meaning: "mean absolute residual relative to the reference; dominated by dark pixels",
      formula: "100 mean(|r| / max(reference, 1/255))",
      source: "scikit-learn mean_absolute_percentage_error where the reference is not black",
      parameters: ["floor": 1.0 / 255])
  ) { 100 * $0.part(RatioMeans.self).absolute }

  /// Symmetric mean absolute percentage error; a value that is black in both counts 0.
  static let symmetricPercentage = PairFunction(
    info: MetricInfo(
      name: "smape", family: .relative, unit: "%", range: 0...200,
      meaning: "mean absolute residual relative to the mean of both images",
      formula: "100 mean(2 |r| / (image + reference)), 0 where both are black",
      source: "permetrics SMAPE where image + reference > 0")
  ) { 200 * $0.part(RatioMeans.self).symmetric }

  /// Mean absolute scaled error: mae relative to the naive forecast "same as the neighbouring pixel".
  ///
  /// - Value: nil where the reference is flat and the image differs; 0 where both are equal.
  /// - Source: R. J. Hyndman, A. B. Koehler, Int. J. Forecasting 22 (2006), with both axes of the picture.
  static let meanAbsoluteScaled = PairFunction(
    info: MetricInfo(
      name: "mase", family: .relative, unit: "1", range: 0...Double.infinity,
      meaning: "mae relative to the reference's own one-pixel differences; about 1 = one pixel out of place",
      formula: "mae / mean(|reference(next pixel) - reference|)",
      source: "Hyndman and Koehler 2006, own transfer to images")
  ) { pair in
    let histogram = pair.residuals
    var sum = 0
    for magnitude in 1...255 {
      sum += magnitude * (Int(histogram.counts[255 + magnitude]) + Int(histogram.counts[255 - magnitude]))
    }
    guard sum > 0 else { return 0 }
    let roughness = pair.part(ReferenceRoughness.self)
    return roughness > 0 ? Double(sum) / Double(histogram.total) / roughness : nil
  }
}

/// Means over all values of residuals relative to codes; dimensionless.
final class RatioMeans: PairPart {
  struct Means {
    let signed: Double
    let absolute: Double
    let symmetric: Double
  }

  func measure(_ pair: ImagePair) -> Means {
    var signed = 0.0
    var absolute = 0.0
    var symmetric = 0.0
    for channel in 0..<3 {
      let sums = pair.kernels.ratios(pair.imageCodes(channel), pair.referenceCodes(channel), pair.count)
      signed += sums.signed_ratio
      absolute += sums.absolute_ratio
      symmetric += sums.symmetric_ratio
    }
    let values = Double(3 * pair.count)
    return Means(signed: signed / values, absolute: absolute / values, symmetric: symmetric / values)
  }
}

/// Mean absolute difference of neighbouring reference values in code values, over both axes and all channels; 0 for a
/// flat reference, and for one pixel, which has no neighbours.
final class ReferenceRoughness: PairPart {
  func measure(_ pair: ImagePair) -> Double {
    var sum: UInt64 = 0
    for channel in 0..<3 { sum += pair.kernels.neighbours(pair.referenceCodes(channel), pair.width, pair.height) }
    let neighbours = 3 * ((pair.width - 1) * pair.height + pair.width * (pair.height - 1))
    return Double(sum) / Double(max(neighbours, 1))
  }
}
