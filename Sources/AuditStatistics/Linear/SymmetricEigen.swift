import CKernels
import Glibc

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
/// needed. Of each column only what the filter adds to it is worked out, which is as small as its residual: single
/// precision mostly does for that, and every Rayleigh-Ritz step sets it right in double precision. Leading columns that are done
/// stay as they are: only the others are filtered.
/// - Source: Y. Zhou, Y. Saad, M. L. Tiago, J. R. Chelikowsky, J. Comput. Phys. 219 (2006), 172-184.
struct SymmetricEigen {
  /// What has to be exact.
  enum Accuracy: Equatable {
    /// Every eigenvector by itself: the distance to its neighbours counts. Of a round of a robust fit, from 0.
    case components(round: Int)
    /// The same, as far as distances are told apart by it.
    case distances
    /// Only the space that they span, as far as a loss follows from it.
    case subspace
  }

  let rank: Int
  let accuracy: Accuracy

  /// Error of a vector, as the tangent of an angle, below which it is done.
  ///
  /// Where the reweighting of a robust fit does not settle it enlarges errors about fivefold a round (seen on portraits
  /// of 237 people), so components are worked out nearly to rounding at first, and less exactly where fewer rounds
  /// follow. A loss moves by less than its space does.
  private func angle(rows: Int) -> Double {
    switch accuracy {
    case .components(let round): min(1e-12 * pow(3, Double(round)), 1e-9)
    case .distances: 1e-9
    // A gain moves by less than a tenth of a per cent; among few rows one row says more, and a closer look costs
    // nothing.
    case .subspace: rows > SymmetricEigen.manyRows ? 1e-2 : 1e-7
    }
  }
  private static let manyRows = 500
  /// Residual, as a share of the largest eigenvalue, from which on a vector is done too when it gets no better.
  static let rounding = 1e-12
  static let longestFilter = 16
  /// How much smaller one filter makes what is wrong: its products have some seven digits of the largest eigenvalue.
  static let mostGrowth = 1e4
  /// Growth from which on the rounding of a filter's products would drown the weaker columns.
  private static let drowningGrowth = 1e8
  private static let drowningShare = 1e-5
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
    block = Orthonormal.columns(of: block, unit: operation.unit)
    // Seven digits hold the angle, unless one eigenvalue is thousands of times the others.
    var isRough = accuracy == .subspace && block.rows > SymmetricEigen.manyRows
    var state = RitzState(block, raw: operation.raw(block, rough: isRough), operation)
    var products = 1
    var before: Double?
    var errors = errors(of: state)
    while !isDone(state, errors, before: before), products < SymmetricEigen.mostProducts {
      before = worstResidual(of: state)
      let kept = settledColumns(of: state, errors)
      let degree = degree(for: state, errors)
      state = filtered(state, kept: kept, degree: degree, isRough: isRough, operation)
      errors = self.errors(of: state)
      products += degree
      if let before, worstResidual(of: state) > 0.5 * before { isRough = false }
    }
    return TopEigenpairs(
      values: state.values, vectors: state.vectors, raw: state.raw, products: products,
      converged: products < SymmetricEigen.mostProducts)
  }

  /// What is wrong with a wanted vector, in allowed errors.
  private struct VectorError {
    /// Its part outside of the block, which falls with a filter's growth.
    var outside: Double
    /// Its mixture with other vectors of the block by way of what is outside, which falls with the growth squared.
    var mixture: Double

    var largest: Double { max(outside, mixture) }
  }

  /// A residual is orthogonal to the block, so that it lies beyond the block's last eigenvalue.
  private func errors(of state: RitzState) -> [VectorError] {
    let wanted = min(rank, state.values.count)
    guard let largest = state.values.first, let last = state.values.last, largest > 0 else { return [] }
    let (smallest, angle) = (1e-15 * largest, angle(rows: state.vectors.rows))
    return (0..<wanted).map { index in
      let (value, residual) = (state.values[index], state.residuals[index])
      let beyond = max(value - last, smallest)
      let others = accuracy == .subspace ? wanted..<state.values.count : 0..<state.values.count
      let mixture =
        others.lazy.filter { $0 != index }.map { other in
          residual * state.residuals[other] / max(abs(value - state.values[other]), smallest)
        }.max() ?? 0
      return VectorError(
        outside: residual / max(angle * beyond, 1e-17 * largest), mixture: mixture / beyond / angle)
    }
  }

  /// Exact enough, or as exact as rounding lets it become.
  private func isDone(_ state: RitzState, _ errors: [VectorError], before: Double?) -> Bool {
    if errors.allSatisfy({ $0.largest <= 1 }) { return true }
    guard let before else { return false }
    let now = worstResidual(of: state)
    return now <= SymmetricEigen.rounding && now > 0.5 * before
  }

  /// The largest residual of a wanted pair as a share of the largest eigenvalue.
  private func worstResidual(of state: RitzState) -> Double {
    (state.residuals.prefix(rank).max() ?? 0) / state.values[0]
  }

  /// Leading columns that are exact enough, in whole vectors of the kernels.
  private func settledColumns(of state: RitzState, _ errors: [VectorError]) -> Int {
    let settled = errors.prefix { $0.largest <= 1 }.count
    return min(settled, errors.count - 1) / 8 * 8
  }

  /// As long a filter as is needed, and as its products are exact.
  private func degree(for state: RitzState, _ errors: [VectorError]) -> Int {
    let needed = errors.map { max($0.outside, $0.mixture.squareRoot()) }.max() ?? 0
    let last = place(of: state.values[errors.count - 1], in: state)
    let wanted = min(2 * needed, SymmetricEigen.mostGrowth)
    return (2..<SymmetricEigen.longestFilter).first { chebyshev($0, last) >= wanted } ?? SymmetricEigen.longestFilter
  }

  /// Where an eigenvalue lies on the scale on which the filter keeps -1...1 small.
  private func place(of value: Double, in state: RitzState) -> Double {
    max(value / halfInterval(of: state) - 1, 1)
  }

  /// T_degree(place) for a place from 1.
  private func chebyshev(_ degree: Int, _ place: Double) -> Double {
    var growth = (1.0, place)
    for _ in 1..<degree { growth = (growth.1, 2 * place * growth.1 - growth.0) }
    return growth.1
  }

  /// Half of the largest eigenvalue that the filter keeps small.
  private func halfInterval(of state: RitzState) -> Double {
    0.5 * max(state.values[state.values.count - 1], 1e-9 * state.values[0])
  }

  /// The Rayleigh-Ritz state of the kept columns and of what the filter makes of the others.
  private func filtered(_ state: RitzState, kept: Int, degree: Int, isRough: Bool, _ operation: GramOperator)
    -> RitzState
  {
    let count = state.values.count
    let locked = kept > 0 ? state.vectors.columns(0..<kept) : nil
    let rest = filter(state, columns: kept..<count, degree: degree, operation)
    guard let locked else {
      let block = Orthonormal.columns(of: rest, unit: operation.unit)
      return RitzState(block, raw: operation.raw(block, rough: isRough), operation)
    }
    guard let block = Orthonormal.independentColumns(of: rest, beside: locked) else {
      let block = Orthonormal.columns(of: locked.joined(with: rest), unit: operation.unit)
      return RitzState(block, raw: operation.raw(block, rough: isRough), operation)
    }
    return RitzState(
      locked.joined(with: block), raw: state.raw.columns(0..<kept).joined(with: operation.raw(block, rough: isRough)),
      operation)
  }

  /// T_degree((B - half) / half) applied to some columns, each over T_degree of its own place on that scale.
  ///
  /// With B v = value v + r this is v + f_degree, where f_0 = 0 and, with t the place of the column and T_k = T_k(t),
  /// f_k+1 = T_k / T_k+1 (2 (B - half) / half f_k + 2 r / half - T_k-1 / T_k f_k-1).
  private func filter(_ state: RitzState, columns: Range<Int>, degree: Int, _ operation: GramOperator) -> Block {
    let half = halfInterval(of: state)
    let vectors = state.vectors.columns(columns)
    let places =
      columns.map { place(of: state.values[$0], in: state) }
      + [Double](repeating: 1, count: vectors.stride - columns.count)
    let leading = strongest(of: state, places, from: columns.lowerBound, degree: degree)
    var own = vectors
    own.scale(columns: places.map { -($0 + 1) })
    let residual = combine(1 / half, state.image.columns(columns), 1, own, 0, own)
    var ratio = places.map { 1 / $0 }
    var now = residual
    now.scale(columns: ratio)
    var before = Block(rows: now.rows, columns: now.columns)
    // Below this share of the largest eigenvalue the others drown in what single precision rounds.
    let isRough = half > SymmetricEigen.drowningShare * state.values[0]
    for _ in 1..<degree {
      var image = operation.image(ofRaw: operation.raw(now, rough: isRough))
      if let leading { image.projectOut(leading) }
      let earlier = ratio
      ratio = zip(places, earlier).map { 1 / (2 * $0 - $1) }
      before.values.withMutablePointer {
        audit_linear_filter_step(
          image.values, now.values, residual.values, $0, 2 / half, earlier, ratio, now.rows, now.stride, $0)
      }
      swap(&before, &now)
    }
    return combine(1, vectors, 1, now, 0, now)
  }

  /// The columns that are taken out of each product of a filter: those before `first`, and those that rounding would
  /// grow along.
  private func strongest(of state: RitzState, _ places: [Double], from first: Int, degree: Int) -> Block? {
    let strong = places.prefix { chebyshev(degree, $0) > SymmetricEigen.drowningGrowth }.count
    let count = min((first + strong + 7) / 8 * 8, state.values.count)
    return count > 0 ? state.vectors.columns(0..<count) : nil
  }

  private func combine(
    _ alpha: Double, _ first: Block, _ beta: Double, _ second: Block, _ gamma: Double, _ third: Block
  ) -> Block {
    var out = Block(rows: first.rows, columns: first.columns)
    out.values.withMutablePointer {
      audit_linear_combine(
        alpha, first.values, beta, second.values, gamma, third.values, first.values.count, $0)
    }
    return out
  }
}

/// An orthonormal block with its Ritz values, the raw products, images and residuals.
private struct RitzState {
  /// As many as the block has columns, the largest first, like the residuals.
  let values: [Double]
  let vectors: Block
  let raw: Block
  let image: Block
  let residuals: [Double]

  /// - Parameters:
  ///   - block: orthonormal columns.
  ///   - raw: G diag(a) of them.
  init(_ block: Block, raw: Block, _ operation: GramOperator) {
    let (values, turn) = eigenpairs(ofSmall: block.inner(operation.image(ofRaw: raw)))
    let vectors = block.times(turn)
    let turned = raw.times(turn)
    let image = operation.image(ofRaw: turned)
    var squares = [Double](repeating: 0, count: vectors.stride)
    let padded = values + [Double](repeating: 0, count: vectors.stride - values.count)
    squares.withMutablePointer {
      audit_linear_residuals(image.values, vectors.values, padded, vectors.rows, vectors.stride, $0)
    }
    (self.values, self.vectors, self.raw, self.image) = (values, vectors, turned, image)
    residuals = squares.prefix(vectors.columns).map { $0.squareRoot() }
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
