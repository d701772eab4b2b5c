import AuditCore
import AuditExport
import AuditReport
import AuditScan
import AuditStore
import Foundation

/// Ends a merge of more samples than a database keeps: all rows go into a Parquet file, and those that somebody will ask for
/// stay.
struct ExcerptStep {
  /// Samples up to which all rows stay.
  let most: Int
  /// The Parquet file; nil for one beside the database.
  let place: String?
  /// Where the images lie; nil for where they were planned.
  let dataset: String?

  /// - Throws: `AuditError` where the file could not be written after all.
  func requirePlace(of samples: Int, in dataset: String) throws {
    guard samples > most else { return }
    try ParquetScript.find()
    if let place { try DatasetGuard.refuse(place, in: dataset) }
  }

  func run(_ outcome: ScanOutcome) throws -> ScanOutcome {
    guard !outcome.isInterrupted else { return outcome }
    guard let kept = try written(outcome) else { return outcome }
    try Store(deciding: outcome.database).keepExcerpt(
      of: kept.run, place: kept.place, curves: kept.curves.text, shown: kept.curves.shown)
    return outcome
  }

  /// Writes the file while all rows are here; the database is closed again then.
  private func written(_ outcome: ScanOutcome) throws -> (run: Int64, place: String, curves: ReportCurves)? {
    let store = try Store(reading: outcome.database)
    let run = try StoredRun(in: store, named: outcome.runName)
    guard try store.rowCount(of: run.id) > most else { return nil }
    var request = ExportRequest()
    request.format = ExportFormats.parquet
    request.run = run.name
    request.dataset = dataset
    request.output = place ?? ExcerptStep.place(beside: outcome.database)
    _ = try Export(request, store: store).write(standardOutput: STDOUT_FILENO)
    return (run.id, try FilePath.absolute(request.output ?? ""), try ReportCurves(from: store, run: run))
  }

  /// `faces.rows.parquet` beside `faces.audit.db`.
  private static func place(beside database: String) -> String {
    var stem = database
    for ending in [".db", ".audit"] where stem.hasSuffix(ending) { stem.removeLast(ending.count) }
    return stem + ".rows.parquet"
  }
}
