import AuditCore
package import AuditStore
import Foundation

/// What a report draws of all samples of a run. Where a database keeps an excerpt of these it keeps this too.
package struct ReportCurves: Codable, Sendable {
  let cut: CutCurve?
  let concentration: [ConcentrationCurve]
  let outliers: OutlierMap?
  let galleries: [Gallery]
  let worst: [Tile]
  let copyGroups: [CopyGroup]
  let groups: Groups
  let agreement: MetricAgreement?

  init(
    _ columns: RunColumns, store: Store, run: Int64, figures: [String: Double], seed: Int
  ) throws {
    cut = try CutCurve(columns, store: store, run: run)
    concentration = [
      ConcentrationCurve(.pullSquared, of: columns.pullSquared),
      ConcentrationCurve(.pullAbsolute, of: columns.pullAbsolute),
      ConcentrationCurve(.squaredLoss, of: columns.squaredLoss),
      ConcentrationCurve(.absoluteLoss, of: columns.absoluteLoss),
    ].compactMap { $0 }
    outliers = try OutlierMap(columns, store: store, figures: figures, seed: seed)
    let galleries = try Galleries(columns, store: store, seed: seed)
    (self.galleries, worst) = (galleries.all, galleries.worst)
    copyGroups = try store.copyGroups(of: run)
    groups = try Groups(columns, store: store, run: run)
    agreement = try MetricAgreement(columns, store: store, seed: seed)
  }

  /// Of all samples of a run that are here.
  package init(from store: Store, run: StoredRun) throws {
    let columns = try RunColumns(store, run: run.id, expected: store.scoredCount(of: run.id))
    try self.init(columns, store: store, run: run.id, figures: store.figures(of: run.id), seed: run.seed)
  }

  /// As they were kept; nil where all samples are here.
  init?(keptIn store: Store, of run: Int64) throws {
    guard let text = try store.keptCurves(of: run) else { return nil }
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    guard let kept = try? decoder.decode(ReportCurves.self, from: Data(text.utf8)) else {
      throw AuditError.databaseDamaged(path: store.path, cause: "what a report draws of all samples cannot be read")
    }
    self = kept
  }

  /// As they are kept.
  package var text: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      encoder.nonConformingFloatEncodingStrategy = .convertToString(
        positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
      return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
  }

  /// Images of which a report shows a picture.
  package var shown: [Int64] {
    (galleries.flatMap(\.tiles) + worst).map(\.id) + copyGroups.flatMap(\.pictures).map(\.id)
      + (cut?.stops.map(\.last) ?? [])
  }
}
