package import AuditCore

/// The columns that a probe adds to `samples`.
package enum ProbeColumns {
  /// Each column with its value, nil where it is not defined.
  package static let all: [(info: MetricInfo, value: @Sendable (ProbeScore) -> Double?)] = [
    (
      MetricInfo(
        name: "probe_share_mse", family: .influence, unit: "average images", range: 0...Double.infinity,
        direction: .none, meaning: "pull on the trained probe under squared error; 1 is the average image's",
        formula: "n |g| / sum |g|, g = gradient of the squared error of one image by all weights", source: source),
      { $0.shareSquared }
    ),
    (
      MetricInfo(
        name: "probe_share_mae", family: .influence, unit: "average images", range: 0...Double.infinity,
        direction: .none, meaning: "pull on the trained probe under absolute error; 1 is the average image's",
        formula: "n |g| / sum |g|, g = gradient of the absolute error of one image by all weights", source: source),
      { $0.shareAbsolute }
    ),
    (
      MetricInfo(
        name: "probe_skew", family: .influence, unit: "1", range: 0...Double.infinity, direction: .lower,
        meaning: "how many times more squared error listens to the image than absolute error, in the trained probe",
        formula: "probe_share_mse / probe_share_mae", source: source),
      { $0.skew }
    ),
  ]

  package static let infos: [MetricInfo] = all.map(\.info)

  private static let source =
    "own; per-sample gradient norms of dense layers: I. Goodfellow, Efficient per-example gradient computations, 2015"
}
