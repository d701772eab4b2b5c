import AuditCore
import AuditDataset
import AuditDigest
import AuditQuality
import AuditStatistics
import AuditStore

/// What a scan needs before it measures the first picture by itself.
struct PreparedQuality {
  /// What damage looks like in the set; nil where it holds too few pictures.
  let model: DamageModel?
  /// Of the pictures that were just measured.
  var known = KnownPictures()
  /// Of the same pictures; needed until the reference is made.
  var modelRows = KnownRows()
  /// Whether this call made the model, so that every picture is judged anew.
  let isNew: Bool
}

/// Makes the model of damage of a run, or finds the stored one.
struct QualityPreparation {
  /// Fewer pictures show no model what is usual.
  static let fewest = MeasuredSet.fewestToLearn

  let plan: Plan
  /// Whether a reference is made of the same pictures next.
  let forFit: Bool
  let settings: ScanSettings
  let jobs: Int
  var risks = RiskyFiles()

  func make(
    for run: OpenRun, in store: Store, stop: StopRequest, progress: @escaping @Sendable (ScanProgress) -> Void
  ) async throws -> PreparedQuality {
    // One of another version, or that cannot be read, is learnt anew: it follows from the set.
    if let content = try store.damageModel(of: run.id), let model = try? DamageModel(decoding: content) {
      return PreparedQuality(model: model, isNew: false)
    }
    guard let learnt = try await learn(stop: stop, progress: progress) else {
      return PreparedQuality(model: nil, isNew: false)
    }
    try store.keep(damageModel: StoredModel(learnt.model), for: run)
    return PreparedQuality(
      model: learnt.model, known: KnownPictures(learnt.sample, judged: learnt.judgements),
      modelRows: learnt.sample.modelRows, isNew: true)
  }

  /// nil where too few pictures can be read, or the stop is set.
  private func learn(
    stop: StopRequest, progress: @escaping @Sendable (ScanProgress) -> Void
  ) async throws -> (model: DamageModel, judgements: [DamageJudgement], sample: DamageSample)? {
    guard plan.samples.count >= QualityPreparation.fewest else { return nil }
    let sample = try await DamageSample.read(
      plan, forFit: forFit, settings: settings, jobs: jobs, risks: risks, stop: stop, progress: progress)
    guard !stop.isSet, sample.differentPictures >= QualityPreparation.fewest else { return nil }
    var trees = ExtraTrees.Settings()
    trees.seed = settings.seed
    do throws(FitRefusal) {
      let (model, judgements) = try DamageModel.learnt(
        base: sample.pictures.map(\.measures), keys: sample.keys, copies: sample.copies, kinds: DamageKinds.all.count,
        settings: trees, jobs: jobs, isStopped: { stop.isSet })
      return (model, judgements, sample)
    } catch {
      return nil
    }
  }
}

extension StoredModel {
  init(_ model: DamageModel) {
    let content = model.encoded()
    self.init(
      digest: hexadecimal(sha256(content)), kind: StoredModel.damage, rank: nil, fittedOn: model.keys.count,
      orthogonalCut: nil, scoreCut: nil, content: content)
  }
}
