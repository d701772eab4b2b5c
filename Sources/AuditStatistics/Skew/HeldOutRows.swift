import CKernels

/// Plain low-rank models of some rows of a Gram matrix, judged on others.
///
/// A plain model is what squared error alone would fit: weighted principal components without any look at distances.
package struct HeldOutRows: Sendable {
  let gram: GramMatrix
  /// Rows that the models may learn from, and rows that they are judged on.
  let train: [Int]
  let test: [Int]
  let rank: Int
  /// train x train.
  private let matrix: SymmetricMatrix
  /// test x train.
  private let across: [Double]

  /// - Parameters:
  ///   - train: at least two rows, ascending.
  ///   - test: other rows.
  package init(gram: GramMatrix, train: [Int], test: [Int], rank: Int) {
    precondition(train.count > 1 && !test.isEmpty && rank > 0)
    (self.gram, self.train, self.test, self.rank) = (gram, train, test, rank)
    matrix = SymmetricMatrix(gram.part(rows: train, columns: train), count: train.count)
    across = gram.part(rows: test, columns: train)
  }

  /// Squared loss of every test row, per number of a row, under the plain model of the weighted training rows.
  ///
  /// - Parameter weights: one for each training row, from 0; rows of weight 0 do not take part.
  package func losses(weights: [Double]) -> [Double] {
    losses(of: fit(weights: weights, start: nil, accuracy: .distances))
  }

  func losses(of fit: PlainFit) -> [Double] {
    let along = products(with: fit)
    return test.indices.map { place in
      let square = max(gram.squaredRadii[test[place]] - 2 * along[place, fit.rank] + fit.moment, 0)
      var rest = square
      for column in 0..<fit.rank {
        let score = along[place, column] - fit.shift[column]
        rest -= score * score
      }
      return (rest > 1e-12 * (square + fit.trace) ? rest : 0) / Double(gram.length)
    }
  }

  /// - Parameters:
  ///   - start: `raw` of a fit of the same rows under other weights.
  ///   - accuracy: the space that a gain needs, or nearly every digit.
  func fit(weights: [Double], start: Block?, accuracy: SymmetricEigen.Accuracy) -> PlainFit {
    precondition(weights.count == train.count)
    let weighting = GramWeighting.weighted(weights, rows: weights.count { $0 > 0 })
    let operation = GramOperator(matrix: matrix, scale: weighting.scale, unit: weighting.unit, jobs: 1)
    let pairs = SymmetricEigen(rank: rank, accuracy: accuracy).top(
      of: operation, dimension: weighting.rows - 1, start: start?.scaled(rows: weighting.scale))
    let (moment, along) = operation.unitMoment()
    let trace = zip(train, weighting.scale).reduce(0) { $0 + $1.1 * $1.1 * gram.squaredRadii[$1.0] } - moment
    let values = pairs.values.prefix(rank).prefix { $0 > GramComponents.smallestEigenvalue * pairs.values[0] && $0 > 0 }
    let roots = values.map { $0.squareRoot() }
    // One more column than components: the products with the centre.
    var factors = Block(rows: train.count, columns: roots.count + 1)
    for place in train.indices {
      for column in roots.indices {
        factors[place, column] = weighting.scale[place] * pairs.vectors[place, column] / roots[column]
      }
      factors[place, roots.count] = weighting.scale[place] * weighting.unit[place]
    }
    let sums = pairs.raw.weightedSums(factors.column(roots.count))
    let shift = roots.indices.map { sums[$0] / roots[$0] }
    return PlainFit(
      values: Array(values), factors: factors, shift: shift, moment: moment, along: along, trace: trace,
      others: min(weighting.rows - 1, gram.length) - roots.count, raw: pairs.raw)
  }

  /// Orthogonal distance and leverage of every training row in a model of them.
  func trainDistances(under fit: PlainFit) -> (distances: [Double], leverages: [Double]) {
    let roots = fit.values.map { $0.squareRoot() }
    let left = fit.trace - fit.values.reduce(0, +)
    let factors = leverageFactors(fit.values, tail: fit.others > 0 ? max(left / Double(fit.others), 0) : 0)
    var (distances, leverages) = ([Double](), [Double]())
    for place in train.indices {
      let square = max(gram.squaredRadii[train[place]] - 2 * fit.along[place] + fit.moment, 0)
      var (rest, leverage) = (square, 0.0)
      for column in roots.indices {
        let score = fit.raw[place, column] / roots[column] - fit.shift[column]
        rest -= score * score
        leverage += score * score * factors[column]
      }
      distances.append(rest > 1e-12 * (square + fit.trace) ? rest.squareRoot() : 0)
      leverages.append(leverage.squareRoot())
    }
    return (distances, leverages)
  }

  /// test x (rank + 1): inner products of the test rows with the components and the centre of a fit.
  private func products(with fit: PlainFit) -> Block {
    multiply(across, rows: 0..<test.count, inner: train.count, by: fit.factors, jobs: 1)
  }
}

