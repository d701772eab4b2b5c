import AuditCore
import AuditDataset
import AuditWorker

/// Has pictures looked at by a child process, which answers with what was found and no pixels.
final class ChildStudy: PictureStudying {
  private let children: ChildDecoding
  private let supervisor: Supervisor
  private let source: FolderSource
  private let pieces: BegunPieces
  /// How many pieces of work each task is, the oldest first.
  private var begun: [Int] = []

  init(_ children: ChildDecoding, source: FolderSource, stop: StopRequest) {
    (self.children, self.source) = (children, source)
    supervisor = children.take()
    pieces = BegunPieces(supervisor, stop: stop)
  }

  deinit { children.giveBack(supervisor) }

  func begin(_ task: some StudyTask) {
    let work = task.work(in: source)
    begun.append(work.count)
    pieces.begin(work.count) { work[$0] }
  }

  func finish<Task: StudyTask>(_ task: Task) throws(AuditError) -> Task.Found {
    let (count, answers) = (begun.removeFirst(), try finished())
    let bodies = answers.map { answer -> [UInt8]? in
      if case .answered(let bytes) = answer { bytes } else { nil }
    }
    return task.found(in: bodies + [[UInt8]?](repeating: nil, count: count - bodies.count))
  }

  private func finished() throws(AuditError) -> [ChildAnswer] {
    do throws(SupervisionFault) {
      return try pieces.finish()
    } catch {
      throw AuditError(error)
    }
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
