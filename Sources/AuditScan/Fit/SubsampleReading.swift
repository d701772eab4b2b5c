import AuditCore
import AuditDataset
import AuditImages
import AuditReference
import AuditWorker

extension Subsample {
  /// Reads the first `settings.sample` readable images in subsample order; fewer where the stop is set.
  ///
  /// - Parameter risks: files that ended a process are read first, each alone; those that did so alone are left out.
  static func read(
    _ plan: Plan, settings: ScanSettings, jobs: Int, risks: RiskyFiles = RiskyFiles(), stop: StopRequest,
    progress: @escaping @Sendable (ScanProgress) -> Void
  ) async throws -> Subsample {
    let order = plan.subsampleOrder(seed: settings.seed).map { plan.samples[$0] }
    let wanted = min(settings.sample, order.count)
    let source = plan.source
    let early = readEarly(plan, settings: settings, risks: risks, stop: stop)
    var places = WorkPlaces(risks.marks)
    let workers = Workers(jobs: jobs) {
      ModelRowReader(source, settings: settings, stop: stop, place: places.next())
    } work: { (reader: ModelRowReader, chunk: ArraySlice<Sample>) in
      chunk.map { ($0, early[$0.path] ?? reader.row(for: $0)) }
    }
    var found = Subsample()
    found.rows.reserveCapacity(wanted * LowRankModel.length)
    try await readFirst(wanted, of: order, piece: 16, by: workers, stop: stop) { count in
      progress(ScanProgress(phase: .read, done: count, total: wanted))
    } found: { sample, row in
      found.rows += row
      found.keys.append(SampleKey(seed: settings.seed, path: sample.path).value)
    }
    return found
  }

  /// What the files that may end the process give: nothing where they did so alone.
  private static func readEarly(
    _ plan: Plan, settings: ScanSettings, risks: RiskyFiles, stop: StopRequest
  ) -> [SamplePath: [UInt8]?] {
    var rows: [SamplePath: [UInt8]?] = [:]
    guard !risks.isEmpty else { return rows }
    let reader = ModelRowReader(plan.source, settings: settings, stop: stop, place: risks.aloneInWork)
    for sample in plan.samples where !stop.isSet {
      if risks.banned.contains(sample.path) { rows[sample.path] = .some(nil) }
      if risks.alone.contains(sample.path) { rows[sample.path] = .some(reader.row(for: sample)) }
    }
    return rows
  }
}

/// Brings samples into model space. One per worker.
private final class ModelRowReader {
  private let reader: SampleReader
  private var resizer = ImageResizer()
  private let place: WorkPlace?

  init(_ source: any SampleSource, settings: ScanSettings, stop: StopRequest, place: WorkPlace?) {
    self.place = place
    reader = SampleReader(
      source, maxPixels: settings.maxPixels, demand: .atLeast(side: settings.scoringSize), limits: settings.limits,
      stop: stop)
  }

  /// 64 x 64 x 3 bytes; nil where the file cannot be read.
  func row(for sample: Sample) -> [UInt8]? {
    place?.enter(sample)
    defer {
      reader.release()
      place?.leave()
    }
    guard let picture = reader.picture(of: sample) else { return nil }
    return resizer.resize(picture, width: LowRankModel.side, height: LowRankModel.side).pixels
  }
}
