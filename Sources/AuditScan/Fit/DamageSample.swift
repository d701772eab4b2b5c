import AuditCore
import AuditDataset
import AuditQuality
import AuditWorker

/// The pictures that a model of damage learns from, and damaged copies of them, all measured.
struct DamageSample: Sendable {
  /// The most pictures that it learns from.
  static let most = 1_000

  var pictures: [PictureMeasurement] = []
  /// What each picture is known by.
  var keys: [UInt64] = []
  var copies: [PlantedCopy] = []

  /// What a fit takes of the pictures, by their keys, where it is known.
  var modelRows: KnownRows {
    let rows = zip(keys, pictures).compactMap { key, picture in picture.modelRow.map { (key, $0) } }
    return KnownRows(rows) { first, _ in first }
  }

  /// Judges that saw one picture again and again tell it from its copies alone.
  var differentPictures: Int { Set(pictures.lazy.map(\.pixels)).count }

  /// Reads the first readable pictures in subsample order and makes the copies; fewer where the stop is set. Where too few
  /// differ to learn from, no copies are made.
  ///
  /// - Parameter forFit: whether a fit will ask for what it takes of them.
  static func read(
    _ plan: Plan, forFit: Bool, settings: ScanSettings, jobs: Int, risks: RiskyFiles, stop: StopRequest,
    progress: @escaping @Sendable (ScanProgress) -> Void
  ) async throws -> DamageSample {
    let measured = try await measured(
      most, of: plan, forFit: forFit, settings: settings, jobs: jobs, risks: risks, stop: stop, progress: progress)
    var found = DamageSample()
    found.pictures = measured.map(\.picture)
    found.keys = measured.map { SampleKey(seed: settings.seed, path: $0.sample.path).value }
    if !stop.isSet, found.differentPictures >= QualityPreparation.fewest {
      try await found.addCopies(
        of: measured.map(\.sample), in: plan, settings: settings, jobs: jobs, risks: risks, stop: stop,
        progress: progress)
    }
    return found
  }

  /// The first `wanted` samples in subsample order that can be read, measured; fewer where the stop is set.
  static func measured(
    _ wanted: Int, of plan: Plan, forFit: Bool, settings: ScanSettings, jobs: Int, risks: RiskyFiles, stop: StopRequest,
    progress: @Sendable (ScanProgress) -> Void
  ) async throws -> [(sample: Sample, picture: PictureMeasurement)] {
    tryAlone(of: plan, settings: settings, risks: risks, stop: stop)
    let workers = plan.workers(settings: settings, jobs: jobs, risks: risks, stop: stop) {
      Measurements(samples: $0, forFit: forFit)
    } result: { chunk, found -> [(Sample, PictureMeasurement?)] in
      Array(zip(chunk, found))
    }
    let order = plan.subsampleOrder(seed: settings.seed, expecting: wanted, without: risks.banned)
    var found: [(sample: Sample, picture: PictureMeasurement)] = []
    try await readFirst(wanted, of: order, piece: 8, by: workers, stop: stop) { count in
      progress(ScanProgress(phase: .learn, done: count, total: nil))
    } found: { sample, picture in
      found.append((sample, picture))
    }
    return found
  }

  /// Looks at files that may end the process with nothing beside them. Those that do not are pictures like any other: what
  /// is learnt must not hang on what was in work when a scan was killed.
  private static func tryAlone(
    of plan: Plan, settings: ScanSettings, risks: RiskyFiles, stop: StopRequest
  ) {
    let samples = plan.samples(at: risks.alone)
    guard !samples.isEmpty else { return }
    let study = PictureStudy(plan.source, settings: settings, stop: stop, place: risks.aloneInWork)
    for sample in samples where !stop.isSet { _ = study.measurements(of: [sample], forFit: false) }
  }

  /// Makes and measures the copies, picture by picture, so that each is read once for all of its own.
  private mutating func addCopies(
    of samples: [Sample], in files: Plan, settings: ScanSettings, jobs: Int, risks: RiskyFiles,
    stop: StopRequest,
    progress: @escaping @Sendable (ScanProgress) -> Void
  ) async throws {
    let plan = CopyPlan(keys: keys, seed: settings.seed, amounts: .init(ofPictures: keys.count))
    let workers = files.workers(settings: settings, jobs: jobs, risks: risks, stop: stop) { (orders: [[Int]]) in
      PlantedCopies(
        orders: orders.map { places in
          let jobs = places.map { plan.jobs[$0] }
          let mixed = jobs.first(where: \.mixes)
          return CopyOrder(jobs: jobs, sample: samples[jobs[0].source], other: mixed.map { samples[$0.other] })
        })
    } result: { orders, found -> [(Int, PlantedCopy)] in
      zip(orders.joined(), found.joined()).compactMap { place, copy in copy.map { (place, $0) } }
    }
    var made: [(job: Int, copy: PlantedCopy)] = []
    try await workers.forEach(DamageSample.orders(of: plan).chunks(of: 4), stop: stop) { copies in
      made += try copies.get()
      progress(ScanProgress(phase: .learn, done: made.count, total: plan.jobs.count))
    }
    copies = made.sorted { $0.job < $1.job }.map(\.copy)
  }

  /// Places of the jobs that are done together: those of one picture, with at most one other mixed in.
  private static func orders(of plan: CopyPlan) -> [[Int]] {
    let bySource = Dictionary(grouping: plan.jobs.indices) { plan.jobs[$0].source }.sorted { $0.key < $1.key }
    return bySource.flatMap { _, places -> [[Int]] in
      let others = places.filter { plan.jobs[$0].mixes }.map { plan.jobs[$0].other }
      return Dictionary(grouping: places) { place -> Int in
        plan.jobs[place].mixes ? plan.jobs[place].other : others.first ?? -1
      }.sorted { $0.key < $1.key }.map(\.value)
    }
  }
}
