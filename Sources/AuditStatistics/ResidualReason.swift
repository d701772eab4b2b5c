package import AuditCore

/// Why an image stands out, in a few words that its stored numbers bear out: where its residual lies, to which side it
/// goes, and how large it is. It says nothing about what is in the picture.
///
/// - A part of the picture is named where it holds at least half of the squared residual (a quarter for a sixteenth of
///   the picture) and one and a half times what its area would; of several the one that differs most from an even
///   spread, by Pearson's chi-square of (share, rest) against (area, rest).
/// - Brighter or darker is said where at least three quarters of the absolute residual go to one side, by 0.03 or more;
///   of the whole picture only where no part is named.
/// - Few values far off: the root mean square is at least twice the mean, where 1.25 is a normal distribution's and
///   1.41 a Laplace distribution's.
package struct ResidualReason: Sendable {
  private let evidence: ResidualEvidence

  package init(_ evidence: ResidualEvidence) { self.evidence = evidence }

  /// nil where nothing is stored that would say more than the skew.
  package var words: String? {
    if let part {
      let place = "\(part.name) \(fixed(100 * part.share, 0)) % of the error"
      return side.map { "\(place), mostly \($0.word)" } ?? place
    }
    if let side { return "whole picture \(side.word) by \(fixed(side.amount, 2))" }
    guard let absolute = evidence.absolute, absolute.isFinite else { return nil }
    if let squared = evidence.squared, absolute > 0, squared.squareRoot() >= ResidualReason.fewFromRatio * absolute {
      return "few pixels far off, all over the picture"
    }
    return "all over the picture, off by \(fixed(absolute, 2)) on average"
  }

  private static let sidedFrom = 0.75
  private static let leastBias = 0.03
  private static let fewFromRatio = 2.0
  private static let leastLift = 1.5

  /// Where the residual is mostly of one sign: to which side, and by how much on average.
  private var side: (word: String, amount: Double)? {
    guard let bias = evidence.bias, let absolute = evidence.absolute, abs(bias) >= ResidualReason.leastBias,
      abs(bias) >= ResidualReason.sidedFrom * absolute
    else { return nil }
    return (bias > 0 ? "brighter" : "darker", abs(bias))
  }

  private struct Part {
    let name: String
    /// Of the squared residual.
    let share: Double
    /// Of the picture.
    let area: Double

    /// Chi-square for one unit of loss: 0 where the share is what the area would hold.
    var unevenness: Double { (share - area) * (share - area) / (area * (1 - area)) }

    var isConcentrated: Bool {
      share >= (area < 0.1 ? 0.25 : 0.5) && share >= ResidualReason.leastLift * area
    }
  }

  private var part: Part? {
    guard evidence.regions.count == RegionName.all.count else { return nil }
    return parts.filter(\.isConcentrated).reduce(nil) { best, part in
      best.map { $0.unevenness >= part.unevenness ? $0 : part } ?? part
    }
  }

  /// Larger parts first: of equal ones the plainer name stays.
  private var parts: [Part] {
    let shares = evidence.regions
    func sum(_ cells: [Int]) -> Double { min(1, cells.reduce(0) { $0 + shares[$1] }) }
    let all = Array(0..<16)
    let named: [(String, [Int])] = [
      ("top half", all.filter { $0 / 4 < 2 }), ("bottom half", all.filter { $0 / 4 >= 2 }),
      ("left half", all.filter { $0 % 4 < 2 }), ("right half", all.filter { $0 % 4 >= 2 }),
      ("centre", [5, 6, 9, 10]), ("top left", [0, 1, 4, 5]), ("top right", [2, 3, 6, 7]),
      ("bottom left", [8, 9, 12, 13]), ("bottom right", [10, 11, 14, 15]),
    ]
    let cells = all.map { Part(name: ResidualReason.cell($0), share: shares[$0], area: 1.0 / 16) }
    return named.map { Part(name: $0.0, share: sum($0.1), area: Double($0.1.count) / 16) }
      // 8 % of width and height at each side.
      + [Part(name: "border", share: min(1, shares[16]), area: 1 - 0.84 * 0.84)] + cells
  }

  private static func cell(_ index: Int) -> String {
    let rows = ["top", "upper middle", "lower middle", "bottom"]
    let columns = ["far left", "centre left", "centre right", "far right"]
    return "\(rows[index / 4]), \(columns[index % 4])"
  }
}
