import Foundation
import Testing

/// Asks a page what it has become, in the browser.
enum Probe {
  /// Runs a function in a copy of the page, without its policy, and gives what it returned.
  static func ask(
    _ page: String, fragment: String = "", on screen: Browser.Screen = .desk, _ body: String
  ) throws -> [String: Any] {
    let script = """
      <script>(async () => {
        let answer;
        try { answer = await (async () => { \(body) })(); } catch (error) { answer = {error: String(error)}; }
        const text = encodeURIComponent(JSON.stringify(answer));
        if (parent === window) document.body.dataset.answer = text; else parent.postMessage(text, "*");
      })();</script></body>
      """
    let text = try String(contentsOfFile: page, encoding: .utf8)
      .replacing(/<meta http-equiv="Content-Security-Policy"[^>]*>/, with: "").replacing("</body>", with: script)
    let copy = page + ".probe.html"
    try text.write(toFile: copy, atomically: true, encoding: .utf8)
    let visit = try Browser.open(copy, fragment: fragment, on: screen)
    #expect(visit.console.isEmpty, "\(visit.console)")
    let encoded = try #require(visit.dom.firstMatch(of: /data-answer="([^"]*)"/)?.1)
    let json = try #require(String(encoded).removingPercentEncoding)
    let found = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    #expect(found["error"] == nil, "\(found["error"] ?? "")")
    return found
  }
}
