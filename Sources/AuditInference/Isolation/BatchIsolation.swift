import AuditCore

/// Runs a batch at once, and where that ends the process, one by one: one picture's trouble stays its own.
///
/// - Parameters:
///   - items: what to run, at least one.
///   - seconds: time for one item; a batch has that many times as much.
///   - work: runs some of them within so many seconds, and gives one result for each.
/// - Returns: one result per item, in order.
/// - Throws: `AuditError` where the network can no longer be used at all.
func isolating<Item, Output>(
  _ items: [Item], secondsPerItem seconds: Double,
  work: ([Item], Double) throws(InferenceFailure) -> [Result<Output, SampleIssue>]
) throws(AuditError) -> [Result<Output, SampleIssue>] {
  do {
    return try work(items, seconds * Double(items.count))
  } catch .unusable(let text) {
    throw .network(text)
  } catch {
    if items.count == 1 { return [.failure(error.issue)] }
  }
  var results: [Result<Output, SampleIssue>] = []
  for item in items { results += try isolating([item], secondsPerItem: seconds, work: work) }
  return results
}

extension InferenceFailure {
  /// What a failure on a single picture means for that picture.
  var issue: SampleIssue {
    switch self {
    case .timedOut: SampleIssue(.timeout, description)
    case .died, .refused, .unusable: SampleIssue(.crash, description)
    }
  }
}
