import AuditCore
import AuditDataset
import AuditInference
import AuditMetrics
import AuditProbe
import AuditQuality
import AuditReference
import AuditStore
import Foundation

/// A scan whose dataset is listed, whose references were looked at, and whose database is open: what every later step
/// goes by.
struct OpenScan {
  let request: ScanRequest
  let jobs: Int
  let plan: Plan
  let settings: ScanSettings
  let selection: MetricSelection
  let reference: any Reference
  /// nil where no network measures.
  let perceptual: PerceptualNetworks?
  /// Processes that decode and score; nil where this one does.
  let children: ChildDecoding?
  /// Other sets, in which copies are looked for.
  let others: [ForeignCopies]
  /// Path of the database.
  let database: String
  let store: Store
  let run: OpenRun
  let risks: RiskyFiles
  /// For a person, a sentence each.
  let notes: [String]

  /// - Parameter scores: whether all that is not scored yet is scored next: then the children of a new database get ready
  ///   while it is made.
  /// - Throws: `AuditError`; where it is about the dataset or a reference no database was made.
  init(_ request: ScanRequest, scores: Bool = false, progress: (ScanProgress) -> Void) throws {
    self.request = request
    jobs = request.jobs ?? ProcessInfo.processInfo.activeProcessorCount
    try SystemLimits.require(jobs: jobs)
    let target = try ScanTarget(request.files)
    selection = try MetricSelection(request.metrics)
    let place = try DatabasePlace.resolve(dataset: target.root, explicit: request.database)
    database = place.path
    var settings = request.settings
    settings.choices = try request.keptChoices()
    var plan = try Plan(target) { progress(ScanProgress(phase: .walk, done: $0, total: nil)) }
    children = try request.children.map { launch throws(AuditError) in
      try ChildDecoding(launch, settings: settings)
    }
    plan.decoding = children
    self.plan = plan
    settings.files = plan.rules
    reference = try request.reference.reference(
      ReferenceContext(plan: plan, settings: settings, inference: request.inference))
    perceptual = try PerceptualNetworks(selection, size: reference.comparedSize(settings), request: request)
    settings.metrics = selection.metrics.map(\.info.identity) + (perceptual?.identities ?? [])
    settings.reference = reference.identity
    settings.compared = reference.description
    self.settings = settings
    try request.plan?.refuseOther(settings, version: request.version)
    if scores, !FileManager.default.fileExists(atPath: database) {
      children?.startAhead(min(jobs, plan.samples.count))
    }
    others = try request.choices.against.map { try ForeignCopies(database: $0, beside: place.path) }
    let columns = selection.columns
    store = try Store(
      path: place.path, metrics: columns,
      derived: DerivedColumn.all + ProbeColumns.infos + columns.filter(\.headline).flatMap(DerivedColumn.standing),
      statistics: PictureStatistics.all.map(\.info))
    var run = RunRequest(
      dataset: plan.root, name: request.name, fresh: request.fresh, settings: settings, planDigest: plan.digest,
      planned: plan.samples.count, version: request.version, remedy: request.remedy)
    run.bringsAllRows = request.plan != nil
    self.run = try store.openRun(run)
    if let planned = request.plan {
      if !planned.isKept(in: place.path) { try store.take(planned, into: self.run) }
    } else {
      try store.write(folderIssues: plan.folderIssues, to: self.run)
      try store.write(leftOut: plan.leftOut, to: self.run)
    }
    risks = try RiskyFiles(plan: plan, store: store, dataset: plan.root, version: request.version)
    notes = OpenScan.notes(place: place, plan: plan, run: self.run)
  }

  /// Says from now on which files are in work, until the second request to stop ends all at once.
  func beginMarks(_ stop: StopRequest) {
    store.marks?.begin(dataset: plan.root, version: request.version)
    stop.onGivingUp { [marks = store.marks] in marks?.clear() }
  }

  /// The samples that are still to be scored, with what became of the others.
  func remaining(
    stop: StopRequest, progress: @escaping @Sendable (ScanProgress) -> Void
  ) async throws -> Reconciliation {
    let remaining = try await Reconciliation(
      plan: plan, store: store, run: run, pairing: reference.pairing, banned: risks.banned,
      unmeasured: request.choices.quality ? store.unmeasured(in: run) : [], jobs: jobs, stop: stop, progress: progress)
    if remaining.hidden > 0 { try store.write(planned: plan.samples.count + remaining.hidden, to: run) }
    return remaining
  }

  private static func notes(place: (path: String, isFallback: Bool), plan: Plan, run: OpenRun) -> [String] {
    var notes: [String] = []
    if place.isFallback {
      notes.append("the folder beside the dataset cannot be written; results go to '\(place.path)'")
    }
    notes += plan.notes
    if let kind = NetworkFileSystem.kind(at: place.path) {
      notes.append(
        "'\(place.path)' lies on a network file system (\(kind)), where locks need not reach other machines: let one "
          + "machine at a time use it, or give a --db on a disk of this one")
    }
    if let old = run.movedFrom {
      notes.append("run \"\(run.name)\" is of '\(old)', which has become '\(plan.root)': it goes on here")
    }
    return notes
  }
}
