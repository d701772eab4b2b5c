import AuditCore

/// Damaged, though no kind's own sign is there.
struct DamagedRule: IssueRule {
  static let code = "damaged"

  let info = IssueInfo(
    code: code, severity: .warning, meaning: "looks like damaged copies of this set, though no one kind is sure",
    remedy: "look at it: the detail says which kinds are likeliest",
    page: """
      DAMAGED: like damaged copies of this set

      SEEN FROM
        Judges that learnt from copies of this set, damaged on purpose in many ways,
        vote that the picture is not as it should be, with a probability above the line that
        follows from the set (--issue-threshold), and no named issue with its own sign was
        found.

      SEE ALSO
        audit explain damage  # how damage is learnt and what confidence is
      """)
  let statistics: [String] = []

  func finding(in sample: MeasuredSample, of set: MeasuredSet) -> RuleFinding? {
    guard let confidence = sample.confidence, confidence >= set.threshold, let judgement = sample.judgement else {
      return nil
    }
    let kinds = sample.mostVoted.prefix(2).map(\.words)
    return RuleFinding(
      "\(percent(judgement.damage)) of the votes; "
        + (kinds.isEmpty ? "no kind stands out" : "most like: " + kinds.joined(separator: ", or ")),
      strength: judgement.damage, confidence: confidence)
  }
}

/// Far off the set in any respect, without a look-alike.
struct OddRule: IssueRule {
  /// `docs/damage.md`, 5.
  static let line = 8.0
  static let code = "odd"

  let info = IssueInfo(
    code: code, severity: .warning, meaning: "far off the rest of the set in statistics, edges or content",
    remedy: "look at it: a fault that has no name yet, or a picture of another kind",
    page: """
      ODD: far off the rest of the set

      SEEN FROM
        oddness, the length of five distances, each in robust deviations of the set: of the
        picture's statistics from their robust model and inside it, of their local density,
        of its edges from where the set has them, and of the picture itself. Above 8, unless
        another picture resembles it or it is a frame of a scene: then it is a rare_group. This is the net for faults
        that nobody thought of, beside the kinds that copies are damaged in.

      SEE ALSO
        audit explain rare_group
        audit explain damage
      """)
  let statistics: [String] = []

  func finding(in sample: MeasuredSample, of set: MeasuredSet) -> RuleFinding? {
    guard !sample.hasLookAlike else { return nil }
    return OddRule.finding(in: sample)
  }

  static func finding(in sample: MeasuredSample) -> RuleFinding? {
    guard let judgement = sample.judgement, judgement.oddness > line else { return nil }
    let words = sample.partWords(Array(judgement.parts.indices), least: 0) ?? ""
    return RuleFinding(
      "oddness \(fixed(judgement.oddness, 1)); \(words)", strength: judgement.oddness / 32, confidence: nil)
  }
}

/// As far off, with another picture that resembles it.
struct RareGroupRule: IssueRule {
  static let code = "rare_group"

  let info = IssueInfo(
    code: code, severity: .notice, meaning: "far off most of the set, but not alone: a small group of its own",
    remedy: "keep it, unless the group should not be there: one more camera, pose or light is worth a lot",
    page: """
      RARE_GROUP: far off most of the set, but not alone

      SEEN FROM
        As odd, but another picture lies nearer to it than 0.8 of what the model cannot draw
        of it. Leaving out all odd pictures of a set of frames cost a third of the held-out
        loss where a camera setting was among them; leaving out those without a look-alike
        gained.

      SEE ALSO
        audit explain odd
      """)
  let statistics: [String] = []

  func finding(in sample: MeasuredSample, of set: MeasuredSet) -> RuleFinding? {
    sample.hasLookAlike ? OddRule.finding(in: sample) : nil
  }
}
