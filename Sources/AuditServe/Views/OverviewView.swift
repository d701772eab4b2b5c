import AuditCore
import AuditQuality
import AuditReport
import AuditStore
import Synchronization

/// What a run says as a whole, with everything that the grid can be narrowed by.
///
/// On a million rows that takes seconds: it is made in the background, kept, and given as it was made last while it is
/// made anew. How many are marked what is counted each time.
final class OverviewView: Sendable {
  private let database: ServedDatabase
  private let reading: WorkRoom
  private let making: WorkRoom
  private let isWritable: Bool

  private struct Made: Sendable {
    let state: SeenState
    let proposals: [String: Int]
    let failed: Int
    /// How numbers are spread, which no decision changes.
    let ranges: WebValue
    let members: [(name: String, value: WebValue)]
  }

  private struct Shelf {
    var made: [Int64: Made] = [:]
    var inWork: [Int64: Task<Made, any Error>] = [:]
  }

  private let shelf = Mutex(Shelf())
  /// How long an answer waits for what is in work.
  private static let patience = 0.2
  private static let mostFolders = 500

  init(_ database: ServedDatabase, reading: WorkRoom, isWritable: Bool) {
    (self.database, self.reading, self.isWritable) = (database, reading, isWritable)
    making = WorkRoom(places: 1)
  }

  func json(_ query: WebQuery) async throws -> WebResponse {
    let (run, state) = try await reading.run { [database] in
      let run = try database.run(query["run"])
      return (run, try database.reading(of: run) { try SeenState($0, run: run.id) })
    }
    let known = shelf.withLock { $0.made[run.id] }
    if let known, known.state == state { return try await answer(known, run, state: "ready") }
    let task = task(for: run, state)
    if let made = try await Deadline.value(OverviewView.patience, of: task) {
      return try await answer(made, run, state: "ready")
    }
    if let known { return try await answer(known, run, state: "computing") }
    return .json(
      try await reading.run { [database, isWritable] in
        try database.reading(of: run) { store in
          let first = try OverviewView.firstWords(store, run)
          return .members(
            [("state", "computing")] + first.map { (name: $0.name, value: $0.value) }
              + [("writable", WebValue(isWritable))])
        }
      })
  }

  /// Begins with the run that is asked for first.
  func warm() async { _ = try? await json(WebQuery()) }

  private func task(for run: ServedRun, _ state: SeenState) -> Task<Made, any Error> {
    shelf.withLock { shelf in
      if let task = shelf.inWork[run.id] { return task }
      let task = Task {
        defer { self.shelf.withLock { $0.inWork[run.id] = nil } }
        let known = self.shelf.withLock { $0.made[run.id] }
        let ranges = known?.state.results == state.results ? known?.ranges : nil
        let made = try await self.making.run { [database] in
          try database.reading(of: run) { try OverviewView.make($0, run, state, ranges: ranges) }
        }
        self.shelf.withLock { $0.made[run.id] = made }
        return made
      }
      shelf.inWork[run.id] = task
      return task
    }
  }

  private func answer(_ made: Made, _ run: ServedRun, state: String) async throws -> WebResponse {
    let verdicts = try await reading.run { [database] in
      try database.reading(of: run) { try RunSummary.verdicts($0, run.id, proposals: made.proposals) }
    }
    let counts: WebValue = [
      "drop": WebValue(verdicts["drop"] ?? 0), "review": WebValue(verdicts["review"] ?? 0),
      "keep": WebValue(verdicts["keep"] ?? 0), "failed": WebValue(made.failed),
    ]
    return .json(
      .members(
        [("state", WebValue(state)), ("verdicts", counts)] + made.members + [("writable", WebValue(isWritable))]))
  }
}

extension OverviewView {
  /// What is known at once, whatever the size of the run.
  private static func firstWords(_ store: Store, _ run: ServedRun) throws -> [(name: String, value: WebValue)] {
    let stored = try StoredRun(in: store, named: run.name)
    let about: WebValue = [
      "id": WebValue(run.id), "name": WebValue(shown(run.name)), "dataset": WebValue(shown(stored.dataset)),
      "state": WebValue(stored.status), "samples": WebValue(try store.sampleCount(of: run.id)),
    ]
    return [("run", about), ("columns", try columns(store)), ("runs", try runs(store))]
  }

