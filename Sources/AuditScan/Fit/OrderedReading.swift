import AuditCore
import AuditDataset
import AuditWorker

/// What a worker gives for samples that it is handed; nil for one that cannot be read.
typealias SampleWorkers<State: AnyObject, Value: Sendable> = Workers<
  State, [Sample], Result<[(Sample, Value?)], AuditError>
>

/// Whatever looks at pictures, as the state of a worker.
final class Study {
  let pictures: any PictureStudying

  init(_ pictures: any PictureStudying) { self.pictures = pictures }
}

extension Plan {
  /// Workers that look at the pictures of the plan.
  func workers<Piece: Sendable, Found: Sendable>(
    settings: ScanSettings, jobs: Int, risks: RiskyFiles, stop: StopRequest,
    study: @escaping @Sendable (any PictureStudying, Piece) throws(AuditError) -> Found
  ) -> Workers<Study, Piece, Result<Found, AuditError>> {
    var places = WorkPlaces(risks.marks)
    return Workers(jobs: jobs, executor: decoding == nil ? nil : BlockingExecutor()) {
      Study(makeStudy(settings: settings, stop: stop, place: places.next()))
    } work: { worker, piece in
      Result { () throws(AuditError) in try study(worker.pictures, piece) }
    }
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
