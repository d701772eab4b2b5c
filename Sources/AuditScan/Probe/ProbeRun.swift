package import AuditCore
import AuditDataset
import AuditDigest
import AuditImages
package import AuditProbe
import AuditReference
import AuditStore
package import AuditWorker
import Foundation

/// Everything that `audit probe` was asked for.
package struct ProbeRequest: Sendable {
  package var database: String
  /// nil takes the newest complete run.
  package var run: String?
  /// Where a person says that the images lie; nil looks for them.
  package var dataset: String?
  /// The most images that are trained on and judged.
  package var sample = 2_000
  package var settings = ProbeSettings()
  /// Whether the run's training weights are used.
  package var isWeighted = false
  /// Compare remedies instead of judging images.
  package var compares = false
  package var seeds = 3
  package var jobs: Int?
  /// How to start a process that reads files; nil reads them in this one.
  package var children: ChildLaunch?

  package init(database: String) { self.database = database }
}

/// What a probe found.
package struct ProbeOutcome: Sendable {
  package enum Finding: Sendable {
    case probe(Probe)
    case comparison(ProbeComparison)
  }

  package let finding: Finding
  package let runName: String
  /// Images that were trained on or judged.
  package let images: Int
  /// For a person, a sentence each.
  package let notes: [String]
}

/// Trains the probe on the images of a finished run and keeps what it says in the run's database.
package struct ProbeRun {
  private let request: ProbeRequest
  private let jobs: Int
  /// Grows when the same results give other figures.
  private static let method = 1
  /// Images below which there is nothing to learn from one and see in another.
  private static let fewest = 2

  package init(_ request: ProbeRequest) {
    self.request = request
    jobs = request.jobs ?? ProcessInfo.processInfo.activeProcessorCount
  }

  /// - Throws: `AuditError` where the database holds no such run, its images are gone, or too few are left.
  package func run(progress: @escaping @Sendable (ScanProgress) -> Void) async throws -> ProbeOutcome {
    try SystemLimits.require(jobs: jobs)
    // Read, train, then write: a run is not locked for minutes.
    let run = try ProbedRun(
      Store(reading: request.database), name: request.run, folder: request.dataset, sample: request.sample)
    try requireEnough(run)
    let pictures = try await run.read(jobs: jobs, children: request.children, progress: progress)
    guard pictures.samples.count >= ProbeRun.fewest else {
      throw AuditError.lacking(
        "\(pictures.samples.count) of \(run.samples.count.formattedWithCommas) images could be read in "
          + "'\(run.dataset)'", remedy: "a probe needs the files that were scanned")
    }
    let rows = ProbeRows(pixels: pictures.pixels, side: AutoencoderModel.side)
    let finding =
      request.compares
      ? try compare(rows, pictures.samples, progress: progress) : try judge(rows, pictures.samples, progress: progress)
    let store = try Store(deciding: request.database, derived: ProbeColumns.infos)
    switch finding {
    case .probe(let probe):
      try store.write(
        probes: zip(pictures.samples, probe.scores).map { StoredProbe(sample: $0.id, $1) }, to: run.id)
      try store.write(trainings: StoredTraining.all(of: probe), purpose: .probe, to: run.id)
      try store.keepBasis(of: .probe, for: run.id, method: ProbeRun.method, sample: AdviceSample(images: rows.count))
    case .comparison(let comparison):
      try store.write(
        trainings: StoredTraining.all(of: comparison, settings: request.settings), purpose: .compare, to: run.id)
      try store.keepBasis(of: .compare, for: run.id, method: ProbeRun.method, sample: AdviceSample(images: rows.count))
    }
    try store.settle()
    return ProbeOutcome(
      finding: finding, runName: run.name, images: rows.count,
      notes: notes(run, pictures) + (finding.probe?.notes ?? []))
  }

  private func requireEnough(_ run: ProbedRun) throws {
    guard run.scored < ProbeRun.fewest else { return }
    throw AuditError.lacking(
      "run \"\(run.name)\" has \(counted(run.scored, "scored image")), which is too few: a probe takes at least "
        + "\(ProbeRun.fewest)", remedy: "scan more images")
  }

  private func judge(
    _ rows: ProbeRows, _ samples: [ProbedSample], progress: @escaping @Sendable (ScanProgress) -> Void
  ) throws -> ProbeOutcome.Finding {
    .probe(
      try Probe.train(
        rows, groups: ProbedSample.groups(samples), weights: request.isWeighted ? samples.map(\.weight) : nil,
        settings: request.settings, threads: jobs
      ) { progress(ScanProgress($0)) })
  }

  private func compare(
    _ rows: ProbeRows, _ samples: [ProbedSample], progress: @escaping @Sendable (ScanProgress) -> Void
  ) throws -> ProbeOutcome.Finding {
    .comparison(
      try ProbeComparison.run(
        rows, dropMask: samples.map(\.isDropped), trainingWeights: samples.map(\.weight),
        groups: ProbedSample.groups(samples), settings: request.settings, seeds: request.seeds, threads: jobs
      ) { progress(ScanProgress($0)) })
  }

  private func notes(_ run: ProbedRun, _ pictures: ProbedPictures) -> [String] {
    var notes: [String] = []
    if run.samples.count < run.scored {
      notes.append(
        "\(run.samples.count.formattedWithCommas) of \(run.scored.formattedWithCommas) images take part (--sample)")
    }
    let gone = run.samples.count - pictures.samples.count
    if gone > 0 {
      notes.append(
        gone == 1
          ? "1 image is gone or has changed since the scan"
          : "\(gone.formattedWithCommas) images are gone or have changed since the scan")
    }
    if request.compares, !pictures.samples.contains(where: \.isDropped) {
      notes.append("nothing is proposed to be dropped: the way without the drops is the way with all images")
    }
    if request.compares, pictures.samples.allSatisfy({ $0.weight == 1 }) {
      notes.append("all training weights are 1: the ways with weights are the ways without")
    }
    return notes
  }
}

