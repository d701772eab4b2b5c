import AuditCore
import AuditStore
import Foundation
import Synchronization

/// The database as the server asks it: a few connections that only read, each lent to one question at a time.
final class ServedDatabase: Sendable {
  let path: String
  /// The run that is meant where a request names none; nil for the one that the views speak of.
  private let usual: String?
  private let identity: FileIdentity?
  private let idle = Mutex<[(run: Int64, store: Store)]>([])
  /// Connections that are kept; a question that finds none opens one more.
  private static let mostIdle = 3
  /// Of cache in each.
  private static let megabytes = 4

  private struct FileIdentity: Equatable {
    let device: UInt64
    let inode: UInt64

    init?(_ path: String) {
      guard let info = FilePath.status(of: path) else { return nil }
      (device, inode) = (UInt64(info.st_dev), UInt64(info.st_ino))
    }
  }

  /// - Throws: `AuditError` where it is none, or is newer.
  init(_ path: String, usual: String? = nil) throws {
    (self.path, self.usual) = (path, usual)
    _ = try Store(reading: path)
    identity = FileIdentity(path)
  }

  /// - Throws: where the file at the path is no longer the one that was opened: what it says would be about others.
  func checkIdentity() throws(WebRefusal) {
    guard let identity, FileIdentity(path) == identity else {
      throw WebRefusal(
        .conflict, "the database at '\(path)' is gone, or another one by now", hint: "start `audit serve` again")
    }
  }

  /// Lends a connection whose views speak of a run.
  func reading<Value>(of run: ServedRun, _ body: (Store) throws -> Value) throws -> Value {
    try checkIdentity()
    let kept = idle.withLock { idle in idle.lastIndex { $0.run == run.id }.map { idle.remove(at: $0).store } }
    let store = try kept ?? open(run)
    defer {
      idle.withLock { idle in
        idle.append((run.id, store))
        if idle.count > ServedDatabase.mostIdle { idle.removeFirst() }
      }
    }
    return try body(store)
  }

  /// A connection of its own: for what a person asks in SQL, which may change how a connection answers, and for work with
  /// models.
  ///
  /// - Parameter longest: bytes of the longest value.
  func open(_ run: ServedRun, longest: Int32 = Store.longestAnswer) throws -> Store {
    let store = try Store(reading: path)
    store.takeLittleMemory(megabytes: ServedDatabase.megabytes, longest: longest)
    if !(try store.isCurrentRun(run.id)) { try store.turnViews(to: run.id) }
    return store
  }

  /// The run that a request speaks of.
  ///
  /// - Parameter wanted: its number; nil for the one that the views speak of.
  func run(_ wanted: String?) throws -> ServedRun {
    try checkIdentity()
    let store = try lookout()
    guard let wanted else { return ServedRun(try StoredRun(in: store, named: usual)) }
    let name = try Int64(wanted).map { try store.nameAndSettings(of: $0).name } ?? ""
    guard !name.isEmpty else {
      throw WebRefusal(.notFound, "no run \(SamplePath(wanted).printable) in this database")
    }
    return ServedRun(try StoredRun(in: store, named: name))
  }

  /// The run that a sample belongs to.
  func run(ofSample id: Int64) throws -> ServedRun {
    try checkIdentity()
    let store = try lookout()
    guard let name = try store.runName(ofSample: id) else { throw WebRefusal(.notFound, "no such sample") }
    return ServedRun(try StoredRun(in: store, named: name))
  }

  /// A connection whose views are as they lie in the file.
  private let watcher = Mutex<Store?>(nil)

  private func lookout() throws -> Store {
    try watcher.withLock { watcher in
      if let watcher { return watcher }
      let store = try Store(reading: path)
      store.takeLittleMemory(megabytes: 1)
      watcher = store
      return store
    }
  }
}

/// A run that a request speaks of.
struct ServedRun: Sendable, Hashable {
  let id: Int64
  let name: String

  init(_ run: StoredRun) { (id, name) = (run.id, run.name) }
}
