import AuditCore
import AuditInference
import AuditReference

/// The LPIPS networks that a scan was asked for: found, loaded once and fitting, before anything is scored.
struct PerceptualNetworks: Sendable {
  private let files: [ShelvedModel]
  private let inference: any InferenceProvider

  /// - Parameter size: of all pairs; nil where they have their own.
  /// - Returns: nil where no network was asked for.
  /// - Throws: where a file was not imported, cannot be run, or was exported for another size.
  init?(_ selection: MetricSelection, size: PictureSize?, request: ScanRequest) throws(AuditError) {
    let kinds = selection.networks
    if kinds.isEmpty { return nil }
    guard let inference = request.inference else { throw .noInference }
    self.inference = inference
    let shelf = try ModelShelf { inference.runner(of: $0) }
    var files: [ShelvedModel] = []
    for kind in kinds { files.append(try shelf.model(kind)) }
    self.files = files
    for file in files {
      let model = try PerceptualNetworks.model(file, inference)
      if let size {
        try model.requireFit(size)
      } else if let fixed = model.fixedSize {
        throw .lacking(
          "the \(file.kind.rawValue) file takes pictures of \(fixed) only, and pairs are compared at their "
            + "own size", remedy: "give --size, or export it with open sizes (`audit models import --help` says how)")
      }
    }
  }

  /// What goes into the settings of the run, beside the registry's metrics.
  var identities: [String] { files.map { "\($0.kind.info.identity):\($0.sha256.prefix(16))" } }

  /// For one worker.
  func scorer() -> PerceptualScorer { PerceptualScorer(files: files, inference: inference) }

  fileprivate static func model(
    _ file: ShelvedModel, _ inference: any InferenceProvider
  ) throws(AuditError) -> LPIPSModel {
    try LPIPSModel(kind: file.kind, path: file.path, runner: inference.runner(of: file.path))
  }
}

/// What the networks say of one pair.
struct PerceptualValues {
  /// One per network; nil where it has none.
  var scores: [Double?]
  var issues: [SampleIssue] = []
}

/// Measures pairs with networks, several in one run. One per worker.
///
/// Pairs wait until there are enough pixels for a run; `finish` measures those that are left.
final class PerceptualScorer {
  private let files: [ShelvedModel]
  private let inference: any InferenceProvider
  /// Loaded with the first run.
  private var models: [Result<LPIPSModel, AuditError>] = []
  private var waiting: [(image: RGBImage, reference: RGBImage)] = []
  private var pixels = 0
  /// Of the pairs before those that wait.
  private(set) var measured: [PerceptualValues] = []

  init(files: [ShelvedModel], inference: any InferenceProvider) {
    self.files = files
    self.inference = inference
  }

  func add(_ comparison: Comparison) {
    waiting.append((comparison.image, comparison.reference))
    pixels += comparison.image.width * comparison.image.height
    if pixels >= LPIPSModel.pixelsPerRun { measure() }
  }

  /// - Returns: one per pair that was added since the last call, in order.
  func finish() -> [PerceptualValues] {
    measure()
    defer { measured = [] }
    return measured
  }

  /// Measures what waits.
  private func measure() {
    if waiting.isEmpty { return }
    if models.isEmpty {
      models = files.map { file in
        Result { () throws(AuditError) in try PerceptualNetworks.model(file, inference) }
      }
    }
    let distances = models.map { self.distances($0) }
    for pair in waiting.indices {
      var values = PerceptualValues(scores: [])
      for (file, results) in zip(files, distances) {
        switch results[pair] {
        case .success(let value): values.scores.append(value)
        case .failure(let issue):
          // The pair has its other scores: a network's trouble is no reason to lose them.
          values.scores.append(nil)
          values.issues.append(SampleIssue(.metricFailed, "\(file.kind.rawValue): \(issue.detail)"))
        }
      }
      measured.append(values)
    }
    waiting.removeAll(keepingCapacity: true)
    pixels = 0
  }

  private func distances(_ model: Result<LPIPSModel, AuditError>) -> [Result<Double?, SampleIssue>] {
    do throws(AuditError) {
      return try model.get().distances(waiting)
    } catch {
      return waiting.map { _ in .failure(SampleIssue(.metricFailed, "\(error)")) }
    }
  }
}
