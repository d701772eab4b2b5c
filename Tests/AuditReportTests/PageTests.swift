import AuditCore
import AuditReport
import AuditStore
import Foundation
import Testing

/// The page in a real browser.
@Suite(.enabled(if: Browser.isInstalled, Browser.reason))
struct PageTests {
  @Test func itOpensWithoutAMessageOnTheConsole() async throws {
    let scratch = try Scratch()
    let visit = try Browser.open(try await DrawnSet.shared().page(in: scratch))
    #expect(visit.console.isEmpty, "\(visit.console)")
    #expect(visit.dom.contains("data-ready=\"true\""), "the script did not come to its end")
  }

  @Test func curvesMapAndGalleriesAreThereAndEveryPictureIsDrawn() async throws {
    let scratch = try Scratch()
    let set = try await DrawnSet.shared()
    let page = try set.page(in: scratch)
    let found = try Probe.ask(
      page,
      """
      const images = [...document.querySelectorAll('.strip img')];
      for (const image of images) { image.loading = 'eager'; }
      await Promise.all(images.map((image) => image.complete || new Promise((done) => {
        image.addEventListener('load', done);
        image.addEventListener('error', done);
      })));
      return {
        charts: [...document.querySelectorAll('svg.chart')].map((chart) => chart.id).join(' '),
        curve: document.querySelector('#cut-chart .curve').getTotalLength() > 100,
        lorenz: document.querySelectorAll('#lorenz-chart > .lorenz[d*="L"]').length,
        drops: document.querySelectorAll('#gallery-drop .tile').length,
        control: document.querySelectorAll('#gallery-control .tile').length,
        images: images.length,
        blank: images.filter((image) => image.naturalWidth < 8 || !image.alt).length,
      };
      """)
    let drops = try set.store().rows("SELECT count(*) FROM samples WHERE verdict = 'drop'")[0].values[0].integer
    #expect(found["charts"] as? String == "cut-chart lorenz-chart map-chart")
    #expect(found["curve"] as? Bool == true)
    #expect(found["lorenz"] as? Int == 4)
    #expect(found["drops"] as? Int == drops && (drops ?? 0) > 3)
    #expect(found["control"] as? Int == 24)
    #expect((found["images"] as? Int ?? 0) >= 3 * 30 && found["blank"] as? Int == 0)
  }

  @Test func theAddressMovesTheCutLineAndTheSentenceFollows() async throws {
    let scratch = try Scratch()
    let set = try await DrawnSet.shared()
    let page = try set.page(in: scratch)
    let scored = try set.store().rows("SELECT count(*) FROM standing")[0].values[0].integer ?? 0
    for share in [0.01, 0.05, 0.1] {
      let dom = try Browser.open(page, fragment: "#cut=\(share)").dom
      let count = Int((share * Double(scored)).rounded())
      let sentence = try #require(dom.firstMatch(of: /<p id="cut-sentence"[^>]*>(.*?)<\/p>/)?.1)
      let noun = count == 1 ? "image" : "images"
      #expect(sentence.contains("Leaving out the \(count) \(noun) of highest skew"), "at \(share): \(sentence)")
      #expect(dom.contains("aria-valuenow=\"\(count)\""))
      let last =
        try set.store().rows(
          "SELECT path FROM samples WHERE skew NOTNULL ORDER BY skew DESC, path LIMIT 1 OFFSET ?",
          .integer(Int64(count - 1)))[0].values[0].text ?? "?"
      let caption = try #require(dom.firstMatch(of: /<figure id="cut-last".*?<\/figure>/)?.0)
      #expect(caption.contains(last) && caption.contains("data:image/jpeg"), "\(last) is not the last to go")
    }
  }

