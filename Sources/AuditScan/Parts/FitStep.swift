package import AuditCore
import AuditReference
import AuditStore

/// `audit fit --plan`: makes the models of a planned run, once, before its parts are scored.
package struct FitStep {
  private let request: ScanRequest

  /// - Parameter request: of the plan.
  package init(request: ScanRequest) { self.request = request }

  /// - Returns: for a person, a sentence each; nil where it was stopped: the next call makes what is missing.
  /// - Throws: `AuditError`.
  package func run(
    stop: StopRequest, progress: @escaping @Sendable (ScanProgress) -> Void
  ) async throws -> [String]? {
    var request = request
    (request.database, request.name) = (request.planned.database, request.planned.name)
    let scan = try OpenScan(request, progress: progress)
    defer { stop.onGivingUp(nil) }
    scan.beginMarks(stop)
    let models = try await ScanModels(for: scan, stop: stop, progress: progress)
    if !stop.isSet { try scan.store.markFitted(scan.run) }
    try scan.store.finish(scan.run, digest: nil)
    return stop.isSet ? nil : scan.notes + models.reference.notes
  }
}
