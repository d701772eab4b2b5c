import AuditCore
package import AuditStore
import Foundation

/// What is different between two runs, of one database or of two.
package struct RunComparison: Codable, Sendable {
  /// One of the two runs.
  package struct Side: Codable, Sendable {
    package let database: String
    package let run: String
    package let dataset: String
    package let started: String
    package let digest: String?
    /// SHA-256 of the reference model; nil where nothing was fitted.
    package let model: String?
    package let images: Int
    /// How many have which verdict: keep, review, drop, unreadable.
    package let verdicts: [String: Int]
    /// Figures of the set as a whole, and the mean of each headline metric as `mean_NAME`.
    package let figures: [String: Double]
    package let remedies: [Remedy]
  }

  package struct Remedy: Codable, Sendable, Equatable {
    package let name: String
    package let images: Int
    package let gain: Double
    package let low: Double
    package let high: Double
    /// Why it no longer belongs to what its run holds; nil where it does.
    package let change: String?
  }

  /// How many samples went from one verdict to another; `gone` and `new` where a side does not have them.
  package struct VerdictChange: Codable, Sendable, Equatable {
    package let before: String
    package let after: String
    package let images: Int
  }

  /// A sample that both runs have, whose skew has moved.
  package struct Moved: Codable, Sendable, Equatable {
    package let path: String
    package let skewBefore: Double
    package let skewAfter: Double
    package let verdictBefore: String
    package let verdictAfter: String
    package let isSameContent: Bool
  }

  package enum Outcome: String, Codable, Sendable { case better, worse, unclear, same }

  /// Number of this layout.
  package let schema: Int
  package let before: Side
  package let after: Side
  /// Whether the runs are of different folders.
  package let datasetsDiffer: Bool
  /// What makes scores of the two incomparable, for a person; nil where nothing does.
  package let settingsDiffer: String?
  /// Whether the runs have reference models of their own: metrics and skew then tell places within a run.
  package let modelsDiffer: Bool
  /// Samples that both have under the same path.
  package let common: Int
  package let gone: Int
  package let new: Int
  /// Of those gone: equal content lies in the other run under a new path of its own.
  package let renamed: Int
  /// Of those common: the file's content is another.
  package let contentChanged: Int
  package let verdictChanges: [VerdictChange]
  /// Skew fell or rose by more than a tenth and more than 0.1.
  package let better: Int
  package let worse: Int
  /// The strongest of them, at most as many as were asked for.
  package let topBetter: [Moved]
  package let topWorse: [Moved]
  package let outcome: Outcome
  /// One line.
  package let conclusion: String
}

/// One side of a comparison as the queries see it.
package struct ComparedRun: Sendable {
  package let store: Store
  package let run: StoredRun
  /// `main`, or the name by which its database is attached.
  let schema: String

  var side: RunSide { RunSide(schema: schema, run: run.id) }

  private init(_ store: Store, _ run: StoredRun, schema: String = RunSide.own) {
    (self.store, self.run, self.schema) = (store, run, schema)
  }

  /// Two runs of one database, or the current runs of two.
  ///
  /// - Parameter others: nothing compares the two newest complete runs; one names the other database, or the older run
  ///   that the current one is compared with; two name runs.
  package static func pair(_ database: String, _ others: [String]) throws -> (before: ComparedRun, after: ComparedRun) {
    let store = try Store(reading: database)
    switch others.count {
    case 0:
      let runs = try store.completeRuns(most: 2)
      guard runs.count == 2 else {
        throw AuditError.lacking(
          "'\(database)' has \(counted(runs.count, "complete run"))",
          remedy: "comparing takes two: scan again with --name, or give a second database")
      }
      return (ComparedRun(store, runs[1]), ComparedRun(store, runs[0]))
    case 1:
      guard try store.run(named: others[0]) == nil, FileManager.default.fileExists(atPath: others[0]) else {
        return (
          ComparedRun(store, try StoredRun(in: store, named: others[0])), ComparedRun(store, try StoredRun(in: store))
        )
      }
      let other = try Store(reading: others[0])
      let after = ComparedRun(other, try StoredRun(in: other), schema: "other")
      try store.attach(other, as: "other")
      return (ComparedRun(store, try StoredRun(in: store)), after)
    default:
      return (
        ComparedRun(store, try StoredRun(in: store, named: others[0])),
        ComparedRun(store, try StoredRun(in: store, named: others[1]))
      )
    }
  }
}

