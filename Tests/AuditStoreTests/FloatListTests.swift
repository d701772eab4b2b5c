import Testing

@testable import AuditStore

/// Numbers that a database holds as bytes.
@Suite struct FloatListTests {
  @Test func numbersComeBackAsTheyWere() {
    let numbers = [0, 0.5, -1.25, 3e20]
    let read = FloatList.bytes(of: numbers).withUnsafeBytes { FloatList.values(of: $0) }
    #expect(read == numbers.map { Double(Float($0)) })
  }

  @Test func whatIsNoNumberIsNothing() {
    let bytes = FloatList.bytes(of: [.nan, .infinity, -.infinity, 1]) + [7, 7]
    #expect(bytes.withUnsafeBytes { FloatList.values(of: $0) } == [0, 0, 0, 1])
  }
}
