import AuditCore
import AuditExport
import AuditReport
import AuditStore
import Foundation
import Synchronization

/// Takes decisions, one after the other, and keeps what takes them back.
///
/// The database is opened for writing for each of them and let go again, so that a scan can begin at any time; what is
/// answered is committed.
final class DecisionDesk: Sendable {
  /// The most samples that a page names at once.
  static let mostNamed = 10_000
  private static let (mostSteps, mostSamples) = (1_000, 2_000_000)

  private let database: ServedDatabase
  private let samples: SamplesView
  private let who: String
  private let isReadOnly: Bool
  private let writing = WorkRoom(places: 1)
  private let steps = Mutex<[(run: ServedRun, deed: DecisionBook.Deed)]>([])
  private let newest = Mutex(0)

  init(_ database: ServedDatabase, samples: SamplesView, who: String, isReadOnly: Bool) {
    (self.database, self.samples) = (database, samples)
    (self.who, self.isReadOnly) = (who, isReadOnly)
  }

  /// How many deeds there were.
  var serial: Int { newest.withLock { $0 } }

  /// What a page sends.
  private struct Order: Decodable {
    let ids: [Int64]?
    let decisions: [Choice]?
    let above: [String: Words]?
    let count: Int?
    /// nil takes decisions away.
    let verdict: Verdict?
    let reason: String?

    private enum CodingKeys: CodingKey { case ids, decisions, above, count, verdict, reason }

    init(from decoder: any Decoder) throws {
      let members = try decoder.container(keyedBy: CodingKeys.self)
      ids = try members.decodeIfPresent([Int64].self, forKey: .ids)
      decisions = try members.decodeIfPresent([Choice].self, forKey: .decisions)
      above = try members.decodeIfPresent([String: Words].self, forKey: .above)
      count = try members.decodeIfPresent(Int.self, forKey: .count)
      // A verdict that is left out is a mistake; null is a wish.
      let isNone = try decisions != nil || members.decodeNil(forKey: .verdict)
      verdict = try isNone ? nil : members.decode(Verdict.self, forKey: .verdict)
      reason = try members.decodeIfPresent(String.self, forKey: .reason)
    }
  }

