package import AuditCore
package import AuditStore
import Foundation

/// Everything that a report says, read from a store; the renderers take it and nothing else (besides pictures).
package struct ReportModel: Codable, Sendable {
  /// Where the numbers come from.
  package struct Method: Codable, Sendable {
    package let settings: String
    package let settingsDigest: String
    package let planDigest: String
    package let startedAt: String
    package let finishedAt: String?
    package let reviewAbove: Double?
    package let dropAbove: Double?
    package let metrics: [MetricInfo]
  }

  /// Number of this layout; grows when a field changes its meaning.
  package let schema: Int
  package let runID: Int64
  package let summary: RunSummary
  package let tone: Findings.Tone
  package let sentences: [Sentence]
  package let cut: CutCurve?
  package let concentration: [ConcentrationCurve]
  package let outliers: OutlierMap?
  package let galleries: [Gallery]
  package let issues: [IssueKind]
  package let groups: Groups
  package let agreement: MetricAgreement?
  /// The first of them; `summary.failed` counts all.
  package let unreadable: [RunSummary.Failure]
  package let method: Method
  package let limits: [String]

  static let mostUnreadable = 100
}

extension ReportModel {
  /// Reads the report of a run, or of the current one.
  ///
  /// - Throws: `AuditError` where there is no such run.
  package init(from store: Store, run wanted: String? = nil) throws {
    summary = try RunSummary(from: store, run: wanted)
    guard let row = try store.rows("SELECT * FROM run WHERE name = ?", .text(summary.run)).first,
      case .integer(let id) = row["id"]
    else { throw AuditError.other("no run \"\(summary.run)\" in '\(store.path)'") }
    schema = 1
    runID = id
    let findings = Findings(summary)
    tone = findings.tone
    sentences =
      [findings.concentration, findings.losses].compactMap { $0 } + findings.remedies
      + [findings.recommendation].compactMap { $0 }
    let figures = try store.figures(of: id)
    let columns = try RunColumns(store, run: id, expected: summary.scored)
    cut = try CutCurve(columns, store: store, run: id)
    concentration = [
      ConcentrationCurve(.pullSquared, of: columns.pullSquared),
      ConcentrationCurve(.pullAbsolute, of: columns.pullAbsolute),
      ConcentrationCurve(.squaredLoss, of: columns.squaredLoss),
      ConcentrationCurve(.absoluteLoss, of: columns.absoluteLoss),
    ].compactMap { $0 }
    outliers = try OutlierMap(columns, store: store, figures: figures, seed: summary.seed)
    galleries = try Galleries(columns, store: store, seed: summary.seed).all
    agreement = try MetricAgreement(columns, store: store, seed: summary.seed)
    issues = try store.issueKinds(of: id)
    groups = try store.groups(of: id)
    unreadable = try store.unreadableFiles(of: id, most: ReportModel.mostUnreadable)
    method = Method(row, metrics: store.metrics, figures: figures)
    limits = Limits.sentences
  }

  /// The model as one JSON document with keys in order.
  package func json(pretty: Bool) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }
}

extension ReportModel.Method {
  fileprivate init(_ row: SQLRow, metrics: [MetricInfo], figures: [String: Double]) {
    settings = row["settings"].text ?? ""
    settingsDigest = row["settings_digest"].text ?? ""
    planDigest = row["plan_digest"].text ?? ""
    startedAt = row["started_at"].text ?? ""
    finishedAt = row["finished_at"].text
    reviewAbove = figures["review_above"]
    dropAbove = figures["drop_above"]
    self.metrics = metrics
  }
}

/// What the statistic cannot see, and must be said where its numbers stand (`skew.md` 10).
package enum Limits {
  package static let sentences = [
    "The reference is a linear model of 64 x 64 pixels. What is finer than that is not seen here.",
    "Blurred and dark pictures reconstruct well: they hardly pull on a squared-error model, and skew does not look "
      + "for them. The gallery \"too easy\" shows where they gather.",
    "Skew knows nothing of identity: a sound picture of the wrong person does not stand out by it.",
    "High pull is not harm by itself. In a diverse set its sign is near chance, which is why the gain is "
      + "cross-validated before anything is recommended.",
    "Where a small real group exists, the estimated gain of weights is too rosy.",
    "The thresholds of drop and review were set on video frames, generated portraits, CelebA and LFW; they are "
      + "settings (--review-above, --drop-above).",
    "Ranking many identities together asks what is odd in the whole set, not within each person.",
  ]
}
