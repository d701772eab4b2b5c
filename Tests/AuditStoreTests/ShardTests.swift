import Testing

@testable import AuditStore

/// How a plan is cut.
struct ShardTests {
  @Test(arguments: [(0, 1), (1, 1), (7, 3), (10, 10), (3, 8), (1000, 13), (4096, 7)])
  func everyPlaceIsInExactlyOnePartAndTheLengthsDifferByOne(length: Int, count: Int) throws {
    let list = Array(0..<length)
    let parts = try (1...count).map { try #require(Shard(number: $0, of: count)).part(of: list) }
    #expect(parts.flatMap { Array($0) } == list)
    let lengths = parts.map(\.count)
    #expect(try #require(lengths.max()) - #require(lengths.min()) <= 1)
    for (number, part) in parts.enumerated() {
      for place in part { #expect(Shard.holding(place, of: length, count: count)?.number == number + 1) }
    }
  }

  @Test(arguments: [
    "", "3", "0/2", "3/2", "1/0", "-1/2", "1/2/3", "a/b", "1/", "/2", "1/1000001", "9223372036854775808/2",
  ])
  func whatIsNoPartIsRefused(text: String) { #expect(Shard(text) == nil) }

  @Test func aPartIsReadBackFromTheNameOfItsRun() throws {
    let shard = try #require(Shard("3/8"))
    #expect(Shard(runName: shard.runName) == shard)
    #expect(Shard(runName: "first") == nil)
  }
}
