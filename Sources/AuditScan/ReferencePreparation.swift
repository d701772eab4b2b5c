import AuditCore
import AuditReference
import AuditStatistics
import AuditStore

/// What a scan needs of its references before the first sample is scored.
struct PreparedReferences {
  let references: ReferenceFactory
  /// The fit, where this call made one.
  let fit: LowRankFit?
  /// For a person, a sentence each.
  let notes: [String]
  /// Whether remedies can be judged: the model's subsample is of this dataset.
  let judgesRemedies: Bool
}

/// Makes or finds what the references of a run have in common: a fitted model, a table of pairs, a picture.
struct ReferencePreparation {
  let kind: ReferenceKind
  let plan: Plan
  let settings: ScanSettings
  let jobs: Int

  /// Looks at everything that the user named, before a database is made.
  func check() throws {
    switch kind {
    case .lowRank: break
    case .frozen(let file): _ = try LowRankModel(decoding: ReferenceKind.content(of: file))
    case .paired(let folder, let rule, _): _ = try Pairing(samples: plan.samples, folder: folder, rule: rule)
    case .single(let file): _ = try ReferenceFactory.single(file: file, settings: settings)
    }
  }

  func make(
    for run: OpenRun, in store: Store, stop: StopRequest, progress: @escaping @Sendable (ScanProgress) -> Void
  ) async throws -> PreparedReferences {
    switch kind {
    case .lowRank:
      let fitted = try await Fitting(plan: plan, settings: settings, jobs: jobs)
        .model(of: run, in: store, stop: stop, progress: progress)
      let shared = fitted.model.map { ReferenceFactory.Shared.lowRank($0) } ?? .nothing
      return prepared(shared, fit: fitted.fit, notes: [fitted.refusal].compactMap { $0 }, judgesRemedies: true)
    case .frozen(let file):
      let model = try LowRankModel(decoding: ReferenceKind.content(of: file))
      try store.keep(StoredModel(model), for: run)
      return prepared(.lowRank(model))
    case .paired(let folder, let rule, let strict):
      let pairing = try Pairing(samples: plan.samples, folder: folder, rule: rule)
      return prepared(.paired(pairing, strict: strict), notes: [pairing.note])
    case .single(let file):
      return prepared(.single(try ReferenceFactory.single(file: file, settings: settings), path: file))
    }
  }

  private func prepared(
    _ shared: ReferenceFactory.Shared, fit: LowRankFit? = nil, notes: [String] = [], judgesRemedies: Bool = false
  ) -> PreparedReferences {
    PreparedReferences(
      references: ReferenceFactory(shared: shared, settings: settings), fit: fit, notes: notes,
      judgesRemedies: judgesRemedies)
  }
}

extension StoredModel {
  init(_ model: LowRankModel) {
    self.init(
      digest: model.digest, kind: "low-rank", rank: model.rank, fittedOn: model.count,
      orthogonalCut: model.orthogonalCut, scoreCut: model.scoreCut, content: model.encoded())
  }
}
