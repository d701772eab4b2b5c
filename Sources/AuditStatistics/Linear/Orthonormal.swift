/// Orthonormal columns that span what given columns span.
enum Orthonormal {
  /// Filled up where the columns depend on one another.
  ///
  /// - Parameter unit: what the columns that are filled in must have nothing along.
  static func columns(of block: Block, unit: [Double]) -> Block {
    if let fast = independentColumns(of: block, beside: nil) { return fast }
    var spanned = turned(block)
    for _ in 0..<3 where spanned.columns < block.columns {
      let kept = spanned.columns
      spanned = spanned.resized(columns: block.columns)
      spanned.fill(columns: kept..<block.columns)
      spanned.projectOut(unit)
      spanned = turned(spanned)
    }
    return turned(spanned)
  }

  /// By the Cholesky factor of the inner products, twice where the columns were far from orthogonal.
  ///
  /// - Parameter beside: orthonormal columns that the new ones become orthogonal to.
  /// - Returns: nil where the columns are so near to dependent that the factor says little.
  static func independentColumns(of block: Block, beside locked: Block?) -> Block? {
    var spanned = block
    for _ in 0..<2 {
      if let locked { spanned.projectOut(locked) }
      spanned.scale(columns: spanned.columnProducts(spanned).map { $0 > 0 ? 1 / $0.squareRoot() : 0 })
      guard let factor = InverseFactor(of: spanned.inner(spanned)) else { return nil }
      spanned = spanned.times(factor.inverse)
      if factor.smallestPivot > 0.1 { return spanned }
    }
    return spanned
  }

  /// By the eigenvectors of the inner products; exact only as far as the columns were apart.
  ///
  /// - Source: A. Stathopoulos, K. Wu, SIAM J. Sci. Comput. 23 (2002), 2165-2182 (SVQB).
  private static func turned(_ block: Block) -> Block {
    var scaled = block
    scaled.scale(columns: block.columnProducts(block).map { $0 > 0 ? 1 / $0.squareRoot() : 0 })
    let (values, turn) = eigenpairs(ofSmall: scaled.inner(scaled))
    let kept = max(values.prefix { $0 > 3e-15 * values[0] }.count, 1)
    var factors = turn.resized(columns: kept)
    factors.scale(
      columns: (0..<factors.stride).map { $0 < kept && values[$0] > 0 ? 1 / values[$0].squareRoot() : 0 })
    return scaled.times(factors)
  }
}

/// R⁻¹ of a small matrix R'R with a unit diagonal, R upper triangular.
private struct InverseFactor {
  let inverse: Block
  /// The smallest squared diagonal element of R, 0...1: what the columns before leave of the most dependent one.
  let smallestPivot: Double

  /// Below this pivot nothing but rounding may be left of a column.
  private static let leastPivot = 1e-9

  init?(of matrix: Block) {
    let factor = CholeskyFactor(of: matrix)
    guard factor.smallestPivot > InverseFactor.leastPivot else { return nil }
    var inverse = Block(rows: matrix.stride, columns: matrix.columns)
    // Column by column: R times the new column of the inverse is a column of the unit matrix.
    for column in 0..<matrix.columns {
      inverse[column, column] = 1 / factor[column, column]
      for row in 0..<column {
        var sum = 0.0
        for inner in row..<column { sum += inverse[row, inner] * factor[inner, column] }
        inverse[row, column] = -sum * inverse[column, column]
      }
    }
    (self.inverse, smallestPivot) = (inverse, factor.smallestPivot)
  }
}
