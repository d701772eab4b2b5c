import AuditCore
import AuditReference
import AuditStatistics

extension Gain {
  /// Ratio estimator over stretches: pictures of one stretch are alike and count as one observation.
  ///
  /// - Parameter importances: how many pictures each stands for; nil for itself.
  init(before: [Double], after: [Double], stretches: [Int], importances: [Double]? = nil) {
    let importances = importances ?? before.map { _ in 1 }
    var sums: [Int: (before: Double, fall: Double)] = [:]
    for (place, stretch) in stretches.enumerated() {
      sums[stretch, default: (0, 0)].before += importances[place] * before[place]
      sums[stretch, default: (0, 0)].fall += importances[place] * (before[place] - after[place])
    }
    let parts = sums.sorted { $0.key < $1.key }.map(\.value)
    let total = parts.reduce(0) { $0 + $1.before }
    let share = parts.reduce(0) { $0 + $1.fall } / total
    let count = Double(parts.count)
    let squares = parts.reduce(0) { sum, part in
      let error = (part.fall - share * part.before) / (total / count)
      return sum + error * error
    }
    let reach = parts.count > 1 ? 1.96 * (squares / (count - 1) / count).squareRoot() : .infinity
    self.init(gain: share, low: share - reach, high: share + reach)
  }
}

/// One way to train on the planted set.
struct Treatment {
  let name: String
  /// Weight of each training row; 0 leaves it out.
  let weights: [Double]
  /// What a scan says beforehand that it is worth.
  var estimate: Gain?
}

/// What a treatment is worth on clean pictures that nobody trained on.
struct TruthLine: Encodable {
  let name: String
  /// Pictures that it leaves out; for weights those that weigh less than 1.
  let images: Int
  /// Share of them that were planted; nil where there is none.
  let planted: Double?
  let estimate: Gain?
  /// With a plain low-rank model.
  let truth: Gain
  /// With an autoencoder trained by gradient descent; nil where it was not trained.
  var probe: Gain?
}

/// The statistic of one planted set beside the truth about it.
struct Truth: Encodable {
  let set: String
  /// Consecutive images that are held out together.
  let stretch: Int
  let seed: UInt64
  let trained: Int
  let planted: Int
  /// Pictures that are flagged as damaged, and how many of them were planted; nil where nobody looked.
  var flagged: Int?
  var flaggedPlanted: Int?
  let heldOut: Int
  /// What a scan recommends; nil for nothing.
  var recommended: String?
  /// What a scan says of the pictures of a second camera; nil where there is none.
  var camera: CameraVerdicts?
  var lines: [TruthLine]
  /// Rank correlation of `pull_squared` with the distance that the plain model moves when the picture is left out, and
  /// the same of the reconstruction error; over `moved` pictures, nil where there are none.
  let pullCorrelation: Double?
  let errorCorrelation: Double?
  let moved: Int

  subscript(name: String) -> TruthLine? { lines.first { $0.name == name } }
}

extension Truth {
  init(_ ranking: TruthRanking, jobs: Int, leaveOut: Int) {
    let set = ranking.set
    let all = GramMatrix(rows: set.rows, length: LowRankModel.length, jobs: jobs)
    let split = HeldOutRows(
      gram: all, train: Array(0..<set.trainCount), test: Array(set.trainCount..<all.count), rank: ranking.fitted.rank)
    let before = split.losses(weights: [Double](repeating: 1, count: set.trainCount))
    lines = ranking.treatments.map { treatment in
      let touched = treatment.weights.indices.filter { treatment.weights[$0] < 1 }
      let after = split.losses(weights: treatment.weights)
      return TruthLine(
        name: treatment.name, images: touched.count,
        planted: touched.isEmpty
          ? nil : Double(touched.count { set.planted[$0] != nil }) / Double(touched.count),
        estimate: treatment.estimate,
        truth: Gain(before: before, after: after, stretches: set.stretches, importances: set.importances))
    }
    recommended = ranking.recommended
    camera = ranking.camera
    stretch = set.stretch
    (self.set, seed, trained, heldOut) = (set.name, set.seed, set.trainCount, set.testCount)
    planted = set.planted.count { $0 != nil }
    flagged = set.isDamaged?.count { $0 }
    flaggedPlanted = set.isDamaged.map { zip($0, set.planted).count { $0 && $1 != nil } }
    guard leaveOut > 0 else {
      (pullCorrelation, errorCorrelation, moved) = (nil, nil, 0)
      return
    }
    let places = TruthSet.chosen(min(leaveOut, set.trainCount), of: set.trainCount, seed: 3)
    let effects = split.effects(ofLeavingOut: places, jobs: jobs)
    pullCorrelation = rankCorrelation(places.map { ranking.skews[$0].pullSquared }, effects)
    errorCorrelation = rankCorrelation(places.map { ranking.squared[$0] }, effects)
    moved = places.count
  }
}

/// Spearman's: the correlation of the ranks, 1 where both orders are the same.
func rankCorrelation(_ first: [Double], _ second: [Double]) -> Double {
  let (one, other) = (ranks(of: first, worst: .high).ranks, ranks(of: second, worst: .high).ranks)
  let count = Double(first.count)
  let squares = zip(one, other).reduce(0.0) { sum, pair in
    guard let left = pair.0, let right = pair.1 else { return sum }
    return sum + Double(left - right) * Double(left - right)
  }
  return 1 - 6 * squares / (count * (count * count - 1))
}
