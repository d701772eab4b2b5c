import AuditCore
import AuditDataset
import AuditProbe
import AuditReference
import AuditStore

/// Makes or finds what the references of a run have in common: a fitted model, a table of pairs, a picture.
struct ReferencePreparation {
  let reference: any Reference
  let plan: Plan
  let settings: ScanSettings
  let jobs: Int
  var risks = RiskyFiles()
  /// nil where nobody looks for damage.
  var damaged: DamagedPictures?
  /// Of pictures that were looked at before.
  var modelRows = KnownRows()
  var damageIsNew = false

  func make(
    for run: OpenRun, in store: Store, stop: StopRequest, progress: @escaping @Sendable (ScanProgress) -> Void
  ) async throws -> Preparation {
    let prepared = try await reference.prepare(
      PreparationContext(
        plan: plan, settings: settings, models: RunModels(store, run: run.id), jobs: jobs, stop: stop,
        knowsDamage: damaged != nil, damageIsNew: damageIsNew, progress: progress
      ) { [settings, jobs, risks, damaged, modelRows] plan in
        var subsample = try await Subsample.read(
          plan, settings: settings, jobs: jobs, risks: risks, known: modelRows, stop: stop, progress: progress)
        subsample.isDamaged = try await damaged?.flags(of: subsample.keys, in: plan)
        return subsample
      })
    if let trained = prepared.trained {
      try store.write(trainings: StoredTraining.all(of: trained), purpose: .reference, to: run.id)
    }
    return prepared
  }
}
