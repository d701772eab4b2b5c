import AuditCore
import AuditReference
import AuditStatistics
import AuditStore

/// What leaving out and weighting are worth (`skew.md` 7), kept with the run.
struct RemedyEstimate {
  let store: Store
  let run: Int64
  let thresholds: VerdictThresholds
  let jobs: Int

  /// Estimates from the fit that was just made, or from the subsample that is kept with the model.
  func write(_ prepared: PreparedReferences) throws {
    guard prepared.judgesRemedies, let model = prepared.references.model else {
      return try store.write(remedies: [], curve: [], to: run)
    }
    let fit = try prepared.fit ?? refit(model)
    if case .perIdentity(let models) = prepared.references.shared {
      try write(GainReport(parts(of: models, common: fit)))
    } else {
      try write(fit.gain(rule: rule(fit), jobs: jobs))
    }
  }

  /// One part for each folder with a model of its own, and one for all other samples.
  private func parts(of models: IdentityModels, common: LowRankFit) throws -> [GainPart] {
    var images: [ByteKey: Int] = [:]
    for row in try store.rows(
      "SELECT identity, count(*) FROM sample WHERE run_id = ? AND status = 'ok' GROUP BY identity", .integer(run))
    {
      images[ByteKey(row.values[0].text ?? ""), default: 0] += row.values[1].integer ?? 0
    }
    var parts: [GainPart] = []
    for identity in models.scales.keys.sorted() {
      guard let model = try models.own(identity.text) else { continue }
      let fit = try refit(model)
      var part = fit.gainPart(rule: rule(fit), jobs: jobs)
      part.images = Double(images.removeValue(forKey: identity) ?? 0) / Double(model.count)
      parts.append(part)
    }
    guard !models.sharing.isEmpty else { return parts }
    var part = common.gainPart(rule: rule(common), judged: models.sharing, jobs: jobs)
    part.images = Double(images.values.reduce(0, +)) / Double(models.sharing.count)
    return parts + [part]
  }

  private func refit(_ model: LowRankModel) throws -> LowRankFit {
    try LowRankFit(rows: model.rows, keys: model.keys, rank: model.rank, seed: model.seed, jobs: jobs)
  }

  private func rule(_ fit: LowRankFit) -> VerdictRule {
    .model(count: fit.fit.count, reviewAbove: thresholds.reviewAbove, dropAbove: thresholds.dropAbove)
  }

  private func write(_ report: GainReport) throws {
    let counts = try store.standingCounts(of: run)
    let best = report.recommendation(by: thresholds.recommendation)?.name
    try store.write(
      remedies: report.remedies.map { remedy in
        StoredRemedy(
          name: remedy.name.rawValue, images: remedy.name == .drop ? counts.drop : counts.weighted,
          gain: remedy.gain.gain, low: remedy.gain.low, high: remedy.gain.high, recommended: remedy.name == best)
      },
      curve: report.curve.map { point in
        StoredGainPoint(
          share: point.share, images: Int((point.share * Double(counts.scored)).rounded()), gain: point.gain.gain,
          low: point.gain.low, high: point.gain.high)
      }, to: run)
  }
}