  /// A member of a query, which a page may send as text, as several, or as the number that it is.
  private struct Words: Decodable {
    let texts: [String]

    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      if let texts = try? value.decode([String].self) {
        self.texts = texts
      } else if let text = try? value.decode(String.self) {
        texts = [text]
      } else if let number = try? value.decode(Int.self) {
        texts = ["\(number)"]
      } else {
        texts = ["\(try value.decode(Double.self))"]
      }
    }
  }

  /// A sample with a verdict of its own.
  private struct Choice: Decodable {
    let id: Int64
    let verdict: Verdict
  }

  func decide(_ request: WebRequest) async throws -> WebResponse {
    guard let order = try? JSONDecoder().decode(Order.self, from: Data(request.body)) else {
      throw WebRefusal(
        .badRequest, "this is no decision",
        hint: "send {\"ids\": [1], \"verdict\": \"drop\", \"reason\": null}; a verdict is keep, review, drop or null")
    }
    let (run, ids, verdicts) = try await meant(order, request.query)
    guard !ids.isEmpty else { return .json(try await answer(run, members: [("stored", 0), ("unread", 0)])) }
    let deed = try await write(run) { book in
      guard let verdicts else { return try book.release(samples: ids) }
      return try book.decide(samples: ids, verdicts: verdicts, reason: order.reason ?? "")
    }
    keep(deed, of: run)
    return .json(
      try await answer(
        run,
        members: [
          ("stored", WebValue(verdicts == nil ? deed.released.count : deed.made.count)),
          ("unread", WebValue(deed.unread)),
        ]))
  }

  /// Takes the newest deed back, whichever run it was about; counts are of the run that is looked at.
  func undo(_ query: WebQuery) async throws -> WebResponse {
    let run = try await samples.reading.run { [database] in try database.run(query["run"]) }
    guard let step = steps.withLock({ $0.popLast() }) else {
      return .json(["undone": 0, "ids": [], "serial": WebValue(serial)])
    }
    do {
      _ = try await write(step.run) { book in
        try book.takeBack(step.deed)
        return step.deed
      }
    } catch {
      steps.withLock { $0.append(step) }
      throw error
    }
    newest.withLock { $0 += 1 }
    return .json(
      try await answer(
        run,
        members: [
          ("undone", WebValue(step.deed.samples.count)), ("ids", .list(step.deed.samples.map { WebValue($0) })),
        ]))
  }

  /// The samples that an order is about, and the verdict of each; nil where decisions are to be taken away.
  private func meant(
    _ order: Order, _ query: WebQuery
  ) async throws -> (run: ServedRun, ids: [Int64], verdicts: [Verdict]?) {
    func of(_ ids: [Int64], _ run: ServedRun) -> (run: ServedRun, ids: [Int64], verdicts: [Verdict]?) {
      (run, ids, order.verdict.map { verdict in ids.map { _ in verdict } })
    }
    guard [order.ids != nil, order.decisions != nil, order.above != nil].count(where: { $0 }) == 1 else {
      throw WebRefusal(.badRequest, "a decision is about ids, about decisions, or about above and count")
    }
    if let above = order.above {
      guard let count = order.count, count >= 0 else {
        throw WebRefusal(.badRequest, "how many samples above the line are meant is said by count")
      }
      let asked = try await samples.asked(WebQuery(above.mapValues(\.texts)))
      return of(try await samples.first(count, of: asked), asked.run)
    }
    let ids = order.ids ?? order.decisions?.map(\.id) ?? []
    guard ids.count <= DecisionDesk.mostNamed else {
      throw WebRefusal(.badRequest, "at most 10,000 samples are named at once", hint: "above and count take any number")
    }
    let run = try await samples.reading.run { [database] in try database.run(query["run"]) }
    if let decisions = order.decisions { return (run, ids, decisions.map(\.verdict)) }
    return of(ids, run)
  }

  private func write(
    _ run: ServedRun, _ deed: @escaping @Sendable (DecisionBook) throws -> DecisionBook.Deed
  ) async throws -> DecisionBook.Deed {
    guard !isReadOnly else {
      throw WebRefusal(.conflict, "nothing is decided here: the server was started with --read-only")
    }
    return try await writing.run { [database, who] in
      try database.checkIdentity()
      do {
        return try deed(DecisionBook(Store(deciding: database.path), run: run.name, who: who))
      } catch AuditError.databaseLocked(let path, let holder) {
        throw WebRefusal(
          .conflict, "another audit (\(holder)) is writing '\(path)', and nothing was decided",
          hint: "decide again when it has ended")
      } catch AuditError.unreadable(let path, let cause) {
        throw WebRefusal(.conflict, "nothing was decided: '\(path)' may not be written: \(cause)")
      }
    }
  }

  private func keep(_ deed: DecisionBook.Deed, of run: ServedRun) {
    steps.withLock { steps in
      steps.append((run, deed))
      while steps.count > DecisionDesk.mostSteps
        || steps.count > 1 && steps.reduce(0, { $0 + $1.deed.samples.count }) > DecisionDesk.mostSamples
      {
        steps.removeFirst()
      }
    }
    newest.withLock { $0 += 1 }
  }

  private func answer(_ run: ServedRun, members: [(name: String, value: WebValue)]) async throws -> WebValue {
    let marks = try await samples.reading.run { [database] in
      try database.reading(of: run) { try $0.marks(of: run.id) }
    }
    return .members(members + [("serial", WebValue(serial))] + DecisionDesk.members(of: marks))
  }

  /// `counts`: images that people decided about; `verdicts`: all, as they are marked by now.
  static func members(of marks: RunMarks) -> [(name: String, value: WebValue)] {
    func value(_ counts: [String: Int]) -> WebValue {
      .members(Verdict.allCases.map { (name: $0.rawValue, value: WebValue(counts[$0.rawValue] ?? 0)) })
    }
    return [("counts", value(marks.decided)), ("verdicts", value(marks.inForce))]
  }
}
