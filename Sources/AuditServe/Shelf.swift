import Synchronization

/// Those who wait for one thing.
final class Waiters: Sendable {
  /// Whether each still waits; nil once it was given up.
  private let all: Mutex<[@Sendable () -> Bool]?>

  init(_ isWaiting: @escaping @Sendable () -> Bool) { all = Mutex([isWaiting]) }

  /// - Returns: false where it was given up: who comes too late has it made anew.
  func join(_ isWaiting: @escaping @Sendable () -> Bool) -> Bool {
    all.withLock { all in
      all?.append(isWaiting)
      return all != nil
    }
  }

  var count: Int { all.withLock { $0?.count ?? 0 } }

  /// Whether anybody waits. Where nobody does it is given up for good.
  func isAnyoneLeft() -> Bool {
    all.withLock { all in
      guard let asked = all, asked.contains(where: { $0() }) else {
        all = nil
        return false
      }
      return true
    }
  }
}

/// What was made, the last used kept within a bound of memory; each made once, however many ask for it meanwhile.
final class Shelf<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private struct Contents {
    var kept: [Key: (value: Value, bytes: Int, used: UInt64)] = [:]
    var bytes = 0
    /// Counts what was asked for.
    var clock: UInt64 = 0
    var inWork: [Key: (waiters: Waiters, task: Task<Value, any Error>)] = [:]
  }

  private let contents = Mutex(Contents())
  private let mostBytes: Int
  private let size: @Sendable (Value) -> Int?

  /// - Parameters:
  ///   - mostBytes: of all that is kept; one alone is kept also where it is larger.
  ///   - size: of a value in bytes; nil where it is not to be kept.
  init(mostBytes: Int, size: @escaping @Sendable (Value) -> Int?) {
    (self.mostBytes, self.size) = (mostBytes, size)
  }

  /// What is there and still holds.
  func find(_ key: Key, where holds: (Value) -> Bool = { _ in true }) -> Value? {
    contents.withLock { Shelf.find(key, in: &$0, where: holds) }
  }

  /// What is there and still holds, or is made now.
  func value(
    _ key: Key, where holds: (Value) -> Bool = { _ in true }, make: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    try await value(key, where: holds, for: { true }) { _ in try await make() }
  }

  /// The same for who may stop waiting.
  ///
  /// - Parameters:
  ///   - isWaiting: whether who asks still waits.
  ///   - make: may end early once its waiters want it no more.
  func value(
    _ key: Key, where holds: (Value) -> Bool = { _ in true }, for isWaiting: @escaping @Sendable () -> Bool,
    make: @escaping @Sendable (Waiters) async throws -> Value
  ) async throws -> Value {
    let task = contents.withLock { contents -> Task<Value, any Error> in
      if let known = Shelf.find(key, in: &contents, where: holds) { return Task { known } }
      if let known = contents.inWork[key], known.waiters.join(isWaiting) { return known.task }
      let waiters = Waiters(isWaiting)
      let task = Task {
        do {
          let value = try await make(waiters)
          self.contents.withLock {
            Shelf.end(key, of: waiters, in: &$0)
            self.keep(value, key, in: &$0)
          }
          return value
        } catch {
          self.contents.withLock { Shelf.end(key, of: waiters, in: &$0) }
          throw error
        }
      }
      contents.inWork[key] = (waiters, task)
      return task
    }
    return try await task.value
  }

  /// Whether so many wait for what is in work.
  func isAwaited(_ key: Key, by count: Int) -> Bool {
    contents.withLock { $0.inWork[key]?.waiters.count == count }
  }

  /// What was given up may be in work anew by then.
  private static func end(_ key: Key, of waiters: Waiters, in contents: inout Contents) {
    if contents.inWork[key]?.waiters === waiters { contents.inWork[key] = nil }
  }

  private static func find(_ key: Key, in contents: inout Contents, where holds: (Value) -> Bool) -> Value? {
    guard let known = contents.kept[key], holds(known.value) else { return nil }
    contents.clock += 1
    contents.kept[key]?.used = contents.clock
    return known.value
  }

  private func keep(_ value: Value, _ key: Key, in contents: inout Contents) {
    if let old = contents.kept.removeValue(forKey: key) { contents.bytes -= old.bytes }
    guard let bytes = size(value) else { return }
    contents.clock += 1
    contents.kept[key] = (value, bytes, contents.clock)
    contents.bytes += bytes
    while contents.bytes > mostBytes, contents.kept.count > 1,
      let oldest = contents.kept.min(by: { $0.value.used < $1.value.used })
    {
      contents.kept[oldest.key] = nil
      contents.bytes -= oldest.value.bytes
    }
  }
}
