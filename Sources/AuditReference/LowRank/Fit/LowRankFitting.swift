import AuditCore
import AuditDataset
import AuditDataset
import AuditStatistics

/// Makes the reference model of a run: the stored one, or a new one fitted on the subsample.
struct LowRankFitting {
  /// The model of a run, or why there is none.
  struct Outcome {
    var model: LowRankModel?
    /// The fit itself, where this call made it.
    var fit: LowRankFit?
    /// What stands for the model of a set that is too small for one.
    var pictures: LeaveOneOut?
    /// Whether this call made the model, or the pictures are others than the run's.
    var isNew = false
    /// For a person.
    var refusal: String?

    /// What samples are compared with where a folder has nothing of its own.
    func reference(_ settings: ScanSettings) -> any PreparedReference {
      if let model { return PreparedLowRank(model: model, settings: settings, isOfDataset: true) }
      if let pictures { return PreparedLeaveOneOut(pictures: pictures, settings: settings) }
      return NoReference()
    }
  }

  private let context: PreparationContext

  init(_ context: PreparationContext) { self.context = context }

  func model() async throws -> Outcome {
    if let model = try stored() { return Outcome(model: model) }
    var fitted = try await fit(context.plan)
    if let model = fitted.model { try context.models.keep(StoredModel(model)) }
    if let pictures = fitted.pictures {
      fitted.isNew = try context.models.model(kind: StoredModel.leaveOneOut) != pictures.encoded
      if fitted.isNew { try context.models.keep(StoredModel(pictures)) }
    }
    return fitted
  }

  /// The run's own model; nil where it has none, or one that knew something else of damage than is known now.
  func stored() throws -> LowRankModel? { try usable(context.models.model(kind: StoredModel.lowRank)) }

  /// The model in these bytes; nil where it knew something else of damage than is known now.
  func usable(_ content: [UInt8]?) throws -> LowRankModel? {
    guard let content else { return nil }
    let model = try LowRankModel(decoding: content)
    return context.knowsDamage && (model.isDamaged == nil || context.damageIsNew) ? nil : model
  }

  /// A new model of a plan's samples; kept nowhere.
  func fit(_ plan: Plan) async throws -> Outcome {
    let subsample = try await context.subsample(plan)
    if context.stop.isSet { return Outcome() }
    do throws(FitRefusal) {
      guard subsample.count >= RobustFit.fewestRows else {
        let pictures = try LeaveOneOut(rows: subsample.rows, keys: subsample.keys, seed: context.settings.seed)
        return Outcome(pictures: pictures, isNew: true, refusal: pictures.words)
      }
      let fit = try subsample.fit(
        settings: context.settings, jobs: context.jobs, stop: context.stop, progress: context.progress)
      return Outcome(model: fit.model, fit: fit, isNew: true)
    } catch .stopped {
      return Outcome()
    } catch {
      return Outcome(refusal: error.words)
    }
  }
}

extension LeaveOneOut {
  /// For a person who scans.
  fileprivate var words: String {
    "\(count) readable images are too few for a reference model, which takes \(LeaveOneOut.tooMany): each is compared with "
      + "the median picture of the others, no percentile is shown, and nothing is marked worse than review"
  }
}

extension FitRefusal {
  /// For a person who scans.
  var words: String {
    switch self {
    case .tooFewRows(let count):
      "\(count) readable \(count == 1 ? "image" : "images"): "
        + (count < LeaveOneOut.fewest
          ? "there are no others to compare with" : "a reconstruction model needs \(RobustFit.fewestRows)")
        + "; the files were only checked, without scores; --reference compares with files instead"
    case .rowsAreEqual(let count):
      "all \(count.formattedWithCommas) images are the same picture: no model can be fitted; "
        + "the files were only checked, without scores"
    case .stopped: description
    }
  }
}

extension StoredModel {
  init(_ model: LowRankModel) {
    self.init(
      digest: model.digest, kind: StoredModel.lowRank, rank: model.rank, fittedOn: model.count,
      orthogonalCut: model.orthogonalCut, scoreCut: model.scoreCut, content: model.encoded())
  }
}
