/// What is stored about one sample's residual, and may be said about it.
package struct ResidualEvidence: Sendable, Equatable {
  /// Mean residual, -1...1 of full scale: above 0 the image is brighter than its reference. nil where not computed.
  package let bias: Double?
  /// Mean absolute residual, full scale.
  package let absolute: Double?
  /// Mean squared residual, full scale squared.
  package let squared: Double?
  /// Shares of the squared residual, 0...1, in the order of `RegionName.all`; empty where nothing was measured.
  package let regions: [Double]

  package init(bias: Double?, absolute: Double?, squared: Double?, regions: [Double]) {
    (self.bias, self.absolute, self.squared, self.regions) = (bias, absolute, squared, regions)
  }
}
