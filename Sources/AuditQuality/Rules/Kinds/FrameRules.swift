import AuditCore

extension DamageRule {
  static let frame = [letterbox]

  private static let letterbox = DamageRule(
    "letterbox", kinds: ["letterbox"], meaning: "bars of one tone at its edges",
    remedy: "crop the bars off, or leave it out",
    page: """
      LETTERBOX: bars of one tone at the edges

      SEEN FROM
        flat_lines: the shares of rows and of columns that are one tone, added. Trees that
        were grown on copies of this set with bars vote for it, and at least 4 % of its rows
        or columns are flat; or at least 30 % are, whatever the set looks like.
      """,
    statistics: ["flat_lines"],
    sign: { sample, _ in
      sample["flat_lines"].flatMap { $0 >= 0.04 ? "\(percent($0)) of its rows and columns are one tone" : nil }
    },
    line: { sample in
      sample["flat_lines"].flatMap { share in
        share >= 0.3 && share < 1.5
          ? RuleFinding("\(percent(share)) of its rows and columns are one tone", strength: share, confidence: nil)
          : nil
      }
    })
}
