import Testing

@testable import AuditServe

/// What was made and is kept.
struct ShelfTests {
  @Test func theLastUsedStaysWithinTheBound() async throws {
    let shelf = Shelf<String, String>(mostBytes: 10) { $0.utf8.count }
    for word in ["aaaa", "bbbb"] { _ = try await shelf.value(word) { word } }
    #expect(shelf.find("aaaa") == "aaaa")
    _ = try await shelf.value("cccc") { "cccc" }
    #expect(shelf.find("bbbb") == nil && shelf.find("aaaa") != nil && shelf.find("cccc") != nil)
    // One that is larger than all of the bound is kept alone.
    _ = try await shelf.value("long") { String(repeating: "l", count: 20) }
    #expect(shelf.find("long") != nil && shelf.find("aaaa") == nil && shelf.find("cccc") == nil)
    _ = try await shelf.value("d") { "d" }
    #expect(shelf.find("long") == nil && shelf.find("d") == "d")
  }

  @Test func whatHasNoSizeIsNotKept() async throws {
    let shelf = Shelf<String, String>(mostBytes: 10) { $0 == "passing" ? nil : $0.utf8.count }
    #expect(try await shelf.value("a") { "passing" } == "passing")
    #expect(shelf.find("a") == nil)
    #expect(try await shelf.value("a") { "lasting" } == "lasting")
    #expect(shelf.find("a") == "lasting")
  }

  private actor Kitchen {
    private(set) var made = 0

    func make() async throws -> Int {
      made += 1
      try await Task.sleep(for: .milliseconds(100))
      return 7
    }
  }

  @Test func itIsMadeOnceHoweverManyAsk() async throws {
    let shelf = Shelf<Int, Int>(mostBytes: 100) { _ in 8 }
    let kitchen = Kitchen()
    let asked = (0..<50).map { _ in Task { try await shelf.value(1) { try await kitchen.make() } } }
    for task in asked { #expect(try await task.value == 7) }
    #expect(await kitchen.made == 1)
  }

  /// A picture is made while anybody waits for it, and anew for who asks after it was given up.
  @Test func whatItsWaitersWantNoMoreIsGivenUpOnce() async throws {
    struct GivenUp: Error {}
    let shelf = Shelf<Int, String>(mostBytes: 100) { $0.utf8.count }
    let (left, gate) = (Kept(Set<Int>()), Kept(false))
    func ask(_ person: Int) -> Task<String, any Error> {
      Task {
        try await shelf.value(1, for: { !left.withLock { $0.contains(person) } }) { waiters in
          while !gate.withLock({ $0 }) { await Task.yield() }
          guard waiters.isAnyoneLeft() else { throw GivenUp() }
          return "for \(person)"
        }
      }
    }
    let both = [ask(1), ask(1)]
    left.withLock { $0 = [1] }
    let third = ask(3)
    while !shelf.isAwaited(1, by: 3) { await Task.yield() }
    gate.withLock { $0 = true }
    #expect(try await third.value.hasPrefix("for "))
    for task in both { _ = try? await task.value }
    let waiters = Waiters { false }
    #expect(!waiters.isAnyoneLeft() && !waiters.join { true }, "who comes too late has it made anew")
    await #expect(throws: GivenUp.self) {
      try await shelf.value(2, for: { false }) { waiters in
        guard waiters.isAnyoneLeft() else { throw GivenUp() }
        return "two"
      }
    }
    #expect(try await shelf.value(2) { "anew" } == "anew")
  }

  @Test func whatNoLongerHoldsIsMadeAnew() async throws {
    let shelf = Shelf<Int, String>(mostBytes: 100) { _ in 8 }
    #expect(try await shelf.value(1) { "old" } == "old")
    #expect(shelf.find(1, where: { $0 == "new" }) == nil)
    #expect(try await shelf.value(1, where: { $0 == "new" }) { "new" } == "new")
    #expect(shelf.find(1) == "new")
  }

  @Test func whatFailedIsTriedAgain() async throws {
    struct Broken: Error {}
    let shelf = Shelf<Int, String>(mostBytes: 100) { _ in 8 }
    await #expect(throws: Broken.self) { try await shelf.value(1) { throw Broken() } }
    #expect(try await shelf.value(1) { "made" } == "made")
  }
}
