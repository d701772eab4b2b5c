import AuditCore

extension DamageRule {
  static let tone = [dark, bright, lowContrast, clipped]

  private static let dark = DamageRule(
    "dark", kinds: ["under"], meaning: "the picture is nearly black, or much darker than the set",
    remedy: "leave it out or brighten it; training learns darkness from it, not a face",
    page: """
      DARK: nearly black, or much darker than the set

      SEEN FROM
        p95, the luma that only the brightest 5 % of the pixels exceed. Below 0.25 of full
        scale the picture is dark whatever the set looks like; in a set that is dark as a
        whole this is said once and not of every picture. Otherwise: judges that learnt
        from copies of this set, darkened on purpose, vote for it, and its mean luma lies at
        least one robust deviation below the set's.

      SEE ALSO
        audit explain bright  # low_contrast likewise
      """,
    statistics: ["brightness", "p95"],
    sign: { sample, set in
      set.standsOut("brightness", sample, below: 1).flatMap { far in
        sample["brightness"].map { "mean luma \(fixed($0, 2)), \(far) deviations below the set's" }
      }
    },
    line: { sample in
      sample["p95"].flatMap { top in
        top < 0.25
          ? RuleFinding("95 % of the pixels are darker than \(fixed(top, 2))", strength: 1 - top, confidence: nil) : nil
      }
    })

  private static let bright = DamageRule(
    "bright", kinds: ["over"], meaning: "the picture is washed out or overexposed",
    remedy: "leave it out, or take it from the source with less exposure; what is clipped cannot be brought back",
    page: """
      BRIGHT: washed out or overexposed

      SEEN FROM
        p5, the luma that 95 % of the pixels exceed. Above 0.7 of full scale the picture is
        bright whatever the set looks like; in a set that is bright as a whole this is said
        once. Otherwise: judges that learnt from copies of this set, overexposed on
        purpose, vote for it, and its mean luma or its brightest twentieth lies at least
        0.7 robust deviations above the set's.

      SEE ALSO
        audit explain dark  # clipped likewise
      """,
    statistics: ["brightness", "p5", "p95"],
    sign: { sample, set in
      let far = set.standsOut("brightness", sample, above: 0.7) ?? set.standsOut("p95", sample, above: 0.7)
      return far.flatMap { far in
        sample["brightness"].map { "mean luma \(fixed($0, 2)), \(far) deviations above the set's" }
      }
    },
    line: { sample in
      sample["p5"].flatMap { low in
        low > 0.7
          ? RuleFinding("95 % of the pixels are brighter than \(fixed(low, 2))", strength: low, confidence: nil) : nil
      }
    })

  private static let lowContrast = DamageRule(
    "low_contrast", kinds: [], meaning: "all tones lie close together: fog, glass, a faded scan, or no picture",
    remedy: "stretch its tones, or leave it out",
    page: """
      LOW_CONTRAST: all tones lie close together

      SEEN FROM
        The distance between the darkest and the brightest twentieth of the pixels (p95 -
        p5). Below 0.15 of full scale; in a set that is so as a whole this is said once.
      """,
    statistics: ["p5", "p95"], sign: { _, _ in nil },
    line: { sample in
      guard let low = sample["p5"], let high = sample["p95"], high - low < 0.15 else { return nil }
      return RuleFinding(
        "90 % of the pixels lie between \(fixed(low, 2)) and \(fixed(high, 2))", strength: 1 - (high - low) / 0.15,
        confidence: nil)
    }, wordsOfAll: "of low contrast")

  private static let clipped = DamageRule(
    "clipped", kinds: [], meaning: "a large part of the picture is pure black or pure white",
    remedy: "look whether that is background; where it is the face, leave the picture out",
    page: """
      CLIPPED: a large part is pure black or pure white

      SEEN FROM
        black_share + white_share: pixels below 0.03 or above 0.97 of full scale. Above 0.6;
        in a set that is so as a whole, as faces on a white ground, this is said once.
      """,
    statistics: ["black_share", "white_share"], sign: { _, _ in nil },
    line: { sample in
      guard let black = sample["black_share"], let white = sample["white_share"], black + white > 0.6 else {
        return nil
      }
      return RuleFinding(
        "\(percent(black)) of the pixels are black, \(percent(white)) white", strength: black + white, confidence: nil)
    })
}
