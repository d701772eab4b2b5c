import AuditCore
import AuditDataset
import AuditImages
import AuditQuality
import AuditReference
import AuditWorker

/// The pictures that a model of damage learns from, and damaged copies of them, all measured.
struct DamageSample: Sendable {
  /// The most pictures that it learns from.
  static let most = 1_000

  var pictures: [PictureMeasurement] = []
  /// What each picture is known by.
  var keys: [UInt64] = []
  var copies: [PlantedCopy] = []

  /// Reads the first readable pictures in subsample order and makes the copies; fewer where the stop is set.
  static func read(
    _ plan: Plan, settings: ScanSettings, jobs: Int, risks: RiskyFiles, stop: StopRequest,
    progress: @escaping @Sendable (ScanProgress) -> Void
  ) async throws -> DamageSample {
    var found = DamageSample()
    var samples: [Sample] = []
    let order = plan.subsampleOrder(seed: settings.seed).map { plan.samples[$0] }
      .filter { !risks.banned.contains($0.path) && !risks.alone.contains($0.path) }
    var places = WorkPlaces(risks.marks)
    let workers = Workers(jobs: jobs) {
      CopyMaker(plan.source, settings: settings, stop: stop, place: places.next())
    } work: { (maker: CopyMaker, chunk: ArraySlice<Sample>) in
      chunk.map { ($0, maker.measured($0)) }
    }
    try await readFirst(most, of: order, piece: 8, by: workers, stop: stop) { count in
      progress(ScanProgress(phase: .learn, done: count, total: nil))
    } found: { sample, picture in
      found.pictures.append(picture)
      found.keys.append(SampleKey(seed: settings.seed, path: sample.path).value)
      samples.append(sample)
    }
    if !stop.isSet {
      try await found.addCopies(
        of: samples, in: plan.source, settings: settings, jobs: jobs, risks: risks, stop: stop, progress: progress)
    }
    return found
  }

  /// Few pictures are soon worn out: a tenth of them for each kind, from 10 to 30.
  private static func amounts(ofCopiesOf pictures: Int) -> CopyPlan.Amounts {
    let perKind = min(max(pictures / 10, 10), 30)
    return CopyPlan.Amounts(perKind: perKind, harmless: 5 * perKind, reencoded: 5 * perKind)
  }

  /// Makes and measures the copies, picture by picture, so that each is read once for all of its own.
  private mutating func addCopies(
    of samples: [Sample], in source: FolderSource, settings: ScanSettings, jobs: Int, risks: RiskyFiles,
    stop: StopRequest,
    progress: @escaping @Sendable (ScanProgress) -> Void
  ) async throws {
    let plan = CopyPlan(keys: keys, seed: settings.seed, amounts: DamageSample.amounts(ofCopiesOf: keys.count))
    let pieces = Dictionary(grouping: plan.jobs.indices) { plan.jobs[$0].source }
      .sorted { $0.key < $1.key }.map { (source: $0.key, jobs: $0.value) }
    var places = WorkPlaces(risks.marks)
    let workers = Workers(jobs: jobs) {
      CopyMaker(source, settings: settings, stop: stop, place: places.next())
    } work: { (maker: CopyMaker, piece: (source: Int, jobs: [Int])) in
      maker.copies(piece.jobs.map { plan.jobs[$0] }, of: samples).map { (piece.jobs[$0], $1) }
    }
    var made: [(job: Int, copy: PlantedCopy)] = []
    try await workers.forEach(pieces, stop: stop) { copies in
      made += copies
      progress(ScanProgress(phase: .learn, done: made.count, total: plan.jobs.count))
    }
    copies = made.sorted { $0.job < $1.job }.map(\.copy)
  }
}

/// Reads pictures, damages copies of them and measures all. One per worker.
private final class CopyMaker {
  private let reader: SampleReader
  private let scorer: QualityScorer
  private let place: WorkPlace?
  private var resizer = ImageResizer()

  init(_ source: any SampleSource, settings: ScanSettings, stop: StopRequest, place: WorkPlace?) {
    self.place = place
    reader = SampleReader(
      source, maxPixels: settings.maxPixels, demand: .atLeast(side: PictureDemand.measuringSide),
      limits: settings.limits, stop: stop)
    scorer = QualityScorer(model: nil, seed: settings.seed)
  }

  /// nil where the file cannot be read.
  func measured(_ sample: Sample) -> PictureMeasurement? { decoded(sample) { scorer.measured($0) } }

  /// The copies that could be made, with the place of each among the jobs, which all have one source.
  func copies(_ jobs: [CopyPlan.Job], of samples: [Sample]) -> [(Int, PlantedCopy)] {
    guard let source = jobs.first?.source, let image = picture(of: samples[source]) else { return [] }
    return jobs.indices.compactMap { index in
      let job = jobs[index]
      let other = job.mixes ? picture(of: samples[job.other]) : image
      guard let other, let copy = try? CopyPlan.make(job, from: image, other: other) else { return nil }
      return (
        index,
        PlantedCopy(
          measures: scorer.measures(of: copy.image), kind: job.kind, source: source, strength: copy.strength ?? 0)
      )
    }
  }

  /// The picture as it is measured.
  private func picture(of sample: Sample) -> RGBImage? {
    decoded(sample) { QualityPicture.scaled($0, resizer: &resizer) }
  }

  /// - Parameter use: given the picture in any size.
  private func decoded<Value>(_ sample: Sample, _ use: (RGBImage) -> Value) -> Value? {
    place?.enter(sample)
    defer {
      reader.release()
      place?.leave()
    }
    return reader.picture(of: sample).map(use)
  }
}
