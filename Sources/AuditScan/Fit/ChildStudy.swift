import AuditCore
import AuditDataset
import AuditQuality
import AuditWorker

/// Has pictures looked at by a child process, which answers with what was found and no pixels.
final class ChildStudy: PictureStudying {
  private let children: ChildDecoding
  private let supervisor: Supervisor
  private let source: FolderSource
  private let stop: StopRequest

  init(_ children: ChildDecoding, source: FolderSource, stop: StopRequest) {
    (self.children, self.source, self.stop) = (children, source, stop)
    supervisor = children.take()
  }

  deinit { children.giveBack(supervisor) }

  func modelRows(of samples: [Sample]) throws(AuditError) -> [[UInt8]?] {
    try answers(to: samples.map { source.work(.reduce, $0) }).map { $0.flatMap(StudyAnswer.modelRow) }
  }

  func measurements(of samples: [Sample]) throws(AuditError) -> [PictureMeasurement?] {
    try answers(to: samples.map { source.work(.measure, $0) }).map { $0.flatMap(StudyAnswer.measurement) }
  }

  func copies(_ order: CopyOrder) throws(AuditError) -> [PlantedCopy?] {
    let work = source.work(
      .damage, order.sample, beside: order.other.map { ($0, source) }, detail: order.jobs.flatMap { $0.encoded() })
    let answer = try answers(to: [work]).first ?? nil
    return answer.flatMap { StudyAnswer.copies($0, of: order.jobs) }
      ?? [PlantedCopy?](repeating: nil, count: order.jobs.count)
  }

  /// nil for a file that ended its process, and for what a stop left undone.
  private func answers(to pieces: [ChildWork]) throws(AuditError) -> [[UInt8]?] {
    let answers: [ChildAnswer]
    do throws(SupervisionFault) {
      answers = try supervisor.answers(to: pieces, stop: stop)
    } catch {
      throw AuditError(error)
    }
    let bodies = answers.map { answer -> [UInt8]? in
      if case .answered(let bytes) = answer { bytes } else { nil }
    }
    return bodies + [[UInt8]?](repeating: nil, count: pieces.count - bodies.count)
  }
}

extension FolderSource {
  /// Work on a file of the folder, which is opened for it.
  ///
  /// - Parameters:
  ///   - beside: another file that goes with it, and where it lies.
  ///   - detail: what the task is to be done by.
  func work(
    _ task: WorkRequest.Task, _ sample: Sample, beside: (sample: Sample, source: FolderSource)? = nil,
    demand: PictureDemand = .whole, detail: [UInt8] = []
  ) -> ChildWork {
    var opened: [HandedFile] = []
    func hand(_ sample: Sample, of source: FolderSource) -> WorkRequest.File {
      do throws(SampleIssue) {
        opened.append(HandedFile(try source.open(sample)))
        return WorkRequest.File(sample, .file)
      } catch {
        return WorkRequest.File(sample, .trouble(error))
      }
    }
    let file = hand(sample, of: self)
    let reference = beside.map { hand($0.sample, of: $0.source) }
    return ChildWork(
      WorkRequest(task, file, reference: reference, demand: demand, detail: detail), files: opened)
  }
}
