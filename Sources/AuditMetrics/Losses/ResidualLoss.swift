package import AuditCore

/// A metric that is the mean of a loss over all residuals of all channels.
///
/// The images have 8 bits, so there are only 511 residuals: the loss is tabulated once and the mean is exact from the
/// pair's histogram, whatever the loss costs.
package struct ResidualLoss: Metric {
  package let info: MetricInfo
  package let parameters: [MetricParameter]
  private let chosen: Loss
  private let table: [Double]
  private let remake: @Sendable (MetricSettings) -> ResidualLoss

  package var loss: Loss? { chosen }

  init(
    info: MetricInfo, loss: Loss, parameters: [MetricParameter] = [],
    remake: @escaping @Sendable (MetricSettings) -> ResidualLoss
  ) {
    self.info = info
    self.parameters = parameters
    self.chosen = loss
    self.table = (-255...255).map { loss.rho(Double($0) / 255) }
    self.remake = remake
  }

  package func with(_ settings: MetricSettings) -> any Metric { remake(settings) }

  package func value(of pair: ImagePair) -> Double? {
    let histogram = pair.residuals
    return histogram.sum(table) / Double(histogram.total)
  }
}
