import AuditCore
import AuditQuality
import AuditStatistics
import CKernels

/// What is thought of every picture of a set, by the model that was learnt in it and by the baseline.
struct DetectionJudge {
  /// Cross-fitted votes for damage.
  let damage: [Double]
  let oddness: [Double]
  /// The probability that each picture is damaged.
  let confidence: [Double]
  /// The kind that names each picture: the one with most votes.
  let kind: [String?]
  /// 34 statistics and the local outlier factor: what a user would wire together.
  let baseline: [Double]
  /// Estimated share of the set that is damaged.
  let share: Double
  /// CPU seconds of making and measuring the copies, and of learning from them.
  let copySeconds: Double
  let learnSeconds: Double

  /// What a flag asks for by default.
  let threshold: Double
  /// Codes of the issues of each picture.
  let issues: [[String]]

  /// - Parameters:
  ///   - kinds: places in `DamageKinds.all` of the kinds that are learnt.
  ///   - perKind: copies of each kind; nil for as many as a scan makes.
  init(_ set: DetectionSet, kinds: [Int] = Array(DamageKinds.all.indices), perKind: Int? = nil, jobs: Int) throws {
    let learnt = try LearntDamage(
      pictures: set.pictures, measures: set.measures, keys: set.keys, seed: set.seed, kinds: kinds,
      perKind: perKind, jobs: jobs)
    let (model, judgements) = (learnt.model, learnt.judgements)
    (copySeconds, learnSeconds) = (learnt.copySeconds, learnt.learnSeconds)
    damage = judgements.map(\.damage)
    oddness = judgements.map(\.oddness.value)
    (share, confidence, threshold) = (learnt.share, learnt.confidence, learnt.threshold)
    kind = judgements.map { DamageKinds.likeliest(votes: $0.kinds)?.name }
    issues = DetectionJudge.issues(of: set, judgements, model, confidence: confidence, threshold: threshold)
    let places = set.measures.map {
      model.set.appearance.standardised(Array($0.statistics.prefix(PictureStatistics.appearance.count)))
    }
    let neighbourhood = LocalOutlierFactor(fitting: places)
    baseline = places.indices.map { neighbourhood.factor(of: places[$0], member: $0) }
  }

  /// What the rules of a scan find, without the look-alikes that a scan knows.
  private static func issues(
    of set: DetectionSet, _ judgements: [DamageJudgement], _ model: DamageModel, confidence: [Double],
    threshold: Double
  ) -> [[String]] {
    let statistics = PictureStatistics.all
    let mixtures = DamageKinds.all.indices.map { kind in
      CopyMixture(votes: judgements.map { $0.kinds[kind] }, copies: model.copies(of: kind))
    }
    let places = Dictionary(uniqueKeysWithValues: statistics.indices.map { (statistics[$0].info.name, $0) })
    let usual = MeasuredSet(
      threshold: threshold, columns: places.mapValues { place in set.measures.map { $0.statistics[place] } })
    return judgements.indices.map { row in
      let sample = MeasuredSample(
        width: set.pictures[row].width, height: set.pictures[row].height, statistics: set.measures[row].statistics,
        places: places, judgement: PictureJudgement(judgements[row]), confidence: confidence[row],
        kindConfidence: zip(mixtures, judgements[row].kinds).map { $0?.confidence(of: $1) ?? 0 })
      return IssueRules.findings(in: sample, of: usual).map(\.info.code)
    }
  }

  /// Log odds of the votes and a tenth of the oddness, which at most counts as 20.
  var joined: [Double] {
    zip(damage, oddness).map { votes, odd in
      let inside = min(max(votes, 1e-4), 1 - 1e-4)
      return audit_log(inside / (1 - inside)) + 0.1 * min(odd, 20)
    }
  }

  func isFlagged(_ row: Int) -> Bool { confidence[row] >= threshold }
}