  /// - Parameter known: how numbers are spread, where that is known.
  private static func make(
    _ store: Store, _ run: ServedRun, _ state: SeenState, ranges known: WebValue?
  ) throws -> Made {
    let ranges = try known ?? ranges(store, run)
    let summary = try RunSummary(from: store, run: run.name)
    let findings = Findings(summary)
    let row = try store.run(named: run.name)
    let about: WebValue = [
      "id": WebValue(run.id), "name": WebValue(shown(run.name)), "dataset": WebValue(shown(summary.dataset)),
      "reference": WebValue(summary.model?.kind), "state": WebValue(summary.status),
      "samples": WebValue(summary.seen), "finished_at": WebValue(row?["finished_at"] ?? .null),
      "is_partial": WebValue(!summary.isFinished),
    ]
    let members: [(name: String, value: WebValue)] = [
      ("run", about), ("banner", banner(summary, findings)),
      (
        "remedies",
        .list(
          summary.remedies.map {
            [
              "name": WebValue($0.name), "title": WebValue(title(of: $0, summary)), "gain": WebValue($0.gain),
              "low": WebValue($0.low),
              "high": WebValue($0.high), "recommended": WebValue($0.recommended),
            ]
          })
      ),
      ("sentences", WebValue(findings.sentences.map(\.plain))),
      ("issues", .list(summary.issues.map { issue($0.code, $0.images, $0.severity) })),
      ("columns", try columns(store)), ("facets", try facets(store, run, summary)),
      ("ranges", ranges),
      (
        "questions",
        .list(
          try store.questionsAboutSamples().map {
            ["name": WebValue($0), "title": WebValue(words($0.dropFirst(2)))]
          })
      ),
      ("runs", try runs(store)),
      (
        "commands",
        .list(summary.commands.results.map { ["title": WebValue($0.purpose), "command": WebValue($0.command)] })
      ),
    ]
    return Made(
      state: state, proposals: try store.proposals(in: run.id), failed: summary.failed, ranges: ranges,
      members: members)
  }

  /// Calm where there is nothing to do, red where what is said does not hold for the whole set.
  private static func banner(_ summary: RunSummary, _ findings: Findings) -> WebValue {
    let isWrong = !summary.isFinished || summary.misfit != nil
    let tone = isWrong ? "red" : findings.tone == .act || !findings.outdated.isEmpty ? "amber" : "calm"
    let unfinished = summary.unfinished.map { "This run \($0.caution)." }
    let words = [unfinished, findings.headline?.plain, findings.size?.plain].compactMap { $0 }
    return ["tone": WebValue(tone), "text": WebValue(words.joined(separator: " "))]
  }

  private static func title(of remedy: RunSummary.Remedy, _ summary: RunSummary) -> String {
    RemedyName(rawValue: remedy.name).map { AdviceWords(summary.advice).action($0) } ?? remedy.name
  }

  private static func issue(_ code: String, _ count: Int, _ severity: String) -> WebValue {
    [
      "code": WebValue(shown(code)), "title": WebValue(words(code[...])), "count": WebValue(count),
      "severity": WebValue(severity), "says": WebValue(IssueCatalogue.info(code)?.meaning ?? ""),
    ]
  }

  private static func columns(_ store: Store) throws -> WebValue {
    .list(
      try store.sampleColumns().map {
        [
          "name": WebValue($0.name), "title": WebValue(words($0.name[...])), "kind": WebValue($0.kind.rawValue),
          "unit": WebValue($0.unit),
          "explanation": WebValue($0.meaning.isEmpty ? ExplainTopic($0.name)?.meaning ?? "" : $0.meaning),
        ]
      })
  }

  private static func runs(_ store: Store) throws -> WebValue {
    .list(
      try store.runList().map {
        [
          "id": WebValue($0["id"]), "name": WebValue(shown($0["name"].text ?? "")),
          "dataset": WebValue(shown($0["dataset"].text ?? "")), "finished_at": WebValue($0["finished_at"]),
        ]
      })
  }

  private static func facets(_ store: Store, _ run: ServedRun, _ summary: RunSummary) throws -> WebValue {
    func facet(_ values: [(WebValue, Int)]) -> WebValue {
      .list(values.map { ["value": $0.0, "count": WebValue($0.1)] })
    }
    let verdicts = ["drop", "review", "keep"].map { (WebValue($0), summary.verdicts[$0] ?? 0) }
    let issues = try store.issueKindRows(of: run.id).map { ($0["code"].text, $0["images"].integer ?? 0) }
    return [
      "verdict": facet(verdicts + [("failed", summary.failed)]),
      "issue": facet(issues.map { (WebValue($0.0), $0.1) }),
      "folder": facet(
        try store.facet("folder", of: run.id, most: mostFolders).map {
          (WebValue($0["value"].text.map { $0.isEmpty ? "." : $0 }), $0["images"].integer ?? 0)
        }),
      "status": facet([("ok", summary.scored), ("failed", summary.failed)]),
      "size": facet(summary.sizes.map { (WebValue("\($0.width)x\($0.height)"), $0.images) }),
    ]
  }

  /// How the numbers that have a slider are spread: both ends, and eleven places from the least to the greatest.
  private static func ranges(_ store: Store, _ run: ServedRun) throws -> WebValue {
    var ranges: [(name: String, value: WebValue)] = []
    for column in ["skew", "damage", "mse"] where try store.hasSampleColumn(column) {
      var values: [Double] = []
      try store.forEachNumber(of: column, in: run.id, SampleFilter()) { _, value in
        if let value { values.append(value) }
      }
      guard let first = values.first else { continue }
      values.sort()
      let quantiles = (0...10).map { WebValue(values[($0 * (values.count - 1) + 5) / 10]) }
      ranges.append(
        (
          column,
          [
            "min": WebValue(values.first ?? first), "max": WebValue(values.last ?? first),
            "quantiles": .list(quantiles),
          ]
        ))
    }
    return .members(ranges)
  }

  private static func words(_ name: Substring) -> String { String(name).replacing("_", with: " ") }

  /// Text of a database that anybody may have written, for an eye.
  private static func shown(_ text: String) -> String { SamplePath(text).printable }
}
