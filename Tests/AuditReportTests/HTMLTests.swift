import AuditReport
import Testing

struct HTMLTests {
  @Test func whatIsInterpolatedCannotBecomeMarkup() {
    let name = "<script>alert(\"1\")</script>&'\n\u{0}\u{7F}é"
    let piece: HTML = "<p title=\"\(name)\">\(name)</p>"
    let escaped = "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;\n&#xFFFD;&#xFFFD;é"
    #expect(piece.markup == "<p title=\"\(escaped)\">\(escaped)</p>")
  }

  @Test func piecesOfAPageAreNotEscapedAgain() {
    let inner: HTML = "<b>\("a<b")</b>"
    let parts = [inner, inner]
    let none: HTML? = nil
    let outer: HTML = "<p>\(parts)\(none)\(7)</p>"
    #expect(outer.markup == "<p><b>a&lt;b</b><b>a&lt;b</b>7</p>")
  }

  @Test func embeddedJSONCannotEndItsScript() {
    #expect(HTML.json("{\"a\":\"</script>\u{2028}\"}").markup == "{\"a\":\"\\u003c/script\\u003e\\u2028\"}")
  }

  @Test func strongWordsOfASentenceAreMarkedAndItsNumbersKeepTheirUnit() {
    let sentence: Sentence = "falls by \(strong: "5 %") of \("a<b")."
    let piece: HTML = "<p>\(sentence)</p>"
    #expect(piece.markup == "<p>falls by <strong>5\u{A0}%</strong> of a&lt;b.</p>")
    #expect(sentence.plain == "falls by 5 % of a<b.")
    #expect(sentence.text { "*" + $0 + "*" } == "falls by *5 %* of a<b.")
  }
}