/// A plain model as sums of the rows it was fitted to.
struct PlainFit: Sendable {
  /// Variances along the components, the largest first.
  let values: [Double]
  /// train x (rank + 1): what the rows are multiplied with to give each component, and in the last column the mean.
  let factors: Block
  /// Inner product of each component with the mean.
  let shift: [Double]
  /// Squared length of the mean, about the median of all rows.
  let moment: Double
  /// Inner product of each training row with the mean, about the median of all rows.
  let along: [Double]
  /// Sum of all variances, and how many there are beside those above.
  let trace: Double
  let others: Int
  /// Where fits of the same rows under other weights start.
  let raw: Block

  var rank: Int { values.count }
}

extension HeldOutRows {
  /// How far the plain model moves when a training row is left out, exactly: the root mean square distance between
  /// what the model with it and the model without it make of the test rows.
  ///
  /// - Parameters:
  ///   - places: positions in `train`.
  ///   - jobs: threads; the result is the same for any number.
  /// - Returns: one distance for each place, full scale, over all numbers of a row.
  /// - Complexity: one fit and one product of the Gram matrix with rank columns for each place.
  package func effects(ofLeavingOut places: [Int], jobs: Int = 1) -> [Double] {
    let whole = fit(weights: train.map { _ in 1 }, start: nil, accuracy: .distances)
    let image = multiply(matrix.entries, rows: 0..<train.count, inner: train.count, by: whole.factors, jobs: 1)
    let wholeScores = scores(under: whole)
    var effects = [Double](repeating: 0, count: places.count)
    guard !places.isEmpty else { return effects }
    effects.withMutablePointer { out in
      let shared = SharedPointer(base: out)
      inParallel(places.count, jobs: jobs) { index in
        var weights = [Double](repeating: 1, count: train.count)
        weights[places[index]] = 0
        let less = fit(weights: weights, start: whole.raw, accuracy: .distances)
        precondition(less.factors.stride == whole.factors.stride, "one row less has taken a component away")
        let lessImage = multiply(matrix.entries, rows: 0..<train.count, inner: train.count, by: less.factors, jobs: 1)
        let forms = (
          whole.factors.inner(image), whole.factors.inner(lessImage), less.factors.inner(lessImage)
        )
        let lessScores = scores(under: less)
        let squares = test.indices.map { place in
          form(forms.0, wholeScores, wholeScores, place) - 2 * form(forms.1, wholeScores, lessScores, place)
            + form(forms.2, lessScores, lessScores, place)
        }
        shared.base[index] = max(squares.reduce(0, +) / Double(test.count), 0).squareRoot()
      }
    }
    return effects
  }

  /// test x (rank + 1): the scores of the test rows, and 1 for the mean.
  private func scores(under fit: PlainFit) -> Block {
    var scores = products(with: fit)
    for place in test.indices {
      for column in 0..<fit.rank { scores[place, column] -= fit.shift[column] }
      scores[place, fit.rank] = 1
    }
    return scores
  }

  /// left' matrix right for the test row at a place.
  private func form(_ matrix: Block, _ left: Block, _ right: Block, _ place: Int) -> Double {
    var sum = 0.0
    for row in 0..<left.columns {
      var inner = 0.0
      for column in 0..<right.columns { inner += matrix[row, column] * right[place, column] }
      sum += left[place, row] * inner
    }
    return sum
  }
}

extension GramMatrix {
  /// The listed rows and columns, row by row.
  fileprivate func part(rows: [Int], columns: [Int]) -> [Double] {
    [Double](unsafeUninitializedCapacity: rows.count * columns.count) { buffer, used in
      if let base = buffer.baseAddress {
        audit_linear_submatrix(entries, count, rows, rows.count, columns, columns.count, base)
      }
      used = rows.count * columns.count
    }
  }
}
