package import AuditCore
import AuditStore

/// What leaving out the images of highest skew is worth, for every place of the cut line.
package struct CutCurve: Codable, Sendable {
  /// A point that was cross-validated.
  package struct Estimate: Codable, Sendable {
    package let share: Double
    package let gain: Double
    package let low: Double
    package let high: Double
  }

  /// A place of the cut line.
  package struct Stop: Codable, Sendable {
    /// How many images go.
    package let images: Int
    /// Their share of the scored ones.
    package let share: Double
    /// nil where the run holds no estimates.
    package let gain: Double?
    package let low: Double?
    package let high: Double?
    /// Whether the gain was estimated here; else it lies on the straight line between two estimates.
    package let isEstimated: Bool
    /// What the images own of each total.
    package let pullSquared: Double
    package let pullAbsolute: Double
    package let squaredLoss: Double?
    package let absoluteLoss: Double?
    /// The last image that goes.
    package let last: Int64
    package let path: String
    package let skew: Double
    package let verdict: Verdict?
  }

  /// Whether the estimates leave that share of each folder out, which has a model of its own.
  package let isPerFolder: Bool
  package let estimates: [Estimate]
  package let stops: [Stop]
  /// How many images are marked drop, where the line stands at first; 0 is no line.
  package let marked: Int

  /// Most places of the line: each has a picture.
  static let mostStops = 40
  /// The estimates end here.
  static let largestShare = 0.1
}

extension CutCurve {
  /// - Returns: nil where nothing was scored.
  init?(_ columns: RunColumns, store: Store, run: Int64) throws {
    let scored = columns.bySkew.count
    guard scored > 0 else { return nil }
    let rows = try store.gainCurve(of: run)
    isPerFolder = columns.isRelative
    let drops = columns.verdicts.lazy.filter { $0 == .drop }.count
    marked = drops
    var estimatedCounts = Set(rows.compactMap { $0["images"].integer })
    var estimates = rows.map { Estimate($0, share: $0["share"].real ?? 0) }
    // Where the images of highest skew are just those marked drop, that remedy was estimated at this place of the line.
    let isTop =
      !isPerFolder && drops > 0 && columns.bySkew.prefix(drops).allSatisfy { columns.verdicts[Int($0)] == .drop }
    let remedy = try store.remedies(of: run).first { $0["name"].text == "drop" && $0["images"].integer == drops }
    if isTop, let remedy, estimatedCounts.insert(drops).inserted {
      estimates.append(Estimate(remedy, share: Double(drops) / Double(scored)))
      estimates.sort { $0.share < $1.share }
    }
    self.estimates = estimates
    let most = max(1, Int((CutCurve.largestShare * Double(scored)).rounded()))
    let counts = CutCurve.places(most: most, alsoAt: rows.compactMap { $0["images"].integer } + [drops])
    let totals = CutTotals(columns, upTo: counts)
    let last = counts.map { columns.bySkew[$0 - 1] }
    let paths = try store.paths(of: last.map { columns.ids[Int($0)] })
    stops = counts.indices.map { index in
      let (count, position) = (counts[index], Int(last[index]))
      let share = Double(count) / Double(scored)
      let value = CutCurve.estimate(at: share, of: estimates)
      return Stop(
        images: count, share: share, gain: value?.gain, low: value?.low, high: value?.high,
        isEstimated: estimatedCounts.contains(count),
        pullSquared: totals.pullSquared[index] ?? 0, pullAbsolute: totals.pullAbsolute[index] ?? 0,
        squaredLoss: totals.squaredLoss[index], absoluteLoss: totals.absoluteLoss[index],
        last: columns.ids[position], path: paths[columns.ids[position]] ?? "", skew: Double(columns.skew[position]),
        verdict: columns.verdicts[position])
    }
  }

  /// Every count up to `most` where that is few; else places that lie closer together at the start.
  static func places(most: Int, alsoAt wanted: [Int]) -> [Int] {
    if most <= mostStops { return Array(1...most) }
    let fixed = Set(wanted.filter { (1...most).contains($0) }).union([1, most])
    let free = max(1, mostStops - fixed.count)
    let spread = (1...free).map { step in
      max(1, Int((Double(most) * pow32(Double(step) / Double(free))).rounded()))
    }
    return fixed.union(spread).sorted()
  }

  /// x to the power of 3/2.
  private static func pow32(_ x: Double) -> Double { x * x.squareRoot() }

  /// The straight line between the estimates on both sides, from nothing at 0.
  static func estimate(at share: Double, of estimates: [Estimate]) -> Estimate? {
    guard let last = estimates.last else { return nil }
    var before = Estimate(share: 0, gain: 0, low: 0, high: 0)
    for point in estimates {
      if share <= point.share {
        let part = (share - before.share) / (point.share - before.share)
        return Estimate(
          share: share, gain: before.gain + part * (point.gain - before.gain),
          low: before.low + part * (point.low - before.low), high: before.high + part * (point.high - before.high))
      }
      before = point
    }
    return last
  }
}

extension CutCurve.Estimate {
  /// From columns `gain`, `low` and `high`.
  fileprivate init(_ row: SQLRow, share: Double) {
    self.init(share: share, gain: row["gain"].real ?? 0, low: row["low"].real ?? 0, high: row["high"].real ?? 0)
  }
}

/// What the first images by skew own of each total, at some counts.
private struct CutTotals {
  let pullSquared: [Double?]
  let pullAbsolute: [Double?]
  let squaredLoss: [Double?]
  let absoluteLoss: [Double?]

  init(_ columns: RunColumns, upTo counts: [Int]) {
    func owned(_ values: [Float]) -> [Double?] {
      let total = values.reduce(0.0) { $1.isNaN ? $0 : $0 + Double($1) }
      guard total > 0 else { return counts.map { _ in nil } }
      var (sum, next) = (0.0, 0)
      return counts.map { count in
        while next < count {
          let value = values[Int(columns.bySkew[next])]
          if !value.isNaN { sum += Double(value) }
          next += 1
        }
        return sum / total
      }
    }
    pullSquared = owned(columns.pullSquared)
    pullAbsolute = owned(columns.pullAbsolute)
    squaredLoss = owned(columns.squaredLoss)
    absoluteLoss = owned(columns.absoluteLoss)
  }
}
