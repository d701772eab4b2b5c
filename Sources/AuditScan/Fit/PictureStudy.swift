import AuditCore
import AuditDataset
import AuditImages
import AuditQuality
import AuditReference

/// Looks at pictures for what is learnt from a set. One per worker.
protocol PictureStudying: AnyObject {
  /// A child is handed the task now, so that it need not wait for it later.
  func begin(_ task: some StudyTask)

  /// - Parameter task: the oldest that has begun.
  func finish<Task: StudyTask>(_ task: Task) throws(AuditError) -> Task.Found
}

/// Looks at pictures in this process.
final class PictureStudy: PictureStudying {
  private let place: WorkPlace?
  private let scorer: QualityScorer
  private var resizer = ImageResizer()
  private let makeReader: (any SampleSource, PictureDemand) -> SampleReader
  private let source: any SampleSource
  private let others: any SampleSource
  private let settings: ScanSettings
  private lazy var fitReader = makeReader(source, .atLeast(side: settings.scoringSize))
  private lazy var reader = makeReader(source, .atLeast(side: PictureDemand.measuringSide))
  private lazy var otherReader = makeReader(others, .atLeast(side: PictureDemand.measuringSide))

  /// - Parameters:
  ///   - others: where pictures lie that are mixed into copies; nil for where all lie.
  ///   - place: where the file that is in work is marked.
  init(
    _ source: any SampleSource, others: (any SampleSource)? = nil, settings: ScanSettings,
    stop: StopRequest = StopRequest(), place: WorkPlace? = nil
  ) {
    (self.source, self.others, self.settings, self.place) = (source, others ?? source, settings, place)
    makeReader = { source, demand in
      SampleReader(
        source, maxPixels: settings.maxPixels, demand: demand, limits: settings.limits, stop: stop)
    }
    scorer = QualityScorer(model: nil, seed: settings.seed)
  }

  func begin(_ task: some StudyTask) {}

  func finish<Task: StudyTask>(_ task: Task) -> Task.Found { task.found(by: self) }

  func modelRows(of samples: [Sample]) -> [[UInt8]?] {
    let side = LowRankModel.side
    return samples.map { decoded($0, by: fitReader) { resizer.resize($0.image, width: side, height: side).pixels } }
  }

  /// - Parameter forFit: whether what a fit takes of them comes too.
  func measurements(of samples: [Sample], forFit: Bool) -> [PictureMeasurement?] {
    samples.map { decoded($0, by: reader) { scorer.studied($0, forFit: forFit) } }
  }

  func copies(_ order: CopyOrder) -> [PlantedCopy?] {
    let none = [PlantedCopy?](repeating: nil, count: order.jobs.count)
    guard let image = picture(of: order.sample, by: reader) else { return none }
    let other = order.other.map { picture(of: $0, by: otherReader) }
    return order.jobs.map { job in
      guard let other = job.mixes ? other ?? nil : image,
        let copy = try? CopyPlan.make(job, from: image, other: other)
      else { return nil }
      return PlantedCopy(
        measures: scorer.measures(of: copy.image), kind: job.kind, source: job.source, strength: copy.strength ?? 0)
    }
  }

  /// The picture as it is measured.
  private func picture(of sample: Sample, by reader: SampleReader) -> RGBImage? {
    decoded(sample, by: reader) { QualityPicture.scaled($0.image, resizer: &resizer) }
  }

  /// - Parameter use: given the picture in any size.
  private func decoded<Value>(_ sample: Sample, by reader: SampleReader, _ use: (ReadPicture) -> Value) -> Value? {
    place?.enter(sample)
    defer {
      reader.release()
      place?.leave()
    }
    return (try? reader.read(sample).picture.get()).map(use)
  }
}

extension Plan {
  /// What looks at the pictures of the plan: child processes, where there are some.
  ///
  /// - Parameter place: where the file that is in work is marked, unless a child does the work.
  func makeStudy(settings: ScanSettings, stop: StopRequest, place: WorkPlace?) -> any PictureStudying {
    if let children = decoding as? ChildDecoding { return ChildStudy(children, source: source, stop: stop) }
    return PictureStudy(source, settings: settings, stop: stop, place: place)
  }
}
