import AuditCore
import AuditExport
import AuditStore
import Testing

struct ImageFolderOrderTests {
  /// Python: sorted(["\udce9", "\ue000", "\U0001f600", "é", "z", "\ud7ff"]) orders by code point; a byte 0xE9 that is not
  /// UTF-8 is read as U+DCE9.
  @Test func bytesSortLikePythonStrings() {
    let names: [[UInt8]] = [
      Array("z".utf8), Array("é".utf8), Array("\u{D7FF}".utf8), [0xE9], Array("\u{E000}".utf8), Array("\u{1F600}".utf8),
    ]
    let keys = names.map { ImageFolderOrder.pythonOrdered($0) }
    for (before, after) in zip(keys, keys.dropFirst()) { #expect(before.lexicographicallyPrecedes(after)) }
  }

  @Test func aKeyHoldsClassFolderAndName() {
    #expect(ImageFolderOrder.key(Array("b/a/c.png".utf8)) == Array("b\0b/a\0c.png".utf8))
    #expect(ImageFolderOrder.key(Array("top.png".utf8)) == nil)
  }
}

struct GateTests {
  @Test func aGateKnowsItsParts() throws {
    let gate = try Gate("skew.top0.5% >= 25 %")
    #expect(gate.text == "skew.top0.5%>=25%")
    #expect(gate.quantity == .topSkew(0.005) && gate.comparison == .atLeast && gate.limit == 0.25 && gate.isShare)
    #expect(try Gate("code:Odd_Shape!=3").quantity == .issue(code: "odd_shape"))
    #expect(try Gate("new_flagged>0").quantity == .count(.newFlagged) && Gate.Count.newFlagged.needsBaseline)
  }
}
