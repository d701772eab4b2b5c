import AuditCore

extension DamageRule {
  static let frame = [letterbox]

  private static let letterbox = DamageRule(
    "letterbox", kinds: ["letterbox"], meaning: "bars of one tone at its edges",
    remedy: "crop the bars off, or leave it out",
    page: """
      LETTERBOX: bars of one tone at the edges

      SEEN FROM
        The strongest straight line of the picture (line_x or line_y), and the rows and columns
        of one tone (flat_lines): a bar ends in a line and is flat from there to its edge; a
        plain background is flat and has no such end. Named where the line is 1.9 above the
        median step, 6 to 30 % of the side from an edge, and at least 10 % of the rows and
        columns are flat; or where judges that learnt from copies of this set with bars vote
        for it, and half as much is seen.
      """,
    statistics: ["flat_lines", "line_x", "line_y", "line_x_at", "line_y_at"],
    sign: { sample, _ in sample.bar(flat: 0.04, line: 1.2, reach: 0.02...0.5).map { $0.words } },
    line: { sample in
      sample.bar(flat: 0.1, line: 1.9, reach: 0.06...0.3).map {
        RuleFinding($0.words, strength: 2 * $0.share, confidence: nil)
      }
    },
    ofAll: { usual in
      // Bars of a set may lie at different edges: the usual place says nothing.
      guard let flat = usual["flat_lines"], flat >= 0.1, flat < 1.5, let across = usual["line_x"],
        let down = usual["line_y"], max(across, down) >= 1.9
      else { return nil }
      return RuleFinding(
        "\(percent(flat)) of its rows and columns are one tone, up to a straight line", strength: flat, confidence: nil)
    })
}

extension MeasuredSample {
  /// What lies between an edge and the strongest line, where all of it may be of one tone.
  ///
  /// - Parameters:
  ///   - flat: least share of flat rows and columns, added.
  ///   - line: least strength of the line, ln ratio to the median step.
  ///   - reach: how far from the edge the line may lie, of the side.
  /// - Returns: the share of the side that it takes; nil where there is none.
  fileprivate func bar(flat: Double, line: Double, reach: ClosedRange<Double>) -> (share: Double, words: String)? {
    guard let found = self["flat_lines"], found >= flat, let across = self["line_x"], let down = self["line_y"],
      let left = self["line_x_at"], let top = self["line_y_at"]
    else { return nil }
    let isAcross = across >= down
    let place = isAcross ? left : top
    let share = min(place, 1 - place)
    guard max(across, down) >= line, reach.contains(share), found >= 0.7 * share else { return nil }
    let side = isAcross ? (place < 0.5 ? "left" : "right") : (place < 0.5 ? "upper" : "lower")
    return (
      share,
      "one tone up to a straight line \(percent(share)) from the \(side) edge, as are \(percent(found)) of its rows and columns"
    )
  }
}
