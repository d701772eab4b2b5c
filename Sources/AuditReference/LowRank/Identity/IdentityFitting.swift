import AuditCore
import AuditDataset
import AuditStatistics

/// Fits a model to each first-level folder that holds enough images, and one to the whole for all other samples.
///
/// The folders' models are stored one by one, and the common one last: a run that has it has all of them, and a file or
/// folder that is added later is scored with what is there.
struct IdentityFitting {
  struct Outcome {
    /// nil where not even the whole can be modelled.
    let models: IdentityModels?
    let common: LowRankFitting.Outcome
    let notes: [String]
  }

  /// Readable images from which on a folder has a model of its own: from there on a verdict may be `drop`.
  static let fewestImages = VerdictRule.fewestImagesToDrop

  private let context: PreparationContext
  private let fitting: LowRankFitting

  init(_ context: PreparationContext) {
    self.context = context
    fitting = LowRankFitting(context)
  }

  func models() async throws -> Outcome {
    let isComplete = try fitting.stored() != nil
    var own = try storedScales()
    for (identity, samples) in isComplete ? [] : largeFolders where own[ByteKey(identity)] == nil {
      let fitted = try await fitting.fit(context.plan.restricted(to: samples))
      // Not enough of the files can be read, or they are all the same picture: the common model serves.
      guard let model = fitted.model, model.count >= IdentityFitting.fewestImages else { continue }
      try context.models.keep(StoredModel(model), identity: identity)
      own[ByteKey(identity)] = ModelScale(model)
    }
    if context.stop.isSet { return Outcome(models: nil, common: .init(), notes: []) }
    let common = try await fitting.model()
    let models = common.model.map { model in
      IdentityModels(common: model, sharing: sharing(model, own: own), scales: own, storage: context.models)
    }
    let note =
      "\(own.count.formattedWithCommas) of \(identities.formattedWithCommas) folders \(own.count == 1 ? "has a model of its" : "have a model of their") own; "
      + "folders with less than \(IdentityFitting.fewestImages) readable images share one of the whole set"
    return Outcome(models: models, common: common, notes: [common.refusal ?? note])
  }

  /// Keys of the rows of the common model whose folders have none of their own.
  private func sharing(_ model: LowRankModel, own: [ByteKey: ModelScale]) -> Set<UInt64> {
    let rows = Set(model.keys)
    return Set(
      context.plan.samples.compactMap { sample -> UInt64? in
        if let identity = sample.identity, own[identity] != nil { return nil }
        let key = SampleKey(seed: context.settings.seed, path: sample.path).value
        return rows.contains(key) ? key : nil
      })
  }

  private func storedScales() throws -> [ByteKey: ModelScale] {
    var scales: [ByteKey: ModelScale] = [:]
    for identity in try context.models.identities() {
      guard let model = try fitting.usable(context.models.model(identity: identity)) else { continue }
      scales[ByteKey(identity)] = ModelScale(model)
    }
    return scales
  }

  private var identities: Int { Set(context.plan.samples.compactMap(\.identity)).count }

  /// Folders that hold enough files, with their samples, in order of name.
  private var largeFolders: [(identity: String, samples: SampleList)] {
    let samples = context.plan.samples
    var places: [ByteKey: [UInt32]] = [:]
    for (place, sample) in samples.enumerated() {
      if let identity = sample.identity { places[identity, default: []].append(UInt32(place)) }
    }
    return places.filter { $0.value.count >= IdentityFitting.fewestImages }.sorted { $0.key < $1.key }
      .map { ($0.key.text, samples.chosen($0.value.lazy.map { Int($0) })) }
  }
}
