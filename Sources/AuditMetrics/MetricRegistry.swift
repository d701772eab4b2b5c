import AuditCore

/// Every metric that audit has. The columns of the database, the help and the report follow from this list.
package enum MetricRegistry {
  package static let all: [any Metric] = [
    HistogramMetric.sse, ResidualLoss.mse(), HistogramMetric.rmse, HistogramMetric.psnr,
    ResidualLoss.mae(), HistogramMetric.medianAbsoluteError, HistogramMetric.largestAbsoluteError,
    ResidualLoss.huber(), ResidualLoss.quantile(), ResidualLoss.logCosh(), ResidualLoss.smoothL1(),
    ResidualLoss.charbonnier(), ResidualLoss.barron(), ResidualLoss.imae(),
    HistogramMetric.meanBias, RelativeError.meanPercentage, RelativeError.meanAbsolutePercentage,
    RelativeError.symmetricPercentage, RelativeError.meanAbsoluteScaled,
    StructuralSimilarity.ssim, StructuralSimilarity.dssim,
    MultiScaleSimilarity.value, MultiScaleSimilarity.scales, GradientMagnitudeSimilarity(),
    FocalFrequency(), LaplacianPyramid.value(), PixelGradientDifference(),
    Flip(),
    HistogramMetric.p95AbsoluteError, StructuralSimilarity.luma, StructuralSimilarity.uniform,
    LaplacianPyramid.levels, ResidualLoss.faceswapSmoothLoss(), HistogramMetric.faceswapMaximumNorm,
    FaceswapSimilarity(), FaceswapGradients(),
  ]

  /// What a scan computes unless told otherwise.
  package static let defaults: [any Metric] = all.filter(\.info.isDefault)

  /// The metric of this name with its standard parameters.
  package static func named(_ name: String) -> (any Metric)? { all.first { $0.info.name == name } }
}
