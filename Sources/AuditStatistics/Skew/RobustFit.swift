import AuditCore
import CKernels

/// Why there is no reference model. Other references still work.
package enum FitRefusal: Error, Equatable, CustomStringConvertible {
  case tooFewRows(count: Int)
  case rowsAreEqual(count: Int)
  /// Whoever waited does not wait any more.
  case stopped

  package var description: String {
    switch self {
    case .tooFewRows(let count):
      "\(count) readable images are too few for a reference model; it takes \(RobustFit.fewestRows)"
    case .rowsAreEqual(let count):
      "all \(count.formattedWithCommas) images are the same picture; there is nothing to model"
    case .stopped: "stopped before the model was fitted"
    }
  }
}

/// The robust low-rank model of `docs/statistic.md`, 2 and where each row stands in it.
///
/// Distances are in full scale (1 = 255 code values in one number of a row).
package struct RobustFit: Sendable {
  /// One reweighting: the cuts that its distances gave and the weights that follow.
  package struct Round: Sendable {
    package let orthogonalCut: Double
    package let scoreCut: Double
    package let weights: [Double]
  }

  package static let fewestRows = 25
  package static let mostRounds = 12
  /// Weights that move by less end the rounds.
  package static let tolerance = 1e-3
  /// A row whose nearest other row is within this share of its orthogonal distance is vouched for.
  package static let alike = 0.8

  package let count: Int
  /// Variances along the components, the largest first; fewer than asked for where the rows span less.
  package let eigenvalues: [Double]
  /// Mean of the eigenvalues that are not among the components.
  package let tail: Double
  /// Weights of the rows in the last fit, 0...1.
  package let weights: [Double]
  package let orthogonalDistances: [Double]
  package let scoreDistances: [Double]
  package let leverages: [Double]
  /// Distance to the nearest other row that is not the same picture again.
  package let nearest: [Double]
  /// Median + 2 x 1.4826 MAD of the distances above: the lines of the outlier map.
  package let orthogonalCut: Double
  package let scoreCut: Double
  package let rounds: [Round]
  /// Where fits of the same rows under other weights start.
  let raw: Block
  /// count x rank: the components as combinations of the rows.
  private let coefficients: Block
  /// Shares of the rows in the mean; nil where it is their median.
  private let centreWeights: [Double]?

  package var rank: Int { eigenvalues.count }

  /// 32, but at most a tenth of the rows.
  package static func rank(forCount count: Int) -> Int { max(1, min(32, count / 10)) }

  /// - Parameters:
  ///   - rank: components; at most a tenth of the rows is sensible.
  ///   - lookAlikesVouch: whether a row that has a look-alike keeps its full weight; where none does, the components
  ///     are as exact as distances need.
  ///   - clumps: rows that are one observation together; nil where each counts by itself, as in the reference statistic.
  ///   - witnesses: rows that may be look-alikes of others; nil for all. What `clumps` holds is taken as it is.
  ///   - mostRounds: reweightings, from 1, after which weights that have not settled are taken as they are.
  ///   - jobs: threads; the result is the same for any number.
  ///   - isStopped: asked before every round.
  ///   - progress: called with the number of the round that begins, from 0.
  package init(
    gram: GramMatrix, rank: Int, lookAlikesVouch: Bool = true, clumps: Clumps? = nil,
    witnesses: Witnesses? = nil, mostRounds: Int = RobustFit.mostRounds, jobs: Int = 1,
    isStopped: @Sendable () -> Bool = { false }, progress: (Int) -> Void = { _ in }
  ) throws(FitRefusal) {
    if isStopped() { throw .stopped }
    guard gram.count >= RobustFit.fewestRows else { throw .tooFewRows(count: gram.count) }
    guard !gram.rowsAreEqual else { throw .rowsAreEqual(count: gram.count) }
    progress(0)
    func accuracy(_ round: Int) -> SymmetricEigen.Accuracy { lookAlikesVouch ? .components(round: round) : .distances }
    let witnesses = witnesses ?? Witnesses(all: gram.count)
    let clumps = clumps ?? Clumps(none: gram, witnesses: witnesses)
    let matrix = gram.matrix
    let start = GramComponents(
      of: gram, matrix: matrix,
      weighting: .spherical(radii: gram.squaredRadii.map { $0.squareRoot() }, weights: clumps.shares), rank: rank,
      accuracy: accuracy(0), warm: nil, jobs: jobs)
    let settled = try Reweighting(
      from: start, shares: clumps.shares, nearest: lookAlikesVouch ? clumps.nearest : nil, mostRounds: mostRounds,
      isStopped: isStopped, progress: progress
    ) { weights, warm, round in
      GramComponents(
        of: gram, matrix: matrix, weighting: .weighted(weights), rank: rank, accuracy: accuracy(round), warm: warm,
        jobs: jobs)
    }
    self.init(settled.model, gram: gram, weights: settled.weights, rounds: settled.rounds, witnesses: witnesses)
  }

  /// The model that squared error alone would fit to the rows: what a robust fit is compared with.
  package init(plain gram: GramMatrix, rank: Int, jobs: Int = 1) {
    let weights = [Double](repeating: 1, count: gram.count)
    let model = GramComponents(
      of: gram, weighting: .weighted(weights), rank: rank, accuracy: .components(round: 0), warm: nil, jobs: jobs)
    self.init(model, gram: gram, weights: weights, rounds: [], witnesses: Witnesses(all: gram.count))
  }

  private init(
    _ model: GramComponents, gram: GramMatrix, weights: [Double], rounds: [Round], witnesses: Witnesses
  ) {
    count = gram.count
    (eigenvalues, tail, self.weights, self.rounds) = (model.eigenvalues, model.tail, weights, rounds)
    orthogonalDistances = model.orthogonalDistances
    scoreDistances = model.scoreDistances
    leverages = model.leverages
    orthogonalCut = medianCut(orthogonalDistances)
    scoreCut = medianCut(scoreDistances)
    nearest = gram.nearest(inModelOf: orthogonalDistances, among: witnesses.rows)
    (raw, coefficients, centreWeights) = (model.raw, model.coefficients, model.centreWeights)
  }

  /// The mean (length numbers, 0...1) and the components (rank x length, orthonormal, row by row) in the numbers of a row:
  /// the only thing about a fit that takes the rows themselves.
  ///
  /// - Parameters:
  ///   - rows: count x length bytes, the rows that `gram` was made from.
  ///   - gram: what was fitted.
  package func pixels(of rows: [UInt8], in gram: GramMatrix) -> (mean: [Double], components: [Double]) {
    precondition(gram.count == count && rows.count == count * gram.length)
    var factors = coefficients.resized(columns: rank + 1)
    if let centreWeights {
      for row in 0..<factors.rows { factors[row, rank] = centreWeights[row] }
    }
    let (length, stride) = (gram.length, factors.stride)
    var sums = [Double](repeating: 0, count: length * stride)
    rows.withPointer { bytes in
      sums.withMutablePointer {
        audit_linear_byte_combination(bytes, gram.count, length, factors.values, stride, $0)
      }
    }
    let mean = (0..<length).map { index in
      centreWeights == nil ? gram.centre[index] : sums[index * stride + rank] / 255
    }
    let totals = factors.weightedSums([Double](repeating: 1, count: factors.rows))
    var components = [Double](repeating: 0, count: rank * length)
    for index in 0..<length {
      for column in 0..<rank {
        components[column * length + index] = sums[index * stride + column] / 255 - mean[index] * totals[column]
      }
    }
    return (mean, components)
  }
}
