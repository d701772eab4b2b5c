import AuditCore
import AuditDemo
import AuditQuality
import Foundation

/// What detection is worth on one set, the mean over its seeds.
struct DetectionReport {
  struct Kind {
    let defect: Defect
    let planted: Int
    let averagePrecision: Double?
    let areaUnderCurve: Double?
    /// Share of the planted pictures that are flagged, and of those flagged the share that is named right.
    let flagged: Double
    let named: Double?
    /// The share found by severity, mild to strong.
    let bySeverity: [Double?]
  }

  let name: String
  let pictures: Int
  let seeds: [UInt64]
  /// Average precision of votes with oddness, of votes, of oddness, and of the baseline.
  let joined: Double
  let damage: Double
  let oddness: Double
  let baseline: Double
  let areaUnderCurve: Double
  /// Of the default flags.
  let recall: Double
  let precision: Double?
  let named: Double?
  /// Largest recall of votes with oddness at which nine of ten are true.
  let recallAtNineTenths: Double
  let share: Double
  let cleanFlags: Double
  let cleanShare: Double
  let copySeconds: Double
  let learnSeconds: Double
  let kinds: [Kind]
  /// Issues as a scan would raise them, the most frequent first.
  let issues: [IssueCount]
  let threshold: Double
  /// The pictures that were flagged though nothing was planted in them, and with how many of the seeds; the most frequent
  /// first.
  let unplanted: [(name: String, seeds: Int)]

  init(_ clean: CleanSet, _ cleanJudge: DetectionJudge, _ runs: [(set: DetectionSet, judge: DetectionJudge)]) {
    (name, pictures, seeds) = (clean.name, clean.pictures.count, runs.map(\.set.seed))
    func score(_ scores: (DetectionJudge) -> [Double]) -> RankingScoreMeans {
      RankingScoreMeans(runs.map { RankingScore(scores($0.judge), wanted: $0.set.plants.map { $0 != nil }) })
    }
    (joined, areaUnderCurve) = (score(\.joined).averagePrecision, score(\.joined).areaUnderCurve)
    damage = score(\.damage).averagePrecision
    oddness = score(\.oddness).averagePrecision
    baseline = score(\.baseline).averagePrecision
    let rows = runs.flatMap { run in run.set.plants.indices.map { Row(run.set.plants[$0], run.judge, $0) } }
    let planted = rows.filter { $0.plant != nil }
    recall = DetectionReport.share(planted) { $0.isFlagged } ?? 0
    precision = DetectionReport.share(rows.filter(\.isFlagged)) { $0.plant != nil }
    named = DetectionReport.named(planted)
    recallAtNineTenths = mean(runs.map { DetectionReport.recall(of: $0.judge.joined, $0.set, precision: 0.9) }) ?? 0
    share = mean(runs.map(\.judge.share)) ?? 0
    cleanFlags = DetectionReport.share(Array(clean.pictures.indices)) { cleanJudge.isFlagged($0) } ?? 0
    cleanShare = cleanJudge.share
    copySeconds = mean(runs.map(\.judge.copySeconds)) ?? 0
    learnSeconds = mean(runs.map(\.judge.learnSeconds)) ?? 0
    threshold = mean(runs.map(\.judge.threshold)) ?? 0
    issues = DetectionReport.issues(runs, asItIs: cleanJudge)
    unplanted = clean.names.enumerated().map { row, name in
      (name, runs.count { $0.judge.isFlagged(row) && $0.set.plants[row] == nil })
    }.filter { $0.seeds > 0 }.sorted { ($1.seeds, $0.name) < ($0.seeds, $1.name) }
    kinds = Defect.allCases.compactMap { DetectionReport.kind($0, runs, planted) }
  }

  /// How often an issue was raised.
  struct IssueCount {
    let code: String
    var raised = 0
    /// Of these, on pictures that have it where nothing is planted: whether that is true nobody has looked at.
    var asItIs = 0
    /// On pictures in which something was planted, and on those of which the code is a right name.
    var planted = 0
    var right = 0

    /// What was raised because of what was planted, or wrongly.
    var new: Int { raised - asItIs }
  }

  private static func issues(
    _ runs: [(set: DetectionSet, judge: DetectionJudge)], asItIs clean: DetectionJudge
  ) -> [IssueCount] {
    var found: [String: IssueCount] = [:]
    for run in runs {
      for (row, codes) in run.judge.issues.enumerated() {
        for code in codes {
          let plant = run.set.plants[row]
          var count = found[code] ?? IssueCount(code: code)
          count.raised += 1
          if clean.issues[row].contains(code) {
            count.asItIs += 1
          } else if let plant {
            count.planted += 1
            count.right += plant.kind.map { IssueRules.kinds(of: code).contains($0) } ?? false ? 1 : 0
          }
          found[code] = count
        }
      }
    }
    return found.values.sorted { ($1.raised, $0.code) < ($0.raised, $1.code) }
  }

  private struct Row {
    let plant: DetectionSet.Plant?
    let isFlagged: Bool
    let name: String?

