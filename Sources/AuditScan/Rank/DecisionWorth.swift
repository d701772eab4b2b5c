package import AuditCore
import AuditReference
import AuditStatistics
package import AuditStore
import Foundation

/// What the decisions of people make of a run: computed anew, written nowhere.
package struct DecisionWorth: Sendable {
  /// Images that are marked drop, by people or else as proposed.
  package let drops: Int
  /// Those of them that people marked so.
  package let decided: Int
  /// What leaving those out is worth; nil where nothing is marked drop, or that cannot be estimated for this run.
  package let gain: Gain?

  /// - Parameters:
  ///   - jobs: threads that it takes.
  ///   - stop: ends it early.
  /// - Returns: nil where it was stopped.
  package init?(_ store: Store, run: StoredRun, jobs: Int, stop: StopRequest) throws {
    (drops, decided) = (try store.standingCounts(of: run.id).drop, try store.decidedCounts(of: run.id)["drop"] ?? 0)
    let settings = try StoredSettings.decoded(run.settings, run: run.name)
    let kind = ReferenceKinds.kind(of: settings.compared, text: settings.reference)
    // Models of another set, and files, have no estimate that is as quick; it is one over all rows.
    guard kind == LowRankReference.self || kind == IdentityReference.self, try store.excerpt(of: run.id) == nil else {
      gain = nil
      return
    }
    let estimate = RemedyEstimate(
      store: store, run: run.id, thresholds: settings.choices?.thresholds ?? VerdictThresholds(),
      sample: settings.sample, jobs: jobs, isStopped: { stop.isSet }, progress: { _, _, _ in })
    let report =
      kind == IdentityReference.self
      ? try estimate.report(folders: RunModels(store, run: run.id)) : try estimate.report()
    if stop.isSet { return nil }
    gain = report?.remedies.first { $0.name == .drop }?.onNewImages
  }
}
