package import AuditCore
import AuditReference
import AuditStatistics
package import AuditStore
import Foundation

/// What the decisions of people make of a run: computed anew, written nowhere.
package struct DecisionWorth: Sendable {
  /// Images that are marked drop, by people or else as proposed.
  package let drops: Int
  /// What leaving those out is worth; nil where nothing is marked drop, or that cannot be estimated for this run.
  package let gain: Gain?

  /// - Parameters:
  ///   - jobs: threads that it takes.
  ///   - stop: ends it early.
  /// - Returns: nil where it was stopped.
  package init?(_ store: Store, run: StoredRun, jobs: Int, stop: StopRequest) throws {
    drops = try store.standingCounts(of: run.id).drop
    let settings = try StoredSettings.decoded(run.settings, run: run.name)
    // Of one model for all: models of single folders, foreign ones and files have no estimate that is as quick.
    guard ReferenceKinds.kind(of: settings.compared, text: settings.reference) == LowRankReference.self,
      let content = try store.model(of: run.id, kind: StoredModel.lowRank)
    else {
      gain = nil
      return
    }
    let report = try RemedyEstimate(
      store: store, run: run.id, thresholds: settings.choices?.thresholds ?? VerdictThresholds(),
      sample: settings.sample, jobs: jobs, isStopped: { stop.isSet }, progress: { _, _, _ in }
    ).report(LowRankModel(decoding: content))
    if stop.isSet { return nil }
    gain = report?.remedies.first { $0.name == .drop }?.onNewImages
  }
}