    init(_ plant: DetectionSet.Plant?, _ judge: DetectionJudge, _ row: Int) {
      (self.plant, isFlagged, name) = (plant, judge.isFlagged(row), judge.kind[row])
    }
  }

  private struct RankingScoreMeans {
    let averagePrecision: Double
    let areaUnderCurve: Double

    init(_ scores: [RankingScore?]) {
      averagePrecision = mean(scores.map { $0?.averagePrecision }) ?? 0
      areaUnderCurve = mean(scores.map { $0?.areaUnderCurve }) ?? 0
    }
  }

  private static func share<Element>(_ rows: [Element], _ holds: (Element) -> Bool) -> Double? {
    rows.isEmpty ? nil : Double(rows.count(where: holds)) / Double(rows.count)
  }

  /// Among flagged pictures whose kind can be named.
  private static func named(_ planted: [Row]) -> Double? {
    share(planted.filter { $0.isFlagged && $0.plant?.kind != nil }) { $0.name == $0.plant?.kind }
  }

  private static func kind(
    _ defect: Defect, _ runs: [(set: DetectionSet, judge: DetectionJudge)], _ planted: [Row]
  ) -> Kind? {
    let own = planted.filter { $0.plant?.defect == defect }
    guard let flagged = share(own, { $0.isFlagged }) else { return nil }
    // Against the pictures in which nothing was planted.
    let scores = runs.map { run -> RankingScore? in
      let rows = run.set.plants.indices.filter { place in
        run.set.plants[place].map { $0.defect == defect } ?? true
      }
      return RankingScore(rows.map { run.judge.joined[$0] }, wanted: rows.map { run.set.plants[$0] != nil })
    }
    return Kind(
      defect: defect, planted: own.count, averagePrecision: mean(scores.map { $0?.averagePrecision }),
      areaUnderCurve: mean(scores.map { $0?.areaUnderCurve }), flagged: flagged, named: named(own),
      bySeverity: Severity.allCases.map { severity in
        share(own.filter { $0.plant?.severity == severity }) { $0.isFlagged }
      })
  }

  private static func recall(of scores: [Double], _ set: DetectionSet, precision: Double) -> Double {
    let order = scores.indices.sorted { scores[$0] > scores[$1] }
    var (hits, best) = (0, 0)
    for (seen, row) in order.enumerated() {
      if set.plants[row] != nil { hits += 1 }
      if Double(hits) >= precision * Double(seen + 1) { best = hits }
    }
    return Double(best) / Double(max(1, set.plants.count { $0 != nil }))
  }
}

extension DetectionReport {
  private var issueTable: TextTable {
    var table = TextTable([
      TextTable.Column("issue"), .init("raised", .number), .init("as it is", .number),
      .init("of the others planted %", .number), .init("rightly named %", .number),
    ])
    for issue in issues {
      table.add([
        issue.code, String(issue.raised), String(issue.asItIs),
        percent(issue.new > 0 ? Double(issue.planted) / Double(issue.new) : nil),
        percent(issue.new > 0 ? Double(issue.right) / Double(issue.new) : nil),
      ])
    }
    return table
  }

  /// The numbers for a person.
  var text: String {
    var table = TextTable([
      TextTable.Column("planted"), .init("images", .number), .init("AP", .number), .init("AUC", .number),
      .init("found %", .number), .init("mild", .number), .init("medium", .number), .init("strong", .number),
      .init("named %", .number),
    ])
    for kind in kinds {
      table.add(
        [
          kind.defect.rawValue, String(kind.planted), decimal(kind.averagePrecision), decimal(kind.areaUnderCurve),
          percent(kind.flagged),
        ] + kind.bySeverity.map { percent($0) } + [percent(kind.named)])
    }
    return """
      \(name), \(pictures) images, one in ten planted, seeds \(seeds.map(String.init).joined(separator: ", "))
      average precision: votes with oddness \(decimal(joined)), votes \(decimal(damage)), oddness \(decimal(oddness)); \
      34 statistics and local outlier factor \(decimal(baseline)). AUC \(decimal(areaUnderCurve))
      flags at confidence \(decimal(threshold)): \(percent(recall)) % of the planted found, \
      \(percent(precision)) % of the flagged planted, \(percent(named)) % of these named right; \
      at 90 % true \(percent(recallAtNineTenths)) % could be found
      estimated share damaged \(percent(share)) %; on the clean set \(percent(cleanShare)) %, \
      \(percent(cleanFlags)) % flagged
      CPU seconds: copies \(decimal(copySeconds)), learning \(decimal(learnSeconds))
      \(table.lines(width: 120).joined(separator: "\n"))
      \(issueTable.lines(width: 120).joined(separator: "\n"))
      """
  }

  private func decimal(_ value: Double?) -> String { value.map { String(format: "%.3f", $0) } ?? "-" }
  private func percent(_ value: Double?) -> String { value.map { String(format: "%.1f", 100 * $0) } ?? "-" }
}
