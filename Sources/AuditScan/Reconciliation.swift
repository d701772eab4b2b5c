import AuditCore
import AuditStore

/// What is left to score of a plan, given the rows that the run has.
///
/// A row is current when path, size and modification time are equal. Files that could not be opened are tried again:
/// a permission changes without the file changing.
struct Reconciliation {
  private(set) var samples: [Sample]
  private let known: [Int64]
  private let changed: Int
  private let gone: Int
  private let isContinued: Bool

  init(plan: Plan, store: Store, run: OpenRun) throws {
    isContinued = run.isContinued
    var rows = try store.knownRows(in: run)
    let transient: Set<String> = ["open", "permission", "gone", "timeout", "crash", "too_large"]
    var stale: [Int64] = []
    var current: [Int64] = []
    var changed = 0
    var left: [Sample] = []
    for sample in plan.samples {
      guard let row = rows.removeValue(forKey: sample.path) else {
        left.append(sample)
        continue
      }
      let isTransient = row.errorCode.map(transient.contains) ?? false
      if row.bytes == sample.bytes, row.modified == sample.modified, !isTransient {
        current.append(row.id)
      } else {
        stale.append(row.id)
        left.append(sample)
        if !isTransient { changed += 1 }
      }
    }
    gone = rows.count
    try store.remove(stale + rows.values.map(\.id).sorted())
    samples = left
    known = current
    self.changed = changed
  }

  /// For a run that had no model and has one now: every row is made anew.
  mutating func scoreEverything(plan: Plan, store: Store) throws {
    try store.remove(known)
    samples = plan.samples
  }

  /// "continuing run "first": 8,310 done, 3,532 left, 2 changed since".
  func note(run: String) -> String? {
    guard isContinued else { return nil }
    var text =
      "continuing run \"\(run)\": \(known.count.formattedWithCommas) done, "
      + "\(samples.count.formattedWithCommas) left"
    if changed > 0 { text += ", \(changed.formattedWithCommas) changed since (scored again)" }
    if gone > 0 { text += ", \(gone.formattedWithCommas) no longer there" }
    return text
  }
}
