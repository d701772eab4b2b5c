import AuditCore
import AuditWorker

/// What a worker gives for samples that it is handed; nil for one that cannot be read.
typealias SampleWorkers<State: AnyObject, Value: Sendable> = Workers<State, ArraySlice<Sample>, [(Sample, Value?)]>

/// Reads samples in an order until as many as are wanted could be read: unreadable ones leave gaps, which the next in
/// the order fill. Fewer where the stop is set.
///
/// - Parameter found: called in the order of the samples, at most `wanted` times.
/// - Parameter progress: how many were found.
func readFirst<State: AnyObject, Value: Sendable>(
  _ wanted: Int, of order: [Sample], piece: Int, by workers: SampleWorkers<State, Value>, stop: StopRequest,
  progress: (Int) -> Void, found: (Sample, Value) -> Void
) async throws {
  var (count, next) = (0, 0)
  while count < wanted, next < order.count, !stop.isSet {
    let end = min(order.count, next + wanted - count)
    try await workers.forEach(Array(order[next..<end]).chunks(of: piece), stop: stop) { values in
      for case (let sample, let value?) in values where count < wanted {
        found(sample, value)
        count += 1
      }
      progress(count)
    }
    next = end
  }
}
