import AuditReference
import AuditStore

/// Whether a model is of the kind of set that is ranked with it: a frozen one may be of any other.
///
/// The cuts are where distances of the model's own subsample end in all but some per cent. Where most of a set lies
/// beyond them, the distances say how the sets differ, and nothing about single images.
struct ModelCoverage {
  /// Share of the scored images that lie outside of a cut, 0...1; nil where the reference has no cuts.
  var outside: Double? { scored > 0 ? Double(beyond) / Double(scored) : nil }

  private static let most = 0.5
  /// One code value in the root mean square, full scale: what is nearer is drawn as it is, whatever the cuts say.
  private static let drawn = Double(LowRankModel.length).squareRoot() / 255

  private let cuts: (orthogonal: Double, score: Double)?
  private var scored = 0
  private var beyond = 0

  init(_ model: ModelScale?) {
    if let orthogonal = model?.orthogonalCut, let score = model?.scoreCut {
      cuts = (orthogonal, score)
    } else {
      cuts = nil
    }
  }

  mutating func add(_ sample: RankRow) {
    guard let cuts, !sample.orthogonalDistance.isNaN else { return }
    scored += 1
    let distance = sample.orthogonalDistance
    if distance > ModelCoverage.drawn, distance > cuts.orthogonal || sample.scoreDistance > cuts.score { beyond += 1 }
  }

  var fits: Bool { outside.map { $0 <= ModelCoverage.most } ?? true }

  /// For a person; nil where the model fits.
  var refusal: String? {
    guard let outside, !fits else { return nil }
    return "this model does not fit this set: \(Int((100 * outside).rounded())) % lie outside its cut; no image has a "
      + "verdict; fit one to this set by scanning without a model of another"
  }
}
