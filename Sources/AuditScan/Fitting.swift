import AuditCore
import AuditReference
import AuditStatistics
import AuditStore

/// Makes the reference model of a run: the stored one, or a new one fitted on the subsample.
struct Fitting {
  /// The model of a run, or why there is none.
  struct Outcome {
    let model: LowRankModel?
    /// The fit itself, where this call made it.
    let fit: LowRankFit?
    /// For a person.
    let refusal: String?
  }

  let plan: Plan
  let settings: ScanSettings
  let jobs: Int

  func model(
    of run: OpenRun, in store: Store, stop: StopRequest, progress: @escaping @Sendable (ScanProgress) -> Void
  ) async throws -> Outcome {
    if let content = try store.model(of: run.id) {
      return Outcome(model: try LowRankModel(decoding: content), fit: nil, refusal: nil)
    }
    let fitted = try await fit(stop: stop, progress: progress)
    if let model = fitted.model { try store.keep(StoredModel(model), for: run) }
    return fitted
  }

  /// A new model of the plan's samples; kept nowhere.
  func fit(
    stop: StopRequest, progress: @escaping @Sendable (ScanProgress) -> Void
  ) async throws -> Outcome {
    let subsample = try await Subsample.read(plan, settings: settings, jobs: jobs, stop: stop, progress: progress)
    if stop.isSet { return Outcome(model: nil, fit: nil, refusal: nil) }
    let fit: LowRankFit
    do throws(FitRefusal) {
      fit = try subsample.fit(settings: settings, jobs: jobs, stop: stop, progress: progress)
    } catch .stopped {
      return Outcome(model: nil, fit: nil, refusal: nil)
    } catch {
      return Outcome(model: nil, fit: nil, refusal: error.words)
    }
    return Outcome(model: fit.model, fit: fit, refusal: nil)
  }
}

extension FitRefusal {
  /// For a person who scans.
  var words: String {
    switch self {
    case .tooFewRows(let count):
      "\(count) readable \(count == 1 ? "image" : "images"): a reconstruction model needs \(RobustFit.fewestRows); "
        + "the files were only checked, without scores; --reference compares with files instead"
    case .rowsAreEqual(let count):
      "all \(count.formattedWithCommas) images are the same picture: no model can be fitted; "
        + "the files were only checked, without scores"
    case .stopped: description
    }
  }
}