  @Test func keysAndPointerMoveTheLineAndWalkTheImages() async throws {
    let scratch = try Scratch()
    let page = try await DrawnSet.shared().page(in: scratch)
    let found = try Probe.ask(
      page,
      """
      const press = (target, key) => target.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true}));
      const line = document.getElementById('cut-line');
      const now = () => Number(line.getAttribute('aria-valuenow'));
      const text = () => document.getElementById('cut-sentence').textContent;
      const seen = {};
      press(line, 'Home'); seen.home = now(); seen.nothing = text();
      press(line, 'ArrowRight'); press(line, 'ArrowRight'); seen.two = now(); seen.twoText = text();
      press(line, 'ArrowLeft'); seen.one = now();
      press(line, 'End'); seen.end = now();
      const chart = document.getElementById('cut-chart');
      const box = chart.getBoundingClientRect();
      chart.setPointerCapture = () => {};
      const at = (x) => ({clientX: box.left + x * box.width, clientY: box.top + 60, pointerId: 1, button: 0, bubbles: true});
      chart.dispatchEvent(new PointerEvent('pointerdown', at(0.3))); seen.tapped = now();
      chart.dispatchEvent(new PointerEvent('pointermove', at(0.7))); seen.dragged = now();
      chart.dispatchEvent(new PointerEvent('pointerup', at(0.7)));
      chart.dispatchEvent(new PointerEvent('pointermove', at(0.2))); seen.released = now();
      document.activeElement.blur();
      press(document.body, 'l'); const first = document.activeElement.dataset.id;
      press(document.activeElement, 'l'); const second = document.activeElement.dataset.id;
      press(document.activeElement, 'j'); seen.walked = first !== second && document.activeElement.dataset.id === first;
      press(document.activeElement, 'Enter'); seen.opened = document.getElementById('viewer').open;
      seen.command = document.querySelector('#viewer code').textContent;
      press(document.body, 'ArrowRight'); seen.turned = document.getElementById('viewer-name').textContent;
      document.getElementById('viewer').close();
      press(document.body, '/'); seen.filter = document.activeElement.id;
      const filter = document.getElementById('filter');
      filter.value = 'no such thing'; filter.dispatchEvent(new Event('input'));
      seen.hidden = document.querySelectorAll('.tile:not(.hidden)').length;
      seen.count = document.getElementById('filter-count').textContent;
      const map = document.getElementById('map-chart');
      press(map, 'ArrowRight'); seen.map = document.querySelector('#map-detail b').textContent;
      return seen;
      """)
    #expect(found["home"] as? Int == 0 && found["nothing"] as? String == "Nothing is left out.")
    #expect(found["two"] as? Int == 2 && (found["twoText"] as? String ?? "").contains("the 2 images of highest skew"))
    #expect(found["one"] as? Int == 1)
    let end = found["end"] as? Int ?? 0
    #expect(end == 16, "a tenth of \(DrawnSet.count) images")
    let (tapped, dragged) = (found["tapped"] as? Int ?? 0, found["dragged"] as? Int ?? 0)
    #expect(0 < tapped && tapped < dragged && dragged < end, "tapped \(tapped), dragged \(dragged)")
    #expect(found["released"] as? Int == dragged, "the line follows a pointer that was let go")
    #expect(found["walked"] as? Bool == true && found["opened"] as? Bool == true)
    #expect((found["command"] as? String ?? "").hasPrefix("audit explain "))
    #expect(!(found["turned"] as? String ?? "").isEmpty)
    #expect(found["filter"] as? String == "filter" && found["hidden"] as? Int == 0)
    #expect((found["count"] as? String ?? "").hasPrefix("0 of "))
    #expect(!(found["map"] as? String ?? "").isEmpty)
  }

