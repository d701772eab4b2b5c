package import AuditCore

/// Why an image stands out, in a few words that its stored numbers bear out: where its residual lies, to which side it
/// goes, whether it is fine or broad, and how large it is, each against what is usual in the run. It says nothing about
/// what is in the picture.
///
/// - A part of the picture is named where its share of the squared residual is at least one and a half times the usual
///   one and a quarter of all above it; of several the one that differs most, by Pearson's chi-square of (share, rest)
///   against the usual (share, rest).
/// - Brighter or darker is said where at least three quarters of the absolute residual go to one side, by 0.03 or more;
///   of the whole picture only where no part is named.
/// - Fine grain: detail over absolute residual is at least 1.4 times the usual; broad areas: at most half of it.
package struct ResidualReason: Sendable {
  private let evidence: ResidualEvidence
  private let usual: UsualResidual

  package init(_ evidence: ResidualEvidence, usual: UsualResidual) {
    (self.evidence, self.usual) = (evidence, usual)
  }

  /// nil where nothing is stored that would say more than the skew.
  package var words: String? {
    if let part {
      let place = "\(part.name) \(fixed(100 * part.share, 0)) % of the error, usually \(fixed(100 * part.usual, 0))"
      return side.map { "\(place), mostly \($0.word)" } ?? place
    }
    if let side { return "whole picture \(side.word) by \(fixed(side.amount, 2))" }
    return size
  }

  private static let sidedFrom = 0.75
  private static let leastBias = 0.03
  private static let fineFrom = 1.4
  private static let broadTo = 0.5
  private static let leastLift = 1.5
  private static let leastSurplus = 0.25

  /// Where the residual is mostly of one sign: to which side, and by how much on average.
  private var side: (word: String, amount: Double)? {
    guard let bias = evidence.bias, let absolute = evidence.absolute, abs(bias) >= ResidualReason.leastBias,
      abs(bias) >= ResidualReason.sidedFrom * absolute
    else { return nil }
    return (bias > 0 ? "brighter" : "darker", abs(bias))
  }

  /// "broad areas off by 0.13, 5.7x usual": the mean absolute residual, and how many times the usual one that is.
  private var size: String? {
    guard let absolute = evidence.absolute, absolute.isFinite else { return nil }
    let start = (texture.map { $0 + " " } ?? "") + "off by \(fixed(absolute, 2))"
    guard let common = usual.absolute, common > 0 else { return start }
    return "\(start), \(fixed(absolute / common, 1))x usual"
  }

  private var texture: String? {
    guard let detail = evidence.detail, let absolute = evidence.absolute, absolute > 0, let grain = usual.grain,
      grain > 0
    else { return nil }
    let relative = detail / absolute / grain
    if relative >= ResidualReason.fineFrom { return "fine grain" }
    return relative <= ResidualReason.broadTo ? "broad areas" : nil
  }

  private struct Part {
    let name: String
    /// Of the squared residual.
    let share: Double
    /// Of it in images that stay.
    let usual: Double

    /// Chi-square for one unit of loss: 0 where the share is the usual one.
    var unevenness: Double {
      let expected = max(usual, 1e-4)
      return (share - expected) * (share - expected) / (expected * max(1 - expected, 1e-4))
    }

    var standsOut: Bool {
      share >= ResidualReason.leastLift * usual && share - usual >= ResidualReason.leastSurplus
    }
  }

  private var part: Part? {
    guard evidence.regions.count == RegionName.all.count, usual.regions.count == RegionName.all.count else {
      return nil
    }
    return parts.filter(\.standsOut).reduce(nil) { best, part in
      best.map { $0.unevenness >= part.unevenness ? $0 : part } ?? part
    }
  }

  /// Larger parts first: of equal ones the plainer name stays.
  private var parts: [Part] {
    let all = Array(0..<16)
    let named: [(String, [Int])] = [
      ("top half", all.filter { $0 / 4 < 2 }), ("bottom half", all.filter { $0 / 4 >= 2 }),
      ("left half", all.filter { $0 % 4 < 2 }), ("right half", all.filter { $0 % 4 >= 2 }), ("border", [16]),
      ("centre", [5, 6, 9, 10]), ("top left", [0, 1, 4, 5]), ("top right", [2, 3, 6, 7]),
      ("bottom left", [8, 9, 12, 13]), ("bottom right", [10, 11, 14, 15]),
    ]
    return (named + all.map { (ResidualReason.cell($0), [$0]) }).map { name, cells in
      Part(name: name, share: sum(cells, of: evidence.regions), usual: sum(cells, of: usual.regions))
    }
  }

  private func sum(_ cells: [Int], of shares: [Double]) -> Double { min(1, cells.reduce(0) { $0 + shares[$1] }) }

  private static func cell(_ index: Int) -> String {
    let rows = ["top", "upper middle", "lower middle", "bottom"]
    let columns = ["far left", "centre left", "centre right", "far right"]
    return "\(rows[index / 4]), \(columns[index % 4])"
  }
}
