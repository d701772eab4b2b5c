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
    /// What the run is narrowed by, which no decision changes.
    let facets: RunFacets
    let failed: Int
    /// Issues and remedies as rows.
    let rows: [[SQLValue]]
    let members: [(name: String, value: WebValue)]
  }

  private struct Shelf {
    var made: [Int64: Made] = [:]
    var inWork: [Int64: Task<Made, any Error>] = [:]
  }

  private let shelf = Mutex(Shelf())
  /// How long an answer waits for what is in work.
  private static let patience = 0.2

  init(_ database: ServedDatabase, reading: WorkRoom, isWritable: Bool) {
    (self.database, self.reading, self.isWritable) = (database, reading, isWritable)
    making = WorkRoom(places: 1, isBackground: true)
  }

  /// The run that is asked for, its state now, and what was made of it last.
  private func asked(_ query: WebQuery) async throws -> (run: ServedRun, state: SeenState, known: Made?) {
    let (run, state) = try await reading.run { [database] in
      let run = try database.run(query["run"])
      return (run, try database.reading(of: run) { try SeenState($0, run: run.id) })
    }
    return (run, state, shelf.withLock { $0.made[run.id] })
  }

  func json(_ query: WebQuery) async throws -> WebResponse {
    let (run, state, known) = try await asked(query)
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

  /// How many are marked what, issues and remedies, one a row.
  func csv(_ query: WebQuery) async throws -> WebResponse {
    let (run, state, known) = try await asked(query)
    let made = if let known, known.state == state { known } else { try await task(for: run, state).value }
    let verdicts = try await reading.run { [database] in
      try database.reading(of: run) { try OverviewView.verdicts($0, run, made.facets) }
    }
    var table = WebTable(columns: ["kind", "name", "images", "gain", "low", "high", "meaning"])
    for verdict in Verdict.allCases {
      table.add(OverviewView.line("marked", verdict.rawValue, images: verdicts[verdict.rawValue] ?? 0))
    }
    table.add(OverviewView.line("marked", "failed", images: made.failed))
    for row in made.rows { table.add(row) }
    return .csv(.bytes(table.bytes), name: "overview")
  }

  private static func line(
    _ kind: String, _ name: String, images: Int, gains: [Double?] = [nil, nil, nil], meaning: String = ""
  ) -> [SQLValue] {
    [.text(kind), .text(name), .integer(Int64(images))] + gains.map { $0.map { .real($0) } ?? .null } + [.text(meaning)]
  }

  /// Begins with the run that is asked for first.
  func warm() async { _ = try? await json(WebQuery()) }

  private func task(for run: ServedRun, _ state: SeenState) -> Task<Made, any Error> {
    shelf.withLock { shelf in
      if let task = shelf.inWork[run.id] { return task }
      let task = Task {
        defer { self.shelf.withLock { $0.inWork[run.id] = nil } }
        let known = self.shelf.withLock { $0.made[run.id] }
        let facets = known?.state.results == state.results ? known?.facets : nil
        let made = try await self.making.run { [database] in
          try database.reading(of: run) { try OverviewView.make($0, run, state, facets: facets) }
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
      try database.reading(of: run) { try OverviewView.verdicts($0, run, made.facets) }
    }
    let counts: WebValue = [
      "drop": WebValue(verdicts["drop"] ?? 0), "review": WebValue(verdicts["review"] ?? 0),
      "keep": WebValue(verdicts["keep"] ?? 0), "failed": WebValue(made.failed),
    ]
    return .json(
      .members(
        [("state", WebValue(state)), ("verdicts", counts)] + made.members + [("writable", WebValue(isWritable))]))
  }

  /// How many samples are marked what by now.
  private static func verdicts(_ store: Store, _ run: ServedRun, _ facets: RunFacets) throws -> [String: Int] {
    try store.marks(of: run.id, proposals: facets.proposals).inForce
  }
}

extension OverviewView {
  /// What is known at once, whatever the size of the run.
  private static func firstWords(_ store: Store, _ run: ServedRun) throws -> [(name: String, value: WebValue)] {
    let stored = try StoredRun(in: store, named: run.name)
    let about: WebValue = [
      "id": WebValue(run.id), "name": WebValue(shown(run.name)), "dataset": WebValue(shown(stored.dataset)),
      "state": WebValue(stored.status), "samples": WebValue(try store.images(of: run.id)),
    ]
    let facets = try store.storedFacets(of: run.id).map { try narrowing(store, run, $0) }
    return [("run", about), ("columns", try columns(store)), ("runs", try runs(store))] + (facets ?? [])
  }

  /// - Parameter known: what the run is narrowed by, where that is known.
  private static func make(
    _ store: Store, _ run: ServedRun, _ state: SeenState, facets known: RunFacets?
  ) throws -> Made {
    let facets = try known ?? store.storedFacets(of: run.id) ?? store.countedFacets(of: run.id)
    let summary = try RunSummary(from: store, run: run.name)
    let findings = Findings(summary)
    let row = try store.run(named: run.name)
    let about: WebValue = [
      "id": WebValue(run.id), "name": WebValue(shown(run.name)), "dataset": WebValue(shown(summary.dataset)),
      "reference": WebValue(summary.model?.kind), "state": WebValue(summary.status),
      "samples": WebValue(summary.seen), "finished_at": WebValue(row?["finished_at"] ?? .null),
      "is_partial": WebValue(!summary.isFinished), "excerpt": WebValue(summary.excerpt?.words),
    ]
    let members: [(name: String, value: WebValue)] = [
      ("run", about), ("banner", banner(summary, findings)),
      (
        "remedies",
        .list(
          remedies(of: summary).map {
            [
              "name": WebValue($0.name), "title": WebValue(title(of: $0, summary)), "gain": WebValue($0.gain),
              "low": WebValue($0.low), "high": WebValue($0.high), "recommended": WebValue($0.recommended),
              "is_outdated": WebValue(summary.advice.estimateChange != nil),
            ]
          })
      ),
      ("sentences", WebValue(findings.sentences.map(\.plain))),
      ("issues", .list(summary.issues.map { issue($0.code, $0.images, $0.severity) })),
      ("columns", try columns(store)), ("runs", try runs(store)),
      (
        "commands",
        .list(summary.commands.results.map { ["title": WebValue($0.purpose), "command": WebValue($0.command)] })
      ),
    ]
    return Made(
      state: state, facets: facets, failed: summary.failed,
      rows: summary.issues.map {
        line("issue", shown($0.code), images: $0.images, meaning: IssueCatalogue.info($0.code)?.meaning ?? "")
      }
        + remedies(of: summary).map {
          line(
            "remedy", shown($0.name), images: $0.images, gains: [$0.gain, $0.low, $0.high],
            meaning: title(of: $0, summary))
        },
      members: members + (try narrowing(store, run, facets)))
  }

  /// Calm where there is nothing to do, open where that is not known, red where what is said does not hold for the whole set.
  private static func banner(_ summary: RunSummary, _ findings: Findings) -> WebValue {
    let isWrong = !summary.isFinished || summary.misfit != nil
    let isOpen = findings.tone == .open
    let tone =
      isWrong ? "red" : findings.tone == .act || !findings.outdated.isEmpty ? "amber" : isOpen ? "open" : "calm"
    let unfinished = summary.unfinished.map { "This run \($0.caution)." }
    let excerpt = summary.excerpt.map { "\($0.words)." }
    let words = [unfinished, excerpt, findings.headline?.plain, findings.size?.plain].compactMap { $0 }
    return ["tone": WebValue(tone), "text": WebValue(words.joined(separator: " "))]
  }

  /// Those that were estimated, in the order of the report's cards.
  private static func remedies(of summary: RunSummary) -> [RunSummary.Remedy] {
    summary.advice.bestFirst.compactMap { remedy in summary.remedies.first { $0.name == remedy.name.rawValue } }
  }

  private static func title(of remedy: RunSummary.Remedy, _ summary: RunSummary) -> String {
    let words = AdviceWords(summary.advice)
    return RemedyName(rawValue: remedy.name).map { words.action($0, isCounted: !words.isOld) } ?? remedy.name
  }

  private static func issue(_ code: String, _ count: Int, _ severity: String) -> WebValue {
    [
      "code": WebValue(shown(code)), "count": WebValue(count), "severity": WebValue(severity),
      "says": WebValue(IssueCatalogue.info(code)?.meaning ?? ""),
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

  /// What the grid's rail shows: facets, how the numbers that have a slider are spread, and saved questions.
  private static func narrowing(
    _ store: Store, _ run: ServedRun, _ facets: RunFacets
  ) throws -> [(name: String, value: WebValue)] {
    func facet(_ values: [(WebValue, Int)]) -> WebValue {
      .list(values.map { ["value": $0.0, "count": WebValue($0.1)] })
    }
    func counted(_ name: Facet) -> [RunFacets.Value] { facets.counts[name, default: []] }
    func count(_ status: String) -> Int { counted(.status).first { $0.value == status }?.images ?? 0 }
    let (scored, failed, verdicts) = (count("ok"), count("error"), try verdicts(store, run, facets))
    let members: WebValue = [
      "verdict": facet(["drop", "review", "keep"].map { (WebValue($0), verdicts[$0] ?? 0) } + [("failed", failed)]),
      "issue": facet(counted(.issue).map { (WebValue($0.value), $0.images) }),
      "folder": facet(counted(.folder).map { (WebValue($0.value.isEmpty ? "." : $0.value), $0.images) }),
      "status": facet([("ok", scored), ("failed", failed)]),
      "size": facet(counted(.size).map { (WebValue($0.value), $0.images) }),
    ]
    let ranges = RunFacets.columns.compactMap { column in
      facets.spreads[column].map { tenths -> (name: String, value: WebValue) in
        let ends: WebValue = [
          "min": WebValue(tenths.first), "max": WebValue(tenths.last),
          "quantiles": .list(tenths.map { WebValue($0) }),
        ]
        return (column, ends)
      }
    }
    let questions = try store.questionsAboutSamples().map { name -> WebValue in
      ["name": WebValue(name), "title": WebValue(words(name.dropFirst(2)))]
    }
    return [("facets", members), ("ranges", .members(ranges)), ("questions", .list(questions))]
  }

  private static func words(_ name: Substring) -> String { String(name).replacing("_", with: " ") }

  /// Text of a database that anybody may have written, for an eye.
  private static func shown(_ text: String) -> String { SamplePath(text).printable }
}
