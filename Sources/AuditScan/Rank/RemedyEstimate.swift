import AuditCore
import AuditReference
import AuditStatistics
import AuditStore

/// What leaving out and weighting are worth (`docs/statistic.md`, 7), kept with the run.
struct RemedyEstimate {
  let store: Store
  let run: Int64
  let thresholds: VerdictThresholds
  /// The most images that a subsample holds.
  let sample: Int
  let jobs: Int
  /// Asked often whether to end early.
  let isStopped: @Sendable () -> Bool
  /// Told which estimate is in work, and how many of its fits are done.
  let progress: @Sendable (_ estimate: Int, _ fits: Int, _ all: Int) -> Void

  /// Grows when the same results give other figures, so that stored ones are computed again.
  static let method = 7

  /// Estimates from the fit that was just made, or from the rows of the subsample that are kept with the model and are
  /// still in the run. Each is judged as the run's results say, and as people decided.
  ///
  /// - Returns: what took part; nil where the watch stopped it, and nothing was written.
  func write(_ prepared: Preparation) throws -> AdviceSample? {
    guard let judges = prepared.reference.judges else {
      try store.write(remedies: [], curve: [], to: run)
      return AdviceSample(images: 0)
    }
    let standings = try StoredStandings(store, run: run, model: judges.common, sample: sample)
    guard let fit = prepared.fit?.subsample ?? fit(judges.common, standings) else {
      try store.write(remedies: [], curve: [], to: run)
      return standings.sample(of: judges.common, images: 0)
    }
    let found: [GainPart]?
    if let models = judges.own {
      found = try parts(of: models, common: fit, standings)
    } else {
      found = fit.gainPart(rule: rule(fit), standings: standings.byKey, jobs: jobs, watch: watch(0)).map { [$0] }
    }
    guard let found else { return nil }
    try write(GainReport(found))
    return standings.sample(of: judges.common, images: fit.count)
  }

  /// The same of the model that is kept with the run, with people's decisions as they stand; nothing is written.
  ///
  /// - Returns: nil where the watch stopped it, there is no model, or too few of its rows are still in the run.
  func report() throws -> GainReport? {
    guard let (fit, standings) = try storedFit(), !isStopped() else { return nil }
    return fit.gainPart(rule: rule(fit), standings: standings.byKey, jobs: jobs, watch: watch(0)).map {
      GainReport([$0])
    }
  }

  /// The same of a model per folder.
  func report(folders storage: any ModelReading) throws -> GainReport? {
    guard let common = try storedModel() else { return nil }
    let standings = try StoredStandings(store, run: run, model: common, sample: sample)
    guard !isStopped(), let fit = fit(common, standings) else { return nil }
    let models = try IdentityModels(common: common, storage: storage) { standings.folders[$0] }
    return try parts(of: models, common: fit, standings).map(GainReport.init)
  }

  private func storedModel() throws -> LowRankModel? {
    try store.model(of: run).map { try LowRankModel(decoding: $0) }
  }

  /// The fit to the stored model's rows.
  private func storedFit() throws -> (SubsampleFit, StoredStandings)? {
    guard let (rows, rank, standings) = try storedRows(), let fit = fit(rows, rank: rank) else { return nil }
    return (fit, standings)
  }

  /// The stored model's rows without their pixels, which take as much as the fit does and are let go before it.
  private func storedRows() throws -> (SubsampleGram, rank: Int, StoredStandings)? {
    guard let model = try storedModel() else { return nil }
    let standings = try StoredStandings(store, run: run, model: model, sample: sample)
    guard !isStopped(), let rows = present(model, standings) else { return nil }
    return (rows, model.rank, standings)
  }

  private func watch(_ estimate: Int) -> GainWatch {
    GainWatch(isStopped: isStopped) { [progress] fits, all in progress(estimate, fits, all) }
  }

  /// One part for each folder with a model of its own, and one for all other samples.
  private func parts(
    of models: IdentityModels, common: SubsampleFit, _ commonStandings: StoredStandings
  ) throws -> [GainPart]? {
    var images = try store.scoredCounts(of: run)
    var parts: [GainPart] = []
    for (place, identity) in models.scales.keys.sorted().enumerated() {
      guard let model = try models.own(identity.text) else { continue }
      let standings = try StoredStandings(store, run: run, model: model, sample: sample, identity: identity.text)
      guard let fit = fit(model, standings) else { continue }
      guard
        var part = fit.gainPart(rule: rule(fit), standings: standings.byKey, jobs: jobs, watch: watch(place))
      else { return nil }
      part.images = Double(images.removeValue(forKey: identity) ?? 0) / Double(fit.count)
      parts.append(part)
    }
    let sharing = models.sharing.intersection(common.keys)
    guard !sharing.isEmpty else { return parts }
    guard
      var part = common.gainPart(
        rule: rule(common), standings: commonStandings.byKey, judged: sharing, jobs: jobs,
        watch: watch(models.scales.count))
    else { return nil }
    part.images = Double(images.values.reduce(0, +)) / Double(sharing.count)
    return parts + [part]
  }

  private func fit(_ model: LowRankModel, _ standings: StoredStandings) -> SubsampleFit? {
    present(model, standings).flatMap { fit($0, rank: model.rank) }
  }

  /// - Returns: nil where the rows are all the same picture.
  private func fit(_ rows: SubsampleGram, rank: Int) -> SubsampleFit? {
    try? SubsampleFit(rows, rank: max(1, min(rank, rows.keys.count / 10)), jobs: jobs)
  }

  /// Those rows of a model that are still in the run; nil where too few are.
  private func present(_ model: LowRankModel, _ standings: StoredStandings) -> SubsampleGram? {
    let present = model.keys.indices.filter { standings.byKey[model.keys[$0]] != nil }
    let isWhole = present.count == model.count
    let length = LowRankModel.length
    var rows = isWhole ? model.rows : []
    if !isWhole {
      rows.reserveCapacity(present.count * length)
      for place in present { rows += model.rows[(place * length)..<((place + 1) * length)] }
    }
    let keys = isWhole ? model.keys : present.map { model.keys[$0] }
    let isDamaged = isWhole ? model.isDamaged : model.isDamaged.map { flags in present.map { flags[$0] } }
    return try? SubsampleGram(rows: rows, keys: keys, isDamaged: isDamaged, jobs: jobs)
  }

  private func rule(_ fit: SubsampleFit) -> VerdictRule {
    .model(count: fit.fit.count, reviewAbove: thresholds.reviewAbove, dropAbove: thresholds.dropAbove)
  }

  private func write(_ report: GainReport) throws {
    let counts = try store.standingCounts(of: run)
    let best = report.recommendation(by: thresholds.recommendation)?.name
    try store.write(
      remedies: report.remedies.map { remedy in
        let gain = remedy.onNewImages
        return StoredRemedy(
          name: remedy.name.rawValue, images: remedy.name == .drop ? counts.drop : counts.weighted,
          gain: gain.gain, low: gain.low, high: gain.high, recommended: remedy.name == best)
      },
      curve: report.curve.map { point in
        let gain = point.gain.onNewImages
        return StoredGainPoint(
          share: point.share, images: Int((point.share * Double(counts.scored)).rounded()), gain: gain.gain,
          low: gain.low, high: gain.high)
      }, to: run)
  }
}
