import CKernels

/// Tells classes apart as if each were normally distributed about its own mean, all with one covariance: the logarithms of
/// the odds are then linear in the features.
///
/// Where trees part rows by one feature at a time, this weighs all of them at once, and needs few rows of a class.
/// - Source: R. A. Fisher, "The use of multiple measurements in taxonomic problems", Ann. Eugenics 7 (1936), 179-188;
///   covariance shrunk towards its diagonal: J. H. Friedman, "Regularized discriminant analysis", JASA 84 (1989), 165-175.
package struct LinearDiscriminant: Sendable, Equatable {
  package struct Settings: Sendable {
    /// How far the covariance is drawn towards its diagonal, 0...1.
    package var shrinkage = 0.2
    /// The odds are taken to the power of 1 / `temperature`: tails are heavier than those of normal distributions, and
    /// what lies far out is less sure than they say.
    package var temperature = 3.6

    package init() {}
  }

  package let features: Int
  package let classes: Int
  /// classes x features, in units of the logarithm of the odds.
  package let weights: [Double]
  /// One per class; -infinity for a class that no row was seen of.
  package let offsets: [Double]

  package init(features: Int, weights: [Double], offsets: [Double]) {
    precondition(features > 0 && !offsets.isEmpty && weights.count == features * offsets.count)
    (self.features, classes, self.weights, self.offsets) = (features, offsets.count, weights, offsets)
  }

  /// The probability of every class; they add up to 1.
  ///
  /// - Parameter row: `features` finite numbers.
  package func votes(of row: [Double]) -> [Double] {
    precondition(row.count == features)
    let scores = offsets.indices.map { label in
      weights.withUnsafeBufferPointer { weights in
        row.indices.reduce(offsets[label]) { $0 + weights[label * features + $1] * row[$1] }
      }
    }
    let most = scores.max() ?? 0
    let odds = scores.map { audit_exp($0 - most) }
    let sum = odds.reduce(0, +)
    return odds.map { $0 / sum }
  }
}

extension LinearDiscriminant {
  /// A feature that hardly varies within the classes must not decide: this part of the mean variance is added to each.
  private static let ridge = 1e-3

  /// - Parameters:
  ///   - rows: count x features, row by row, all finite.
  ///   - labels: the class of each row, 0..<classes; at least one.
  package init(rows: [Double], features: Int, labels: [Int], classes: Int, settings: Settings = Settings()) {
    self =
      LinearDiscriminant.crossFitted(
        rows: rows, features: features, labels: labels, classes: classes, parts: labels.map { _ in 0 }, count: 0,
        settings: settings)[0]
  }

  /// One for each part of the rows, fitted to all others; where these are none, to all. Sums over a part are made once.
  ///
  /// - Parameters:
  ///   - parts: the part that each row belongs to, 0..<count.
  ///   - count: of parts; 0 for a single discriminant, fitted to all rows.
  package static func crossFitted(
    rows: [Double], features: Int, labels: [Int], classes: Int, parts: [Int], count: Int,
    settings: Settings = Settings()
  ) -> [LinearDiscriminant] {
    precondition(features > 0 && !labels.isEmpty && rows.count == labels.count * features)
    precondition(labels.allSatisfy { (0..<classes).contains($0) } && parts.count == labels.count)
    precondition(settings.temperature > 0)
    let centre = (0..<features).map { feature in
      stride(from: feature, to: rows.count, by: features).reduce(0) { $0 + rows[$1] } / Double(labels.count)
    }
    let sums = (0..<max(count, 1)).map { part in
      ClassSums(
        rows, about: centre, labels: labels, classes: classes, members: labels.indices.filter { parts[$0] == part })
    }
    return (0..<max(count, 1)).map { part in
      let others = count == 0 ? sums : sums.indices.filter { $0 != part }.map { sums[$0] }
      let seen = others.contains { $0.total > 0 } ? others : sums
      return LinearDiscriminant(ClassSums(adding: seen), about: centre, settings: settings)
    }
  }

  private init(_ sums: ClassSums, about centre: [Double], settings: Settings) {
    let (features, total) = (centre.count, Double(sums.total))
    let covariance = sums.covariance(shrunkBy: settings.shrinkage, ridge: LinearDiscriminant.ridge)
    let factor = CholeskyFactor(of: covariance)
    var (weights, offsets) = ([Double](), [Double]())
    for label in sums.counts.indices {
      let mean = sums.mean(of: label)
      let weight = factor.solved(mean)
      // The rows are counted from the centre; what is judged is not.
      let middle = (0..<features).reduce(0) { $0 + (mean[$1] / 2 + centre[$1]) * weight[$1] }
      let share = Double(sums.counts[label]) / total
      weights += weight.map { $0 / settings.temperature }
      offsets.append(share > 0 ? (audit_log(share) - middle) / settings.temperature : -.infinity)
    }
    self.init(features: features, weights: weights, offsets: offsets)
  }
}

/// What rows add up to, class by class.
private struct ClassSums {
  private(set) var counts: [Int]
  /// classes x features.
  private var sums: [Double]
  /// Sums of products of all pairs of features.
  private var products: Block
  private let features: Int

  var total: Int { counts.reduce(0, +) }

  init(_ rows: [Double], about centre: [Double], labels: [Int], classes: Int, members: [Int]) {
    features = centre.count
    counts = [Int](repeating: 0, count: classes)
    sums = [Double](repeating: 0, count: classes * features)
    var apart = Block(rows: max(1, members.count), columns: features)
    for (place, row) in members.enumerated() {
      counts[labels[row]] += 1
      for feature in 0..<features {
        let value = rows[row * features + feature] - centre[feature]
        apart[place, feature] = value
        sums[labels[row] * features + feature] += value
      }
    }
    products = apart.inner(apart)
  }

  init(adding parts: [ClassSums]) {
    self = parts[0]
    for part in parts.dropFirst() {
      for label in counts.indices { counts[label] += part.counts[label] }
      for place in sums.indices { sums[place] += part.sums[place] }
      for place in products.values.indices { products.values[place] += part.products.values[place] }
    }
  }

  /// 0 for a class without rows.
  func mean(of label: Int) -> [Double] {
    let count = Double(max(1, counts[label]))
    return (0..<features).map { sums[label * features + $0] / count }
  }

  /// Within the classes.
  func covariance(shrunkBy shrinkage: Double, ridge: Double) -> Block {
    var result = products
    let rows = Double(max(1, total))
    for label in counts.indices where counts[label] > 0 {
      let (mean, start) = (mean(of: label), label * features)
      for row in 0..<features {
        let sum = sums[start + row]
        for column in 0..<features { result.values[row * result.stride + column] -= sum * mean[column] }
      }
    }
    // What cancels leaves a little on either side of 0.
    let diagonal = (0..<features).map { max(0, result[$0, $0]) / rows }
    let added = max(ridge * diagonal.reduce(0, +) / Double(features), 1e-12)
    result.scale(columns: [Double](repeating: (1 - shrinkage) / rows, count: result.stride))
    for feature in 0..<features { result[feature, feature] = diagonal[feature] + added }
    return result
  }
}
