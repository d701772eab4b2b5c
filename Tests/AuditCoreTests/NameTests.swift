import AuditCore
import Testing

struct SamplePathTests {
  /// Any bytes at all, as a hostile file system gives them.
  private static func names() -> [[UInt8]] {
    var random = SplitMix64(seed: 4)
    let pieces: [[UInt8]] = [
      Array("a".utf8), Array("é".utf8), Array("e\u{301}".utf8), [0xE9], [0xFF], Array("\\x".utf8), Array("E9".utf8),
      Array("\\".utf8), Array("\u{10FDE9}".utf8), [0xF4, 0x8F], Array("/".utf8), [0x0A], Array("5C".utf8),
    ]
    return (0..<3000).map { _ in (0..<random.integer(below: 6)).flatMap { _ in random.choice(pieces) } }
  }

  @Test func noTwoPathsHaveTheSameDistinctText() {
    var owners: [ByteKey: [UInt8]] = [:]
    for name in Self.names() {
      let text = SamplePath(bytes: name).distinctText
      let owner = owners.updateValue(name, forKey: ByteKey(text))
      #expect(owner == nil || owner == name, "\(name) and \(owner ?? []) are both '\(text)'")
    }
  }

  @Test func textIsThePathWhereItIsUTF8AndShowsEveryOtherByte() {
    for name in Self.names() {
      let path = SamplePath(bytes: name)
      #expect(path.isText == (String(validating: name, as: UTF8.self) != nil))
      if path.isText { #expect(Array(path.text.utf8) == name) }
    }
    #expect(SamplePath(bytes: [0x61, 0xE9, 0x62]).text == "a\\xE9b")
    #expect(SamplePath("a\u{1B}[31m\n\u{202E}").printable == "a\\u{1b}[31m\\n\\u{202e}")
  }

  @Test func everyNameComesBackFromItsStandIn() {
    for name in Self.names() {
      let text = PathText.text(of: name)
      #expect(PathText.bytes(of: text) == name)
      #expect(PathText.isText(text) == (Array(text.utf8) == name))
    }
  }

  @Test func componentsAndOrderAreThoseOfTheBytes() {
    #expect(SamplePath("a//b/c.png").components == [[0x61], [0x62], Array("c.png".utf8)])
    let sorted = [SamplePath("a"), SamplePath("a.b"), SamplePath("a/b"), SamplePath("b"), SamplePath(bytes: [0xFF])]
    #expect(sorted.reversed().sorted() == sorted)
  }
}

struct ByteKeyTests {
  @Test func composedAndDecomposedLettersAreTwoNames() {
    let (composed, decomposed) = (ByteKey("\u{E9}"), ByteKey("e\u{301}"))
    #expect("\u{E9}" == "e\u{301}", "to String they are equal, which is the point")
    #expect(composed != decomposed && decomposed < composed)
    #expect(Set([composed, decomposed, ByteKey("\u{E9}")]).count == 2)
  }
}

struct PictureSidecarTests {
  @Test func aSuffixNamesItsImage() throws {
    let owner = try #require(PictureSidecar.owner(of: Array("a_b_Mask".utf8)))
    #expect(owner.stem == Array("a_b".utf8) && owner.suffix == "_mask")
    for stem in ["a", "_mask", "a_masked", "mask", "a_mask_2", ""] {
      #expect(PictureSidecar.owner(of: Array(stem.utf8)) == nil, "\(stem)")
    }
    #expect(PictureSidecar.says(Array("_depth_debug".utf8)[...]) && !PictureSidecar.says(Array("_2_debug".utf8)[...]))
  }
}

struct SpellingTests {
  @Test func theNearestComesFirstAndStrangersDoNot() {
    #expect(Spelling.nearest(to: "scna", in: ["scan", "show", "sql"]) == ["scan"])
    #expect(Spelling.nearest(to: "SKWE", in: ["skew", "alike"]) == ["skew"])
    #expect(Spelling.nearest(to: "orientation", in: ["path", "orient", "yaw"]) == ["orient"])
    #expect(Spelling.nearest(to: "x", in: ["verdict", "weight"]) == [])
    #expect(Spelling.nearest(to: "", in: ["a", "abc"]) == ["a"])
  }
}

struct NumberTextTests {
  @Test func decimalsAreRoundedAndFixed() {
    let cases: [(Double, Int, String)] = [
      (0.3194, 1, "0.3"), (2.5, 0, "3"), (-0.04, 1, "0.0"), (-1.25, 2, "-1.25"), (0.005, 2, "0.01"), (1e17, 2, "1e+17"),
      (.nan, 1, "-"), (-.infinity, 1, "-"), (12, 3, "12.000"),
    ]
    for (value, decimals, text) in cases { #expect(fixed(value, decimals) == text) }
    #expect(percent(0.3194) == "31.9 %" && figure(1) == "100.0")
  }

  @Test func significantDigitsLoseTheirTrailingZeros() {
    let cases: [(Double, Int, String)] = [
      (0, 4, "0"), (1234.5, 4, "1235"), (123456, 3, "123456"), (0.00012345, 3, "0.000123"), (1.5, 4, "1.5"),
      (-2, 4, "-2"), (1e-300, 4, "1e-300"), (.infinity, 2, "inf"), (9.9999, 2, "10"),
    ]
    for (value, digits, text) in cases { #expect(significant(value, digits) == text) }
  }

  @Test func countsAgreeWithTheirWords() {
    #expect(counted(1, "image") == "1 image" && counted(0, "image") == "0 images")
    #expect(counted(12_345, "class") == "12,345 classes")
    #expect(Int.min.formattedWithCommas == "-9,223,372,036,854,775,808")
  }
}
