import AuditCore
import Testing

@testable import AuditQuality

/// Rules see stored numbers alone: both sides of every absolute line, and of the learnt ones.
@Suite struct IssueRuleTests {
  private static let columns = Array(Set(IssueRules.all.flatMap(\.statistics))).sorted()
  private static let places = Dictionary(uniqueKeysWithValues: columns.indices.map { (columns[$0], $0) })

  /// A picture in the middle of a set in which nothing is the matter, but for what is given.
  private static func sample(
    _ values: [String: Double] = [:], judgement: PictureJudgement? = nil, confidence: Double? = nil,
    kinds: [String: Double] = [:], hasLookAlike: Bool = false
  ) -> MeasuredSample {
    MeasuredSample(
      width: 128, height: 128, statistics: columns.map { values[$0] ?? usual[$0] ?? 0 }, places: places,
      judgement: judgement, confidence: confidence,
      kindConfidence: judgement == nil ? [] : DamageKinds.all.map { kinds[$0.name] ?? 0 }, hasLookAlike: hasLookAlike)
  }

  private static let usual: [String: Double] = [
    "brightness": 0.5, "p5": 0.1, "p95": 0.9, "contrast": 0.2, "saturation": 0.15, "black_share": 0.05,
    "white_share": 0.05, "flat_lines": 0,
  ]

  /// A strong line across the picture, and flat lines.
  private static func bar(flat: Double = 0.3, line: Double = 2.5, at place: Double = 0.2) -> [String: Double] {
    ["flat_lines": flat, "line_y": line, "line_y_at": place, "line_x": 0.5, "line_x_at": 0.5]
  }

  private static func set(_ changed: [String: Double] = [:]) -> MeasuredSet {
    MeasuredSet(
      count: 1_000, threshold: 0.3,
      usual: Dictionary(
        uniqueKeysWithValues: columns.map { ($0, (median: changed[$0] ?? usual[$0] ?? 0, spread: 0.1)) }))
  }

  private static func codes(_ sample: MeasuredSample, in set: MeasuredSet = IssueRuleTests.set()) -> [String] {
    IssueRules.findings(in: sample, of: set).map(\.info.code)
  }

  private static func votes(_ kinds: [String: Double], oddness: Double = 1) -> PictureJudgement {
    PictureJudgement(
      votes: DamageKinds.all.map { kinds[$0.name] ?? 0 }, oddness: oddness, turned: [Double](repeating: -1, count: 8),
      parts: [0.5, 0.4, 0.3, 0.2, 0.1])
  }

  @Test func anOrdinaryPictureHasNoIssue() {
    #expect(Self.codes(Self.sample()) == [])
    #expect(Self.codes(Self.sample(judgement: Self.votes(["blur": 0.1]), confidence: 0.02)) == [])
  }

  @Test(
    arguments: [
      ("dark", ["p95": 0.24], ["p95": 0.26]), ("bright", ["p5": 0.71, "p95": 0.95], ["p5": 0.69, "p95": 0.95]),
      ("low_contrast", ["p5": 0.5, "p95": 0.64], ["p5": 0.5, "p95": 0.66]),
      ("clipped", ["black_share": 0.4, "white_share": 0.21], ["black_share": 0.4, "white_share": 0.19]),
      ("blank", ["contrast": 0.009], ["contrast": 0.011]),
      ("letterbox", bar(flat: 0.11, at: 0.1), bar(flat: 0.09, at: 0.1)),
      ("letterbox", bar(line: 1.91), bar(line: 1.89)),
      ("letterbox", bar(at: 0.07), bar(at: 0.05)), ("letterbox", bar(at: 0.72), bar(at: 0.68)),
      ("letterbox", bar(flat: 0.15, at: 0.21), bar(flat: 0.15, at: 0.22)),
      ("gray_in_colour", ["saturation": 0.009], ["saturation": 0.011]),
      ("gray_in_colour", ["saturation": 0.009], ["saturation": 0.009, "brightness": 0.4]),
      ("compressed", ["block_x": 0.8, "block_y": 0.71], ["block_x": 0.8, "block_y": 0.69]),
    ] as [(String, [String: Double], [String: Double])])
  func anAbsoluteLineHasTwoSides(code: String, beyond: [String: Double], before: [String: Double]) {
    #expect(Self.codes(Self.sample(beyond)).contains(code))
    #expect(!Self.codes(Self.sample(before)).contains(code))
  }