extension RunComparison {
  /// - Parameters:
  ///   - count: the most samples that are listed as better or worse.
  ///   - each: told each sample of the earlier run on the way, in the order of the paths.
  package init(
    _ before: ComparedRun, _ after: ComparedRun, top count: Int = 10, each: (PairedSample) throws -> Void = { _ in }
  ) throws {
    for side in [before, after] { try side.store.requireAllRows(of: side.run.id, for: "a comparison") }
    schema = 1
    self.before = try Side(before)
    self.after = try Side(after)
    var tally = ComparisonTally(count: count)
    try tally.read(before, after, images: self.after.images, each: each)
    datasetsDiffer = before.run.dataset != after.run.dataset
    settingsDiffer = RunComparison.differences(before.run.settings, after.run.settings)
    modelsDiffer = self.before.model != self.after.model
    common = tally.common
    gone = tally.gone
    new = tally.new
    renamed = tally.renamed
    contentChanged = tally.contentChanged
    verdictChanges = tally.changes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
      VerdictChange(before: $0.key.before, after: $0.key.after, images: $0.value)
    }
    better = tally.better.total
    worse = tally.worse.total
    topBetter = tally.better.list
    topWorse = tally.worse.list
    let judged = ComparisonJudgement(
      self.before, self.after, common: common + renamed, gone: gone, new: new, changed: contentChanged,
      verdicts: verdictChanges.filter { $0.before != "-" && $0.after != "-" }.reduce(0) { $0 + $1.images })
    outcome = judged.outcome
    conclusion =
      judged.sentence
      + (datasetsDiffer
        ? " The datasets differ: \(counted(common + renamed, "image")) \(common + renamed == 1 ? "is" : "are") in both, "
          + "of \(self.before.images.formattedWithCommas) before and \(self.after.images.formattedWithCommas) after."
        : "")
      + (settingsDiffer.map { " The settings differ (\($0)): scores are not comparable." } ?? "")
  }

  private static func differences(_ before: String, _ after: String) -> String? {
    func settings(_ text: String) -> ScanSettings? {
      try? JSONDecoder().decode(ScanSettings.self, from: Data(text.utf8))
    }
    guard let old = settings(before), let new = settings(after) else {
      return before == after ? nil : "one of the runs was made by another version"
    }
    let differences = new.differences(from: old)
    return differences.isEmpty ? nil : differences
  }
}

extension RunComparison.Side {
  init(_ side: ComparedRun) throws {
    let (store, run) = (side.store, side.run)
    database = store.path
    self.run = run.name
    dataset = run.dataset
    started = run.started
    digest = run.digest
    model = try store.modelFacts(ofRun: run.id)?["digest"].text
    verdicts = try store.verdictCounts(of: run.id)
    images = verdicts.values.reduce(0, +)
    var figures = try store.figures(of: run.id)
    for (metric, mean, _) in try store.headlineValues(of: run.id) { figures["mean_\(metric.name)"] = mean }
    self.figures = figures
    let change = try store.currency(of: .estimate, run: run.id).change
    remedies = try store.remedies(of: run.id).map {
      RunComparison.Remedy(
        name: $0["name"].text ?? "", images: $0["images"].integer ?? 0, gain: $0["gain"].real ?? 0,
        low: $0["low"].real ?? 0, high: $0["high"].real ?? 0, change: change)
    }
  }

  /// What could be saved at most.
  var best: RunComparison.Remedy? { remedies.max { $0.gain < $1.gain } }
}
