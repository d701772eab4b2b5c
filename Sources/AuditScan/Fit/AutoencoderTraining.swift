import AuditCore
import AuditProbe
import AuditReference
import AuditStatistics
import AuditStore

/// Makes the autoencoder of a run: the stored one, or a new one trained on the subsample.
struct AutoencoderTraining {
  struct Outcome {
    let model: AutoencoderModel?
    let isNew: Bool
    /// For a person.
    let notes: [String]
  }

  let plan: Plan
  let settings: ScanSettings
  let probe: ProbeSettings
  /// Whether squared error's training weights of the low-rank model are used.
  let isWeighted: Bool
  let jobs: Int
  var risks = RiskyFiles()

  func model(
    of run: OpenRun, in store: Store, stop: StopRequest, progress: @escaping @Sendable (ScanProgress) -> Void
  ) async throws -> Outcome {
    if let content = try store.model(of: run.id, kind: StoredModel.autoencoder) {
      return Outcome(model: try AutoencoderModel(decoding: content), isNew: false, notes: [])
    }
    let subsample = try await Subsample.read(
      plan, settings: settings, jobs: jobs, risks: risks, stop: stop, progress: progress)
    if stop.isSet { return Outcome(model: nil, isNew: false, notes: []) }
    guard subsample.count >= RobustFit.fewestRows else {
      return Outcome(model: nil, isNew: false, notes: [FitRefusal.tooFewRows(count: subsample.count).words])
    }
    let weights: [Double]?
    do throws(FitRefusal) {
      weights =
        try isWeighted
        ? subsample.fit(settings: settings, jobs: jobs, stop: stop, progress: progress).skews.map(\.trainingWeight)
        : nil
    } catch .stopped {
      return Outcome(model: nil, isNew: false, notes: [])
    } catch {
      return Outcome(model: nil, isNew: false, notes: [error.words])
    }
    let trained = try Probe.train(
      ProbeRows(halving: subsample.rows, side: LowRankModel.side), weights: weights, settings: probe, threads: jobs,
      isStopped: { stop.isSet }
    ) { progress(ScanProgress($0)) }
    if stop.isSet { return Outcome(model: nil, isNew: false, notes: []) }
    let model = AutoencoderModel(networks: trained.networks, keys: subsample.keys, networkOf: trained.foldOf)
    try store.keep(StoredModel(model), for: run)
    try store.write(trainings: StoredTraining.all(of: trained), purpose: .reference, to: run.id)
    return Outcome(model: model, isNew: true, notes: trained.notes)
  }
}

extension StoredModel {
  init(_ model: AutoencoderModel) {
    self.init(
      digest: model.digest, kind: StoredModel.autoencoder, rank: model.networks.first?.code,
      fittedOn: model.networkOfKey.count, orthogonalCut: nil, scoreCut: nil, content: model.encoded)
  }
}

extension ScanProgress {
  /// A moment of a training, in epochs.
  init(_ moment: ProbeProgress) {
    let total = moment.epochs * moment.trainings
    self.init(
      phase: .train, done: Int((moment.fractionDone * Double(total)).rounded()), total: total, detail: moment.line)
  }
}
