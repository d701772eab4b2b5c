import CKernels

/// Tells classes apart as if each were normally distributed, all with one covariance: the logarithms of the odds are then
/// linear in the features.
///
/// Where trees part rows by one feature at a time, this weighs all of them at once, and needs few rows of a class.
///
/// A class all of whose rows were made from others is known better than its rows alone tell. Rows that are unlike the mean
/// mostly come of others that are, so the mean of the class is that of its rows less what these others are unlike the mean of
/// all (control variates). And it moves with the strength of the change: three such distributions stand in a straight line.
/// - Source: R. A. Fisher, "The use of multiple measurements in taxonomic problems", Ann. Eugenics 7 (1936), 179-188;
///   covariance shrunk towards its diagonal: J. H. Friedman, "Regularized discriminant analysis", JASA 84 (1989), 165-175,
///   by features per row: O. Ledoit, M. Wolf, "A well-conditioned estimator for large-dimensional covariance matrices",
///   J. Multivariate Anal. 88 (2004), 365-411;
///   control variates: J. M. Hammersley, D. C. Handscomb, "Monte Carlo Methods", 1964, chapter 5; three points of equal
///   weight: P. L. Chebyshev, "Sur les quadratures", J. Math. Pures Appl. 19 (1874).
package struct LinearDiscriminant: Sendable, Equatable {
  package struct Settings: Sendable {
    /// How far the covariance is drawn towards its diagonal: this times the features for each row that it is learnt from,
    /// at most all the way.
    package var shrinkage = 0.4
    /// The odds are taken to the power of 1 / `temperature`: tails are heavier than those of normal distributions, and
    /// what lies far out is less sure than they say.
    package var temperature = 3.6

    package init() {}
  }

  /// What a row was made from.
  package struct Origin: Sendable {
    /// The place of that row, in the same part.
    package let row: Int
    /// How far it was changed, in any unit.
    package let strength: Double

    package init(row: Int, strength: Double) { (self.row, self.strength) = (row, strength) }
  }

  /// Points of equal weight on the line of a class.
  static let points = 3

  package let features: Int
  package let classes: Int
  /// Of the middle point of every class; classes x features, in units of the logarithm of the odds.
  let weights: [Double]
  /// What is added to them from one point of the class to the next; 0 where strength does not matter.
  let slopes: [Double]
  /// One per class and point; -infinity for a class that no row was seen of.
  let offsets: [Double]

  init(features: Int, weights: [Double], slopes: [Double], offsets: [Double]) {
    precondition(features > 0 && !offsets.isEmpty && offsets.count % LinearDiscriminant.points == 0)
    classes = offsets.count / LinearDiscriminant.points
    precondition(weights.count == features * classes && slopes.count == weights.count)
    (self.features, self.weights, self.slopes, self.offsets) = (features, weights, slopes, offsets)
  }

  /// The probability of every class; they add up to 1.
  ///
  /// - Parameter row: `features` finite numbers.
  package func votes(of row: [Double]) -> [Double] {
    precondition(row.count == features)
    let (middles, steps) = (products(of: row, weights), products(of: row, slopes))
    let scores = offsets.indices.map { place in
      let (label, point) = place.quotientAndRemainder(dividingBy: LinearDiscriminant.points)
      return offsets[place] + middles[label] + Double(point - 1) * steps[label]
    }
    let most = scores.max() ?? 0
    let odds = scores.map { audit_exp($0 - most) }
    let sum = odds.reduce(0, +)
    return (0..<classes).map { label in
      odds[label * LinearDiscriminant.points..<(label + 1) * LinearDiscriminant.points].reduce(0, +) / sum
    }
  }

  /// The row times the factors of each class.
  private func products(of row: [Double], _ factors: [Double]) -> [Double] {
    factors.withUnsafeBufferPointer { factors in
      (0..<classes).map { label in row.indices.reduce(0) { $0 + factors[label * features + $1] * row[$1] } }
    }
  }
}

extension LinearDiscriminant {
  /// A feature that hardly varies within the classes must not decide: this part of the mean variance is added to each.
  private static let ridge = 1e-3

  /// - Parameters:
  ///   - rows: count x features, row by row, all finite.
  ///   - labels: the class of each row, 0..<classes; at least one.
  ///   - origins: of each row; none at all where no row was made from another.
  package init(
    rows: [Double], features: Int, labels: [Int], classes: Int, origins: [Origin?] = [], settings: Settings = Settings()
  ) {
    self =
      LinearDiscriminant.crossFitted(
        rows: rows, features: features, labels: labels, classes: classes, origins: origins,
        parts: labels.map { _ in 0 }, count: 0, settings: settings)[0]
  }

  /// One for each part of the rows, fitted to all others; where these are none, to all.
  ///
  /// - Parameters:
  ///   - parts: the part that each row belongs to, 0..<count.
  ///   - count: of parts; 0 for a single discriminant, fitted to all rows.
  package static func crossFitted(
    rows: [Double], features: Int, labels: [Int], classes: Int, origins: [Origin?] = [], parts: [Int], count: Int,
    settings: Settings = Settings()
  ) -> [LinearDiscriminant] {
    precondition(features > 0 && !labels.isEmpty && rows.count == labels.count * features)
    precondition(labels.allSatisfy { (0..<classes).contains($0) } && parts.count == labels.count)
    precondition(origins.isEmpty || origins.count == labels.count)
    precondition(origins.indices.allSatisfy { origins[$0].map { parts[$0.row] } ?? parts[$0] == parts[$0] })
    precondition(settings.temperature > 0)
    let seen = LabelledRows(
      rows, features: features, labels: labels, classes: classes,
      origins: origins.isEmpty ? labels.map { _ in nil } : origins)
    let members = (0..<max(count, 1)).map { part in labels.indices.filter { count == 0 || parts[$0] == part } }
    // Sums over a part are made once.
    let products = members.map { seen.products(of: $0) }
    return members.indices.map { part in
      let others = members.indices.filter { count > 0 && $0 != part && !members[$0].isEmpty }
      let used = others.isEmpty ? Array(members.indices) : others
      return LinearDiscriminant(
        ClassShape.all(of: seen, members: used.flatMap { members[$0] }), products: used.map { products[$0] },
        about: seen.centre, settings: settings)
    }
  }

  private init(_ shapes: [ClassShape], products: [Block], about centre: [Double], settings: Settings) {
    let features = centre.count
    let total = Double(shapes.reduce(0) { $0 + $1.count })
    let shrinkage = min(settings.shrinkage * Double(features) / total, 1)
    let factor = CholeskyFactor(
      of: ClassShape.covariance(shapes, products, shrunkBy: shrinkage, ridge: LinearDiscriminant.ridge))
    var (weights, slopes, offsets) = ([Double](), [Double](), [Double]())
    for shape in shapes {
      let (weight, slope) = (factor.solved(shape.middle), factor.solved(shape.step))
      let share = audit_log(Double(shape.count) / total / Double(LinearDiscriminant.points))
      for point in (0..<LinearDiscriminant.points).map({ Double($0 - 1) }) {
        // The rows are counted from the centre; what is judged is not.
        let middle = (0..<features).reduce(0) { sum, feature in
          let place = (shape.middle[feature] + point * shape.step[feature]) / 2 + centre[feature]
          return sum + place * (weight[feature] + point * slope[feature])
        }
        offsets.append(shape.count > 0 ? (share - middle) / settings.temperature : -.infinity)
      }
      weights += weight.map { $0 / settings.temperature }
      slopes += slope.map { $0 / settings.temperature }
    }
    self.init(features: features, weights: weights, slopes: slopes, offsets: offsets)
  }
}
