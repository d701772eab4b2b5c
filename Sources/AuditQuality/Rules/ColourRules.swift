import AuditCore

extension DamageRule {
  static let colour = [grayInColour, colourCast]

  private static let grayInColour = DamageRule(
    "gray_in_colour", kinds: ["gray"], meaning: "without colour, in a set that has colour",
    remedy: "leave it out where the model is to learn colour, or colour the set alike",
    page: """
      GRAY_IN_COLOUR: without colour, in a set that has colour

      SEEN FROM
        saturation, the mean distance between the largest and the smallest channel. The
        picture is named where it has none (below 0.004) and the set's median has at least
        0.04; otherwise where trees that were grown on copies of this set, turned gray, vote
        for it and it has less than 40 % of the set's usual saturation.
      """,
    statistics: ["saturation"],
    sign: { sample, set in
      guard let own = sample["saturation"], let usual = set.median("saturation"), own < 0.4 * usual else { return nil }
      return "saturation \(fixed(own, 3)), where the set has \(fixed(usual, 3))"
    })

  private static let colourCast = DamageRule(
    "colour_cast", kinds: ["cast"], meaning: "tinted as a whole: wrong white balance, coloured light, a filter",
    remedy: "correct its white balance, or leave it out",
    page: """
      COLOUR_CAST: tinted as a whole

      SEEN FROM
        Trees that were grown on copies of this set, tinted on purpose, vote for it, and its
        mean red against green or yellow against blue lies at least one robust deviation off
        the set's.
      """,
    statistics: ["red_green", "yellow_blue"],
    sign: { sample, set in
      let tints = [("red_green", "red", "green"), ("yellow_blue", "yellow", "blue")].compactMap { name, up, down in
        set.distance(name, sample[name]).map { (far: abs($0), word: $0 > 0 ? up : down) }
      }
      guard let tint = tints.max(by: { $0.far < $1.far }), tint.far >= 1 else { return nil }
      return "\(tint.word) by \(fixed(tint.far, 1)) deviations beyond the set"
    })
}
