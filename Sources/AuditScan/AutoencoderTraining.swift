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

  func model(
    of run: OpenRun, in store: Store, stop: StopRequest, progress: @escaping @Sendable (ScanProgress) -> Void
  ) async throws -> Outcome {
    if let content = try store.model(of: run.id, kind: StoredModel.autoencoder) {
      return Outcome(model: try AutoencoderModel(decoding: content), isNew: false, notes: [])
    }
    let subsample = try await Subsample.read(plan, settings: settings, jobs: jobs, stop: stop, progress: progress)
    if stop.isSet { return Outcome(model: nil, isNew: false, notes: []) }
    guard subsample.count >= RobustFit.fewestRows else {
      return Outcome(model: nil, isNew: false, notes: [FitRefusal.tooFewRows(count: subsample.count).words])
    }
    let weights: [Double]?
    do throws(FitRefusal) {
      weights = try isWeighted ? subsample.fit(settings: settings, jobs: jobs).skews.map(\.trainingWeight) : nil
    } catch {
      return Outcome(model: nil, isNew: false, notes: [error.words])
    }
    let trained = try Probe.train(
      ProbeRows(pixels: subsample.halved(), side: AutoencoderModel.side), weights: weights, settings: probe,
      threads: jobs, isStopped: { stop.isSet }
    ) { progress(ScanProgress($0)) }
    if stop.isSet { return Outcome(model: nil, isNew: false, notes: []) }
    let model = AutoencoderModel(networks: trained.networks, keys: subsample.keys, networkOf: trained.foldOf)
    try store.keep(StoredModel(model), for: run)
    try store.write(trainings: StoredTraining.all(of: trained), purpose: .reference, to: run.id)
    return Outcome(model: model, isNew: true, notes: trained.notes)
  }
}

extension Subsample {
  /// The images at half of model space: means of 2 x 2 values, rounded.
  fileprivate func halved() -> [UInt8] {
    let (side, half) = (LowRankModel.side, LowRankModel.side / 2)
    var out = [UInt8](repeating: 0, count: rows.count / 4)
    for index in 0..<count {
      let start = index * LowRankModel.length
      for y in 0..<half {
        for x in 0..<(3 * half) {
          // Column x of the half is channel x % 3 of the picture's columns 2 (x / 3) and the one after it.
          let first = start + 6 * side * y + 6 * (x / 3) + x % 3
          let sum =
            Int(rows[first]) + Int(rows[first + 3]) + Int(rows[first + 3 * side]) + Int(rows[first + 3 * side + 3])
          out[index * LowRankModel.length / 4 + 3 * half * y + x] = UInt8((sum + 2) / 4)
        }
      }
    }
    return out
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
