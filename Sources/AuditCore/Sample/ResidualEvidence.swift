/// What is stored about one sample's residual, and may be said about it.
package struct ResidualEvidence: Sendable, Equatable {
  /// Mean residual, -1...1 of full scale: above 0 the image is brighter than its reference. nil where not computed.
  package let bias: Double?
  /// Mean absolute residual, full scale.
  package let absolute: Double?
  /// Difference of detail at several scales, the finest counting most (`laplacian_pyramid`), full scale.
  package let detail: Double?
  /// Shares of the squared residual, 0...1, in the order of `RegionName.all`; empty where nothing was measured.
  package let regions: [Double]

  package init(bias: Double?, absolute: Double?, detail: Double?, regions: [Double]) {
    (self.bias, self.absolute, self.detail, self.regions) = (bias, absolute, detail, regions)
  }
}

/// The same of the images that stay, on average: what is usual in a run.
package struct UsualResidual: Sendable, Equatable {
  /// Mean absolute residual, full scale; nil where not computed.
  package let absolute: Double?
  /// Mean of detail over mean absolute residual; nil where not computed.
  package let grain: Double?
  /// Shares of the squared residual, in the order of `RegionName.all`; empty where no image stays.
  package let regions: [Double]

  package init(absolute: Double?, grain: Double?, regions: [Double]) {
    (self.absolute, self.grain, self.regions) = (absolute, grain, regions)
  }
}
