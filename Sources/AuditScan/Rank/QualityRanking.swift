import AuditCore
import AuditQuality
import AuditStore

/// From votes to probabilities, shares and issues: after scoring, from the stored numbers of the whole run.
struct QualityRanking {
  let store: Store
  let run: Int64
  /// nil where the set is too small for one.
  let model: DamageModel?
  /// Probability of damage from which an issue is raised; nil for one that follows from the set.
  let threshold: Double?
  let policy: IssuePolicy

  func write() throws {
    let sureness = try model.flatMap {
      try Sureness($0, columns: store.damageColumns(of: run, kinds: DamageKinds.all.count))
    }
    // Without a model there are no probabilities, and absolute lines speak alone.
    let threshold = threshold ?? sureness?.all.threshold ?? 1
    if let sureness {
      try store.write(confidence: sureness.rows, to: run)
      try store.write(figures: sureness.figures(threshold: threshold), replacing: Sureness.figurePrefixes, to: run)
    }
    let names = Array(Set(IssueRules.all.flatMap(\.statistics))).sorted()
    let places = Dictionary(uniqueKeysWithValues: names.indices.map { (names[$0], $0) })
    let set = try usual(names, threshold: threshold)
    try store.write(
      setIssues: IssueRules.findings(ofAll: set).map { (code: $0.info.code, detail: $0.finding.detail) }, to: run)
    try store.writeFindings(in: run, replacing: IssueRules.all.map(\.info.code), statistics: names) { row in
      let sample = MeasuredSample(
        width: row.width, height: row.height, statistics: row.statistics, places: places, judgement: row.judgement,
        confidence: row.confidence, kindConfidence: row.judgement.flatMap { sureness?.confidences(of: $0) } ?? [],
        hasLookAlike: row.hasLookAlike)
      return IssueRules.findings(in: sample, of: set).map { info, finding in
        QualityFinding(
          sample: row.id, code: info.code, severity: info.severity.rawValue, detail: finding.detail,
          confidence: finding.confidence, strength: finding.strength)
      }
    }
    for (verdict, codes) in [(Verdict.drop, policy.drop), (.review, policy.review)] where !codes.isEmpty {
      try store.raise(to: verdict, forIssues: codes, because: policy.origin, in: run)
    }
    if policy.dropsCopies { try store.dropCopies(in: run) }
  }
}

extension QualityRanking {
  /// For a scan that does not look at the pictures by themselves: what an earlier one derived from the whole run no
  /// longer belongs to what the run holds. What was measured stays.
  static func remove(from store: Store, run: Int64) throws {
    try store.write(groups: [], leaks: [], to: run)
    try store.write(foreign: [], to: run)
    try store.write(setIssues: [], to: run)
    try store.writeFindings(in: run, replacing: IssueRules.all.map(\.info.code), statistics: []) { _ in [] }
    try store.removeConfidence(of: run)
  }

  private func usual(_ names: [String], threshold: Double) throws -> MeasuredSet {
    let columns = zip(names, try store.statistics(names, of: run))
    return MeasuredSet(
      threshold: threshold, columns: Dictionary(uniqueKeysWithValues: columns),
      size: try store.commonSize(of: run, share: MeasuredSet.commonShare))
  }
}

/// How sure it is that a picture of the run is damaged, in all and by kind.
private struct Sureness: Sendable {
  let all: DamageMixture
  /// In the order of the registry of kinds; nil where no copy of the kind could be made.
  private let kinds: [CopyMixture?]
  private let model: DamageModel
  /// Of every judged sample.
  let rows: [(sample: Int64, confidence: Double, kind: String?)]

  /// nil where nothing was judged.
  init?(_ model: DamageModel, columns: DamageColumns) {
    guard let all = DamageMixture(votes: columns.damage, copies: model.damagedCopies) else { return nil }
    let kinds = DamageKinds.all.indices.map { kind in
      CopyMixture(votes: columns.votes[kind].map(Double.init), copies: model.copies(of: kind))
    }
    (self.all, self.kinds, self.model) = (all, kinds, model)
    rows = columns.ids.indices.map { row in
      let votes = columns.votes.map { Double($0[row]) }
      return (
        columns.ids[row], all.confidence(of: columns.damage[row]), DamageKinds.likeliest(votes: votes)?.name
      )
    }
  }

  /// Probability of each kind of damage.
  func confidences(of judgement: PictureJudgement) -> [Double] {
    zip(kinds, judgement.votes).map { $0?.confidence(of: $1) ?? 0 }
  }

  static let figurePrefixes = ["damaged_", "recall_"]

  /// Estimated shares of the set that are damaged, and how many held-out copies of each kind and strength would be
  /// flagged.
  func figures(threshold: Double) -> [String: Double?] {
    // With the standard error that is added the estimate of a set in which all is damaged exceeds the whole.
    let share = min(1, all.share)
    var figures: [String: Double?] = ["damaged_share": share, "damaged_from": threshold]
    // The whole share is parted as the probabilities of its likely members are: what each kind's own mixture estimates has
    // a floor of one picture and more, and twenty of these add up to more than the whole.
    let certainty = rows.reduce(0) { $0 + $1.confidence }
    for kind in DamageKinds.all {
      let own = rows.reduce(0) { $1.kind == kind.name ? $0 + $1.confidence : $0 }
      figures["damaged_share_\(kind.name)"] = certainty > 0 ? share * own / certainty : 0
    }
    for (place, kind) in DamageKinds.all.enumerated() {
      for strength in DamageStrength.of(kind) {
        let copies = model.copies.filter { $0.kind == place && strength.holds($0.strength) }
        guard !copies.isEmpty else { continue }
        let flagged = copies.count { all.confidence(of: $0.damage) >= threshold }
        figures["recall_\(kind.name)_\(strength.rawValue)"] = Double(flagged) / Double(copies.count)
      }
    }
    return figures
  }
}
