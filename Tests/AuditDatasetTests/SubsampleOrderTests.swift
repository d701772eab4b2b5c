import AuditCore
import Testing

@testable import AuditDataset

/// The order in which a subsample takes samples is that of the keys, however many are looked for at a time.
@Suite struct SubsampleOrderTests {
  private static let samples = (0..<3000).map { number in
    Sample(path: SamplePath("p\(number % 7)/\(number).png"), bytes: Int64(number), modified: 0)
  }.sorted { $0.path < $1.path }

  private static func byKey(_ seed: UInt64) -> [Sample] {
    samples.sorted { SampleKey(seed: seed, path: $0.path).value < SampleKey(seed: seed, path: $1.path).value }
  }

  @Test(arguments: [0, 1, 300, 2999, 3000, 9000]) func everySampleComesOnceInTheOrderOfItsKey(expecting: Int) throws {
    let plan = try Plan(planned: SampleList(Self.samples), root: "/none", rules: nil)
    let expected = Self.byKey(7).map(\.path)
    #expect(plan.subsampleOrder(seed: 7, expecting: expecting).map(\.path) == expected)
    #expect(plan.subsampleOrder(seed: 8, expecting: expecting).map(\.path) != expected)
  }

  @Test func whatIsBannedIsLeftOut() throws {
    let plan = try Plan(planned: SampleList(Self.samples), root: "/none", rules: nil)
    let expected = Self.byKey(7).map(\.path)
    let banned = Set(expected.prefix(400)).union([SamplePath("none")])
    var order = plan.subsampleOrder(seed: 7, expecting: 10, without: banned)
    #expect(order.next(5).map(\.path) == Array(expected[400..<405]))
    #expect(order.map(\.path) == Array(expected[405...]))
  }
}
