package import AuditStatistics

/// How unlike its set a picture is, whatever may be wrong with it (`docs/damage.md`, 5).
package struct Oddness: Sendable, Equatable {
  /// What speaks, in the order of `parts`.
  package enum Part: Int, Sendable, CaseIterable {
    /// The statistics lie far from the space that those of the set span.
    case statisticsApart
    /// They lie far out inside of it.
    case statisticsFarOut
    /// They lie where the set is thin.
    case statisticsAlone
    /// Edges do not lie where they lie in the other pictures.
    case structure
    /// The picture is reconstructed badly.
    case content
  }

  /// How far each part stands above the median of the set, in spreads of its cube root; from 0 up.
  package let parts: [Double]
  /// Root of the sum of the squares.
  package var value: Double { parts.reduce(0) { $0 + $1 * $1 }.squareRoot() }
}

/// The distances of a picture that its oddness follows from, in the order of `Oddness.Part`; all from 0 up.
package struct OddnessDistances: Sendable, Equatable {
  package let values: [Double]

  package init(statistics: SubspaceDistances, outlierFactor: Double, structure: Double, content: Double) {
    values = [statistics.orthogonal, statistics.score, outlierFactor, structure, content]
  }
}

/// Where the distances of a set lie.
package struct OddnessScales: Sendable, Equatable {
  /// Median and 1.4826 MAD of the cube root of each distance.
  package let centre: [Double]
  package let spread: [Double]

  /// Distances beyond this many spreads say no more; where a set has no spread they would be infinite.
  private static let limit = 1e6

  package init(centre: [Double], spread: [Double]) { (self.centre, self.spread) = (centre, spread) }

  package init(fitting rows: [OddnessDistances]) {
    let roots = Oddness.Part.allCases.map { part in rows.map { cubeRoot($0.values[part.rawValue]) } }
    centre = roots.map { median($0) ?? 0 }
    spread = roots.map { 1.4826 * (medianAbsoluteDeviation($0) ?? 0) }
  }

  package func oddness(of distances: OddnessDistances) -> Oddness {
    Oddness(
      parts: distances.values.indices.map { part in
        let above = cubeRoot(distances.values[part]) - centre[part]
        return above > 0 ? min(above / max(spread[part], 1e-9), OddnessScales.limit) : 0
      })
  }
}
