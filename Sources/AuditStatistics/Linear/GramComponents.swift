/// Principal components of weighted rows, expressed by the rows themselves (`docs/statistic.md`, 2).
struct GramComponents {
  /// The largest first; fewer than asked for where the rows span less.
  let eigenvalues: [Double]
  /// Mean of the remaining eigenvalues.
  let tail: Double
  /// rows x rank: V'(x - m) for every row.
  let scores: Block
  /// |x - m - V z| of every row, 0 where rounding decides.
  let orthogonalDistances: [Double]
  /// rows x rank: V = (X - m)' coefficients.
  let coefficients: Block
  /// Weights of the rows, summing to 1, whose mean is the centre; nil for the coordinatewise median.
  let centreWeights: [Double]?
  /// G diag(a) x of the whole block: where the next fit starts.
  let raw: Block
  let products: Int
  let converged: Bool

  var rank: Int { eigenvalues.count }

  /// sqrt(sum z² / lambda): distance inside the subspace.
  var scoreDistances: [Double] {
    weightedNorms(of: scores, factors: eigenvalues.map { 1 / $0 })
  }

  /// Leverage factor c = sqrt(sum z² / (lambda - tail)²) of `docs/statistic.md`, 4.
  ///
  /// An eigenvalue that does not stand out of the tail would be divided by 0: the difference is at least 1e-9 of the
  /// largest eigenvalue.
  var leverages: [Double] { weightedNorms(of: scores, factors: leverageFactors(eigenvalues, tail: tail)) }
}

/// 1 / (lambda - tail)² for every component.
package func leverageFactors(_ eigenvalues: [Double], tail: Double) -> [Double] {
  eigenvalues.map { value in
    let apart = max(value - tail, 1e-9 * (eigenvalues.first ?? 0))
    return 1 / (apart * apart)
  }
}

/// sqrt(sum over j of factor_j z_ij²) for every row.
func weightedNorms(of scores: Block, factors: [Double]) -> [Double] {
  (0..<scores.rows).map { row in
    var sum = 0.0
    for column in 0..<factors.count {
      let score = scores[row, column]
      sum += score * score * factors[column]
    }
    return sum.squareRoot()
  }
}

/// Which covariance and which centre a fit in the space of rows has.
struct GramWeighting {
  /// a: what each row is multiplied with.
  let scale: [Double]
  /// v: the unit vector that centring takes out.
  let unit: [Double]
  let centreWeights: [Double]?
  /// Number of rows that take part.
  let rows: Int

  /// Weighted mean and covariance. Weights need not sum to 1; rows with weight 0 do not take part.
  static func weighted(_ weights: [Double], rows: Int? = nil) -> GramWeighting {
    let total = weights.reduce(0, +)
    let shares = weights.map { $0 / total }
    let roots = shares.map { $0.squareRoot() }
    return GramWeighting(scale: roots, unit: roots, centreWeights: shares, rows: rows ?? weights.count)
  }

  /// Rows moved onto a sphere of median radius about the median, which stays the centre (spherical PCA).
  ///
  /// Where more than half of the rows are the median itself, the radius is the median of the radii above 0.
  ///
  /// - Parameter weights: of the rows; they need not sum to 1. nil for equal ones.
  static func spherical(radii: [Double], weights: [Double]? = nil) -> GramWeighting {
    let weights = weights ?? [Double](repeating: 1, count: radii.count)
    let middle = median(radii) ?? 0
    let radius = middle > 0 ? middle : median(radii.filter { $0 > 0 }) ?? 0
    let total = weights.reduce(0, +)
    let roots = weights.map { ($0 / total).squareRoot() }
    return GramWeighting(
      scale: zip(radii, roots).map { $0 > 0 ? radius / max($0, 1e-12) * $1 : 0 }, unit: roots, centreWeights: nil,
      rows: radii.count)
  }
}

extension GramComponents {
  /// Eigenvalues below this share of the largest are rounding: the rows do not span that many directions.
  static let smallestEigenvalue = 1e-10

