import AuditCore
import AuditDataset
import AuditReference
import AuditStore

/// Left of the store: the models are made or found, and what a run still lacks is scored.
struct ScorePhase {
  /// What it did.
  struct Outcome {
    let models: ScanModels
    /// Files that were scored or found unreadable.
    let images: Int
    /// For a person, a sentence each.
    let notes: [String]
  }

  let scan: OpenScan
  /// The part of the plan to score; nil for all of it.
  var shard: Shard?
  let stop: StopRequest
  let progress: @Sendable (ScanProgress) -> Void

  func run() async throws -> Outcome {
    let (store, run) = (scan.store, scan.run)
    scan.beginMarks(stop)
    var remaining = try await scan.remaining(stop: stop, progress: progress)
    var notes = scan.notes + [remaining.note(run: run.name), remaining.hiddenNote].compactMap { $0 } + scan.risks.notes
    let models = try await ScanModels(for: scan, stop: stop, progress: progress)
    notes += models.reference.notes
    if models.areNew, run.isContinued { try remaining.scoreEverything(plan: scan.plan, store: store, run: run) }
    var planned = scan.plan.samples.count + remaining.hidden
    if let shard {
      let part = shard.part(of: scan.plan.samples)
      remaining.keep(only: part)
      planned = part.count
      try store.write(planned: planned, to: run)
    }
    let banned = remaining.leaveOut(scan.risks.banned).map(RiskyFiles.row).map { ($0, Plan.place(of: $0)) }
    try store.append(banned, columns: [], to: run)
    // The models lie in the log: whoever writes rows is not to copy them while children wait.
    try store.fold()
    let scored = try await Scoring(scan, models).score(
      remaining.samples, of: planned, into: store, run: run, stop: stop, progress: progress)
    return Outcome(models: models, images: scored + banned.count, notes: notes)
  }
}
