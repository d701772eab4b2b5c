import CKernels

/// The largest eigenpairs of a positive semidefinite operator.
struct TopEigenpairs {
  /// As many as the block has columns, the largest first; those beyond the wanted rank are less exact.
  let values: [Double]
  /// Orthonormal, in the columns.
  let vectors: Block
  /// G diag(a) x for every vector.
  let raw: Block
  /// Products with the matrix that were needed.
  let products: Int
  let converged: Bool
}

/// Block subspace iteration with Chebyshev filters and Rayleigh-Ritz steps.
///
/// A filter of degree d keeps what lies in 0...b, b the smallest eigenvalue of the block, at size 1 and lets the wanted
/// part grow like the Chebyshev polynomial T_d outside of its interval, so that few products with the large matrix are
/// needed. - Source: Y. Zhou, Y. Saad, M. L. Tiago, J. R. Chelikowsky, J. Comput. Phys. 219 (2006), 172-184.
struct SymmetricEigen {
  /// What has to be exact.
  enum Accuracy {
    /// Every eigenvector by itself: the distance to its neighbours counts.
    case components
    /// Only the space that they span: the distance to the first unwanted eigenvalue counts.
    case subspace
  }

  let rank: Int
  let accuracy: Accuracy

  /// Error of a vector, as the tangent of an angle, below which it is done.
  ///
  /// Where the reweighting of a robust fit does not settle it enlarges errors about fivefold a round (seen on portraits
  /// of 237 people: 1e-9 in the first round was 1e-4 in the twelfth), so components are worked out to rounding.
  private var angle: Double { accuracy == .components ? 1e-13 : 1e-8 }
  /// Residual, as a share of the largest eigenvalue, from which on a vector is done too when it gets no better.
  static let rounding = 1e-12
  static let longestFilter = 12
  static let mostProducts = 400

  /// More columns than wanted: with them the filter tells the last wanted vector from the rest.
  func blockColumns(dimension: Int) -> Int {
    min((rank + max(8, rank / 2) + 7) / 8 * 8, dimension)
  }

  /// - Parameters:
  ///   - start: columns to start from, as near to the eigenvectors as one has; nil starts from repeatable numbers.
  ///   - dimension: the largest number of orthogonal columns that there can be.
  func top(of operation: GramOperator, dimension: Int, start: Block?) -> TopEigenpairs {
    let columns = blockColumns(dimension: dimension)
    var block = start?.resized(columns: columns) ?? Block(rows: operation.count, columns: columns)
    block.fill(columns: (start.map { min($0.columns, columns) } ?? 0)..<columns)
    block.projectOut(operation.unit)
    var state = ritz(orthonormal(block, unit: operation.unit), operation)
    var products = 1
    var before: Double?
    while !isDone(state, before: before), products < SymmetricEigen.mostProducts {
      before = worstResidual(of: state)
      let degree = degree(for: state)
      let filtered = filter(state, degree: degree, operation)
      state = ritz(orthonormal(filtered, unit: operation.unit), operation)
      products += degree
    }
    return state.pairs(products: products, converged: products < SymmetricEigen.mostProducts)
  }

  /// An orthonormal block with its Ritz values, the raw products, images and residuals.
  private struct State {
    let values: [Double]
    let vectors: Block
    let raw: Block
    let image: Block
    let residuals: [Double]

    func pairs(products: Int, converged: Bool) -> TopEigenpairs {
      TopEigenpairs(values: values, vectors: vectors, raw: raw, products: products, converged: converged)
    }
  }

  private func ritz(_ block: Block, _ operation: GramOperator) -> State {
    let raw = operation.raw(block)
    var (values, turn) = eigenpairs(ofSmall: block.inner(operation.image(ofRaw: raw)))
    let vectors = block.times(turn)
    let turned = raw.times(turn)
    let image = operation.image(ofRaw: turned)
    var squares = [Double](repeating: 0, count: vectors.stride)
    values += [Double](repeating: 0, count: vectors.stride - values.count)
    squares.withMutablePointer {
      audit_linear_residuals(image.values, vectors.values, values, vectors.rows, vectors.stride, $0)
    }
    return State(
      values: Array(values.prefix(vectors.columns)), vectors: vectors, raw: turned, image: image,
      residuals: squares.prefix(vectors.columns).map { $0.squareRoot() })
  }

  /// Exact enough, or as exact as rounding lets it become.
  private func isDone(_ state: State, before: Double?) -> Bool {
    if excess(of: state) <= 1 { return true }
    guard let before else { return false }
    let now = worstResidual(of: state)
    return now <= SymmetricEigen.rounding && now > 0.5 * before
  }

