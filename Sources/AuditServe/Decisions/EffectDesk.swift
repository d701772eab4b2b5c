import AuditCore
import AuditReport
import AuditScan
import AuditStore
import Foundation
import Synchronization

/// What the decisions make of the run, worked out in the background for the newest of them alone.
final class EffectDesk: Sendable {
  private enum State: Sendable {
    case none
    case computing
    case ready(String)
  }

  private struct Work {
    var serial = -1
    var run: ServedRun?
    var state = State.none
    var stop = StopRequest()
  }

  private let database: ServedDatabase
  private let reading: WorkRoom
  private let computing = WorkRoom(places: 1, isBackground: true)
  private let work = Mutex(Work())

  init(_ database: ServedDatabase, reading: WorkRoom) { (self.database, self.reading) = (database, reading) }

  /// - Parameter serial: of the newest deed; what is known of an older one is out of date.
  func json(_ query: WebQuery, serial: Int) async throws -> WebResponse {
    let (run, marks) = try await reading.run { [database] in
      let run = try database.run(query["run"])
      return (run, try database.reading(of: run) { try $0.marks(of: run.id) })
    }
    // Nothing was decided: what the overview says of the remedies holds.
    if marks.decided.isEmpty, serial == 0 { return .json(EffectDesk.value(.none, serial, marks)) }
    begin(serial, of: run)
    return .json(EffectDesk.value(work.withLock(\.state), serial, marks))
  }

  /// Ends what is in work.
  func end() { work.withLock { $0.stop.set() } }

  private static func value(_ state: State, _ serial: Int, _ marks: RunMarks) -> WebValue {
    let (word, sentence): (String, String?) =
      switch state {
      case .none: ("none", nil)
      case .computing: ("computing", nil)
      case .ready(let sentence): ("ready", sentence)
      }
    return .members(
      [("serial", WebValue(serial)), ("state", WebValue(word)), ("sentence", WebValue(sentence))]
        + DecisionDesk.members(of: marks))
  }

  /// Begins with these decisions, unless they are in work or known.
  private func begin(_ serial: Int, of run: ServedRun) {
    let stop: StopRequest? = work.withLock { work in
      guard work.serial != serial || work.run != run else { return nil }
      work.stop.set()
      work = Work(serial: serial, run: run, state: .computing, stop: StopRequest())
      return work.stop
    }
    guard let stop else { return }
    Task {
      let sentence = try? await self.computing.run { [database] in
        if stop.isSet { return nil as String? }
        try database.checkIdentity()
        let store = try database.open(run, longest: Store.longestModel)
        return try store.within(seconds: 600, stop: stop) {
          let stored = try StoredRun(in: store, named: run.name)
          return try DecisionWorth(store, run: stored, jobs: 1, stop: stop).flatMap(EffectDesk.sentence)
        }
      }
      self.work.withLock { work in
        guard work.serial == serial, work.run == run else { return }
        work.state = sentence.flatMap { $0 }.map { .ready($0) } ?? .none
      }
    }
  }

  private static func sentence(_ worth: DecisionWorth) -> String? {
    guard worth.drops > 0 else { return "nothing is dropped" }
    let who = worth.decided == 0 ? "all as proposed" : "\(worth.decided.formattedWithCommas) by people"
    let dropped = "\(worth.drops.formattedWithCommas) dropped, \(who)"
    guard let gain = worth.gain else { return "\(dropped); what that is worth is not estimated for this run" }
    let range = "(\(figure(gain.low)) to \(figure(gain.high)))"
    if !gain.isMeasurable { return "\(dropped); what that gains is not measurable \(range)" }
    return gain.gain > 0
      ? "\(dropped); cross-validated gain now \(percent(gain.gain)) \(range)"
      : "\(dropped); that costs \(percent(-gain.gain)) now (\(figure(-gain.high)) to \(figure(-gain.low)))"
  }
}
