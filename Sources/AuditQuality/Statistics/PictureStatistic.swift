package import AuditCore

/// A number that describes a picture by itself, whatever it is compared with.
///
/// Statistics that share a pass over the picture stand in one file; `PictureStatistics` registers them.
package struct PictureStatistic: Sendable {
  package let info: MetricInfo
  /// nil where the picture is too small to have the value.
  package let value: @Sendable (MeasuredPicture) -> Double?

  /// - Parameters:
  ///   - unit: "1" for shares and correlations; "ln ..." for logarithms.
  ///   - range: smallest and largest value that can occur.
  init(
    _ name: String, unit: String = "1", range: ClosedRange<Double> = -.infinity ... .infinity, _ meaning: String,
    formula: String = "", value: @escaping @Sendable (MeasuredPicture) -> Double?
  ) {
    info = MetricInfo(
      name: name, family: .quality, unit: unit, range: range, direction: .none, meaning: meaning, formula: formula,
      source: "own")
    self.value = value
  }
}

/// Every picture statistic, in the order of the columns of table `quality`.
package enum PictureStatistics {
  /// What a picture looks like: tone, colour, sharpness, symmetry, spectrum.
  package static let appearance: [PictureStatistic] =
    PictureStatistic.tone + PictureStatistic.sharpness + PictureStatistic.colour + PictureStatistic.extent
    + PictureStatistic.grid + PictureStatistic.quantiles + PictureStatistic.symmetry + PictureStatistic.spectrum

  /// What damage leaves behind: strokes, flat areas, clipping, equal codes, grain, straight lines.
  package static let traces: [PictureStatistic] =
    PictureStatistic.strokes + PictureStatistic.flatness + PictureStatistic.clipping + PictureStatistic.mixture
    + PictureStatistic.codes + PictureStatistic.lags + PictureStatistic.grain + PictureStatistic.lines

  package static let all = appearance + traces
}
