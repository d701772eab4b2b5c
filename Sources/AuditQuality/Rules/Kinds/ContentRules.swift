import AuditCore

extension DamageRule {
  static let content = [covered, spliced, torn, text, notAFace, blank]

  private static let covered = DamageRule(
    "covered", kinds: ["covered"], meaning: "something lies over part of the picture",
    remedy: "look at it; leave it out where it covers the face",
    page: """
      COVERED: something lies over part of the picture

      SEEN FROM
        Judges that learnt from copies of this set, with patches laid over them, vote for
        it, and a straight edge, a flat part or a commonest tone stands out by 0.7 robust
        deviations, or edges or pixels lie at least one off the models of the set.
      """,
    statistics: ["line_x", "line_y", "flattest_cells", "commonest_code"],
    sign: { sample, set in
      if let far = set.standsOut("commonest_code", sample, above: 0.7) {
        return "one tone takes a larger part than usual, by \(far) deviations"
      }
      if let edge = set.straightEdge(in: sample) { return edge }
      return set.standsOut("flattest_cells", sample, below: 0.7).map { "flat parts \($0) deviations below the set's" }
        ?? sample.partWords([3, 4], least: 1)
    })

  private static let spliced = DamageRule(
    "spliced", kinds: ["spliced"], meaning: "put together from two pictures",
    remedy: "look at it; leave it out where half a face is another's",
    page: """
      SPLICED: put together from two pictures

      SEEN FROM
        Judges that learnt from copies of this set, into which a part of another picture was
        put, vote for it, and a straight edge stands out by 0.7 robust deviations, or edges
        or pixels lie at least one off the models of the set.
      """,
    statistics: ["line_x", "line_y"],
    sign: { sample, set in set.straightEdge(in: sample) ?? sample.partWords([3, 4], least: 1) })

  private static let torn = DamageRule(
    "torn", kinds: ["torn"], meaning: "rows shifted against one another, or a part that never arrived",
    remedy: "get the file again from its source, or leave it out",
    page: """
      TORN: rows shifted, or a part that never arrived

      SEEN FROM
        Judges that learnt from copies of this set with shifted bands or a missing end vote
        for it, and a straight edge or a commonest tone stands out by 0.7 robust deviations,
        or edges or pixels lie at least one off the models of the set.
      """,
    statistics: ["line_x", "line_y", "commonest_code"],
    sign: { sample, set in
      if let far = set.standsOut("commonest_code", sample, above: 0.7) {
        return "one tone takes a larger part than usual, by \(far) deviations"
      }
      return set.straightEdge(in: sample) ?? sample.partWords([3, 4], least: 1)
    })

  private static let text = DamageRule(
    "text", kinds: ["text"], meaning: "letters, a watermark or a logo over the picture",
    remedy: "leave it out where the model must not draw letters",
    page: """
      TEXT: letters, a watermark or a logo

      SEEN FROM
        Judges that learnt from copies of this set, with words drawn over them, vote for it,
        and thin bright or dark strokes are at least 0.7 robust deviations above the set's.
      """,
    statistics: ["white_tophat_3_p99", "black_tophat_3_p99", "white_tophat_5_p99", "black_tophat_5_p99"],
    sign: { sample, set in
      let strokes =
        ["white_tophat_3_p99", "white_tophat_5_p99", "black_tophat_3_p99", "black_tophat_5_p99"]
        .compactMap { set.distance($0, sample[$0]) }.max() ?? 0
      return strokes >= 0.7 ? "thin strokes \(fixed(strokes, 1)) deviations above the set's" : nil
    })

  private static let notAFace = DamageRule(
    "not_a_face", kinds: ["not_a_face"],
    meaning: "nothing in it lies where the set has it: no face, or not as the others",
    remedy: "look at it; leave it out where it is no face",
    page: """
      NOT_A_FACE: nothing lies where the set has it

      SEEN FROM
        Judges that learnt from shuffled, striped and clouded copies of this set vote for
        it, and edges or pixels lie at least two robust deviations off their models. It says
        nothing about who or what is there.

      SEE ALSO
        audit explain odd
      """,
    statistics: [], sign: { sample, _ in sample.partWords([3, 4], least: 2) ?? sample.partWords([0, 1, 2], least: 4) })

  private static let blank = DamageRule(
    "blank", kinds: [], meaning: "one tone from edge to edge", remedy: "leave it out: there is nothing in it",
    page: """
      BLANK: one tone from edge to edge

      SEEN FROM
        contrast, the standard deviation of luma, below 0.01 of full scale.
      """,
    statistics: ["contrast"], sign: { _, _ in nil },
    line: { sample in
      sample["contrast"].flatMap { spread in
        spread < 0.01
          ? RuleFinding("luma varies by \(fixed(100 * spread, 1)) % of full scale", strength: 1, confidence: nil) : nil
      }
    })
}

extension MeasuredSet {
  /// A straight edge that stands out by 0.7 deviations, in words.
  fileprivate func straightEdge(in sample: MeasuredSample) -> String? {
    let lines = ["line_x", "line_y"].compactMap { distance($0, sample[$0]) }.max() ?? 0
    return lines >= 0.7 ? "a straight edge \(fixed(lines, 1)) deviations above the set's" : nil
  }
}
