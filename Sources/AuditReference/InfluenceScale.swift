package import AuditCore
package import AuditStatistics

/// What gives the influence of a run's samples its scale.
package enum InfluenceScale: Sendable {
  /// Nothing was scored.
  case none
  /// The subsample of the reference model.
  case model(ModelScale)
  /// The subsample of each folder's own model, and of the common one for all other samples.
  case models(common: ModelScale, own: [ByteKey: ModelScale])
  /// The residuals of the run itself (`docs/statistic.md`).
  case residuals

  /// Of the model that most samples share; nil where none was fitted.
  package var common: ModelScale? {
    switch self {
    case .model(let model), .models(let model, _): model
    case .none, .residuals: nil
    }
  }
}

/// Influence sums and cuts of a reference model; residuals have no cuts.
package struct ModelScale: Sendable {
  package let sums: SkewSums
  package let orthogonalCut: Double?
  package let scoreCut: Double?

  package init(sums: SkewSums, orthogonalCut: Double?, scoreCut: Double?) {
    self.sums = sums
    self.orthogonalCut = orthogonalCut
    self.scoreCut = scoreCut
  }

  package init(_ model: LowRankModel) {
    self.init(sums: model.sums, orthogonalCut: model.orthogonalCut, scoreCut: model.scoreCut)
  }
}
