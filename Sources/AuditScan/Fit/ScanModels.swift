import AuditCore
import AuditDataset
import AuditReference

/// What the samples of a scan are compared with and judged by, made or found before the first of them is scored. Damage is
/// learnt first: in the fit of a reference model damaged pictures vouch for nobody.
struct ScanModels {
  let reference: Preparation
  /// nil where pictures are not measured by themselves.
  let quality: PreparedQuality?

  init(
    for scan: OpenScan, stop: StopRequest, progress: @escaping @Sendable (ScanProgress) -> Void
  ) async throws {
    let (plan, settings, jobs, risks) = (scan.plan, scan.settings, scan.jobs, scan.risks)
    var quality =
      scan.request.choices.quality
      ? try await QualityPreparation(
        plan: plan, forFit: scan.reference.learnsFromImages, settings: settings, jobs: jobs, risks: risks
      ).make(for: scan.run, in: scan.store, stop: stop, progress: progress) : nil
    let damaged = quality?.model.map { [known = quality?.known ?? KnownPictures()] model in
      DamagedPictures(
        model, known: known, plan: plan, settings: settings, jobs: jobs, risks: risks, stop: stop, progress: progress)
    }
    reference = try await ReferencePreparation(
      reference: scan.reference, plan: plan, settings: settings, jobs: jobs, risks: risks, damaged: damaged,
      modelRows: quality?.modelRows ?? KnownRows(), damageIsNew: quality?.isNew == true
    ).make(for: scan.run, in: scan.store, stop: stop, progress: progress)
    if let damaged { quality?.known = await damaged.known }
    quality?.modelRows = KnownRows()
    self.quality = quality
  }

  /// Whether rows that were scored without them are scored anew.
  var areNew: Bool { reference.isNew || quality?.isNew == true }
}
