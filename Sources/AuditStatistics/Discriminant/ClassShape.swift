/// Where a class lies.
struct ClassShape {
  let count: Int
  /// The middle of the class, from the centre of all rows.
  let middle: [Double]
  /// From one of its points to the next.
  let step: [Double]
  /// Directions whose squares are no variation within the class: its mean, and how its rows move with strength.
  let explained: [[Double]]

  /// Three points of equal weight at this many standard deviations have the mean and the variance of what they stand for.
  private static let reach = 1.5.squareRoot()
  /// Strengths that vary less say nothing.
  private static let leastDeviation = 1e-3

  static func all(of rows: LabelledRows, members: [Int]) -> [ClassShape] {
    var classes = [[Int]](repeating: [], count: rows.classes)
    for row in members { classes[rows.labels[row]].append(row) }
    let usual = rows.mean(of: members.filter { rows.origins[$0] == nil })
    return classes.map { ClassShape($0, of: rows, usual: usual) }
  }

  /// - Parameter usual: the mean of the rows that were not made from others.
  private init(_ members: [Int], of rows: LabelledRows, usual: [Double]) {
    let (features, number) = (rows.features, Double(members.count))
    let mean = rows.mean(of: members)
    let origins = members.compactMap { rows.origins[$0] }
    count = members.count
    guard origins.count == members.count, count > 0 else {
      (middle, step) = (mean, [Double](repeating: 0, count: features))
      explained = [mean.map { $0 * number.squareRoot() }]
      return
    }
    let sources = origins.map(\.row)
    let sourceMean = rows.mean(of: sources)
    let kept = ClassShape.kept(members, sources, of: rows, mean, sourceMean)
    middle = (0..<features).map { mean[$0] + kept[$0] * (usual[$0] - sourceMean[$0]) }
    let strength = origins.reduce(0) { $0 + $1.strength } / number
    let strengths = origins.map { $0.strength - strength }
    let variance = strengths.reduce(0) { $0 + $1 * $1 } / number
    guard variance.squareRoot() >= ClassShape.leastDeviation else {
      step = [Double](repeating: 0, count: features)
      explained = [mean.map { $0 * number.squareRoot() }]
      return
    }
    // Mean products with the strength, of the rows and of what they were made from.
    let moved = rows.mean(of: members, factors: strengths)
    let sourceMoved = rows.mean(of: sources, factors: strengths)
    step = (0..<features).map {
      (moved[$0] - kept[$0] * sourceMoved[$0]) * ClassShape.reach / variance.squareRoot()
    }
    explained = [
      mean.map { $0 * number.squareRoot() }, moved.map { $0 * (number / variance).squareRoot() },
    ]
  }

  /// How much of what sets a row apart from others remains in what is made of it, feature by feature, 0...1: the slope of
  /// the regression.
  private static func kept(
    _ members: [Int], _ sources: [Int], of rows: LabelledRows, _ mean: [Double], _ sourceMean: [Double]
  ) -> [Double] {
    let features = rows.features
    var (products, squares) = ([Double](repeating: 0, count: features), [Double](repeating: 0, count: features))
    for (row, source) in zip(members, sources) {
      for feature in 0..<features {
        let apart = rows.apart[source * features + feature] - sourceMean[feature]
        products[feature] += apart * (rows.apart[row * features + feature] - mean[feature])
        squares[feature] += apart * apart
      }
    }
    return zip(products, squares).map { $1 > 0 ? min(max($0 / $1, 0), 1) : 0 }
  }

  /// Within the classes; the lower triangle of it.
  static func covariance(
    _ shapes: [ClassShape], _ products: [Block], shrunkBy shrinkage: Double, ridge: Double
  ) -> Block {
    var result = products[0]
    for part in products.dropFirst() {
      for place in result.values.indices { result.values[place] += part.values[place] }
    }
    let features = result.columns
    for direction in shapes.flatMap(\.explained) {
      for row in 0..<features {
        let factor = direction[row]
        for column in 0...row { result.values[row * result.stride + column] -= factor * direction[column] }
      }
    }
    // What cancels leaves a little on either side of 0.
    let rows = Double(max(1, shapes.reduce(0) { $0 + $1.count }))
    let diagonal = (0..<features).map { max(0, result[$0, $0]) / rows }
    let added = max(ridge * diagonal.reduce(0, +) / Double(features), 1e-12)
    result.scale(columns: [Double](repeating: (1 - shrinkage) / rows, count: result.stride))
    for feature in 0..<features { result[feature, feature] = diagonal[feature] + added }
    return result
  }
}
