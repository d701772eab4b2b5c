import AuditCore
import CKernels

/// Metrics that are read from the residual histogram without being a mean of a loss: sums, roots, ranks.
enum HistogramMetrics {
  private static func meanSquare(_ histogram: ResidualHistogram) -> Double {
    Double(histogram.squaredSum) / (65025 * Double(histogram.total))
  }

  /// Sum of squared errors over all pixels and channels. Grows with the image: never compare across sizes.
  static let sse = PairFunction(
    info: MetricInfo(
      name: "sse", family: .squared, unit: "full scale squared", range: 0...Double.infinity,
      meaning: "sum of squared residuals; grows with the image size", formula: "sum(r²)",
      source: "scikit-learn mean_squared_error x n")
  ) { Double($0.residuals.squaredSum) / 65025 }

  /// Root mean squared error.
  static let rmse = PairFunction(
    info: MetricInfo(
      name: "rmse", family: .squared, unit: "full scale", range: 0...1,
      meaning: "root of the mean squared residual", formula: "sqrt(mean(r²))",
      source: "scikit-learn root_mean_squared_error")
  ) { meanSquare($0.residuals).squareRoot() }

  /// Peak signal to noise ratio; nil for equal images, as it is infinite there and a cap would merge real values.
  static let psnr = PairFunction(
    info: MetricInfo(
      name: "psnr", family: .squared, unit: "dB", range: 0...Double.infinity, direction: .higher,
      meaning: "peak signal to noise ratio; empty for equal images", formula: "-10 log10(mean(r²))",
      source: "scikit-image peak_signal_noise_ratio", parameters: ["data_range": 1])
  ) { pair in
    let square = meanSquare(pair.residuals)
    return square > 0 ? -10 * audit_log(square) / 2.302585092994046 : nil
  }

  /// Median absolute error: 0 as soon as half of the values are exact.
  static let medianAbsoluteError = PairFunction(
    info: MetricInfo(
      name: "median_ae", family: .absolute, unit: "full scale", range: 0...1,
      meaning: "median absolute residual; blind to what covers less than half the picture", formula: "median(|r|)",
      source: "scikit-learn median_absolute_error")
  ) { $0.residuals.magnitudeQuantile(0.5) / 255 }

  /// 95th percentile of the absolute residuals, linear between ranks.
  static let p95AbsoluteError = PairFunction(
    info: MetricInfo(
      name: "p95_ae", family: .optional, unit: "full scale", range: 0...1,
      meaning: "absolute residual that 5 % of the values exceed", formula: "95th percentile of |r|",
      source: "numpy percentile (linear)", parameters: ["p": 95], isDefault: false)
  ) { $0.residuals.magnitudeQuantile(0.95) / 255 }

  /// The largest absolute residual of all channels.
  static let largestAbsoluteError = PairFunction(
    info: MetricInfo(
      name: "l_inf", family: .absolute, unit: "full scale", range: 0...1,
      meaning: "largest absolute residual; 0 only for equal images", formula: "max(|r|)",
      source: "scikit-learn max_error")
  ) { Double($0.residuals.largestMagnitude) / 255 }

  /// FaceSwap's maximum norm: the mean over channels of each channel's largest absolute residual.
  static let faceswapMaximumNorm = PairFunction(
    info: MetricInfo(
      name: "faceswap_l_inf_norm", family: .optional, unit: "full scale", range: 0...1,
      meaning: "largest absolute residual of each channel, averaged", formula: "mean over channels of max(|r|)",
      source: "FaceSwap LInfNorm on image axes", isDefault: false)
  ) { Double($0.part(ResidualCounts.self).channels.reduce(0) { $0 + $1.largestMagnitude }) / (3 * 255) }

  /// Mean bias error: prediction minus observation, so a brighter image is positive.
  ///
  /// - SeeAlso: C. J. Willmott, K. Matsuura, Climate Research 30 (2005).
  static let meanBias = PairFunction(
    info: MetricInfo(
      name: "mbe", family: .signed, unit: "full scale", range: -1...1, direction: .zero,
      meaning: "mean residual: above 0 the image is brighter than its reference, below darker", formula: "mean(r)",
      source: "Willmott and Matsuura 2005")
  ) { Double($0.residuals.signedSum) / (255 * Double($0.residuals.total)) }
}