  /// - Parameters:
  ///   - matrix: that of `gram` for products, where several fits share it.
  ///   - warm: `raw` of a fit of the same rows under other weights.
  init(
    of gram: GramMatrix, matrix: SymmetricMatrix? = nil, weighting: GramWeighting, rank: Int,
    accuracy: SymmetricEigen.Accuracy, warm: Block?, jobs: Int
  ) {
    let operation = GramOperator(
      matrix: matrix ?? gram.matrix, scale: weighting.scale, unit: weighting.unit, jobs: jobs)
    let start = warm?.scaled(rows: weighting.scale)
    let pairs = SymmetricEigen(rank: rank, accuracy: accuracy).top(
      of: operation, dimension: gram.count - 1, start: start)
    let (moment, along) = operation.unitMoment()
    let trace = zip(weighting.scale, gram.squaredRadii).reduce(0) { $0 + $1.0 * $1.0 * $1.1 } - moment
    let found = spectrum(
      pairs.values, rank: rank, trace: trace, others: min(weighting.rows - 1, gram.length) - rank)
    let roots = found.values.map { $0.squareRoot() }
    scores = centredScores(pairs.raw, roots: roots, centreWeights: weighting.centreWeights)
    coefficients = basis(pairs.vectors.scaled(rows: weighting.scale), roots: roots)
    let squares = squaredDistances(
      gram.squaredRadii, along: along, moment: moment, centred: weighting.centreWeights != nil)
    orthogonalDistances = residualLengths(squares, scores: scores, trace: trace)
    (eigenvalues, tail) = found
    (centreWeights, raw) = (weighting.centreWeights, pairs.raw)
    (products, converged) = (pairs.products, pairs.converged)
  }
}

/// The eigenvalues that are more than rounding, and the mean of the `others` that are left.
func spectrum(_ values: [Double], rank: Int, trace: Double, others: Int) -> (values: [Double], tail: Double) {
  let kept = values.prefix(rank).prefix { $0 > GramComponents.smallestEigenvalue * values[0] && $0 > 0 }
  let left = trace - kept.reduce(0, +)
  // Where the rows span no more than the components, what is left is rounding.
  return (Array(kept), kept.count < rank || others < 1 ? 0 : max(left / Double(others), 0))
}

private func centredScores(_ raw: Block, roots: [Double], centreWeights: [Double]?) -> Block {
  var scores = raw.resized(columns: max(roots.count, 1))
  if let centreWeights {
    let shift = scores.weightedSums(centreWeights)
    for row in 0..<scores.rows {
      for column in 0..<roots.count { scores[row, column] -= shift[column] }
    }
  }
  return basis(scores, roots: roots)
}

/// Columns over the roots of their eigenvalues; what has no eigenvalue becomes 0.
private func basis(_ block: Block, roots: [Double]) -> Block {
  var scaled = block.resized(columns: max(roots.count, 1))
  scaled.scale(columns: (0..<scaled.stride).map { $0 < roots.count ? 1 / roots[$0] : 0 })
  return scaled
}

/// |x - m|² of every row: about the weighted mean, or about the median that the matrix is centred at.
private func squaredDistances(_ radii: [Double], along: [Double], moment: Double, centred: Bool) -> [Double] {
  guard centred else { return radii }
  return zip(radii, along).map { radius, along in max(radius - 2 * along + moment, 0) }
}

/// The length of what the scores leave of each row.
///
/// A copy of the centre, or of a row that the model meets exactly, leaves rounding of either sign: below 1e-12 of its
/// own squared distance and the mean one it counts as 0.
func residualLengths(_ squares: [Double], scores: Block, trace: Double) -> [Double] {
  squares.indices.map { row in
    var rest = squares[row]
    for column in 0..<scores.columns { rest -= scores[row, column] * scores[row, column] }
    return rest > 1e-12 * (squares[row] + trace) ? rest.squareRoot() : 0
  }
}
