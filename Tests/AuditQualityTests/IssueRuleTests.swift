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
    #expect(found[0].finding.detail == "80.0 % of the votes; most like: " + words.joined(separator: ", or "))
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

  /// Two pictures, one on each side of what a rule goes by, and the set that they lie in.
  struct Sides {
    let fires: MeasuredSample
    let not: MeasuredSample
    var set = IssueRuleTests.set()
  }

  private static func learnt(_ kind: String, _ with: [String: Double], _ without: [String: Double]) -> Sides {
    func sample(_ values: [String: Double]) -> MeasuredSample {
      self.sample(values, judgement: votes([kind: 0.6]), confidence: 0.5, kinds: [kind: 0.5])
    }
    return Sides(fires: sample(with), not: sample(without))
  }

  /// - Parameters:
  ///   - parts: of oddness; `turned`: how much nearer each turn lies.
  private static func learnt(
    _ kind: String, parts: ([Double], [Double]) = ([0, 0, 0, 0, 0], [0, 0, 0, 0, 0]),
    turned: ([Double], [Double]) = ([Double](repeating: -1, count: 8), [Double](repeating: -1, count: 8))
  ) -> Sides {
    func sample(_ parts: [Double], _ turned: [Double]) -> MeasuredSample {
      let judgement = PictureJudgement(
        votes: DamageKinds.all.map { $0.name == kind ? 0.6 : 0 }, oddness: 1, turned: turned, parts: parts)
      return self.sample(judgement: judgement, confidence: 0.5, kinds: [kind: 0.5])
    }
    return Sides(fires: sample(parts.0, turned.0), not: sample(parts.1, turned.1))
  }

  private static func lines(_ beyond: [String: Double], _ before: [String: Double]) -> Sides {
    Sides(fires: sample(beyond), not: sample(before))
  }

  private static func turned(_ place: Int, _ value: Double) -> [Double] {
    (0..<8).map { $0 == place ? value : -1 }
  }

  private static let sides: [String: [Sides]] = [
    "dark": [
      lines(["p95": 0.24], ["p95": 0.26]), learnt("under", ["brightness": 0.39], ["brightness": 0.41]),
    ],
    "bright": [
      lines(["p5": 0.71, "p95": 0.95], ["p5": 0.69, "p95": 0.95]),
      learnt("over", ["brightness": 0.58], ["brightness": 0.56]), learnt("over", ["p95": 0.98], ["p95": 0.96]),
    ],
    "low_contrast": [lines(["p5": 0.5, "p95": 0.64], ["p5": 0.5, "p95": 0.66])],
    "clipped": [lines(["black_share": 0.4, "white_share": 0.21], ["black_share": 0.4, "white_share": 0.19])],
    "blank": [lines(["contrast": 0.009], ["contrast": 0.011])],
    "blurred": [
      learnt("blur", ["log_sharpness": -0.16], ["log_sharpness": -0.14]),
      learnt("motion", ["log_sharpness": -0.16], ["log_sharpness": -0.14]),
    ],
    "low_detail": [
      learnt("enlarged", ["band_7": -0.16], ["band_7": -0.14]),
      learnt("enlarged", ["log_sharpness": -0.16], ["log_sharpness": -0.14]),
    ],
    "noisy": [
      learnt("noise", ["log_noise": 0.21], ["log_noise": 0.19]),
      learnt("salt_pepper", ["log_detail": 0.21], ["log_detail": 0.19]),
      learnt("noise", ["log_sharpness": 0.21], ["log_sharpness": 0.19]),
    ],
    "compressed": [
      lines(["block_x": 0.8, "block_y": 0.71], ["block_x": 0.8, "block_y": 0.69]),
      learnt("compressed", ["block_x": 0.16], ["block_x": 0.14]),
      learnt("compressed", ["log_detail": -0.11], ["log_detail": -0.09]),
    ],
    "pixelated": [
      learnt("pixelated", ["line_x": 0.11], ["line_x": 0.09]),
      learnt("pixelated", ["equal_x": 0.11], ["equal_x": 0.09]),
    ],
    "posterised": [
      learnt("posterised", ["comb": 0.11], ["comb": 0.09]), learnt("posterised", ["codes": -0.11], ["codes": -0.09]),
      learnt("posterised", ["chroma_grain": 0.11], ["chroma_grain": 0.09]),
    ],
    "gray_in_colour": [
      lines(["saturation": 0.009], ["saturation": 0.011]), learnt("gray", ["saturation": 0.05], ["saturation": 0.07]),
    ],
    "colour_cast": [learnt("cast", ["red_green": 0.11], ["red_green": 0.09])],
    "channels_swapped": [learnt("channels", ["yellow_blue": -0.11], ["yellow_blue": -0.09])],
    "negative": [learnt("negative", parts: ([0, 0, 0, 0, 1.1], [0, 0, 0, 0, 0.9]))],
    "letterbox": [
      lines(bar(line: 1.91), bar(line: 1.89)),
      learnt("letterbox", bar(flat: 0.05, line: 1.3, at: 0.04), bar(flat: 0.05, line: 1.1, at: 0.04)),
    ],
    "upside_down": [
      learnt("upside_down", turned: (turned(1, 0.1), turned(1, -0.1))),
      learnt("upside_down", turned: (turned(4, 0.1), turned(6, 0.1))),
    ],
    "rotated": [learnt("turned", turned: (turned(2, 0.1), turned(0, 0.1)))],
    "misaligned": [learnt("misaligned", parts: ([0, 0, 0, 1.1, 0], [0, 0, 0, 0.9, 0]))],
    "covered": [
      learnt("covered", ["commonest_code": 0.08], ["commonest_code": 0.06]),
      learnt("covered", ["line_y": 0.08], ["line_y": 0.06]),
      learnt("covered", ["flattest_cells": -0.08], ["flattest_cells": -0.06]),
      learnt("covered", parts: ([0, 0, 0, 0, 1.1], [0, 0, 0, 0, 0.9])),
    ],
    "spliced": [
      learnt("spliced", ["line_y": 0.08], ["line_y": 0.06]),
      learnt("spliced", parts: ([0, 0, 0, 1.1, 0], [0, 0, 0, 0.9, 0])),
    ],
    "torn": [
      learnt("torn", ["commonest_code": 0.08], ["commonest_code": 0.06]),
      learnt("torn", ["line_x": 0.08], ["line_x": 0.06]),
    ],
    "text": [learnt("text", ["black_tophat_5_p99": 0.08], ["black_tophat_5_p99": 0.06])],
    "not_a_face": [
      learnt("not_a_face", parts: ([0, 0, 0, 2.1, 0], [0, 0, 0, 1.9, 0])),
      learnt("not_a_face", parts: ([0, 4.1, 0, 0, 0], [0, 3.9, 0, 0, 0])),
    ],
    "odd_size": [
      Sides(
        fires: MeasuredSample(width: 192, height: 128, statistics: [], places: [:]),
        not: MeasuredSample(width: 191, height: 128, statistics: [], places: [:]),
        set: MeasuredSet(count: 1_000, threshold: 0.3, usual: [:], size: (128, 128)))
    ],
    "damaged": [
      Sides(
        fires: sample(judgement: votes(["blend": 0.4]), confidence: 0.31),
        not: sample(judgement: votes(["blend": 0.4]), confidence: 0.29))
    ],
    "odd": [
      Sides(
        fires: sample(judgement: votes([:], oddness: 8.1), confidence: 0),
        not: sample(judgement: votes([:], oddness: 7.9), confidence: 0))
    ],
    "rare_group": [
      Sides(
        fires: sample(judgement: votes([:], oddness: 8.1), confidence: 0, hasLookAlike: true),
        not: sample(judgement: votes([:], oddness: 8.1), confidence: 0))
    ],
  ]

  @Test func everyRuleOfTheRegistryHasBothOfItsSides() {
    #expect(Set(Self.sides.keys) == Set(IssueRules.all.map(\.info.code)), "a rule without a picture on both sides")
    for (code, cases) in Self.sides {
      for (place, sides) in cases.enumerated() {
        #expect(Self.codes(sides.fires, in: sides.set).contains(code), "\(code) \(place): it is not raised")
        #expect(!Self.codes(sides.not, in: sides.set).contains(code), "\(code) \(place): it is raised")
      }
    }
  }

  /// Medians of real sets as they are, darkened to a fifth, blurred, halved, compressed and gray.
  @Test(
    arguments: [
      (["log_sharpness": -5.9, "contrast": 0.22, "band_4": -2.6, "band_8": -7.8], []),
      (["log_sharpness": -6.8, "contrast": 0.048, "band_4": -2.8, "band_8": -7.8], []),
      (["log_sharpness": -6.4, "contrast": 0.24, "band_4": -3.4, "band_8": -11.9], ["blurred"]),
      (["log_sharpness": -5.7, "contrast": 0.25, "band_4": -3, "band_8": -11.4], ["low_detail"]),
      (["block_x": 0.15, "block_y": 0.21], []), (["block_x": 0.34, "block_y": 0.9], []),
      (["block_x": 0.40, "block_y": 0.56], ["compressed"]), (["saturation": 0.0], ["gray_in_colour"]),
    ] as [([String: Double], [String])])
  func aSetThatIsBadAsAWholeIsToldByItsMedians(medians: [String: Double], codes: [String]) {
    let found = IssueRules.findings(ofAll: Self.set(medians))
    #expect(found.map(\.info.code) == codes)
    let numbered = found.filter { $0.finding.detail.contains { $0.isNumber } }
    #expect(numbered.count == found.count)
  }

  @Test func everyFindingTellsTheNumberThatSpoke() {
    for (code, cases) in Self.sides {
      for sides in cases {
        let found = IssueRules.findings(in: sides.fires, of: sides.set).first { $0.info.code == code }
        let detail = found?.finding.detail ?? ""
        let hasNumber = detail.contains { $0.isNumber }
        #expect(hasNumber, "\(code): \(detail)")
        #expect((0...1).contains(found?.finding.strength ?? -1), "\(code)")
      }
    }
  }

  @Test func everyProfileSaysOfEveryIssueOfAPictureWhatItCountsForAndWhy() {
    for profile in IssueProfile.allCases {
      let told = profile.choices.flatMap(\.codes)
      #expect(Set(told) == Set(IssueRules.all.map(\.info.code)), "\(profile)")
      #expect(told.count == Set(told).count, "\(profile): one issue, one choice")
      let silent = profile.choices.filter(\.why.isEmpty)
      #expect(silent.isEmpty, "\(profile)")
    }
  }

  /// What three of five pictures have, though the medians of the columns by themselves do not show it.
  @Test func aLineThatMostOfTheSetCrossesIsToldOnceThoughItsUsualPictureDoesNot() throws {
    let pictures = (0..<100).map { $0 < 28 ? (0.0, 0.14) : $0 < 56 ? (0.2, 0.34) : (0.1, 0.6) }
    var columns = Dictionary(
      uniqueKeysWithValues: Self.columns.map { ($0, [Double](repeating: Self.usual[$0] ?? 0, count: pictures.count)) })
    columns["p5"] = pictures.map(\.0)
    columns["p95"] = pictures.map(\.1)
    let set = MeasuredSet(threshold: 0.3, columns: columns)
    let found = IssueRules.findings(ofAll: set)
    #expect(found.map(\.info.code) == ["low_contrast"])
    #expect(try #require(found.first).finding.detail.contains("56"), "the share of the set")
    #expect(Self.codes(Self.sample(["p5": 0.2, "p95": 0.34]), in: set) == [], "and of no picture")
    columns["p95"] = pictures.map { $0.1 + ($0.0 == 0.2 ? 0.1 : 0) }
    let fewer = MeasuredSet(threshold: 0.3, columns: columns)
    #expect(IssueRules.findings(ofAll: fewer).isEmpty, "28 of 100 are no set as a whole")
    #expect(Self.codes(Self.sample(["p5": 0.0, "p95": 0.14]), in: fewer).contains("low_contrast"))
  }
}
