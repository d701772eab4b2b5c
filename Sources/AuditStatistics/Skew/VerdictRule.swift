package import AuditCore

/// Which samples are proposed for what (`docs/statistic.md`, 5). Thresholds are settings; the numbers stay what they
/// are.
package struct VerdictRule: Sendable, Equatable {
  package var reviewAbove: Double
  package var dropAbove: Double
  /// Whether anything may be worse than `review`: not in sets of less than 100 images, and not where only residuals
  /// are known, unless the user gave the threshold.
  package var mayDrop: Bool

  /// Below this ratio nobody looked for look-alikes, and an image that may have some is not dropped.
  package var dropNeedsRatio: Double

  package static let fewestImagesToDrop = 100

  package init(
    reviewAbove: Double = 1.5, dropAbove: Double = 2, mayDrop: Bool = true,
    dropNeedsRatio: Double = Skew.alikeAbove
  ) {
    self.reviewAbove = reviewAbove
    self.dropAbove = dropAbove
    self.mayDrop = mayDrop
    self.dropNeedsRatio = dropNeedsRatio
  }

  /// The rule for a reference model that was fitted to `count` images.
  package static func model(count: Int, reviewAbove: Double = 1.5, dropAbove: Double = 2) -> VerdictRule {
    VerdictRule(reviewAbove: reviewAbove, dropAbove: dropAbove, mayDrop: count >= fewestImagesToDrop)
  }

  /// The rule where a sample is compared with a file or somebody's network.
  ///
  /// - Parameter dropAbove: nil unless the user gave `--drop-above`.
  package static func residuals(count: Int, reviewAbove: Double = 1.5, dropAbove: Double?) -> VerdictRule {
    VerdictRule(
      reviewAbove: reviewAbove, dropAbove: dropAbove ?? .infinity,
      mayDrop: dropAbove != nil && count >= fewestImagesToDrop, dropNeedsRatio: 0)
  }

  package func verdict(of skew: Skew) -> Verdict {
    if mayDrop, skew.skew > dropAbove, skew.alike == 1, skew.ratio > dropNeedsRatio { return .drop }
    return skew.ratio > reviewAbove ? .review : .keep
  }
}
