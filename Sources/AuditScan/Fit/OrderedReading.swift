import AuditCore
import AuditDataset
import AuditWorker

/// What a worker gives for samples that it is handed; nil for one that cannot be read.
typealias SampleWorkers<State: AnyObject, Value: Sendable> = Workers<
  State, [Sample], Result<[(Sample, Value?)], AuditError>
>

/// Whatever looks at pictures, and the tasks that it has begun, as the state of a worker.
final class Study<Piece: Sendable, Task: StudyTask> {
  private let pictures: any PictureStudying
  private var begun: [(piece: Piece, task: Task)] = []

  init(_ pictures: any PictureStudying) { self.pictures = pictures }

  func begin(_ piece: Piece, _ task: Task) {
    begun.append((piece, task))
    pictures.begin(task)
  }

  func finish() throws(AuditError) -> (piece: Piece, found: Task.Found) {
    let (piece, task) = begun.removeFirst()
    return (piece, try pictures.finish(task))
  }
}

extension Plan {
  /// Workers that look at the pictures of the plan. A child is handed the next piece before it has answered the one before.
  ///
  /// - Parameters:
  ///   - task: what is asked of a piece.
  ///   - result: what a piece comes to with what was found.
  func workers<Piece: Sendable, Task: StudyTask, Found: Sendable>(
    settings: ScanSettings, jobs: Int, risks: RiskyFiles, stop: StopRequest,
    task: @escaping @Sendable (Piece) -> Task, result: @escaping @Sendable (Piece, Task.Found) -> Found
  ) -> Workers<Study<Piece, Task>, Piece, Result<Found, AuditError>> {
    var places = WorkPlaces(risks.marks)
    let makeState = { Study<Piece, Task>(makeStudy(settings: settings, stop: stop, place: places.next())) }
    let finish: @Sendable (Study<Piece, Task>) -> Result<Found, AuditError> = { study in
      Result { () throws(AuditError) in
        let (piece, found) = try study.finish()
        return result(piece, found)
      }
    }
    guard decoding != nil else {
      return Workers(jobs: jobs, makeState: makeState) { study, piece in
        study.begin(piece, task(piece))
        return finish(study)
      }
    }
    return Workers(
      jobs: jobs, executor: BlockingExecutor(), makeState: makeState,
      begin: { study, piece in study.begin(piece, task(piece)) }, finish: finish)
  }
}

/// Reads samples in an order until as many as are wanted could be read: unreadable ones leave gaps, which the next in
/// the order fill. Fewer where the stop is set.
///
/// - Parameter found: called in the order of the samples, at most `wanted` times.
/// - Parameter progress: how many were found.
func readFirst<State: AnyObject, Value: Sendable>(
  _ wanted: Int, of order: SubsampleOrder, piece: Int, by workers: SampleWorkers<State, Value>, stop: StopRequest,
  progress: (Int) -> Void, found: (Sample, Value) -> Void
) async throws {
  var (count, order) = (0, order)
  while count < wanted, !stop.isSet {
    let next = order.next(wanted - count)
    guard !next.isEmpty else { return }
    try await workers.forEach(next.chunks(of: piece), stop: stop) { values in
      for case (let sample, let value?) in try values.get() where count < wanted {
        found(sample, value)
        count += 1
      }
      progress(count)
    }
  }
}