extension ProbeOutcome.Finding {
  var probe: Probe? { if case .probe(let probe) = self { probe } else { nil } }
}

/// A sample of the run that takes part.
private struct ProbedSample: Sendable {
  let id: Int64
  let sample: Sample
  let sha256: [UInt8]
  let identity: String?
  let weight: Double
  let isDropped: Bool

  /// A number per identity; images without one share a number.
  static func groups(_ samples: [ProbedSample]) -> [Int] {
    let names = Set(samples.map { ByteKey($0.identity ?? "") }).sorted()
    let numbers = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
    return samples.map { numbers[ByteKey($0.identity ?? "")] ?? 0 }
  }
}

/// The pictures that could be read, in the order of the samples.
private struct ProbedPictures {
  var samples: [ProbedSample] = []
  var pixels: [UInt8] = []
}

/// A finished run as a probe needs it.
private struct ProbedRun {
  let id: Int64
  let name: String
  let dataset: String
  let scored: Int
  /// The samples that take part: all, or those that the run's seed chooses, in the order of their paths.
  let samples: [ProbedSample]
  private let settings: ScanSettings

  init(_ store: Store, name: String?, folder: String?, sample: Int) throws {
    let run = try store.runRow(named: name)
    id = Int64(run["id"].integer ?? 0)
    self.name = run["name"].text ?? ""
    try store.requireAllRows(of: id, for: "a probe")
    let place = try DatasetPlace(store, run: id, given: folder)
    dataset = place.path
    let settings = try StoredSettings.decoded(run["settings"].text ?? "", run: run["name"].text ?? "")
    self.settings = settings
    guard place.isReachable else { throw place.refusal(for: "audit probe") }
    var all: [(key: UInt64, sample: ProbedSample)] = []
    try store.forEachScored(of: id) { row in
      all.append(
        (
          SampleKey(seed: settings.seed, path: row.path).value,
          ProbedSample(
            id: row.id, sample: Sample(path: row.path, bytes: 0, modified: 0), sha256: row.sha256,
            identity: row.identity, weight: row.weight ?? 1, isDropped: row.verdict == .drop)
        ))
    }
    scored = all.count
    let last = all.count > sample ? all.map(\.key).sorted()[sample - 1] : .max
    samples = all.filter { $0.key <= last }.map(\.sample)
  }

  /// Decodes at the probe's size. Files that are gone or are no longer what was scored are left out.
  func read(
    jobs: Int, children: ChildLaunch?, progress: @escaping @Sendable (ScanProgress) -> Void
  ) async throws -> ProbedPictures {
    let decoding = try children.map { launch throws(AuditError) in try ChildDecoding(launch, settings: settings) }
    let (source, maxPixels) = (FolderSource(root: dataset, decoding: decoding), settings.maxPixels)
    let workers = Workers(jobs: jobs, executor: decoding == nil ? nil : BlockingExecutor()) {
      ProbeRowReader(source, maxPixels: maxPixels)
    } work: { (reader: ProbeRowReader, chunk: [ProbedSample]) in
      chunk.map { ($0, reader.row(for: $0)) }
    }
    var pictures = ProbedPictures()
    var done = 0
    try await workers.forEach(samples.chunks(of: 16), stop: StopRequest()) { rows in
      for case (let sample, let row?) in rows {
        pictures.samples.append(sample)
        pictures.pixels += row
      }
      done += rows.count
      progress(ScanProgress(phase: .read, done: done, total: samples.count))
    }
    return pictures
  }
}

/// Brings samples to the probe's size. One per worker.
private final class ProbeRowReader {
  private let reader: SampleReader
  private var resizer = ImageResizer()

  init(_ source: any SampleSource, maxPixels: Int) {
    reader = SampleReader(source, maxPixels: maxPixels, demand: .atLeast(side: AutoencoderModel.side))
  }

  func row(for probed: ProbedSample) -> [UInt8]? {
    defer { reader.release() }
    guard let file = try? reader.read(probed.sample), file.sha256 == probed.sha256,
      let picture = try? file.picture.get()
    else { return nil }
    return resizer.resize(picture.image, width: AutoencoderModel.side, height: AutoencoderModel.side).pixels
  }
}
