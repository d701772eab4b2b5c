import AuditCore
import AuditDataset
import AuditDigest
import AuditQuality
import AuditReference
package import AuditWorker
import Foundation
import Synchronization

/// What a child process does: scores what it is handed, by the order that it was started with. It opens no file.
package final class ScoringChild: ChildWorking {
  private let samples = HandedSource()
  private let pair = HandedPair()
  private let order: ScoringOrder
  private let metrics: MetricSelection
  private let scorer: SampleScorer
  /// nil where pictures are not measured by themselves.
  private let quality: QualityScorer?
  private lazy var study = PictureStudy(samples, others: pair.files, settings: order.settings)
  /// By the side that they decode for: few are ever asked for.
  private var readers: [Int: SampleReader] = [:]
  /// For samples that come with a reference of their own where the order is another.
  private lazy var pairScorer = scorer(of: PortableReference.pairs)

  /// Serves until the connection on standard input is closed.
  package static func serve() { WorkService.serve { try ScoringChild(order: $0, file: $1) } }

  init(order encoded: [UInt8], file: HandedFile?) throws {
    order = try JSONDecoder().decode(ScoringOrder.self, from: Data(encoded))
    metrics = try MetricSelection(order.metrics)
    guard let file else { throw AuditError.internalError("no models came with the order of a child process") }
    let parts = try order.parts(file)
    let damage = parts.damage.isEmpty ? nil : try DamageModel(body: parts.damage)
    let reference = try order.reference.reference(
      content: parts.reference, pair.context(order.settings))
    quality = order.measures ? QualityScorer(model: damage, seed: order.settings.seed) : nil
    scorer = SampleScorer(
      files: samples, settings: order.settings, metrics: metrics.metrics,
      source: reference.makeSource(stop: StopRequest()), quality: quality)
    // The library looks for its configuration when it is first asked, and later no file can be opened.
    _ = sha256([])
  }

  private func scorer(of reference: PortableReference) -> SampleScorer {
    let source = try? reference.terms.reference(content: reference.content, pair.context(order.settings))
      .makeSource(stop: StopRequest())
    return SampleScorer(files: samples, settings: order.settings, metrics: metrics.metrics, source: source)
  }

  package func answer(_ request: WorkRequest, body: [UInt8], files: [HandedFile]) -> [UInt8] {
    var parcel = HandedParcel(body: body, files: files)
    samples.hand(parcel.next(request.sample.content))
    pair.hand(request.reference.map { ($0.sample, parcel.next($0.content)) })
    defer {
      samples.hand(.trouble(SampleIssue(.gone)))
      pair.hand(nil)
    }
    switch request.task {
    case .read: return read(request.sample.sample, for: request.demand).encoded()
    case .score: return row(of: request).encoded()
    case .reduce: return StudyAnswer.encoded(modelRow: study.modelRows(of: [request.sample.sample])[0])
    case .measure:
      let isForFit = Measurements.isForFit(request.detail)
      return StudyAnswer.encoded(study.measurements(of: [request.sample.sample], forFit: isForFit)[0])
    case .damage: return StudyAnswer.encoded(copies(by: request))
    }
  }

  private func copies(by request: WorkRequest) -> [PlantedCopy?] {
    let jobs = CopyPlan.Job.decoded(request.detail) ?? []
    return study.copies(CopyOrder(jobs: jobs, sample: request.sample.sample, other: request.reference?.sample))
  }

  private func row(of request: WorkRequest) -> SampleRow {
    quality?.knownElsewhere = PixelDigest(decoding: request.detail)
    let isPair = request.reference != nil && !order.reference.isOfPairs
    let rows = (isPair ? pairScorer : scorer).rows(for: [request.sample.sample])
    return rows.first ?? SampleRow(sample: request.sample.sample)
  }

  private func read(_ sample: Sample, for demand: PictureDemand) -> PictureAnswer {
    let reader =
      readers[demand.side]
      ?? SampleReader(
        samples, maxPixels: order.settings.maxPixels, demand: demand, limits: order.settings.limits)
    readers[demand.side] = reader
    defer { reader.release() }
    return PictureAnswer { () throws(SampleIssue) in try reader.read(sample) }
  }
}

/// The reference that was handed over with the sample in work.
private final class HandedPair: Sendable {
  let files = HandedSource()
  private let current = Mutex<Sample?>(nil)

  func hand(_ reference: (sample: Sample, content: HandedContent)?) {
    current.withLock { $0 = reference?.sample }
    files.hand(reference?.content ?? .trouble(SampleIssue(.gone)))
  }

  func context(_ settings: ScanSettings) -> PortableContext {
    PortableContext(settings: settings, files: files) { [self] in current.withLock { $0 } }
  }
}

/// Takes apart what came with a request.
private struct HandedParcel {
  private var body: ArraySlice<UInt8>
  private var files: ArraySlice<HandedFile>

  init(body: [UInt8], files: [HandedFile]) { (self.body, self.files) = (body[...], files[...]) }

  mutating func next(_ content: WorkRequest.Content) -> HandedContent {
    switch content {
    case .file:
      guard let file = files.popFirst() else { return .trouble(SampleIssue(.open, "no file came with it")) }
      return .open(file.descriptor)
    case .bytes(let count):
      guard count <= body.count else { return .trouble(SampleIssue(.open, "its bytes did not come with it")) }
      defer { body = body.dropFirst(count) }
      return .bytes(Array(body.prefix(count)))
    case .trouble(let issue): return .trouble(issue)
    }
  }
}
