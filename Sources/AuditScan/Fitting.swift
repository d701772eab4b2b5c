import AuditCore
import AuditImages
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
    let rows = try await subsample(stop: stop, progress: progress)
    if stop.isSet { return Outcome(model: nil, fit: nil, refusal: nil) }
    let fit: LowRankFit
    do throws(FitRefusal) {
      fit = try LowRankFit(
        rows: rows.bytes, keys: rows.keys, rank: max(1, min(settings.rank, rows.keys.count / 10)), seed: settings.seed,
        jobs: jobs)
    } catch {
      return Outcome(model: nil, fit: nil, refusal: words(for: error))
    }
    let model = fit.model
    try store.keep(StoredModel(model), for: run)
    return Outcome(model: model, fit: fit, refusal: nil)
  }

  private func words(for refusal: FitRefusal) -> String {
    switch refusal {
    case .tooFewRows(let count):
      "\(count) readable \(count == 1 ? "image" : "images"): a reconstruction model needs \(RobustFit.fewestRows); "
        + "the files were only checked, without scores"
    case .rowsAreEqual(let count):
      "all \(count.formattedWithCommas) images are the same picture: no model can be fitted; "
        + "the files were only checked, without scores"
    }
  }

  /// Rows in model space of the first `settings.sample` readable images in subsample order.
  private func subsample(
    stop: StopRequest, progress: @escaping @Sendable (ScanProgress) -> Void
  ) async throws -> (bytes: [UInt8], keys: [UInt64]) {
    let order = plan.subsampleOrder(seed: settings.seed)
    let wanted = min(settings.sample, order.count)
    let (root, settings, samples) = (plan.root, settings, plan.samples)
    let workers = Workers(jobs: jobs) {
      ModelRowReader(root: root, settings: settings)
    } work: { (reader: ModelRowReader, chunk: ArraySlice<Int>) in
      chunk.map { (samples[$0].path, reader.row(for: samples[$0])) }
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(wanted * LowRankModel.length)
    var keys: [UInt64] = []
    var next = 0
    // Unreadable files leave gaps, which the next names in the order fill.
    while keys.count < wanted, next < order.count, !stop.isSet {
      let end = min(order.count, next + wanted - keys.count)
      try await workers.forEach(Array(order[next..<end]).chunks(of: 16), stop: stop) { rows in
        for case (let path, let row?) in rows where keys.count < wanted {
          bytes += row
          keys.append(SampleKey(seed: settings.seed, path: path).value)
        }
        progress(ScanProgress(phase: .fit, done: keys.count, total: wanted))
      }
      next = end
    }
    return (bytes, keys)
  }
}

/// Brings samples into model space. One per worker.
private final class ModelRowReader {
  private let reader: SampleReader
  private var resizer = ImageResizer()

  init(root: String, settings: ScanSettings) {
    reader = SampleReader(root: root, maxPixels: settings.maxPixels, target: settings.scoringSize)
  }

  /// 64 x 64 x 3 bytes; nil where the file cannot be read.
  func row(for sample: Sample) -> [UInt8]? {
    guard let picture = reader.picture(of: sample) else { return nil }
    return resizer.resize(picture, width: LowRankModel.side, height: LowRankModel.side).pixels
  }
}