  @Test func oneIssueIsLeftWhenItIsChosen() async throws {
    let scratch = try Scratch()
    let set = try await DrawnSet.shared()
    let found = try Probe.ask(
      try set.page(in: scratch),
      """
      const choice = document.getElementById('facet-issue');
      const codes = [...choice.options].map((option) => option.value).filter(Boolean);
      const code = codes.find((name) => document.querySelector(`.tile[data-issues~="${name}"]`));
      const shown = (query) => [...document.querySelectorAll(query)].filter((node) => node.offsetParent !== null);
      const before = shown('.gallery[id^="issue-"]').length;
      choice.value = code; choice.dispatchEvent(new Event('change'));
      const tiles = shown('.tile');
      const left = {
        code, before, usable: choice.offsetParent !== null && choice.labels[0].textContent,
        galleries: shown('.gallery[id^="issue-"]').map((gallery) => gallery.id).join(' '),
        tiles: tiles.length, strangers: tiles.filter((tile) => !tile.dataset.issues.split(' ').includes(code)).length,
        words: document.getElementById('filter-count').textContent,
        rows: JSON.parse(document.getElementById('rows-data').textContent).id.length,
      };
      choice.value = ''; choice.dispatchEvent(new Event('change'));
      left.after = shown('.gallery[id^="issue-"]').length;
      left.links = [...document.querySelectorAll('#issues th a')].every((link) => document.querySelector(link.hash));
      return left;
      """)
    let code = try #require(found["code"] as? String)
    let most = try set.store().rows(
      "SELECT count(DISTINCT code) FROM issue JOIN sample ON sample.id = sample_id WHERE status = 'ok' AND strength NOTNULL"
    )
    #expect(found["before"] as? Int == most[0].values[0].integer && (found["before"] as? Int ?? 0) > 1)
    #expect(found["galleries"] as? String == "issue-\(code)" && found["after"] as? Int == found["before"] as? Int)
    #expect((found["tiles"] as? Int ?? 0) > 0 && found["strangers"] as? Int == 0)
    let images =
      try set.store().rows(
        "SELECT count(DISTINCT sample_id) FROM issue JOIN sample ON sample.id = sample_id WHERE status = 'ok' AND code = ?",
        .text(code))[0].values[0].integer ?? -1
    #expect(
      found["words"] as? String == "\(images) of \(found["rows"] as? Int ?? 0) images", "all of them, not the tiles")
    #expect(found["usable"] as? String == "issue" && found["links"] as? Bool == true)
  }

  @Test func namesThatLookLikeMarkupStayText() throws {
    let scratch = try Scratch()
    let page = try HostileNames.page(in: scratch)
    // Without the policy that would stop a script anyway: escaping alone must be enough.
    let text = try String(contentsOfFile: page, encoding: .utf8)
      .replacing(/<meta http-equiv="Content-Security-Policy"[^>]*>/, with: "")
    try text.write(toFile: page, atomically: true, encoding: .utf8)
    let visit = try Browser.open(page)
    #expect(visit.console.isEmpty, "\(visit.console)")
    #expect(visit.dom.contains("data-ready=\"true\""))
    #expect(!visit.dom.contains("data-owned"), "a file name became script")
  }

  @Test func theCommandOfEveryTileNamesItsFileToTheShell() throws {
    let scratch = try Scratch()
    let page = try HostileNames.page(in: scratch)
    let found = try Probe.ask(
      page,
      """
      const commands = {};
      for (const tile of document.querySelectorAll('.tile')) {
        tile.click();
        commands[tile.dataset.id] = document.querySelector('#viewer code').textContent;
        document.getElementById('viewer').close();
      }
      return commands;
      """)
    let store = try Store(reading: scratch.path + "/hostile.db")
    var paths = Set<SamplePath>()
    for (id, command) in found {
      let command = try #require(command as? String)
      #expect(!command.unicodeScalars.contains { $0.properties.generalCategory == .control }, "\(command)")
      let rows = try store.rows("SELECT path, path_raw FROM sample WHERE id = ?", .integer(Int64(id) ?? 0))
      let path = try #require(rows.first?.samplePath)
      paths.insert(path)
      let words = try Bash.words(of: command)
      let name = path.bytes.first == UInt8(ascii: "-") ? Array("./".utf8) + path.bytes : path.bytes
      #expect(words.count == 4 && words.last == name, "\(path.printable): \(command)")
    }
    #expect(paths.contains { !$0.isText }, "\(paths.count) tiles")
    #expect(paths.contains { $0.bytes.first == UInt8(ascii: "-") }, "\(paths.count) tiles")
  }

  @Test func theBrowserReadsEveryTextBackAsItWas() throws {
    let scratch = try Scratch()
    let specials: [Unicode.Scalar] = ["<", "\"", "&", "'", ">", "\\", "\r", "\n"]
    var text = String.UnicodeScalarView()
    // Ideographs, Hangul and what is not assigned come in long runs of one kind: every 97th of them.
    var scalars: [Unicode.Scalar] = []
    for value in UInt32(1)...UInt32(0x10FFFF) {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let facts = scalar.properties
      let isOften = value < 0x3400 || value % 97 == 0
      if isOften || facts.generalCategory == .format || facts.isGraphemeExtend { scalars.append(scalar) }
    }
    for (index, scalar) in scalars.enumerated() {
      text.append(specials[(index + index / 8) % 8])
      text.append(scalar)
    }
    let value = String(text)
    let page: HTML = """
      <!doctype html><meta charset="utf-8"><body><p id="text" title="\(value)">\(value)</p>
      <script type="application/json" id="json">\(HTML.json("[" + Escaping.json.text(value) + "]"))</script></body>
      """
    let file = scratch.path + "/text.html"
    try page.markup.write(toFile: file, atomically: true, encoding: .utf8)
    let found = try Probe.ask(
      file,
      """
      const p = document.getElementById('text');
      const json = JSON.parse(document.getElementById('json').textContent)[0];
      return {text: p.textContent, title: p.title, json: json, elements: document.querySelectorAll('body *').length};
      """)
    // HTML 13.2.3.5 knows no control characters.
    var shown = String.UnicodeScalarView()
    for scalar in text {
      let isControl = scalar.value == 0x7F || (scalar.value < 0x20 && ![9, 10, 13].contains(scalar.value))
      shown.append(isControl ? "\u{FFFD}" : scalar)
    }
    let expectations: [(String, String)] = [("text", String(shown)), ("title", String(shown)), ("json", value)]
    for (name, expected) in expectations {
      let read = Array(((found[name] as? String) ?? "").unicodeScalars)
      let differs = zip(read, expected.unicodeScalars).first { $0 != $1 }
      #expect(read.count == expected.unicodeScalars.count && differs == nil, "\(name): \(String(describing: differs))")
    }
    #expect(found["elements"] as? Int == 3, "p and two scripts, the second of them the test's")
  }

  @Test func screenshotsAreLeftToLookAt() async throws {
    let scratch = try Scratch()
    let page = try await DrawnSet.shared().page(in: scratch)
    for (name, width) in [("desk", 1_400), ("phone", 420)] {
      for isDark in [false, true] {
        let image = FileManager.default.temporaryDirectory
          .appendingPathComponent("audit-report-\(name)-\(isDark ? "dark" : "light").png").path
        try Browser.screenshot(page, to: image, on: .init(width: width, height: 4_000, isDark: isDark))
        let size = try FileManager.default.attributesOfItem(atPath: image)[.size] as? Int
        #expect((size ?? 0) > 100_000)
        print("screenshot of the report: \(image)")
      }
    }
  }
}
