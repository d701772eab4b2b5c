import AuditCore
import AuditReference
import AuditStatistics

/// What a scan says about the training rows, and what could be said instead.
struct TruthRanking {
  let fitted: LowRankFit
  let skews: [Skew]
  /// Mean squared and absolute residual against the robust model, as a scan stores them.
  let squared: [Double]
  private let absolute: [Double]
  /// The same against the plain model.
  private let plain: (squared: [Double], absolute: [Double])
  let set: TruthSet
  private let report: GainReport
  private let verdicts: [Verdict]

  private let remediesOnly: Bool

  /// - Parameter remediesOnly: treatments by other rankings are not made.
  init(_ set: TruthSet, remediesOnly: Bool, jobs: Int) throws {
    (self.set, self.remediesOnly) = (set, remediesOnly)
    let rows = set.trainRows
    fitted = try LowRankFit(
      rows: rows, keys: (0..<set.trainCount).map { UInt64($0) }, isDamaged: set.isDamaged, seed: 7, jobs: jobs)
    let rule = VerdictRule.model(count: set.trainCount)
    skews = fitted.skews
    verdicts = skews.map { rule.verdict(of: $0) }
    report = fitted.gain(rule: rule, jobs: jobs)
    guard !remediesOnly else {
      (plain, squared, absolute) = (([], []), [], [])
      return
    }
    plain = TruthRanking.losses(
      of: rows, in: fitted.gram, by: RobustFit(plain: fitted.gram, rank: fitted.rank, jobs: jobs))
    (squared, absolute) = TruthRanking.losses(of: rows, in: fitted.gram, by: fitted.fit)
  }

  /// Mean squared and absolute residual of every row.
  private static func losses(
    of rows: [UInt8], in gram: GramMatrix, by fit: RobustFit
  ) -> (squared: [Double], absolute: [Double]) {
    let pixels = fit.pixels(of: rows, in: gram)
    let (mean, components) = (pixels.mean.map { Float($0) }, pixels.components.map { Float($0) })
    var losses: (squared: [Double], absolute: [Double]) = ([], [])
    var residual = mean
    for start in stride(from: 0, to: rows.count, by: mean.count) {
      for place in residual.indices { residual[place] = Float(rows[start + place]) / 255 - mean[place] }
      for first in stride(from: 0, to: components.count, by: mean.count) {
        // The components are orthonormal: what is left after one has the same score along the next.
        var score: Float = 0
        for place in residual.indices { score += residual[place] * components[first + place] }
        for place in residual.indices { residual[place] -= score * components[first + place] }
      }
      losses.squared.append(residual.reduce(0) { $0 + Double($1) * Double($1) } / Double(mean.count))
      losses.absolute.append(residual.reduce(0) { $0 + Double(abs($1)) } / Double(mean.count))
    }
    return losses
  }

  /// The remedy that a scan would recommend.
  var recommended: String? { report.recommendation()?.name.rawValue }

  /// nil where there is no second camera.
  var camera: CameraVerdicts? {
    let own = zip(verdicts, set.isOfCamera).filter(\.1).map(\.0)
    guard !own.isEmpty else { return nil }
    return CameraVerdicts(
      images: own.count, drop: own.count { $0 == .drop }, review: own.count { $0 == .review })
  }

  var treatments: [Treatment] { remedies + (remediesOnly ? [] : rankings) }

  private var remedies: [Treatment] {
    let drop = verdicts.map { $0 == .drop ? 0.0 : 1 }
    return [
      Treatment(name: "drop", weights: drop, estimate: report.remedies.first { $0.name == .drop }?.onNewImages),
      Treatment(
        name: "weights", weights: skews.map(\.trainingWeight),
        estimate: report.remedies.first { $0.name == .weights }?.onNewImages),
      Treatment(
        name: "both", weights: zip(drop, skews).map { $0 * $1.trainingWeight },
        estimate: report.remedies.first { $0.name == .both }?.onNewImages),
      Treatment(name: "drop and review", weights: verdicts.map { $0 == .keep ? 1 : 0 }),
      Treatment(name: "all that was planted", weights: set.planted.map { $0 == nil ? 1 : 0 }),
    ]
  }

  private var rankings: [Treatment] {
    let orders: [(String, [Double])] = [
      ("skew", skews.map(\.skew)), ("mse", squared), ("mae", absolute),
      ("share_mse / share_mae", zip(squared, absolute).map { $1 > 0 ? $0 / $1 : 0 }),
      ("mse of the plain model", plain.squared),
      ("its share_mse / share_mae", zip(plain.squared, plain.absolute).map { $1 > 0 ? $0 / $1 : 0 }),
      ("random", random),
    ]
    return [0.02, 0.05].flatMap { share in
      orders.map { name, values in
        Treatment(name: "\(Int(share * 100)) % by \(name)", weights: without(share, of: values))
      }
    }
  }

  /// 0 for that share of the rows with the highest values.
  private func without(_ share: Double, of values: [Double]) -> [Double] {
    let count = Int32((share * Double(values.count)).rounded())
    return ranks(of: values, worst: .high).ranks.map { ($0 ?? .max) <= count ? 0 : 1 }
  }

  private var random: [Double] {
    var values = [Double](repeating: 0, count: set.trainCount)
    for (turn, place) in TruthSet.chosen(set.trainCount, of: set.trainCount, seed: set.seed &+ 1000).enumerated() {
      values[place] = Double(turn)
    }
    return values
  }
}

/// How many pictures of a second camera are marked.
struct CameraVerdicts: Encodable {
  let images: Int
  let drop: Int
  let review: Int
}
