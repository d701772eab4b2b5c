import AuditCore
import AuditInference
import AuditReference
import AuditStatistics
import AuditStore

/// What a scan needs of its references before the first sample is scored.
struct PreparedReferences {
  let references: ReferenceFactory
  /// The low-rank fit, where this call made one.
  let fit: LowRankFit?
  /// Whether this call made the model, so that rows of a run without one are scored anew.
  let isNew: Bool
  /// For a person, a sentence each.
  let notes: [String]
  /// Whether remedies can be judged: the model's subsample is of this dataset.
  let judgesRemedies: Bool

  /// How many models are asked what remedies are worth.
  var estimates: Int {
    guard judgesRemedies, references.model != nil else { return 0 }
    if case .perIdentity(let models) = references.shared { return models.scales.count + 1 }
    return 1
  }
}

/// Makes or finds what the references of a run have in common: a fitted model, a table of pairs, a picture.
struct ReferencePreparation {
  let checked: CheckedReferences
  let plan: Plan
  let settings: ScanSettings
  let jobs: Int
  var risks = RiskyFiles()

  func make(
    for run: OpenRun, in store: Store, stop: StopRequest, progress: @escaping @Sendable (ScanProgress) -> Void
  ) async throws -> PreparedReferences {
    switch checked {
    case .lowRank:
      let fitted = try await Fitting(plan: plan, settings: settings, jobs: jobs, risks: risks)
        .model(of: run, in: store, stop: stop, progress: progress)
      return prepared(
        fitted.shared, fit: fitted.fit, isNew: fitted.isNew, notes: [fitted.refusal].compactMap { $0 },
        judgesRemedies: true)
    case .lowRankPerIdentity:
      let fitted = try await IdentityFitting(plan: plan, settings: settings, jobs: jobs, risks: risks)
        .models(of: run, in: store, stop: stop, progress: progress)
      let shared = fitted.models.map { ReferenceFactory.Shared.perIdentity($0) } ?? fitted.common.shared
      return prepared(
        shared, fit: fitted.common.fit, isNew: fitted.common.isNew, notes: fitted.notes, judgesRemedies: true)
    case .frozen(let model):
      try store.keep(StoredModel(model), for: run)
      return prepared(.lowRank(model))
    case .paired(let pairing, _, let strict):
      return prepared(.paired(pairing, strict: strict), notes: [pairing.note])
    case .single(let picture, let path, _):
      return prepared(.single(picture, path: path))
    case .onnx(let network, let launch):
      return prepared(.onnx(network, launch), notes: ["network: \(network.convention.text)"] + network.notes)
    case .autoencoder(let probe, let weighted):
      let trained = try await AutoencoderTraining(
        plan: plan, settings: settings, probe: probe, isWeighted: weighted, jobs: jobs, risks: risks
      ).model(of: run, in: store, stop: stop, progress: progress)
      let shared = trained.model.map { ReferenceFactory.Shared.autoencoder($0) } ?? .nothing
      return prepared(shared, isNew: trained.isNew, notes: trained.notes)
    }
  }

  private func prepared(
    _ shared: ReferenceFactory.Shared, fit: LowRankFit? = nil, isNew: Bool = false, notes: [String] = [],
    judgesRemedies: Bool = false
  ) -> PreparedReferences {
    PreparedReferences(
      references: ReferenceFactory(shared: shared, settings: settings), fit: fit, isNew: isNew, notes: notes,
      judgesRemedies: judgesRemedies)
  }
}

extension StoredModel {
  init(_ model: LowRankModel) {
    self.init(
      digest: model.digest, kind: StoredModel.lowRank, rank: model.rank, fittedOn: model.count,
      orthogonalCut: model.orthogonalCut, scoreCut: model.scoreCut, content: model.encoded())
  }
}
