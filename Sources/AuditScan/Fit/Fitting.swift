import AuditCore
import AuditReference
import AuditStatistics
import AuditStore

/// Makes the reference model of a run: the stored one, or a new one fitted on the subsample.
struct Fitting {
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
    var shared: ReferenceFactory.Shared {
      model.map { .lowRank($0) } ?? pictures.map { .leaveOneOut($0) } ?? .nothing
    }
  }

  let plan: Plan
  let settings: ScanSettings
  let jobs: Int
  var risks = RiskyFiles()

  func model(
    of run: OpenRun, in store: Store, stop: StopRequest, progress: @escaping @Sendable (ScanProgress) -> Void
  ) async throws -> Outcome {
    if let content = try store.model(of: run.id) {
      return Outcome(model: try LowRankModel(decoding: content))
    }
    var fitted = try await fit(stop: stop, progress: progress)
    if let model = fitted.model { try store.keep(StoredModel(model), for: run) }
    if let pictures = fitted.pictures {
      fitted.isNew = try store.model(of: run.id, kind: StoredModel.leaveOneOut) != pictures.encoded
      if fitted.isNew { try store.keep(StoredModel(pictures), for: run) }
    }
    return fitted
  }

  /// A new model of the plan's samples; kept nowhere.
  func fit(
    stop: StopRequest, progress: @escaping @Sendable (ScanProgress) -> Void
  ) async throws -> Outcome {
    let subsample = try await Subsample.read(
      plan, settings: settings, jobs: jobs, risks: risks, stop: stop, progress: progress)
    if stop.isSet { return Outcome() }
    do throws(FitRefusal) {
      guard subsample.count >= RobustFit.fewestRows else {
        let pictures = try LeaveOneOut(rows: subsample.rows, keys: subsample.keys, seed: settings.seed)
        return Outcome(pictures: pictures, isNew: true, refusal: pictures.words)
      }
      let fit = try subsample.fit(settings: settings, jobs: jobs, stop: stop, progress: progress)
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
