import AuditCore
import AuditImages
import AuditReference
import AuditStatistics
import AuditStore

/// Fits a model to each first-level folder that holds enough images, and one to the whole for all other samples.
///
/// The folders' models are stored one by one, and the common one last: a run that has it has all of them, and a file or
/// folder that is added later is scored with what is there.
struct IdentityFitting {
  struct Outcome {
    /// nil where not even the whole can be modelled.
    let models: IdentityModels?
    let common: Fitting.Outcome
    let notes: [String]
  }

  /// Readable images from which on a folder has a model of its own: from there on a verdict may be `drop`.
  static let fewestImages = VerdictRule.fewestImagesToDrop

  let plan: Plan
  let settings: ScanSettings
  let jobs: Int
  var risks = RiskyFiles()

  func models(
    of run: OpenRun, in store: Store, stop: StopRequest, progress: @escaping @Sendable (ScanProgress) -> Void
  ) async throws -> Outcome {
    let isComplete = try store.model(of: run.id) != nil
    var own = try scales(of: run, in: store)
    for (identity, samples) in isComplete ? [] : largeFolders where own[ByteKey(identity)] == nil {
      let fitted = try await Fitting(plan: plan.restricted(to: samples), settings: settings, jobs: jobs, risks: risks)
        .fit(stop: stop, progress: progress)
      // Not enough of the files can be read, or they are all the same picture: the common model serves.
      guard let model = fitted.model, model.count >= IdentityFitting.fewestImages else { continue }
      try store.keep(StoredModel(model), for: run, identity: identity)
      own[ByteKey(identity)] = RunRanking.Model(model)
    }
    if stop.isSet { return Outcome(models: nil, common: .init(), notes: []) }
    let common = try await Fitting(plan: plan, settings: settings, jobs: jobs, risks: risks)
      .model(of: run, in: store, stop: stop, progress: progress)
    let models = common.model.map { model in
      IdentityModels(common: model, sharing: sharing(model, own: own), scales: own, store: store, run: run.id)
    }
    let note =
      "\(own.count.formattedWithCommas) of \(identities.formattedWithCommas) folders \(own.count == 1 ? "has a model of its" : "have a model of their") own; "
      + "folders with less than \(IdentityFitting.fewestImages) readable images share one of the whole set"
    return Outcome(models: models, common: common, notes: [common.refusal ?? note])
  }

  /// Keys of the rows of the common model whose folders have none of their own.
  private func sharing(_ model: LowRankModel, own: [ByteKey: RunRanking.Model]) -> Set<UInt64> {
    let rows = Set(model.keys)
    return Set(
      plan.samples.compactMap { sample -> UInt64? in
        if let identity = sample.identity, own[identity] != nil { return nil }
        let key = SampleKey(seed: settings.seed, path: sample.path).value
        return rows.contains(key) ? key : nil
      })
  }

  private func scales(of run: OpenRun, in store: Store) throws -> [ByteKey: RunRanking.Model] {
    var scales: [ByteKey: RunRanking.Model] = [:]
    for identity in try store.identitiesWithModels(in: run.id) {
      guard let content = try store.model(of: run.id, identity: identity) else { continue }
      scales[ByteKey(identity)] = RunRanking.Model(try LowRankModel(decoding: content))
    }
    return scales
  }

  private var identities: Int { Set(plan.samples.compactMap(\.identity)).count }

  /// Folders that hold enough files, with their samples, in order of name.
  private var largeFolders: [(identity: String, samples: [Sample])] {
    let folders = Dictionary(grouping: plan.samples) { $0.identity }
    return folders.compactMap { identity, samples in
      guard let identity, samples.count >= IdentityFitting.fewestImages else { return nil }
      return (identity.text, samples)
    }.sorted { ByteKey($0.identity) < ByteKey($1.identity) }
  }
}
