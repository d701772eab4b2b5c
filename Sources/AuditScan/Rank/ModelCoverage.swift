import AuditReference
import AuditStore

/// Whether a model is of the kind of set that is ranked with it: a frozen one may be of any other.
///
/// The cuts are where distances of the model's own subsample end in all but some per cent. Where most of a set lies
/// beyond them, the distances say how the sets differ, and nothing about single images.
struct ModelCoverage {
  /// Share of the scored images that lie outside of a cut, 0...1; nil where the reference has no cuts.
  let outside: Double?

  private static let most = 0.5
  /// One code value in the root mean square, full scale: what is nearer is drawn as it is, whatever the cuts say.
  private static let drawn = Double(LowRankModel.length).squareRoot() / 255

  init(_ columns: RankColumns, model: ModelScale?) {
    guard let orthogonalCut = model?.orthogonalCut, let scoreCut = model?.scoreCut else {
      outside = nil
      return
    }
    var (scored, beyond) = (0, 0)
    for (distance, score) in zip(columns.orthogonalDistance, columns.scoreDistance) where !distance.isNaN {
      scored += 1
      if distance > ModelCoverage.drawn, distance > orthogonalCut || score > scoreCut { beyond += 1 }
    }
    outside = scored > 0 ? Double(beyond) / Double(scored) : nil
  }

  var fits: Bool { outside.map { $0 <= ModelCoverage.most } ?? true }

  /// For a person; nil where the model fits.
  var refusal: String? {
    guard let outside, !fits else { return nil }
    return "this model does not fit this set: \(Int((100 * outside).rounded())) % lie outside its cut; no image has a "
      + "verdict; fit one to this set by scanning without a model of another"
  }
}
