/// What the rounds of a robust fit ask a model of its rows.
protocol RowComponents {
  /// Variances along the components, the largest first.
  var eigenvalues: [Double] { get }
  /// rows x rank: where each row lies along the components.
  var scores: Block { get }
  /// How far each row lies from the space of the components.
  var orthogonalDistances: [Double] { get }
  /// Where a fit of the same rows under other weights starts.
  var raw: Block { get }
}

extension GramComponents: RowComponents {}

/// The rounds of `docs/statistic.md`, 2: weights from the distances in a model, a model under these weights, until
/// they settle.
struct Reweighting<Model: RowComponents> {
  let model: Model
  /// Weights of the rows in the model, 0...1.
  let weights: [Double]
  let rounds: [RobustFit.Round]

  /// - Parameters:
  ///   - start: the spherical start.
  ///   - shares: weight of each row before anything is known of it; nil for 1.
  ///   - nearest: distance of each row to the nearest other one, which vouches for it; nil where none does.
  ///   - mostRounds: reweightings, from 1, after which weights that have not settled are taken as they are.
  ///   - isStopped: asked before every round.
  ///   - progress: called with the number of the round that begins, from 1.
  ///   - fit: the model under weights, what it best starts from, and the number of the round.
  init(
    from start: Model, shares: [Double]? = nil, nearest: [Double]?, mostRounds: Int = RobustFit.mostRounds,
    isStopped: () -> Bool,
    progress: (Int) -> Void = { _ in },
    fit: (_ weights: [Double], _ warm: Block, _ round: Int) -> Model
  ) throws(FitRefusal) {
    var model = start
    let shares = shares ?? [Double](repeating: 1, count: start.scores.rows)
    var weights = shares
    var rounds: [RobustFit.Round] = []
    var earlier: [(weights: [Double], raw: Block)] = []
    while rounds.count < mostRounds {
      if isStopped() { throw .stopped }
      let round = RobustFit.Round(model, shares: shares, nearest: nearest)
      rounds.append(round)
      // The spherical start is only a start: even where it leaves every weight at 1, one fit to the rows themselves
      // follows. It draws clean rows worse by half (`AuditStatisticsTests`).
      let isSettled = zip(round.weights, weights).allSatisfy { abs($0 - $1) < RobustFit.tolerance }
      if isSettled, rounds.count > 1 { break }
      progress(rounds.count)
      weights = round.weights
      model = fit(weights, Self.nearest(to: weights, among: earlier) ?? model.raw, rounds.count)
      earlier.append((weights, model.raw))
    }
    (self.model, self.weights, self.rounds) = (model, weights, rounds)
  }

  /// Where a fit with new weights best starts: rounds that do not settle come back to where they were.
  private static func nearest(to weights: [Double], among earlier: [(weights: [Double], raw: Block)]) -> Block? {
    func apart(_ other: [Double]) -> Double { zip(weights, other).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } }
    return earlier.map { (apart($0.weights), $0.raw) }.min { $0.0 < $1.0 }?.1
  }
}

extension RobustFit.Round {
  /// Weights from the distances in a model (`docs/statistic.md`, 2).
  ///
  /// - Parameters:
  ///   - shares: weight of each row before anything is known of it.
  ///   - nearest: distance of each row to the nearest other one; nil where none vouches.
  init(_ model: some RowComponents, shares: [Double], nearest: [Double]?) {
    let scales = model.eigenvalues.indices.map { column in
      let spread = consistencyOfMAD * (medianAbsoluteDeviation(model.scores.column(column)) ?? 0)
      // A component in which most rows are equal has no scale; it does not count.
      return spread > 1e-10 * model.eigenvalues[column].squareRoot() ? 1 / (spread * spread) : 0
    }
    let scoreDistances = weightedNorms(of: model.scores, factors: scales)
    let (orthogonal, score) = (medianCut(model.orthogonalDistances), medianCut(scoreDistances))
    orthogonalCut = orthogonal
    scoreCut = score
    weights = scoreDistances.indices.map { row in
      let distance = model.orthogonalDistances[row]
      if let nearest, nearest[row] <= RobustFit.alike * distance { return shares[row] }
      let root = share(distance, within: orthogonal) * share(scoreDistances[row], within: score)
      return root * root * shares[row]
    }
  }
}

/// min(1, cut / distance), 1 where both are 0.
private func share(_ distance: Double, within cut: Double) -> Double { distance <= cut ? 1 : cut / distance }
