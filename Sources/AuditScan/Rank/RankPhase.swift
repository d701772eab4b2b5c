import AuditCore
import AuditDataset
import AuditQuality
import AuditReference
import AuditStore

/// Right of the store: places and verdicts, copies and issues, the digest, and what remedies are worth. It knows no pixel.
struct RankPhase {
  let scan: OpenScan
  let models: ScanModels
  let stop: StopRequest
  let progress: @Sendable (ScanProgress) -> Void

  /// - Returns: whether it came to its end (else the next call goes on with it), and what a person should know.
  func write() throws -> (isWhole: Bool, notes: [String]) {
    let (store, run) = (scan.store, scan.run)
    try store.clearSuspects(scan.risks.tried, of: scan.plan.root, unlessLostIn: run)
    let steps = RankSteps(estimates: models.reference.reference.judges?.count ?? 0)
    progress(ScanProgress(phase: .rank, done: 0, total: steps.total))
    let refusal = try RunRanking(
      store: store, run: run.id, headlines: scan.selection.columns.filter(\.headline),
      scale: models.reference.reference.influence, thresholds: scan.request.choices.thresholds
    ).write()
    try writeQuality()
    try store.writeFacets(of: run.id)
    let digest = try store.contentDigest(
      of: run.id, columns: scan.selection.computed.map(\.name), quality: models.quality != nil)
    let isWhole = try finish(digest: digest) { [progress] in
      progress(ScanProgress(phase: .rank, done: steps.done($0, fits: $1, of: $2), total: steps.total))
    }
    progress(ScanProgress(phase: .rank, done: steps.total, total: steps.total))
    return (isWhole, [refusal].compactMap { $0 })
  }

  private func writeQuality() throws {
    let (store, run) = (scan.store, scan.run.id)
    guard let quality = models.quality else { return try QualityRanking.remove(from: store, run: run) }
    try CopySearch(store: store, run: run).write()
    try store.write(foreign: scan.others.flatMap { try $0.found(for: run, of: store) }, to: run)
    try QualityRanking(
      store: store, run: run, model: quality.model, threshold: scan.request.choices.issueThreshold,
      policy: IssuePolicy(scan.request.choices.issues)
    ).write()
  }

  /// Says what remedies are worth, where that is not known for just these results, and ends the run.
  ///
  /// - Parameter progress: told which estimate is in work, and how many of its fits are done.
  /// - Returns: false where that was stopped.
  private func finish(
    digest: String, progress: @escaping @Sendable (_ estimate: Int, _ fits: Int, _ all: Int) -> Void
  ) throws -> Bool {
    let (store, run, method) = (scan.store, scan.run, RemedyEstimate.method)
    if try store.isCurrent(.estimate, of: run.id, method: method, results: digest) {
      try store.finish(run, digest: digest)
      return true
    }
    let sample = try RemedyEstimate(
      store: store, run: run.id, thresholds: scan.request.choices.thresholds, sample: scan.settings.sample,
      jobs: scan.jobs,
      isStopped: { [stop] in stop.isSet }, progress: progress
    ).write(models.reference)
    guard let sample else {
      try store.finish(run, digest: nil)
      return false
    }
    try store.finish(run, digest: digest)
    try store.keepBasis(of: .estimate, for: run.id, method: method, sample: sample)
    return true
  }
}
