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

/// Squared loss of pictures that nobody trained on, without and with a treatment.
struct HeldOutLosses {
  private(set) var before: [Double]
  private(set) var after: [Double]
  /// For each picture the number of its stretch, and how many it stands for.
  private(set) var stretches: [Int]
  private(set) var importances: [Double]

  init(before: [Double] = [], after: [Double] = [], stretches: [Int] = [], importances: [Double] = []) {
    (self.before, self.after, self.stretches, self.importances) = (before, after, stretches, importances)
  }

  /// Adds other pictures of the same set, under models that were fitted to others.
  mutating func add(_ other: HeldOutLosses) {
    before += other.before
    after += other.after
    stretches += other.stretches
    importances += other.importances
  }

  var gain: Gain { Gain(before: before, after: after, stretches: stretches, importances: importances) }

  /// The gain where a picture counts with at most so many median losses, as it does in an estimate.
  func gain(upTo medians: Double) -> Gain {
    let most = medians * (median(before) ?? 0)
    let counted = before.indices.map { place in
      let loss = max(before[place], after[place])
      return importances[place] * (loss > most ? most / loss : 1)
    }
    return Gain(before: before, after: after, stretches: stretches, importances: counted)
  }
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
  /// The same over all pictures of the draw, each held out once; nil where one fifth alone was. A few rare pictures in
  /// one fifth or not decide what it says.
  var everyPicture: Gain?
  /// That, where no picture counts with more median losses than it does in an estimate.
  var everyPictureCounted: Gain?
  /// The same over the other fifths of the draw: as well as anybody could predict this one who knew all the rest.
  var otherFifths: Gain?
  /// With an autoencoder trained by gradient descent; nil where it was not trained.
  var probe: Gain?
  /// What `truth` was made from.
  var losses = HeldOutLosses()

  private enum CodingKeys: CodingKey {
    case name, images, planted, estimate, truth, everyPicture, everyPictureCounted, otherFifths, probe
  }
}

/// The statistic of one planted set beside the truth about it.
struct Truth: Encodable {
  let set: String
  /// Consecutive images that are held out together.
  let stretch: Int
  let seed: UInt64
  /// Which fifth is held out, 0..<5; nil where it is the only one.
  var fifth: Int?
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
      let losses = HeldOutLosses(
        before: before, after: split.losses(weights: treatment.weights), stretches: set.stretches,
        importances: set.importances)
      return TruthLine(
        name: treatment.name, images: touched.count,
        planted: touched.isEmpty
          ? nil : Double(touched.count { set.planted[$0] != nil }) / Double(touched.count),
        estimate: treatment.estimate,
        truth: losses.gain, losses: losses)
    }
    recommended = ranking.recommended
    camera = ranking.camera
    stretch = set.stretch
    (self.set, seed, fifth, trained, heldOut) = (set.name, set.seed, set.fifth, set.trainCount, set.testCount)
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

extension Truth {
  /// Says in each fifth of one draw what the treatments are worth on all of its pictures.
  static func join(_ fifths: inout [Truth]) {
    for place in fifths[0].lines.indices {
      var all = HeldOutLosses()
      for fifth in fifths { all.add(fifth.lines[place].losses) }
      let (whole, counted) = (all.gain, all.gain(upTo: Judge.mostMediansOfWhole))
      for fifth in fifths.indices {
        var others = HeldOutLosses()
        for other in fifths.indices where other != fifth { others.add(fifths[other].lines[place].losses) }
        (fifths[fifth].lines[place].everyPicture, fifths[fifth].lines[place].everyPictureCounted) = (whole, counted)
        fifths[fifth].lines[place].otherFifths = others.gain
      }
    }
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
