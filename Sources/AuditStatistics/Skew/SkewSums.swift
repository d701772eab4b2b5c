/// What the subsample leaves behind for scoring: with it a sample's value never depends on shards
/// (`docs/statistic.md`, 4).
package struct SkewSums: Sendable, Equatable {
  /// Number of rows of the subsample.
  package let count: Int
  /// Sum of orthogonal distance times leverage.
  package let pull: Double
  /// Sum of the leverages.
  package let leverage: Double
  /// Median orthogonal distance; where more than half of them are 0 (copies of one picture that the model meets
  /// exactly), that of the others, which would otherwise all weigh nothing.
  package let medianDistance: Double

  package init(count: Int, pull: Double, leverage: Double, medianDistance: Double) {
    self.count = count
    self.pull = pull
    self.leverage = leverage
    self.medianDistance = medianDistance
  }

  /// - Parameters: distances and leverages of the subsample, as many of the one as of the other.
  package init(distances: [Double], leverages: [Double]) {
    precondition(distances.count == leverages.count)
    let middle = median(distances) ?? 0
    self.init(
      count: distances.count, pull: zip(distances, leverages).reduce(0) { $0 + $1.0 * $1.1 },
      leverage: leverages.reduce(0, +),
      medianDistance: middle > 0 ? middle : median(distances.filter { $0 > 0 }) ?? 0)
  }

  /// For a paired file, a single image or somebody's network, where only residuals are known (`docs/statistic.md`, 8).
  ///
  /// - Parameter residuals: root mean square residual of every scored sample at scoring size; with leverage 1 they
  ///   stand for the orthogonal distances.
  package init(residuals: [Double]) {
    self.init(distances: residuals, leverages: [Double](repeating: 1, count: residuals.count))
  }
}

/// A sample's influence, what a look-alike explains of it, and what remains (`docs/statistic.md`, 4 and 6).
package struct Skew: Sendable, Equatable {
  /// From this ratio on the nearest other row is looked for; below it nothing is to be explained.
  package static let alikeAbove = 1.5
  /// A look-alike within this share of the orthogonal distance explains all of it.
  package static let alikeShare = 0.8

  /// Share of the influence under squared error; mean 1 over the subsample.
  package let pullSquared: Double
  /// Share of the influence under absolute error; mean 1 over the subsample.
  package let pullAbsolute: Double
  /// How much more squared error listens to the sample than absolute error would.
  package let ratio: Double
  /// What a look-alike leaves unexplained, 0...1; 1 where the ratio is at most 1.5.
  package let alike: Double
  /// ratio x alike².
  package let skew: Double
  /// Weight that gives squared error the pull of an absolute error beyond the median residual, 0...1.
  package let trainingWeight: Double

  /// - Parameters:
  ///   - distance: orthogonal distance; root mean square residual with other references.
  ///   - leverage: leverage factor c; 1 with other references.
  ///   - nearest: distance to the nearest row of the subsample that is neither the sample nor a copy of it; nil where
  ///     there is no model space, or where the ratio does not ask for it.
  package init(distance: Double, leverage: Double, nearest: Double?, sums: SkewSums) {
    let count = Double(sums.count)
    pullAbsolute = sums.leverage > 0 ? count * leverage / sums.leverage : 1
    ratio = Skew.ratio(distance: distance, sums: sums)
    pullSquared = sums.pull > 0 ? count * distance * leverage / sums.pull : pullAbsolute
    let explained = nearest.map { Skew.alike(distance: distance, nearest: $0) } ?? 1
    alike = ratio > Skew.alikeAbove ? explained : 1
    skew = ratio * alike * alike
    // What a look-alike explains is not the sample's own, and a perfect reconstruction has no residual: both weigh 1.
    let own = distance * alike
    // Where the model meets every row, what a scorer's rounding leaves of a sample says nothing.
    trainingWeight = own <= sums.medianDistance || sums.medianDistance == 0 ? 1 : sums.medianDistance / own
  }

  /// pullSquared / pullAbsolute without the leverage that both hold, so that a sample in the very centre has one too.
  ///
  /// Where the model meets every row of the subsample there is nothing to compare with: 1.
  package static func ratio(distance: Double, sums: SkewSums) -> Double {
    sums.pull > 0 ? distance * sums.leverage / sums.pull : 1
  }

  private static func alike(distance: Double, nearest: Double) -> Double {
    nearest >= alikeShare * distance ? 1 : nearest / (alikeShare * distance)
  }
}
