import AuditCore

/// Every metric that audit has. The columns of the database, the help and the report follow from this list.
package enum MetricRegistry {
  package static let all: [any Metric] = [
    HistogramMetrics.sse, ResidualLoss.mse(), HistogramMetrics.rmse, HistogramMetrics.psnr,
    ResidualLoss.mae(), HistogramMetrics.medianAbsoluteError, HistogramMetrics.largestAbsoluteError,
    ResidualLoss.huber(), ResidualLoss.quantile(), ResidualLoss.logCosh(), ResidualLoss.smoothL1(),
    ResidualLoss.charbonnier(), ResidualLoss.barron(), ResidualLoss.imae(),
    HistogramMetrics.meanBias, RelativeErrors.meanPercentage, RelativeErrors.meanAbsolutePercentage,
    RelativeErrors.symmetricPercentage, RelativeErrors.meanAbsoluteScaled,
    StructuralSimilarity.ssim, StructuralSimilarity.dssim,
    MultiScaleSimilarity.value, MultiScaleSimilarity.scales, GradientMagnitudeSimilarity(),
    FocalFrequency(), LaplacianPyramid.value(), PixelGradientDifference(),
    Flip(),
    HistogramMetrics.p95AbsoluteError, StructuralSimilarity.luma, StructuralSimilarity.uniform,
    LaplacianPyramid.levels, ResidualLoss.faceswapSmoothLoss(), HistogramMetrics.faceswapMaximumNorm,
    FaceswapSimilarity(), FaceswapGradients(),
  ]

  /// What a scan computes unless told otherwise.
  package static let defaults: [any Metric] = all.filter(\.info.isDefault)

  /// The metric of this name with its standard parameters.
  package static func named(_ name: String) -> (any Metric)? { all.first { $0.info.name == name } }
}