  /// The largest residual of a wanted pair as a share of the largest eigenvalue.
  private func worstResidual(of state: State) -> Double {
    (state.residuals.prefix(rank).max() ?? 0) / state.values[0]
  }

  /// The largest quotient of a wanted residual and what is allowed; at most 1 when done.
  private func excess(of state: State) -> Double {
    let wanted = min(rank, state.values.count)
    guard let largest = state.values.first, largest > 0 else { return 0 }
    let unwanted = state.values.count > wanted ? state.values[wanted] : 0
    return (0..<wanted).map { index in
      let value = state.values[index]
      let above = index > 0 && accuracy == .components ? state.values[index - 1] - value : .infinity
      let next = accuracy == .components && index + 1 < state.values.count ? state.values[index + 1] : unwanted
      return state.residuals[index] / max(angle * min(above, value - next), 1e-17 * largest)
    }.max() ?? 0
  }

  /// As long a filter as is needed, but not so long that rounding in the first column drowns the last one.
  private func degree(for state: State) -> Int {
    let wanted = min(rank, state.values.count)
    let excess = excess(of: state)
    let impurity = max(worstResidual(of: state), 1e-15)
    let half = halfInterval(of: state)
    let (first, last) = (state.values[0] / half - 1, max(state.values[wanted - 1] / half - 1, 1))
    var growths = (first: (1.0, first), last: (1.0, last))
    var degree = 1
    while degree < SymmetricEigen.longestFilter, growths.last.1 < 2 * excess {
      growths.first = (growths.first.1, 2 * first * growths.first.1 - growths.first.0)
      growths.last = (growths.last.1, 2 * last * growths.last.1 - growths.last.0)
      if degree >= 2, impurity * growths.first.1 > 1e3 * growths.last.1 { break }
      degree += 1
    }
    return max(degree, 2)
  }

  /// Half of the largest eigenvalue that the filter keeps small.
  private func halfInterval(of state: State) -> Double {
    0.5 * max(state.values[state.values.count - 1], 1e-9 * state.values[0])
  }

  /// T_degree((B - half) / half) applied to the block.
  private func filter(_ state: State, degree: Int, _ operation: GramOperator) -> Block {
    let half = halfInterval(of: state)
    var before = state.vectors
    var now = combine(1 / half, state.image, -1, state.vectors, 0, state.vectors)
    for _ in 1..<degree {
      let image = operation.image(ofRaw: operation.raw(now))
      let next = combine(2 / half, image, -2, now, -1, before)
      before = now
      now = next
    }
    return now
  }

  private func combine(
    _ alpha: Double, _ first: Block, _ beta: Double, _ second: Block, _ gamma: Double, _ third: Block
  )
    -> Block
  {
    var out = Block(rows: first.rows, columns: first.columns)
    out.values.withMutablePointer {
      audit_linear_combine(
        alpha, first.values, beta, second.values, gamma, third.values, first.values.count, $0)
    }
    return out
  }

  /// Orthonormal columns that span what the block spans, filled up where its columns depend on one another.
  ///
  /// By the eigenvectors of the inner products (Stathopoulos, Wu, SIAM J. Sci. Comput. 23 (2002), SVQB), twice, because
  /// the first pass is exact only as far as the columns were apart.
  private func orthonormal(_ block: Block, unit: [Double]) -> Block {
    var spanned = orthonormalOnce(block)
    for _ in 0..<3 where spanned.columns < block.columns {
      let kept = spanned.columns
      spanned = spanned.resized(columns: block.columns)
      spanned.fill(columns: kept..<block.columns)
      spanned.projectOut(unit)
      spanned = orthonormalOnce(spanned)
    }
    return orthonormalOnce(spanned)
  }

  private func orthonormalOnce(_ block: Block) -> Block {
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

/// All eigenpairs of a small symmetric matrix, the largest first; of its upper and lower half the mean is taken.
func eigenpairs(ofSmall matrix: Block) -> (values: [Double], vectors: Block) {
  let order = matrix.columns
  var symmetric = matrix
  for row in 0..<order {
    for column in 0..<row {
      let mean = 0.5 * (matrix[row, column] + matrix[column, row])
      symmetric[row, column] = mean
      symmetric[column, row] = mean
    }
  }
  var values = [Double](repeating: 0, count: order)
  var vectors = Block(rows: matrix.stride, columns: order)
  symmetric.values.withMutablePointer { from in
    values.withMutablePointer { to in
      vectors.values.withMutablePointer { _ = audit_linear_jacobi(from, order, matrix.stride, to, $0) }
    }
  }
  return (values, vectors)
}
