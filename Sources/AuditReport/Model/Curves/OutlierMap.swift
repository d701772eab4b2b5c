package import AuditCore
import AuditStore

/// Score distance against orthogonal distance, with both cuts: the map of robust principal components.
///
/// - Source: M. Hubert, P. J. Rousseeuw, K. Vanden Branden, "ROBPCA", Technometrics 47 (2005), section 4.
package struct OutlierMap: Codable, Sendable {
  package struct Point: Codable, Sendable {
    package let id: Int64
    /// Its end where it is very long.
    package let path: String
    package let scoreDistance: Double
    package let orthogonalDistance: Double
    package let skew: Double
    /// nil where the model does not fit the set.
    package let verdict: Verdict?
  }

  /// Whether distances are in units of the cut of each folder's own model; both cuts are then 1.
  package let isRelative: Bool
  package let orthogonalCut: Double
  package let scoreCut: Double
  /// Flagged images first, from the highest skew down.
  package let points: [Point]
  /// Flagged images, and those of them that are drawn.
  package let flagged: Int
  package let flaggedDrawn: Int
  /// Other images, and those of them that are drawn.
  package let others: Int
  package let othersDrawn: Int

  /// So many flagged ones are always drawn; beyond that those of highest skew.
  static let mostFlagged = 4_000
  static let mostOthers = 2_500
  private static let longestPath = 80

  /// - Returns: nil without a model space.
  init?(_ columns: RunColumns, store: Store, figures: [String: Double], seed: Int) throws {
    guard let orthogonalCut = figures["cut_od"], let scoreCut = figures["cut_sd"] else { return nil }
    let placed = columns.bySkew.filter { position in
      !columns.scoreDistance[Int(position)].isNaN && !columns.orthogonalDistance[Int(position)].isNaN
    }
    let isFlagged = { (position: Int32) in [.drop, .review].contains(columns.verdicts[Int(position)]) }
    let flaggedPositions = placed.filter(isFlagged)
    let otherPositions = placed.filter { !isFlagged($0) }
    var choice = SeededChoice(seed: seed)
    let drawn =
      flaggedPositions.prefix(OutlierMap.mostFlagged) + choice.draw(OutlierMap.mostOthers, from: otherPositions)
    let paths = try store.paths(of: drawn.map { columns.ids[Int($0)] })
    isRelative = columns.isRelative
    self.orthogonalCut = isRelative ? 1 : orthogonalCut
    self.scoreCut = isRelative ? 1 : scoreCut
    flagged = flaggedPositions.count
    flaggedDrawn = min(flagged, OutlierMap.mostFlagged)
    others = otherPositions.count
    othersDrawn = min(others, OutlierMap.mostOthers)
    points = drawn.map { position in
      let place = Int(position)
      let path = SamplePath(paths[columns.ids[place]] ?? "").printable
      return Point(
        id: columns.ids[place],
        path: path.count <= OutlierMap.longestPath ? path : "…" + path.suffix(OutlierMap.longestPath - 1),
        scoreDistance: Double(columns.scoreDistance[place]),
        orthogonalDistance: Double(columns.orthogonalDistance[place]), skew: Double(columns.skew[place]),
        verdict: columns.verdicts[place])
    }
  }
}
