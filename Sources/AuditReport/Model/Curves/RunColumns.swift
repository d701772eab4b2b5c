import AuditCore
import AuditStore

/// The numbers of a whole run that the report's curves are made of, read in one pass in the order of the paths.
///
/// Single precision: they are drawn and shown with a few digits, and 1,000,000 rows take 50 MB. NaN = not defined.
struct RunColumns {
  private(set) var ids: [Int64] = []
  private(set) var verdicts: [Verdict?] = []
  private(set) var skew: [Float] = []
  private(set) var ratio: [Float] = []
  private(set) var pullSquared: [Float] = []
  private(set) var pullAbsolute: [Float] = []
  /// In cuts of the folder's own model where the run has several models: `isRelative`.
  private(set) var orthogonalDistance: [Float] = []
  private(set) var scoreDistance: [Float] = []
  /// Shares of the run's totals.
  private(set) var squaredLoss: [Float] = []
  private(set) var absoluteLoss: [Float] = []
  /// Positions from the highest skew down, without those that have none; equal ones in the order of the paths.
  private(set) var bySkew: [Int32] = []
  /// Sums over the scored samples of each folder of the first level; those at the top have the name "".
  private(set) var groups: [ByteKey: GroupTotals] = [:]

  /// Whether distances are in units of the cut of each sample's own model, so that they compare.
  let isRelative: Bool

  var count: Int { ids.count }

  /// - Parameter expected: number of scored samples, to reserve memory.
  init(_ store: Store, run: Int64, expected: Int) throws {
    isRelative = try !store.identitiesWithModels(in: run).isEmpty
    reserve(expected)
    try store.forEachCurveRow(of: run, inCuts: isRelative) { append($0) }
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
    groups[ByteKey(values[10].text ?? ""), default: GroupTotals()].add(values, verdict: verdicts[verdicts.count - 1])
  }
}

/// Sums over the samples of a folder.
struct GroupTotals {
  private(set) var images = 0
  private(set) var drop = 0
  private(set) var review = 0
  private(set) var pullSquared = 0.0
  private(set) var pullAbsolute = 0.0
  private(set) var squaredLoss = 0.0
  private(set) var highestSkew: Double?

  /// - Parameter values: a row of `RunColumns`.
  fileprivate mutating func add(_ values: [SQLValue], verdict: Verdict?) {
    images += 1
    if verdict == .drop { drop += 1 }
    if verdict == .review { review += 1 }
    if let skew = values[2].real { highestSkew = max(highestSkew ?? skew, skew) }
    pullSquared += values[4].real ?? 0
    pullAbsolute += values[5].real ?? 0
    squaredLoss += values[8].real ?? 0
  }
}

extension SQLValue {
  /// NaN where the value is NULL, or too large to be one of ours.
  fileprivate var single: Float { real.map { Float($0) }.flatMap { $0.isFinite ? $0 : nil } ?? .nan }
}
