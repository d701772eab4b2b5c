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
  /// The highest skew, whatever the verdict.
  package let worst: [Tile]
  /// For the page alone: no part of the JSON document.
  package private(set) var rows = RowTable.none
  package let issues: [IssueKind]
  package let issueGalleries: [IssueGallery]
  package let copyGroups: [CopyGroup]
  package let leaks: LeakGallery?
  package let groups: Groups
  package let agreement: MetricAgreement?
  /// Real trainings, where the run was probed.
  package let learning: LearningCurves?
  /// The first of them; `summary.failed` counts all.
  package let unreadable: [RunSummary.Failure]
  package let method: Method
  package let reference: ReferenceWords
  package let limits: [String]

  static let mostUnreadable = 100

  private enum CodingKeys: CodingKey {
    case schema, runID, summary, tone, sentences, cut, concentration, outliers, galleries, worst, issues,
      issueGalleries,
      copyGroups, leaks, groups, agreement, learning, unreadable, method, reference, limits
  }

  /// What issues, copies and leaks show, in the order of the page.
  var smallPictures: [IssueGallery.Picture] {
    issueGalleries.flatMap(\.pictures) + (leaks?.pictures ?? []) + copyGroups.flatMap(\.pictures)
  }
}

extension ReportModel {
  /// Reads the report of a run, or of the current one.
  ///
  /// - Throws: `AuditError` where there is no such run.
  package init(from store: Store, run wanted: String? = nil) throws {
    summary = try RunSummary(from: store, run: wanted)
    guard let row = try store.run(named: summary.run),
      case .integer(let id) = row["id"]
    else { throw AuditError.unknownName("no run \"\(summary.run)\" in '\(store.path)'") }
    schema = 2
    runID = id
    let findings = Findings(summary)
    tone = findings.tone
    sentences = findings.sentences
    let figures = try store.figures(of: id)
    let columns = try RunColumns(store, run: id, expected: summary.excerpt?.rows ?? summary.scored)
    let curves =
      try ReportCurves(keptIn: store, of: id)
      ?? ReportCurves(columns, store: store, run: id, figures: figures, seed: summary.seed)
    (cut, concentration, outliers) = (curves.cut, curves.concentration, curves.outliers)
    (galleries, worst, agreement) = (curves.galleries, curves.worst, curves.agreement)
    (copyGroups, groups) = (curves.copyGroups, curves.groups)
    learning = try LearningCurves(store: store, run: id)
    issues = try store.issueKinds(of: id)
    issueGalleries = try store.issueGalleries(of: id)
    leaks = try store.leaks(of: id, in: summary.copies)
    unreadable = try store.unreadableFiles(of: id, most: ReportModel.mostUnreadable)
    method = Method(row, metrics: store.metrics, figures: figures)
    reference = ReferenceWords(summary, settings: row["settings"].text ?? "", figures: figures)
    limits = reference.limits
    rows = try RowTable(
      columns, of: summary.excerpt == nil ? columns.count : summary.scored,
      pictured: curves.shown + smallPictures.map(\.id), store: store, run: id)
  }

  /// The model as one JSON document with keys in order.
  package func json(pretty: Bool) throws -> String {
    try JSONDocument.text(of: self, pretty: pretty)
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
    // Other runs of the database may have had more.
    let own = (try? JSONDecoder().decode(ScanSettings.self, from: Data(settings.utf8)))?.metrics
    self.metrics = own.map { own in metrics.filter { own.contains($0.identity) } } ?? metrics
  }
}
