import AuditCore
import AuditReference
import Foundation

/// What the samples of a run were compared with, and what follows for its numbers, in words.
package struct ReferenceWords: Codable, Sendable {
  /// Whether it was a low-rank model, in whose space distances are known.
  package let isModel: Bool
  /// What each image was compared with, and how skew came of it.
  package let method: String
  /// The lines of the verdicts.
  package let rule: String
  /// What the statistic cannot see, which must be said where its numbers stand (`docs/statistic.md`, 11).
  package let limits: [String]

  init(_ summary: RunSummary, settings: String, figures: [String: Double]) {
    struct Stored: Decodable {
      let reference: String?
      let compared: ReferenceDescription?
    }
    let stored = try? JSONDecoder().decode(Stored.self, from: Data(settings.utf8))
    let reference = stored?.reference ?? ScanSettings().reference
    let modelMethod = ReferenceKinds.kind(of: stored?.compared, text: reference)?.info.method
    let (review, drop) = (fixed(figures["review_above"] ?? 1.5, 1), fixed(figures["drop_above"] ?? 2, 1))
    let isLeaveOneOut = summary.model?.isLeaveOneOut ?? false
    isModel = modelMethod != nil && !isLeaveOneOut
    if isLeaveOneOut {
      method = ReferenceWords.leaveOneOut
      rule = "Review: skew above \(review). Nothing is marked drop below 100 images."
      limits = ReferenceWords.fewLimits + ReferenceWords.commonLimits
    } else if let modelMethod {
      method = modelMethod
      rule = "Drop: skew above \(drop) and nothing resembles it. Review: ratio above \(review) otherwise."
      limits = ReferenceWords.modelLimits + ReferenceWords.commonLimits
    } else {
      method =
        "Every image is compared with its reference (\(SamplePath(reference).printable)). Only residuals are known here: "
        + "skew is the image's root mean square residual over the mean of all, and there is no model space in which "
        + "look-alikes could be looked for."
      rule = "Review: skew above \(review). Drop is proposed only where --drop-above was given."
      limits = ReferenceWords.residualLimits + ReferenceWords.commonLimits
    }
  }

  private static let leaveOneOut =
    "There are fewer than 25 images, too few for a model: each is compared with the median picture of the others "
    + "(leave-one-out). Skew is the image's distance from that over the mean distance of all."
  private static let modelLimits = [
    "The reference is a linear model of 64 x 64 pixels. What is finer than that is not seen here.",
    "Blurred and dark pictures reconstruct well: they hardly pull on a squared-error model, and skew does not look "
      + "for them.",
    "Where a small real group exists, the estimated gain of weights is too rosy.",
    "Ranking many identities together asks what is odd in the whole set, not within each person; "
      + "scan with --per identity for that.",
  ]
  private static let fewLimits = [
    "Among so few images one more or one less changes every number; percentiles are not shown.",
    "What a remedy is worth is not estimated below 25 images.",
  ]
  private static let residualLimits = [
    "A large residual may come from the image, from its reference, or from a pair that is moved or mixed up.",
    "What a remedy is worth is not estimated without a model of the set.",
  ]
  private static let commonLimits = [
    "Skew knows nothing of identity: a sound picture of the wrong person does not stand out by it.",
    "High pull is not harm by itself. In a diverse set its sign is near chance, which is why a gain is "
      + "cross-validated before anything is recommended.",
    "The thresholds of drop and review were set on video frames, generated portraits, CelebA and LFW; they are "
      + "settings (--review-above, --drop-above).",
  ]
}