  @Test(
    arguments: [
      ("blurred", "blur", ["log_sharpness": -0.16], ["log_sharpness": -0.14]),
      ("low_detail", "enlarged", ["band_7": -0.16], ["band_7": -0.14]),
      ("noisy", "noise", ["log_noise": 0.21], ["log_noise": 0.19]),
      ("pixelated", "pixelated", ["line_x": 0.11], ["line_x": 0.09]),
      ("posterised", "posterised", ["comb": 0.11], ["comb": 0.09]),
      ("gray_in_colour", "gray", ["saturation": 0.05], ["saturation": 0.07]),
      ("gray_in_colour", "gray", ["saturation": 0.05, "brightness": 0.5], ["saturation": 0.05, "brightness": 0.3]),
      ("colour_cast", "cast", ["red_green": 0.11], ["red_green": 0.09]),
      ("text", "text", ["white_tophat_3_p99": 0.08], ["white_tophat_3_p99": 0.06]),
      ("covered", "covered", ["commonest_code": 0.08], ["commonest_code": 0.06]),
      ("letterbox", "letterbox", bar(flat: 0.05, line: 1.3, at: 0.04), bar(flat: 0.03, line: 1.3, at: 0.04)),
      ("letterbox", "letterbox", bar(flat: 0.05, line: 1.3, at: 0.04), bar(flat: 0.05, line: 1.1, at: 0.04)),
      ("letterbox", "letterbox", bar(flat: 0.4, line: 1.3, at: 0.45), bar(flat: 0.3, line: 1.3, at: 0.45)),
      ("channels_swapped", "channels", ["yellow_blue": 0.11], ["yellow_blue": 0.09]),
      ("spliced", "spliced", ["line_y": 0.08], ["line_y": 0.06]),
      ("torn", "torn", ["commonest_code": 0.08], ["commonest_code": 0.06]),
    ] as [(String, String, [String: Double], [String: Double])])
  func aKindIsNamedWhereItsOwnSignIsSeen(
    code: String, kind: String, with sign: [String: Double], without: [String: Double]
  ) {
    func found(_ values: [String: Double], _ confidence: Double) -> [String] {
      Self.codes(
        Self.sample(
          values, judgement: Self.votes([kind: 0.6]), confidence: confidence, kinds: [kind: confidence]))
    }
    #expect(found(sign, 0.31) == [code])
    #expect(found(sign, 0.29) == [], "below the threshold")
    #expect(found(without, 0.31) == ["damaged"], "damaged, but nothing shows how")
  }

  @Test(
    arguments: [
      (192, 128, true), (191, 128, false), (85, 85, true), (86, 86, false), (128, 128, false), (128, 60, false),
    ])
  func anOddSizeIsNamedWhereNearlyAllHaveOne(width: Int, height: Int, isOdd: Bool) {
    let sample = MeasuredSample(width: width, height: height, statistics: [], places: [:])
    let usual = MeasuredSet(count: 1_000, threshold: 0.3, usual: [:], size: (128, 128))
    #expect(Self.codes(sample, in: usual) == (isOdd ? ["odd_size"] : []))
    #expect(Self.codes(sample, in: MeasuredSet(count: 1_000, threshold: 0.3, usual: [:])) == [])
  }

  @Test func aKindThatIsSureOfAPictureThatLooksSoundIsNoIssue() {
    func found(_ confidence: Double) -> [String] {
      Self.codes(
        Self.sample(
          ["log_sharpness": -0.5], judgement: Self.votes(["blur": 0.2]), confidence: confidence, kinds: ["blur": 0.9]))
    }
    #expect(found(0.1) == [] && found(0.31) == ["blurred"])
  }

  @Test func aDamagedPictureWithoutASignNamesTheLikeliestKinds() {
    let judgement = Self.votes(["blend": 0.4, "covered": 0.3, "blur": 0.1])
    let sample = Self.sample(judgement: judgement, confidence: 0.5)
    let found = IssueRules.findings(in: sample, of: Self.set())
    #expect(found.map(\.info.code) == ["damaged"])
    let words = ["blend", "covered"].compactMap { DamageKinds.named($0)?.words }
    #expect(found[0].finding.detail == "most like: " + words.joined(separator: ", or "))
  }

