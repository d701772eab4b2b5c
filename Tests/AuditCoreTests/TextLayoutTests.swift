import AuditCore
import Testing

struct TextLayoutTests {
  @Test func linesAreBrokenBetweenWordsAndHang() {
    #expect(
      TextLayout.wrapped("  one two three four", width: 12) == ["  one two", "  three four"])
    #expect(
      TextLayout.wrapped("  rule    skew above two and more words", width: 27)
        == ["  rule    skew above two", "  and more words"], "a label that takes a third of the room does not hang")
    #expect(
      TextLayout.wrapped("  rule    skew above two and more words", width: 34)
        == ["  rule    skew above two and more", "          words"])
    #expect(TextLayout.wrapped("a averyveryverylongword b", width: 8) == ["a", "averyveryverylongword", "b"])
    #expect(TextLayout.wrapped("lower it by 15.6 % or so", width: 16) == ["lower it by", "15.6 % or so"])
  }

  @Test func commandsAreNeverBroken() {
    #expect(
      TextLayout.wrapped("keep it: `audit decide DB PATH --verdict keep` or not", width: 20)
        == ["keep it:", "`audit decide DB PATH --verdict keep`", "or not"])
    #expect(
      TextLayout.wrapped("1 file equal to another: audit sql faces.db --saved duplicates", width: 30)
        == ["1 file equal to another:", "audit sql faces.db --saved duplicates"])
  }

  @Test func coloursTakeNoRoomAndWideLettersTakeTwo() {
    #expect(TextLayout.width("\u{1B}[1mbold\u{1B}[0m") == 4)
    #expect(TextLayout.width("日本.png") == 8 && TextLayout.width("e\u{301}") == 1)
  }

  @Test func pathsLoseTheirMiddle() {
    #expect(
      TextLayout.shortened(path: "people/id014/clip2/frame_000331.png", to: 40) == "people/id014/clip2/frame_000331.png"
    )
    let short = TextLayout.shortened(path: "people/id014/clip2/frame_000331.png", to: 24)
    #expect(short.hasPrefix("peo") && short.hasSuffix("/frame_000331.png") && short.contains("…"))
    #expect(TextLayout.shortened("a long reason", to: 7) == "a long…")
  }

  @Test(arguments: [30, 40, 60, 80, 200]) func noRowOfATableIsWiderThanTheTerminal(width: Int) {
    var table = TextTable(
      [
        .init("skew", .number), .init("reason", .text), .init("unit", isOptional: true), .init("file", .path),
      ], indent: 2)
    table.add(["7.0", "border 60 % of the error, centre covered", "times", "people/id014/clip2/frame_000331_0.png"])
    table.add(["12.3", "-", "times", "a.png"])
    let lines = table.lines(width: width)
    #expect(lines.allSatisfy { TextLayout.width($0) <= width }, "\(lines)")
    #expect(width < 40 || lines.count == 3, "a row is one line: \(lines)")
    #expect(width < 200 || lines[1].contains("centre covered") && lines[1].hasSuffix("frame_000331_0.png"))
  }

  @Test func aTableThatCannotFitBecomesBlocks() {
    var table = TextTable((1...12).map { .init("column\($0)", .number) })
    table.add((1...12).map { "\($0)" })
    let lines = table.lines(width: 60)
    #expect(lines.count == 12 && lines[0] == "column1   1" && lines[11] == "column12  12")
  }

  @Test func aPageIsMadeAnewForANarrowTerminal() {
    let page = """
      HEAD
        A paragraph of text that is broken where eighty columns
        end, and goes on here.
      """
    #expect(
      TextLayout.reflowed(page, width: 50) == [
        "HEAD", "  A paragraph of text that is broken where eighty", "  columns end, and goes on here.",
      ])
  }

  @Test func twoLettersThatChangedPlacesAreOneMistake() {
    #expect(Spelling.nearest(to: "skwe", in: ["skew", "keep", "mse"]) == ["skew"])
    #expect(Spelling.nearest(to: "scna", in: ["scan", "sql", "show"]) == ["scan"])
  }
}
