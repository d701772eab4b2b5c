import AuditCore
import CKernels

/// Rows of numbers about their coordinatewise median, as the covariance of weighted rows is worked out from them.
struct CentredRows {
  let count: Int
  let length: Int
  /// The median of every column.
  let centre: [Double]
  /// count x length.
  let rows: Block
  /// |x|² of each row.
  let squaredRadii: [Double]

  /// Columns that one product makes: as a covariance is symmetric, a band does not need those before it.
  private static let band = 96

  /// - Parameter values: count x length, row by row, all finite.
  init(_ values: [Double], length: Int) {
    precondition(length > 0 && !values.isEmpty && values.count % length == 0)
    let count = values.count / length
    var centre = [Double](repeating: 0, count: length)
    var rows = Block(rows: count, columns: length)
    for column in 0..<length {
      let numbers = (0..<count).map { values[$0 * length + column] }
      let middle = median(numbers) ?? 0
      centre[column] = middle
      for row in 0..<count { rows[row, column] = numbers[row] - middle }
    }
    squaredRadii = rows.squaredLengths
    (self.count, self.length, self.centre, self.rows) = (count, length, centre, rows)
  }

  /// Adds the products of all pairs of columns, over some rows, each times its weight, to length x length sums.
  func addMoments(of chosen: [Int], weights: [Double], to sums: inout [Double], jobs: Int) {
    guard !chosen.isEmpty else { return }
    let part = rows.gathered(chosen)
    var weighted = [Double](repeating: 0, count: length * chosen.count)
    for (place, weight) in weights.enumerated() {
      for column in 0..<length { weighted[column * chosen.count + place] = part[place, column] * weight }
    }
    for first in stride(from: 0, to: length, by: CentredRows.band) {
      let band = part.columns(first..<min(length, first + CentredRows.band))
      let products = multiply(weighted, rows: first..<length, inner: chosen.count, by: band, jobs: jobs)
      for row in 0..<products.rows {
        for column in 0..<min(band.columns, row + 1) {
          let sum = sums[(first + row) * length + first + column] + products[row, column]
          sums[(first + row) * length + first + column] = sum
          sums[(first + column) * length + first + row] = sum
        }
      }
    }
  }
}

/// Second moments of weighted rows that follow the weights: most rows keep theirs from round to round.
struct WeightedMoments {
  private let source: CentredRows
  private let jobs: Int
  private var weights: [Double]
  private var sums: [Double]

  init(of source: CentredRows, jobs: Int) {
    (self.source, self.jobs) = (source, jobs)
    weights = [Double](repeating: 0, count: source.count)
    sums = [Double](repeating: 0, count: source.length * source.length)
  }

  /// The sum of the products of all pairs of columns under new weights, over the sum of the weights: length x length.
  mutating func mean(under new: [Double]) -> [Double] {
    let moved = new.indices.filter { new[$0] != weights[$0] }
    source.addMoments(of: moved, weights: moved.map { new[$0] - weights[$0] }, to: &sums, jobs: jobs)
    weights = new
    let total = new.reduce(0, +)
    return sums.map { $0 / total }
  }
}

/// Principal components of weighted rows by way of their covariance (`docs/statistic.md`, 2): for rows that are not
/// much longer than many.
struct CovarianceComponents: RowComponents {
  let eigenvalues: [Double]
  /// Where the components begin, about the centre of the rows.
  let mean: [Double]
  /// length x rank, orthonormal columns.
  let components: Block
  let scores: Block
  let orthogonalDistances: [Double]
  let raw: Block

  /// - Parameters:
  ///   - moments: the sum of the products of all pairs of columns, each row times its squared scale.
  ///   - warm: `raw` of a fit of the same rows under other weights.
  init(of source: CentredRows, weighting: GramWeighting, moments: [Double], rank: Int, warm: Block?, jobs: Int) {
    let length = source.length
    var entries = moments
    let mean = Array(source.rows.weightedSums(zip(weighting.scale, weighting.unit).map { $0 * $1 }).prefix(length))
    for row in 0..<length {
      for column in 0..<length { entries[row * length + column] -= mean[row] * mean[column] }
    }
    let trace = (0..<length).reduce(0) { $0 + entries[$1 * length + $1] }
    let operation = GramOperator(
      matrix: SymmetricMatrix(entries, count: length), scale: [Double](repeating: 1, count: length),
      unit: [Double](repeating: 0, count: length), jobs: jobs)
    let pairs = SymmetricEigen(rank: min(rank, length), accuracy: .distances).top(
      of: operation, dimension: length, start: warm)
    eigenvalues =
      spectrum(
        pairs.values, rank: min(rank, length), trace: trace, others: min(weighting.rows - 1, length) - rank
      ).values
    raw = pairs.vectors
    components = pairs.vectors.resized(columns: max(eigenvalues.count, 1))
    self.mean = weighting.centreWeights == nil ? [Double](repeating: 0, count: length) : mean
    var centred = source.rows
    for row in 0..<source.count {
      for column in 0..<length { centred[row, column] -= self.mean[column] }
    }
    scores = centred.product(components, inner: length)
    orthogonalDistances = residualLengths(centred.squaredLengths, scores: scores, trace: trace)
  }
}

extension Block {
  /// |x|² of each row.
  fileprivate var squaredLengths: [Double] {
    (0..<rows).map { row in
      values[(row * stride)..<(row * stride + columns)].reduce(0) { $0 + $1 * $1 }
    }
  }

  /// The first `inner` columns times factors of as many rows.
  fileprivate func product(_ factors: Block, inner: Int) -> Block {
    precondition(factors.rows == inner && inner <= columns)
    var out = Block(rows: rows, columns: factors.columns)
    out.values.withMutablePointer {
      audit_linear_product(
        values, stride, 0, rows, inner, factors.values, factors.stride, $0, KernelChoice.scalar)
    }
    return out
  }
}
