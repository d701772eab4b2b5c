/// R of a symmetric positive definite matrix R'R, R upper triangular; its transpose is kept, row by row.
struct CholeskyFactor {
  let order: Int
  /// order x order; element (row, column) of R at column * order + row.
  private var transpose: [Double]
  /// The smallest squared element of the diagonal: what the columns before leave of the most dependent one. Not positive, or
  /// NaN, where the matrix is not positive definite as far as numbers tell.
  private(set) var smallestPivot = Double.infinity

  /// - Parameter matrix: a pivot of it that is not positive counts as the least number that is.
  init(of matrix: Block) {
    order = matrix.columns
    transpose = [Double](repeating: 0, count: order * order)
    for row in 0..<order {
      for column in 0...row {
        var sum = matrix[row, column]
        for inner in 0..<column { sum -= transpose[row * order + inner] * transpose[column * order + inner] }
        if column < row {
          transpose[row * order + column] = sum / transpose[column * order + column]
        } else {
          if !(sum >= smallestPivot) { smallestPivot = sum }
          transpose[row * order + row] = max(sum, .leastNormalMagnitude).squareRoot()
        }
      }
    }
  }

  /// An element of R.
  subscript(row: Int, column: Int) -> Double { transpose[column * order + row] }

  /// The solution of (R'R) x = values.
  func solved(_ values: [Double]) -> [Double] {
    var solution = values
    for row in 0..<order {
      for inner in 0..<row { solution[row] -= self[inner, row] * solution[inner] }
      solution[row] /= self[row, row]
    }
    for row in (0..<order).reversed() {
      for inner in row + 1..<order { solution[row] -= self[row, inner] * solution[inner] }
      solution[row] /= self[row, row]
    }
    return solution
  }
}
