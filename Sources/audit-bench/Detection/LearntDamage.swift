import AuditCore
import AuditQuality
import AuditStatistics

/// What damage looks like in a set, learnt as a scan learns it, and what is thought of each of its pictures.
struct LearntDamage {
  let model: DamageModel
  let judgements: [DamageJudgement]
  /// Estimated share of the set that is damaged.
  let share: Double
  /// The probability that each picture is damaged.
  let confidence: [Double]
  /// What a flag asks for by default.
  let threshold: Double
  /// CPU seconds of making and measuring the copies, and of learning from them.
  let copySeconds: Double
  let learnSeconds: Double

  /// - Parameters:
  ///   - measures: of the pictures, as a scan measures them.
  ///   - keys: what each picture is known by.
  ///   - kinds: places in `DamageKinds.all` of the kinds that are learnt.
  ///   - perKind: copies of each kind; nil for as many as a scan makes of so many pictures.
  init(
    pictures: [RGBImage], measures: [PictureMeasures], keys: [UInt64], seed: UInt64,
    kinds: [Int] = Array(DamageKinds.all.indices), perKind: Int? = nil, jobs: Int
  ) throws {
    var amounts = CopyPlan.Amounts(ofPictures: pictures.count)
    amounts.perKind = perKind ?? amounts.perKind
    let plan = CopyPlan(keys: keys, seed: seed, amounts: amounts, kinds: kinds)
    var copies: [PlantedCopy] = []
    copySeconds = try cpu { copies = try LearntDamage.made(plan, of: pictures, jobs: jobs) }
    var fitted: DamageModel?
    learnSeconds = try cpu {
      fitted = try DamageModel(
        base: measures, keys: keys, copies: copies, kinds: DamageKinds.all.count, settings: .init(seed: seed),
        jobs: jobs)
    }
    guard let model = fitted else { preconditionFailure("fitted or thrown") }
    let judgements = inParallelMap(keys.count, jobs: jobs) { model.judgement(of: measures[$0], key: keys[$0]) }
    let votes = judgements.map(\.damage)
    let mixture = DamageMixture(votes: votes, copies: model.damagedCopies)
    let confidence = votes.map { mixture?.confidence(of: $0) ?? 0 }
    (self.model, self.judgements, share, self.confidence) = (model, judgements, mixture?.share ?? 0, confidence)
    threshold = mixture?.threshold ?? 1
  }

  var isFlagged: [Bool] { confidence.map { $0 >= threshold } }

  private static func made(_ plan: CopyPlan, of pictures: [RGBImage], jobs: Int) throws -> [PlantedCopy] {
    let results = inParallelMap(plan.jobs.count, jobs: jobs) { number in
      let job = plan.jobs[number]
      return Result { () -> PlantedCopy? in
        guard let copy = try CopyPlan.make(job, from: pictures[job.source], other: pictures[job.other]) else {
          return nil
        }
        return PlantedCopy(
          measures: measure(copy.image), kind: job.treatment.kind, source: job.source, strength: copy.strength ?? 0)
      }
    }
    return try results.compactMap { try $0.get() }
  }
}

extension CopyPlan.Treatment {
  /// Place of the kind among all; nil for a sound copy.
  fileprivate var kind: Int? {
    guard case .damaged(let place) = self else { return nil }
    return place
  }
}
