import AuditCore
import AuditInference

/// The LPIPS networks that a scan was asked for: found, loaded once and fitting, before anything is scored.
struct PerceptualNetworks: Sendable {
  private let files: [ShelvedModel]
  private let launch: InferenceLaunch

  /// - Parameter size: of all pairs; nil where they have their own.
  /// - Returns: nil where no network was asked for.
  /// - Throws: where a file was not imported, cannot be run, or was exported for another size.
  init?(_ selection: MetricSelection, size: PictureSize?, request: ScanRequest) throws(AuditError) {
    let kinds = selection.networks
    if kinds.isEmpty { return nil }
    let launch = try request.inferenceLaunch()
    self.launch = launch
    let shelf = try ModelShelf { IsolatedRunner(path: $0, launch: launch) }
    var files: [ShelvedModel] = []
    for kind in kinds { files.append(try shelf.model(kind)) }
    self.files = files
    for file in files {
      let model = try PerceptualNetworks.model(file, launch: launch)
      if let size {
        try model.requireFit(size)
      } else if let fixed = model.fixedSize {
        throw .other(
          "the \(file.kind.rawValue) file takes pictures of \(fixed) only, and pairs are compared at their own size; "
            + "give --size, or export it with open sizes (`audit models import --help` says how)")
      }
    }
  }

  /// What goes into the settings of the run, beside the registry's metrics.
  var identities: [String] { files.map { "\($0.kind.info.identity):\($0.sha256.prefix(16))" } }

  /// For one worker.
  func scorer() -> PerceptualScorer { PerceptualScorer(files: files, launch: launch) }

  fileprivate static func model(_ file: ShelvedModel, launch: InferenceLaunch) throws(AuditError) -> LPIPSModel {
    try LPIPSModel(kind: file.kind, path: file.path, runner: IsolatedRunner(path: file.path, launch: launch))
  }
}

/// Measures pairs with networks, several in one run. One per worker.
///
/// Pairs wait until there are enough pixels for a run; `finish` measures those that are left.
final class PerceptualScorer {
  private struct Waiting {
    let row: Int
    let image: RGBImage
    let reference: RGBImage
  }

  private let files: [ShelvedModel]
  private let launch: InferenceLaunch
  /// Loaded with the first run.
  private var models: [Result<LPIPSModel, AuditError>] = []
  private var waiting: [Waiting] = []
  private var pixels = 0

  init(files: [ShelvedModel], launch: InferenceLaunch) {
    self.files = files
    self.launch = launch
  }

  var count: Int { files.count }

  /// Takes a pair whose row has `count` empty places at the end of its scores.
  func add(_ comparison: Comparison, row: Int, rows: inout [SampleRow]) {
    waiting.append(Waiting(row: row, image: comparison.image, reference: comparison.reference))
    pixels += comparison.image.width * comparison.image.height
    if pixels >= LPIPSModel.pixelsPerRun { finish(&rows) }
  }

  /// Measures what waits.
  func finish(_ rows: inout [SampleRow]) {
    if waiting.isEmpty { return }
    if models.isEmpty {
      models = files.map { file in
        Result { () throws(AuditError) in try PerceptualNetworks.model(file, launch: launch) }
      }
    }
    for (place, model) in models.enumerated() {
      let kind = files[place].kind
      for (pair, result) in zip(waiting, distances(model)) {
        switch result {
        case .success(let value): rows[pair.row].scores[rows[pair.row].scores.count - count + place] = value
        case .failure(let issue):
          // The pair has its other scores: a network's trouble is no reason to lose them.
          rows[pair.row].issues.append(SampleIssue(.metricFailed, "\(kind.rawValue): \(issue.detail)"))
        }
      }
    }
    waiting.removeAll(keepingCapacity: true)
    pixels = 0
  }

  private func distances(_ model: Result<LPIPSModel, AuditError>) -> [Result<Double?, SampleIssue>] {
    do throws(AuditError) {
      return try model.get().distances(waiting.map { ($0.image, $0.reference) })
    } catch {
      return waiting.map { _ in .failure(SampleIssue(.metricFailed, "\(error)")) }
    }
  }
}