  @Test func aTurnedPictureIsNamedWhereTheTurnLiesNearer() {
    func found(_ turned: [Double]) -> [String] {
      let judgement = PictureJudgement(
        votes: DamageKinds.all.map { $0.name == "upside_down" ? 0.7 : 0 }, oddness: 1, turned: turned,
        parts: [0, 0, 0, 0, 0])
      return Self.codes(Self.sample(judgement: judgement, confidence: 0.8, kinds: ["upside_down": 0.8]))
    }
    #expect(found([-1, 0.2, -1, -1, -1, -1, -1, -1]) == ["upside_down"])
    #expect(found([-1, -0.1, 0.4, 0.4, -1, -1, 0.4, 0.4]) == ["damaged"], "a quarter turn is no half turn")
  }

  @Test func aNegativeIsNamedWhereThePictureLiesOffTheModel() {
    func found(_ distance: Double) -> [String] {
      let judgement = PictureJudgement(
        votes: DamageKinds.all.map { $0.name == "negative" ? 0.7 : 0 }, oddness: 1,
        turned: [Double](repeating: -1, count: 8), parts: [0, 0, 0, 0, distance])
      return Self.codes(Self.sample(judgement: judgement, confidence: 0.8, kinds: ["negative": 0.8]))
    }
    #expect(found(1.1) == ["negative"] && found(0.9) == ["damaged"])
  }

  @Test func everyKindOfDamageHasAnIssueOfItsOwn() {
    // A blend of two whole faces has no sign that stored numbers could show.
    let named = Set(IssueRules.all.compactMap { $0 as? DamageRule }.flatMap(\.kinds))
    #expect(Set(DamageKinds.all.map(\.name)).subtracting(named).sorted() == ["blend"])
  }

  @Test func whatIsOddAloneIsOddAndInCompanyARareGroup() {
    func found(_ oddness: Double, hasLookAlike: Bool) -> [String] {
      Self.codes(Self.sample(judgement: Self.votes([:], oddness: oddness), confidence: 0, hasLookAlike: hasLookAlike))
    }
    #expect(found(8.1, hasLookAlike: false) == ["odd"])
    #expect(found(8.1, hasLookAlike: true) == ["rare_group"])
    #expect(found(7.9, hasLookAlike: false) == [] && found(7.9, hasLookAlike: true) == [])
  }

  @Test func whatHasANameIsNotCalledOddAsWell() {
    let judgement = Self.votes(["blur": 0.8], oddness: 20)
    let sample = Self.sample(
      ["log_sharpness": -0.5], judgement: judgement, confidence: 0.9, kinds: ["blur": 0.9])
    #expect(Self.codes(sample) == ["blurred"])
  }

  @Test func aSetThatIsDarkAsAWholeIsToldOnce() {
    let set = Self.set(["p5": 0.01, "p95": 0.2, "brightness": 0.1])
    #expect(IssueRules.findings(ofAll: set).map(\.info.code) == ["dark"])
    #expect(Self.codes(Self.sample(["p5": 0.01, "p95": 0.2, "brightness": 0.1]), in: set) == [])
    #expect(IssueRules.findings(ofAll: Self.set()).isEmpty)
  }

  @Test func aSetWithBarsIsToldOnceWhereverTheyLie() {
    let set = Self.set(Self.bar(flat: 0.11, line: 1.91, at: 0.5))
    #expect(IssueRules.findings(ofAll: set).map(\.info.code) == ["letterbox"])
    #expect(Self.codes(Self.sample(Self.bar()), in: set) == [])
    #expect(IssueRules.findings(ofAll: Self.set(Self.bar(flat: 0.09, line: 1.91))).isEmpty)
    #expect(IssueRules.findings(ofAll: Self.set(Self.bar(flat: 0.11, line: 1.89))).isEmpty)
  }

  @Test func everyRuleExplainsItselfAndReadsKnownStatistics() {
    let known = Set(PictureStatistics.all.map(\.info.name))
    for rule in IssueRules.all {
      #expect(Set(rule.statistics).isSubset(of: known), "\(rule.info.code)")
      #expect(rule.info.page?.contains("SEEN FROM") == true, "\(rule.info.code)")
      #expect(!rule.info.meaning.isEmpty && !rule.info.remedy.isEmpty)
    }
    let codes = IssueCatalogue.all.map(\.code)
    #expect(Set(codes).count == codes.count)
  }

  @Test func everyProfileNamesCodesThatExist() {
    let codes = Set(IssueCatalogue.all.map(\.code))
    for profile in IssueProfile.allCases {
      let policy = profile.policy
      #expect(Set(policy.drop + policy.review).isSubset(of: codes), "\(profile)")
      #expect(Set(policy.drop).isDisjoint(with: policy.review), "\(profile)")
      #expect(policy.drop.contains("not_a_face"))
    }
  }
}
