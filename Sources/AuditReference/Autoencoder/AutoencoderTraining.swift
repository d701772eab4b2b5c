package import AuditCore
import AuditDataset
package import AuditProbe
import AuditStatistics

/// Makes the autoencoder of a run: the stored one, or a new one trained on the subsample.
struct AutoencoderTraining {
  struct Outcome {
    var model: AutoencoderModel?
    var isNew = false
    /// For a person.
    var notes: [String] = []
    /// The training, where this call did it.
    var probe: Probe?
  }

  private let context: PreparationContext
  private let probe: ProbeSettings
  /// Whether squared error's training weights of the low-rank model are used.
  private let isWeighted: Bool

  init(_ context: PreparationContext, probe: ProbeSettings, isWeighted: Bool) {
    (self.context, self.probe, self.isWeighted) = (context, probe, isWeighted)
  }

  func model() async throws -> Outcome {
    if let content = try context.models.model(kind: StoredModel.autoencoder) {
      return Outcome(model: try AutoencoderModel(decoding: content))
    }
    let (stop, jobs, progress) = (context.stop, context.jobs, context.progress)
    let subsample = try await context.subsample(context.plan)
    if stop.isSet { return Outcome() }
    guard subsample.count >= RobustFit.fewestRows else {
      return Outcome(notes: [FitRefusal.tooFewRows(count: subsample.count).words])
    }
    let weights: [Double]?
    do throws(FitRefusal) {
      weights =
        try isWeighted
        ? subsample.fit(settings: context.settings, jobs: jobs, stop: stop, progress: progress).skews.map(
          \.trainingWeight)
        : nil
    } catch .stopped {
      return Outcome()
    } catch {
      return Outcome(notes: [error.words])
    }
    let trained = try Probe.train(
      ProbeRows(halving: subsample.rows, side: LowRankModel.side), weights: weights, settings: probe, threads: jobs,
      isStopped: { stop.isSet }
    ) { progress(ScanProgress($0)) }
    if stop.isSet { return Outcome() }
    let model = AutoencoderModel(networks: trained.networks, keys: subsample.keys, networkOf: trained.foldOf)
    try context.models.keep(StoredModel(model))
    return Outcome(model: model, isNew: true, notes: trained.notes, probe: trained)
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
  package init(_ moment: ProbeProgress) {
    let total = moment.epochs * moment.trainings
    self.init(
      phase: .train, done: Int((moment.fractionDone * Double(total)).rounded()), total: total, detail: moment.line)
  }
}
