import AuditCore

extension DamageRule {
  static let colour = [grayInColour, colourCast, channelsSwapped, negative]

  private static let grayInColour = DamageRule(
    "gray_in_colour", kinds: ["gray"], meaning: "without colour, in a set that has colour",
    remedy: "leave it out where the model is to learn colour, or colour the set alike",
    page: """
      GRAY_IN_COLOUR: without colour, in a set that has colour

      SEEN FROM
        saturation, the mean distance between the largest and the smallest channel, of the
        picture's brightness. The picture is named where that is below 2 % and the set's median
        saturation is at least 0.04; otherwise where judges that learnt from copies of this
        set, turned gray, vote for it and both its saturation and its share of the brightness
        are less than 40 % of the set's: a dark picture has little of the first alone. Of a
        set whose usual saturation is below 0.01 it is said once that it is gray.
      """,
    statistics: ["saturation", "brightness"],
    sign: { sample, set in
      guard let own = sample["saturation"], let usual = set.median("saturation"), own < 0.4 * usual,
        let share = sample.colourfulness, let usualShare = set.typical.colourfulness, share < 0.4 * usualShare
      else { return nil }
      return "saturation \(fixed(own, 3)), where the set has \(fixed(usual, 3))"
    },
    certain: { sample, set in
      guard let own = sample["saturation"], let usual = set.median("saturation"), usual >= 0.04,
        let share = sample.colourfulness, share < 0.02
      else { return nil }
      return "saturation \(fixed(own, 3)), where the set has \(fixed(usual, 3))"
    },
    ofAll: { usual in
      usual["saturation"].flatMap {
        $0 < 0.01 ? RuleFinding("saturation \(fixed($0, 3))", strength: 1, confidence: nil) : nil
      }
    }, wordsOfAll: "gray")

  private static let colourCast = DamageRule(
    "colour_cast", kinds: ["cast"], meaning: "tinted as a whole: wrong white balance, coloured light, a filter",
    remedy: "correct its white balance, or leave it out",
    page: """
      COLOUR_CAST: tinted as a whole

      SEEN FROM
        Judges that learnt from copies of this set, tinted on purpose, vote for it, and its
        mean red against green or yellow against blue lies at least one robust deviation off
        the set's.
      """,
    statistics: ["red_green", "yellow_blue"],
    sign: { sample, set in set.tint(of: sample) })

  private static let channelsSwapped = DamageRule(
    "channels_swapped", kinds: ["channels"], meaning: "red, green and blue exchanged: blue faces",
    remedy: "exchange them back: a program wrote BGR where RGB was meant",
    page: """
      CHANNELS_SWAPPED: red, green and blue exchanged

      SEEN FROM
        Judges that learnt from copies of this set with exchanged channels vote for it, and
        its mean red against green or yellow against blue lies at least one robust deviation
        off the set's.

      SEE ALSO
        audit explain colour_cast
      """,
    statistics: ["red_green", "yellow_blue"], sign: { sample, set in set.tint(of: sample) })

  private static let negative = DamageRule(
    "negative", kinds: ["negative"], meaning: "dark for bright, in all of it or in its lights",
    remedy: "turn it back, or leave it out",
    page: """
      NEGATIVE: dark for bright

      SEEN FROM
        Judges that learnt from copies of this set, turned into negatives in part or as a
        whole, vote for it, and the picture lies at least one robust deviation off the model
        of the set.
      """,
    statistics: [], sign: { sample, _ in sample.partWords([4], least: 1) })
}

extension MeasuredSet {
  /// The tint of a picture that lies at least one deviation off what is usual, in words.
  fileprivate func tint(of sample: MeasuredSample) -> String? {
    let tints = [("red_green", "red", "green"), ("yellow_blue", "yellow", "blue")].compactMap { name, up, down in
      distance(name, sample[name]).map { (far: abs($0), word: $0 > 0 ? up : down) }
    }
    guard let tint = tints.max(by: { $0.far < $1.far }), tint.far >= 1 else { return nil }
    return "\(tint.word) by \(fixed(tint.far, 1)) deviations beyond the set"
  }
}

extension MeasuredSample {
  /// Saturation over brightness, which does not fall where a picture is dark.
  fileprivate var colourfulness: Double? {
    guard let saturation = self["saturation"], let brightness = self["brightness"] else { return nil }
    return saturation / max(brightness, 0.02)
  }
}
