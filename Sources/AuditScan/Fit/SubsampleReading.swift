import AuditCore
import AuditDataset
import AuditReference
import AuditWorker

/// What a fit takes of pictures, `LowRankModel.length` bytes each, by what they are known by (`SampleKey`).
typealias KnownRows = [UInt64: [UInt8]]

extension Subsample {
  /// Reads the first `settings.sample` readable images in subsample order; fewer where the stop is set.
  ///
  /// - Parameters:
  ///   - risks: files that ended a process are read first, each alone; those that did so alone are left out.
  ///   - known: of pictures that need not be read again.
  static func read(
    _ plan: Plan, settings: ScanSettings, jobs: Int, risks: RiskyFiles = RiskyFiles(), known: KnownRows = [:],
    stop: StopRequest, progress: @escaping @Sendable (ScanProgress) -> Void
  ) async throws -> Subsample {
    let wanted = min(settings.sample, plan.samples.count)
    let order = plan.subsampleOrder(seed: settings.seed, expecting: wanted)
    let early = readEarly(plan, settings: settings, risks: risks, stop: stop)
    let given = { @Sendable (sample: Sample) -> [UInt8]?? in
      early[sample.path] ?? known[SampleKey(seed: settings.seed, path: sample.path).value].map { .some($0) }
    }
    let workers = plan.workers(settings: settings, jobs: jobs, risks: risks, stop: stop) { (chunk: [Sample]) in
      ModelRows(samples: chunk.filter { given($0) == nil })
    } result: { chunk, found -> [(Sample, [UInt8]?)] in
      var rows = found.makeIterator()
      return chunk.map { ($0, given($0) ?? rows.next() ?? nil) }
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
    let study = PictureStudy(plan.source, settings: settings, stop: stop, place: risks.aloneInWork)
    for path in risks.banned { rows[path] = .some(nil) }
    for sample in plan.samples(at: risks.alone) where !stop.isSet {
      rows[sample.path] = .some(study.modelRows(of: [sample])[0])
    }
    return rows
  }
}
