import AuditCore
import AuditStore

/// Goes through two runs side by side; memory holds counts and the strongest moves.
struct ComparisonTally {
  struct Key: Hashable, Comparable {
    let before: String
    let after: String

    static func < (left: Key, right: Key) -> Bool { (left.before, left.after) < (right.before, right.after) }
  }

  /// The strongest moves of one direction.
  struct Strongest {
    private let capacity: Int
    private(set) var total = 0
    private var found: [(strength: Double, moved: RunComparison.Moved)] = []

    init(capacity: Int) { self.capacity = capacity }

    var list: [RunComparison.Moved] { found.map(\.moved) }

    mutating func insert(_ moved: RunComparison.Moved, strength: Double) {
      total += 1
      guard capacity > 0 else { return }
      let place = found.firstIndex { $0.strength < strength } ?? found.count
      guard place < capacity else { return }
      found.insert((strength, moved), at: place)
      if found.count > capacity { found.removeLast() }
    }
  }

  private(set) var common = 0
  private(set) var gone = 0
  private(set) var new = 0
  private(set) var renamed = 0
  private(set) var contentChanged = 0
  private(set) var changes: [Key: Int] = [:]
  private(set) var better: Strongest
  private(set) var worse: Strongest

  init(count: Int) {
    better = Strongest(capacity: count)
    worse = Strongest(capacity: count)
  }

  /// - Parameters:
  ///   - images: that the later run has.
  ///   - each: told each pair as well.
  mutating func read(
    _ before: ComparedRun, _ after: ComparedRun, images: Int, each: (PairedSample) throws -> Void
  ) throws {
    try before.store.forEachPair(before.side, after.side) { pair in
      add(pair)
      try each(pair)
    }
    // Paths are unique in a run.
    if common == images { return }
    for (word, count) in try before.store.newCounts(after.side, since: before.side) {
      new += count
      changes[Key(before: "-", after: word), default: 0] += count
    }
  }

  private mutating func add(_ sample: PairedSample) {
    let word = sample.before.word
    guard let after = sample.after else {
      gone += 1
      if sample.isRenamed { renamed += 1 }
      changes[Key(before: word, after: "-"), default: 0] += 1
      return
    }
    common += 1
    if !sample.isSameContent { contentChanged += 1 }
    let now = after.word
    if word != now { changes[Key(before: word, after: now), default: 0] += 1 }
    guard let old = sample.before.skew, let new = after.skew else { return }
    let change = new - old
    guard abs(change) > 0.1, abs(change) > 0.1 * old else { return }
    let moved = RunComparison.Moved(
      path: sample.path, skewBefore: old, skewAfter: new, verdictBefore: word, verdictAfter: now,
      isSameContent: sample.isSameContent)
    if change > 0 { worse.insert(moved, strength: change) } else { better.insert(moved, strength: -change) }
  }
}

/// Says in one line whether the second run is better.
///
/// What could still be gained decides where both runs have estimated it: outside the other's interval is a change. Else
/// the pull of the worst hundredth does, by more than a twentieth; else the share of flagged samples. Sets that share no
/// image are not better or worse than each other.
struct ComparisonJudgement {
  let outcome: RunComparison.Outcome
  let sentence: String

  init(
    _ before: RunComparison.Side, _ after: RunComparison.Side, common: Int, gone: Int, new: Int, changed: Int,
    verdicts: Int
  ) {
    let files = [
      (gone, "gone"), (new, "new"), (changed, "with other content"), (verdicts, "with another verdict"),
    ].map { "\($0.0.formattedWithCommas) \($0.1)" }.joined(separator: ", ")
    if let digest = before.digest, digest == after.digest {
      outcome = .same
      sentence = "The same: both runs have equal files and results."
      return
    }
    guard common > 0 else {
      outcome = .unclear
      sentence = "Not comparable: the runs have no image in common; images: \(files)."
      return
    }
    let (moved, words) = ComparisonJudgement.measure(before, after)
    outcome = moved
    let head =
      switch moved {
      case .better: "Better"
      case .worse: "Worse"
      case .unclear, .same: "No clear change"
      }
    sentence = "\(head): \(words); images: \(files)."
  }

  private static func measure(
    _ before: RunComparison.Side, _ after: RunComparison.Side
  ) -> (RunComparison.Outcome, String) {
    if let old = before.best, let new = after.best {
      let words = "what could still be saved of the squared loss went from \(percent(old.gain)) to \(percent(new.gain))"
      if new.gain < old.low, old.gain > new.high { return (.better, words) }
      if new.gain > old.high, old.gain < new.low { return (.worse, words) }
      return (.unclear, words + ", within what chance does")
    }
    if let old = before.figures["worst_pull_squared"], let new = after.figures["worst_pull_squared"] {
      let words = "the worst 1 % had \(percent(old)) of the squared pull and have \(percent(new)) now"
      return (direction(old, new), words)
    }
    func flagged(_ side: RunComparison.Side) -> Double {
      let count = (side.verdicts["drop"] ?? 0) + (side.verdicts["review"] ?? 0)
      return side.images == 0 ? 0 : Double(count) / Double(side.images)
    }
    let (old, new) = (flagged(before), flagged(after))
    return (direction(old, new), "\(percent(old)) of the images were flagged and \(percent(new)) are now")
  }

  private static func direction(_ old: Double, _ new: Double) -> RunComparison.Outcome {
    if new < 0.95 * old { return .better }
    return new > 1.05 * old ? .worse : .unclear
  }
}
