import AuditCore
import AuditReference
import AuditReport
import AuditStore
import Foundation
import Synchronization

/// Everything about one sample.
final class SampleView: Sendable {
  private let database: ServedDatabase
  private let reading: WorkRoom
  private let pictures: PictureDesk

  private static let mostBeside = 50
  /// A run of more samples is not gone through for each of them: places are counted among so many, and who is in the
  /// model is looked up once.
  private static let (many, enough) = (100_000, 20_000)

  /// What is kept of the run that was looked at last.
  private struct Surroundings: Sendable {
    let run: Int64
    let state: SeenState
    let compared: [Int64]?
    let fitted: FittedSamples?
    let model: String?
  }

  private let surroundings = Mutex<Surroundings?>(nil)

  init(database: ServedDatabase, reading: WorkRoom, pictures: PictureDesk) {
    (self.database, self.reading, self.pictures) = (database, reading, pictures)
  }

  private typealias Body<Value> = @Sendable (SampleExplanation, ServedRun, PictureDesk.Likeness, Store) throws -> Value

  func json(_ query: WebQuery) async throws -> WebResponse {
    .json(try await explained(query) { try SampleView.value(of: $0, in: $1, likeness: $2, store: $3) })
  }

  /// Its numbers, one a row.
  func csv(_ query: WebQuery) async throws -> WebResponse {
    let facts = try await explained(query) { facts, _, _, _ in facts }
    var table = WebTable(columns: ["path", "metric", "value", "unit", "percentile", "rank", "of"])
    for one in facts.standing + facts.metrics {
      table.add([
        .text(facts.path), .text(one.name), .real(one.value), .text(one.unit),
        one.percentile.map { .real($0) } ?? .null,
        .integer(Int64(one.rank)), .integer(Int64(one.of)),
      ])
    }
    return .csv(.bytes(table.bytes), name: "sample")
  }

  private func explained<Value: Sendable>(_ query: WebQuery, _ body: @escaping Body<Value>) async throws -> Value {
    guard let id = query["id"].flatMap({ Int64($0) }) else {
      throw WebRefusal(.badRequest, "which sample? id is its number")
    }
    let run = try await reading.run { [database] in try database.run(ofSample: id) }
    let likeness = try await pictures.likeness(of: id, in: run)
    return try await reading.run { [self] in
      try database.reading(of: run) { store in
        try store.within(seconds: SamplesView.mostForOurs) {
          let around = try self.surroundings(of: run, likeness.model, store)
          let facts = try SampleExplainer(store, run: run.name, compared: around.compared, fitted: around.fitted)
            .explanation(of: id, model: likeness.model, row: likeness.row)
          return try body(facts, run, likeness, store)
        }
      }
    }
  }

  private func surroundings(of run: ServedRun, _ model: LowRankModel?, _ store: Store) throws -> Surroundings {
    let state = try SeenState(store, run: run.id)
    if let known = surroundings.withLock({ $0 }), known.run == run.id, known.state.results == state.results,
      known.model == model?.digest
    {
      return known
    }
    let isLarge = try store.images(of: run.id) > SampleView.many
    let new = Surroundings(
      run: run.id, state: state, compared: isLarge ? try store.spread(of: run.id, count: SampleView.enough) : nil,
      fitted: try model.map { try FittedSamples(store, run: run.id, model: $0) }, model: model?.digest)
    surroundings.withLock { $0 = new }
    return new
  }

  private static func value(
    of facts: SampleExplanation, in run: ServedRun, likeness: PictureDesk.Likeness, store: Store
  ) throws -> WebValue {
    let id = facts.id
    let commands = RunCommands.about(run.name, of: store, isCurrent: try store.isCurrentRun(run.id), id: run.id)
    let tile = try store.tileRows(of: [id], in: run.id, value: "skew").first
    let nearest = try facts.neighbour.flatMap { near in
      try SampleLookup(store, run: run.id, dataset: facts.dataset).id(of: near.path).map {
        ["id": WebValue($0), "path": WebValue(near.path)] as WebValue
      }
    }
    let shares = facts.regions + [facts.border].compactMap { $0 }
    return [
      "id": WebValue(id), "path": WebValue(facts.path), "partner": WebValue(facts.pairedPath),
      "verdict": WebValue(facts.verdict?.rawValue),
      "decision": WebValue(facts.decision?.verdict),
      "reasons": WebValue([facts.rule, facts.reason, facts.caution].compactMap { $0 }),
      "metrics": .list((facts.standing + facts.metrics).map { metric($0, of: store) }),
      "regions": .list(
        zip(RegionName.all, shares).map { ["name": WebValue($0.0), "share": WebValue($0.1)] }),
      "issues": .list(
        facts.issues.map {
          [
            "code": WebValue($0.code), "detail": WebValue($0.detail.isEmpty ? $0.meaning : $0.detail),
            "confidence": WebValue($0.confidence),
          ]
        }),
      "facts": [
        "width": WebValue(facts.width), "height": WebValue(facts.height), "bytes": WebValue(facts.bytes),
        "format": WebValue(facts.format), "modified": WebValue(try store.modified(ofSample: id).map(time)),
        "content_hash": WebValue(facts.sha256),
      ],
      "nearest": .list([nearest].compactMap { $0 }),
      "duplicates": .list(try duplicates(of: id, tile, store, run)),
      "history": .list(
        try store.history(ofSample: id).map { row in
          .members(
            ["run", "name", "finished_at", "verdict", "skew"].map { (name: $0, value: WebValue(row[$0])) })
        }),
      "decisions": .list(
        try store.decisions(onSample: id, most: mostBeside).map { row in
          .members(["verdict", "at", "by", "reason"].map { (name: $0, value: WebValue(row[$0])) })
        }),
      "pictures": WebValue(likeness.pictures),
      "commands": .list([
        ["title": "Everything about it, in a terminal.", "command": WebValue(commands.explain(facts.path))]
      ]),
    ]
  }

  private static func metric(_ place: SampleExplanation.Place, of store: Store) -> WebValue {
    let info = (store.metrics + DerivedColumn.all).first { $0.name == place.name }
    return [
      "name": WebValue(place.name), "title": WebValue(place.name.replacing("_", with: " ")),
      "value": WebValue(place.value), "percentile": WebValue(place.percentile),
      "direction": WebValue(info?.direction.rawValue ?? "none"), "unit": WebValue(place.unit),
      "rank": WebValue(place.rank), "of": WebValue(place.of), "explanation": WebValue(place.meaning),
    ]
  }

  /// The others of its group of copies, or where nobody looked for copies the files with its content.
  private static func duplicates(
    of id: Int64, _ tile: SQLRow?, _ store: Store, _ run: ServedRun
  ) throws -> [WebValue] {
    if let group = tile?["near_group"].integer {
      return try store.members(ofGroup: group, in: run.id, most: mostBeside).filter { $0["id"].wide != id }.map {
        [
          "id": WebValue($0["id"]), "path": WebValue($0["path"]), "is_best": WebValue($0["is_best"].integer == 1),
          "why": WebValue($0["kind"]),
        ]
      }
    }
    return try store.equalFiles(ofSample: id, most: mostBeside).map {
      ["id": WebValue($0["id"]), "path": WebValue($0["path"]), "is_best": false, "why": "exact"]
    }
  }

  private static func time(_ nanoseconds: Int64) -> String {
    Date(timeIntervalSince1970: Double(nanoseconds) / 1e9).formatted(.iso8601)
  }
}
