import Synchronization

/// What was made, the last used kept within a bound of memory; each made once, however many ask for it meanwhile.
final class Shelf<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private struct Contents {
    var kept: [Key: (value: Value, bytes: Int, used: UInt64)] = [:]
    var bytes = 0
    /// Counts what was asked for.
    var clock: UInt64 = 0
    var inWork: [Key: Task<Value, any Error>] = [:]
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
    let task = contents.withLock { contents -> Task<Value, any Error> in
      if let known = Shelf.find(key, in: &contents, where: holds) { return Task { known } }
      if let task = contents.inWork[key] { return task }
      let task = Task {
        do {
          let value = try await make()
          self.contents.withLock { self.keep(value, key, in: &$0) }
          return value
        } catch {
          self.contents.withLock { $0.inWork[key] = nil }
          throw error
        }
      }
      contents.inWork[key] = task
      return task
    }
    return try await task.value
  }

  private static func find(_ key: Key, in contents: inout Contents, where holds: (Value) -> Bool) -> Value? {
    guard let known = contents.kept[key], holds(known.value) else { return nil }
    contents.clock += 1
    contents.kept[key]?.used = contents.clock
    return known.value
  }

  private func keep(_ value: Value, _ key: Key, in contents: inout Contents) {
    contents.inWork[key] = nil
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
