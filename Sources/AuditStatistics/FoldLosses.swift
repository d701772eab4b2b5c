import CKernels

/// Squared loss of every row, per number of a row, under models that did not see it.
struct FoldLosses: Sendable {
  var before: [Double]
  var weighted: [Double]
  /// One list per set of rows that is left out.
  var left: [[Double]]
}

extension CrossValidation {
  /// - Parameter masks: which rows each variant leaves out.
  func losses(leavingOut masks: [[Bool]], jobs: Int) -> FoldLosses {
    let folds = CrossValidation.folds
    var parts = [FoldLosses?](repeating: nil, count: folds)
    parts.withMutablePointer { out in
      let shared = SharedPointer(base: out)
      inParallel(folds, jobs: jobs) { fold in
        shared.base[fold] = Fold(index: fold, of: self).losses(leavingOut: masks)
      }
    }
    func joined(_ pick: (FoldLosses) -> [Double]) -> [Double] {
      (0..<gram.count).map { row in parts[row % folds].map { pick($0)[row / folds] } ?? 0 }
    }
    return FoldLosses(
      before: joined(\.before), weighted: joined(\.weighted),
      left: masks.indices.map { index in joined { $0.left[index] } })
  }
}

/// One fold: plain models of the other four, judged on its rows.
private struct Fold {
  let validation: CrossValidation
  /// Rows of this fold and of the others, ascending.
  let test: [Int]
  let train: [Int]
  /// train x train.
  let entries: [Double]
  /// test x train.
  let across: [Double]
  let warm: Block?

  init(index: Int, of validation: CrossValidation) {
    let count = validation.gram.count
    self.validation = validation
    test = (0..<count).filter { $0 % CrossValidation.folds == index }
    train = (0..<count).filter { $0 % CrossValidation.folds != index }
    warm = validation.warm?.gathered(train)
    entries = validation.gram.part(rows: train, columns: train)
    across = validation.gram.part(rows: test, columns: train)
  }

  /// Variants that leave out ever more rows start from one another.
  func losses(leavingOut masks: [[Bool]]) -> FoldLosses {
    let plain = loss(weights: train.map { _ in 1 }, start: warm)
    let weighted = loss(weights: train.map { validation.weights[$0] }, start: plain.raw)
    var start = plain.raw
    let left = masks.map { mask in
      let result = loss(weights: train.map { mask[$0] ? 0 : 1 }, start: start)
      start = result.raw
      return result.loss
    }
    return FoldLosses(before: plain.loss, weighted: weighted.loss, left: left)
  }

  private func loss(weights: [Double], start: Block?) -> (loss: [Double], raw: Block) {
    let gram = validation.gram
    let weighting = GramWeighting.weighted(weights, rows: weights.count { $0 > 0 })
    let operation = GramOperator(
      entries: entries, count: train.count, scale: weighting.scale, unit: weighting.unit, jobs: 1)
    let pairs = SymmetricEigen(rank: validation.rank, accuracy: .subspace).top(
      of: operation, dimension: weighting.rows - 1, start: start?.scaled(rows: weighting.scale))
    let (moment, _) = operation.unitMoment()
    let trace = zip(train, weighting.scale).reduce(0) { $0 + $1.1 * $1.1 * gram.squaredRadii[$1.0] } - moment
    let values = pairs.values.prefix(validation.rank).prefix {
      $0 > GramComponents.smallestEigenvalue * pairs.values[0] && $0 > 0
    }
    let roots = values.map { $0.squareRoot() }
    let squares = testSquares(pairs, weighting: weighting, roots: roots, moment: moment, trace: trace)
    return (squares.map { $0 / Double(gram.length) }, pairs.raw)
  }

  /// |x - m - V z|² of the rows of this fold.
  private func testSquares(
    _ pairs: TopEigenpairs, weighting: GramWeighting, roots: [Double], moment: Double, trace: Double
  ) -> [Double] {
    let rank = roots.count
    // One more column than components: the products with the centre.
    var factors = Block(rows: train.count, columns: rank + 1)
    for place in train.indices {
      for column in 0..<rank {
        factors[place, column] = weighting.scale[place] * pairs.vectors[place, column] / roots[column]
      }
      factors[place, rank] = weighting.scale[place] * weighting.unit[place]
    }
    let shift = pairs.raw.weightedSums(factors.column(rank))
    let along = multiply(across, rows: 0..<test.count, inner: train.count, by: factors, jobs: 1)
    return test.indices.map { place in
      let square = max(validation.gram.squaredRadii[test[place]] - 2 * along[place, rank] + moment, 0)
      var rest = square
      for column in 0..<rank {
        let score = along[place, column] - shift[column] / roots[column]
        rest -= score * score
      }
      return rest > 1e-12 * (square + trace) ? rest : 0
    }
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
