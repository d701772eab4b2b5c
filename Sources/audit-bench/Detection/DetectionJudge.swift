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
  /// The kind that names each picture: the surest one, or where none is sure the one with the most votes.
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
  /// Below this no kind is sure, and votes decide.
  private static let surest = 0.05

  /// - Parameters:
  ///   - kinds: places in `DamageKinds.all` of the kinds that are learnt.
  ///   - perKind: copies of each kind; nil for the default.
  init(_ set: DetectionSet, kinds: [Int] = Array(DamageKinds.all.indices), perKind: Int? = nil, jobs: Int) throws {
    var amounts = CopyPlan.Amounts()
    amounts.perKind = perKind ?? amounts.perKind
    let plan = CopyPlan(keys: set.keys, seed: set.seed, amounts: amounts, kinds: kinds)
    var copies: [PlantedCopy] = []
    copySeconds = try cpu { copies = try DetectionJudge.made(plan, of: set, jobs: jobs) }
    var fitted: DamageModel?
    learnSeconds = try cpu {
      fitted = try DamageModel(
        base: set.measures, keys: set.keys, copies: copies, kinds: DamageKinds.all.count,
        settings: .init(seed: set.seed), jobs: jobs)
    }
    guard let model = fitted else { preconditionFailure("fitted or thrown") }
    let judgements = inParallelMap(set.keys.count, jobs: jobs) {
      model.judgement(of: set.measures[$0], key: set.keys[$0])
    }
    damage = judgements.map(\.damage)
    oddness = judgements.map(\.oddness.value)
    let mixture = DamageMixture(votes: damage, copies: model.damagedCopies)
    share = mixture?.share ?? 0
    confidence = damage.map { mixture?.confidence(of: $0) ?? 0 }
    threshold = DamageMixture.threshold(of: confidence)
    kind = DetectionJudge.names(judgements, model)
    issues = DetectionJudge.issues(of: set, judgements, model, confidence: confidence, threshold: threshold)
    let places = set.measures.map {
      model.set.appearance.standardised(Array($0.statistics.prefix(PictureStatistics.appearance.count)))
    }
    let neighbourhood = LocalOutlierFactor(fitting: places)
    baseline = places.indices.map { neighbourhood.factor(of: places[$0], member: $0) }
  }

  private static func made(_ plan: CopyPlan, of set: DetectionSet, jobs: Int) throws -> [PlantedCopy] {
    let results = inParallelMap(plan.jobs.count, jobs: jobs) { number in
      let job = plan.jobs[number]
      return Result {
        let copy = try CopyPlan.make(job, from: set.pictures[job.source], other: set.pictures[job.other])
        return PlantedCopy(
          measures: measure(copy.image), kind: job.treatment.kind, source: job.source, strength: copy.strength ?? 0)
      }
    }
    return try results.map { try $0.get() }
  }

  private static func mixtures(_ judgements: [DamageJudgement], _ model: DamageModel) -> [CopyMixture?] {
    DamageKinds.all.indices.map { kind in
      CopyMixture(votes: judgements.map { $0.kinds[kind] }, copies: model.copies(of: kind))
    }
  }

  /// What the rules of a scan find, without the look-alikes that a scan knows.
  private static func issues(
    of set: DetectionSet, _ judgements: [DamageJudgement], _ model: DamageModel, confidence: [Double],
    threshold: Double
  ) -> [[String]] {
    let (mixtures, statistics) = (mixtures(judgements, model), PictureStatistics.all)
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

  private static func names(_ judgements: [DamageJudgement], _ model: DamageModel) -> [String?] {
    let mixtures = mixtures(judgements, model)
    return judgements.map { judgement in
      let sure = mixtures.enumerated().map { kind, mixture in
        mixture?.confidence(of: judgement.kinds[kind]) ?? 0
      }
      let most = sure.max() ?? 0
      let place = most > surest ? sure.firstIndex(of: most) : judgement.kind
      return place.map { DamageKinds.all[$0].name }
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

extension CopyPlan.Treatment {
  /// Place of the kind among all; nil for a sound copy.
  fileprivate var kind: Int? {
    guard case .damaged(let place) = self else { return nil }
    return place
  }
}
