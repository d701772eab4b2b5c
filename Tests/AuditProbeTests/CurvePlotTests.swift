import Testing

@testable import AuditProbe

@Test func aFallingLineGoesFromTheTopLeftToTheBottomRight() {
  let plot = plotCurves([("loss", [5, 4, 3, 2, 1])], width: 24, height: 6, title: "error", isASCII: true)
  #expect(
    plot == """
      error
      5.000 |aa
            |  aaaa
            |      aaaaaaaa
      1.000 |              aaa
            +-----------------
             1         epoch 5
             a loss  1.000

      """, "\(plot)")
}

@Test func brailleHasFourDotsToALine() {
  let plot = plotCurves([("x", [0, 15])], width: 24, height: 6)
  let lines = plot.split(separator: "\n", omittingEmptySubsequences: false)
  #expect(lines[0].hasPrefix("15.00 ┤"))
  #expect(lines[3].hasPrefix("    0 ┤⣀"), "\(plot)")
  // The end carries the curve's letter.
  #expect(lines[0].hasSuffix("a"))
}

@Test func endsThatMeetStandSideBySide() {
  let plot = plotCurves([("one", [1, 2]), ("two", [1.5, 2]), ("three", [1, 2])], width: 30, height: 8)
  #expect(plot.split(separator: "\n")[0].hasSuffix("cba"), "\(plot)")
}

@Test func lossesOverSeveralDecadesHaveALogarithmicAxis() {
  let plot = plotCurves([("x", [1000, 100, 10, 1])], width: 40, height: 6, isASCII: true)
  let lines = plot.split(separator: "\n")
  #expect(lines[0].hasPrefix(" 1000 |a"))
  // Equal factors are equal heights: the line is straight, so the second of three steps is drawn on the second line.
  #expect(lines[1].contains("aaa") && lines[2].contains("aaa"), "\(plot)")
}

@Test func whatIsNotANumberLeavesAGap() {
  #expect(plotCurves([("none", [.nan, .infinity])]) == "")
  #expect(plotCurves([]) == "")
  let plot = plotCurves([("gap", [1, .nan, 2]), ("flat", [1])], width: 30, height: 6, isASCII: true)
  #expect(!plot.contains("nan") && !plot.contains("inf"))
  #expect(plot.filter { $0 == "a" }.count >= 2)
}

@Test func equalValuesAreALineInTheMiddle() {
  let plot = plotCurves([("flat", [3, 3, 3])], width: 30, height: 7, isASCII: true)
  let lines = plot.split(separator: "\n")
  #expect(lines[2].hasSuffix("aaa"), "\(plot)")
}

@Test func noLineIsLongerThanAskedFor() {
  for width in [24, 40, 72, 120] {
    for isASCII in [true, false] {
      let plot = plotCurves([("a", (0..<90).map { 1 / Double($0 + 1) })], width: width, isASCII: isASCII)
      #expect(plot.split(separator: "\n").allSatisfy { $0.count <= width }, "\(width)")
    }
  }
}

@Test(arguments: [
  (0.00041086, "0.0004109"), (0.02331, "0.02331"), (12.5, "12.50"), (1234.5678, "1235"), (0, "0"), (-0.5, "-0.5000"),
  (4.108e-9, "4.108e-09"), (123_456, "123500"), (2.5e12, "2.500e+12"), (9.99999, "10.00"), (0.99999, "1.000"),
])
func numbersHaveFourDigits(value: Double, text: String) {
  #expect(shortNumber(value) == text)
}
