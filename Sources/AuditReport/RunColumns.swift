import AuditCore
import AuditStore

/// The numbers of a whole run that the report's curves are made of, read in one pass in the order of the paths.
///
/// Single precision: they are drawn and shown with a few digits, and 1,000,000 rows take 45 MB. NaN = not defined.
struct RunColumns {
  private(set) var ids: [Int64] = []
  private(set) var verdicts: [Verdict?] = []
  private(set) var skew: [Float] = []
  private(set) var ratio: [Float] = []
  private(set) var pullSquared: [Float] = []
  private(set) var pullAbsolute: [Float] = []
  private(set) var orthogonalDistance: [Float] = []
  private(set) var scoreDistance: [Float] = []
  private(set) var squaredLoss: [Float] = []
  private(set) var absoluteLoss: [Float] = []
  /// Positions from the highest skew down, without those that have none; equal ones in the order of the paths.
  private(set) var bySkew: [Int32] = []

  var count: Int { ids.count }

  /// - Parameter expected: number of scored samples, to reserve memory.
  init(_ store: Store, run: Int64, expected: Int) throws {
    reserve(expected)
    let known = Set(store.metrics.map(\.name))
    let losses = ["mse", "mae"].map { known.contains($0) ? $0 : "NULL" }
    try store.forEachRow(
      """
      SELECT id, verdict, skew, ratio, pull_squared, pull_absolute, od, sd, \(losses[0]), \(losses[1])
      FROM all_samples WHERE run_id = ? AND status = 'ok' ORDER BY path, id
      """, [.integer(run)]
    ) { append($0.values) }
    let skew = skew
    bySkew = skew.indices.filter { !skew[$0].isNaN }.map { Int32($0) }
    bySkew.sort { left, right in
      let (one, other) = (skew[Int(left)], skew[Int(right)])
      return one == other ? left < right : one > other
    }
  }

  /// Rank by skew of every position, 1 = highest; 0 where there is none.
  var ranks: [Int32] {
    var ranks = [Int32](repeating: 0, count: count)
    for (place, position) in bySkew.enumerated() { ranks[Int(position)] = Int32(place + 1) }
    return ranks
  }

  private mutating func reserve(_ expected: Int) {
    ids.reserveCapacity(expected)
    verdicts.reserveCapacity(expected)
    skew.reserveCapacity(expected)
    ratio.reserveCapacity(expected)
    pullSquared.reserveCapacity(expected)
    pullAbsolute.reserveCapacity(expected)
    orthogonalDistance.reserveCapacity(expected)
    scoreDistance.reserveCapacity(expected)
    squaredLoss.reserveCapacity(expected)
    absoluteLoss.reserveCapacity(expected)
  }

  private mutating func append(_ values: [SQLValue]) {
    guard case .integer(let id) = values[0] else { return }
    ids.append(id)
    verdicts.append(values[1].text.flatMap(Verdict.init))
    skew.append(values[2].single)
    ratio.append(values[3].single)
    pullSquared.append(values[4].single)
    pullAbsolute.append(values[5].single)
    orthogonalDistance.append(values[6].single)
    scoreDistance.append(values[7].single)
    squaredLoss.append(values[8].single)
    absoluteLoss.append(values[9].single)
  }
}

extension SQLValue {
  /// NaN where the value is NULL.
  fileprivate var single: Float { real.map { Float($0) } ?? .nan }
}
