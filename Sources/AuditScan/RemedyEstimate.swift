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
    let fit =
      try prepared.fit
      ?? LowRankFit(rows: model.rows, keys: model.keys, rank: model.rank, seed: model.seed, jobs: jobs)
    let report = fit.gain(
      rule: .model(count: fit.fit.count, reviewAbove: thresholds.reviewAbove, dropAbove: thresholds.dropAbove),
      jobs: jobs)
    let counts = try store.standingCounts(of: run)
    let best = report.recommendation?.name
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
