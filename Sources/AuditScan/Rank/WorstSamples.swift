import AuditStatistics
import AuditStore

/// The hundredth of the samples that has the highest skew, and its part of all pull and of each headline's total.
struct WorstSamples {
  private static let part = 0.01

  private let most: Int
  private let ranking: Ranking
  private let squared: Double
  private let absolute: Double
  /// By rank: added up in this order, sums are the same whatever the order of the paths.
  private var pulls: [(squared: Double, absolute: Double)]
  private var shares: [[Double]]

  /// - Parameter skew: of one row; asked once of each.
  init(_ rows: RankRows, headlines: Int, skew: (RankRow) -> Skew?) throws {
    var skews = [Double](repeating: .nan, count: rows.count)
    var (squared, absolute) = (0.0, 0.0)
    try rows.forEach { position, sample in
      guard let skew = skew(sample) else { return }
      squared += skew.pullSquared
      absolute += skew.pullAbsolute
      skews[position] = skew.skew
    }
    (self.squared, self.absolute) = (squared, absolute)
    ranking = ranks(of: skews, worst: .high)
    most = min(ranking.count, max(1, Int((WorstSamples.part * Double(rows.count)).rounded())))
    pulls = Array(repeating: (0, 0), count: most)
    shares = Array(repeating: Array(repeating: 0, count: most), count: headlines)
  }

  /// Samples that are not among them are left out.
  mutating func add(_ skew: Skew, shares: [HeadlineStanding], at position: Int) {
    guard let rank = ranking.rank(at: position), rank <= most else { return }
    pulls[Int(rank) - 1] = (skew.pullSquared, skew.pullAbsolute)
    for (index, standing) in shares.enumerated() { self.shares[index][Int(rank) - 1] = standing.share ?? 0 }
  }

  var count: Int { most }
  var pullSquared: Double { squared > 0 ? pulls.reduce(0) { $0 + $1.squared } / squared : 0 }
  var pullAbsolute: Double { absolute > 0 ? pulls.reduce(0) { $0 + $1.absolute } / absolute : 0 }
  func share(_ headline: Int) -> Double { shares[headline].reduce(0, +) }
}
