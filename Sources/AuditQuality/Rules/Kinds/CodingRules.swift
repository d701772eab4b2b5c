import AuditCore
import CKernels

extension DamageRule {
  static let coding = [compressed, pixelated, posterised]

  private static let compressed = DamageRule(
    "compressed", kinds: ["compressed"], meaning: "compressed so hard that its blocks or smears show",
    remedy: "fetch a better copy; training learns the blocks",
    page: """
      COMPRESSED: blocks or smears of an encoder

      SEEN FROM
        block_x, block_y: steps between pixels at every eighth column and row against the
        others. Where both stand out by a factor of e^0.7 the blocks show whatever the set
        looks like; where both do so by e^0.35 in the usual picture of the set, that is said
        once of the set and of no picture. Otherwise: judges that learnt from copies of this set, compressed to
        death, vote for it, and its blocks stand out by 1.5 robust deviations, or its detail
        is gone by one.
      """,
    statistics: ["block_x", "block_y", "log_detail"],
    sign: { sample, set in
      let blocks = ["block_x", "block_y"].compactMap { set.distance($0, sample[$0]) }.max() ?? 0
      if blocks >= 1.5 { return "steps at the edges of 8 x 8 blocks \(fixed(blocks, 1)) deviations above the set's" }
      return set.standsOut("log_detail", sample, below: 1).map { "detail \($0) deviations below the set's" }
    },
    line: { sample in
      guard let across = sample["block_x"], let down = sample["block_y"], min(across, down) > 0.7 else { return nil }
      return RuleFinding(
        "steps at the edges of 8 x 8 blocks are \(fixed(audit_exp(min(across, down)), 1)) times those elsewhere",
        strength: min(across, down) / 2, confidence: nil)
    },
    ofAll: { usual in
      // A median of a set is surer than one picture: in real sets as they are it is at most 0.15, encoded at quality 15
      // at least 0.40.
      guard let across = usual["block_x"], let down = usual["block_y"], min(across, down) > 0.35 else { return nil }
      return RuleFinding(
        "steps at the edges of 8 x 8 blocks are \(fixed(audit_exp(min(across, down)), 2)) times those elsewhere",
        strength: min(across, down) / 2, confidence: nil)
    })

  private static let pixelated = DamageRule(
    "pixelated", kinds: ["pixelated"], meaning: "made of large squares of one colour",
    remedy: "leave it out: it was censored or enlarged without smoothing",
    page: """
      PIXELATED: large squares of one colour

      SEEN FROM
        Judges that learnt from copies of this set, pixelated on purpose, vote for it, and
        straight lines across or down it stand out by one robust deviation, or neighbours
        are equal that much more often than in the set.
      """,
    statistics: ["line_x", "line_y", "equal_x", "log_flat"],
    sign: { sample, set in
      let lines = ["line_x", "line_y"].compactMap { set.distance($0, sample[$0]) }.max() ?? 0
      if lines >= 1 { return "straight edges \(fixed(lines, 1)) deviations above the set's" }
      let flat = ["equal_x", "log_flat"].compactMap { set.distance($0, sample[$0]) }.max() ?? 0
      return flat >= 1 ? "equal neighbours \(fixed(flat, 1)) deviations above the set's" : nil
    })

  private static let posterised = DamageRule(
    "posterised", kinds: ["posterised"], meaning: "few tones: gradients have turned into bands",
    remedy: "fetch the original; a palette or a hard edit has thrown tones away",
    page: """
      POSTERISED: few tones

      SEEN FROM
        Judges that learnt from copies of this set, reduced to a few tones, vote for it, and
        the gaps in its histogram or the steps of its colours stand out by one robust
        deviation.
      """,
    statistics: ["comb", "chroma_grain", "codes"],
    sign: { sample, set in
      if let far = set.standsOut("comb", sample, above: 1) {
        return "gaps in the tones \(far) deviations above the set's"
      }
      if let far = set.standsOut("codes", sample, below: 1) { return "tones in use \(far) deviations below the set's" }
      return set.standsOut("chroma_grain", sample, above: 1).map { "steps of colour \($0) deviations above the set's" }
    })
}
