import AuditCore
import AuditExport
import AuditReport
import AuditStore
import Foundation
import Testing

/// Looking and deciding on the page, in a real browser.
@Suite(.enabled(if: Browser.isInstalled, Browser.reason))
struct LookingTests {
  @Test(arguments: [(1_400, 900), (420, 900)]) func theFirstScreenShowsTheSixWorst(width: Int, height: Int) async throws
  {
    let scratch = try Scratch()
    let set = try await DrawnSet.shared()
    let found = try Probe.ask(
      try set.page(in: scratch), on: .init(width: width, height: height),
      """
      const shown = [...document.querySelectorAll('.worst .thumb')];
      return {
        ids: shown.map((figure) => figure.dataset.id).join(' '),
        low: Math.max(...shown.map((figure) => figure.getBoundingClientRect().bottom)), high: innerHeight,
        drawn: shown.filter((figure) => figure.querySelector('img').naturalWidth > 8).length,
      };
      """)
    let worst = try set.store().rows("SELECT id FROM samples WHERE skew NOTNULL ORDER BY skew DESC, path LIMIT 6")
      .compactMap { $0["id"].integer.map(String.init) }.joined(separator: " ")
    #expect(found["ids"] as? String == worst && found["drawn"] as? Int == 6)
    #expect((found["low"] as? Double ?? 9_999) <= Double(height), "the lowest ends at \(found["low"] ?? "")")
  }

  @Test(arguments: [420, 500, 760, 1_400]) func nothingIsWiderThanTheScreen(width: Int) async throws {
    let scratch = try Scratch()
    let found = try Probe.ask(
      try await DrawnSet.shared().page(in: scratch), on: .init(width: width, height: 900),
      """
      document.querySelector('.tile').focus();
      document.dispatchEvent(new KeyboardEvent('keydown', {key: 'd', bubbles: true}));
      const scrolls = (node) => node !== null && (node.matches('.scroll, .contents, code, pre, .skip') || scrolls(node.parentElement));
      const wide = [...document.querySelectorAll('body *')].filter((node) => !scrolls(node)
        && !(node instanceof SVGElement) && node.getBoundingClientRect().right > document.documentElement.clientWidth + 1);
      return {
        wide: wide.slice(0, 5).map((node) => `${node.tagName}.${node.className}`).join(' '),
        over: document.documentElement.scrollWidth - document.documentElement.clientWidth, inner: innerWidth, bar: !document.getElementById('decided').hidden,
      };
      """)
    #expect(found["wide"] as? String == "" && found["inner"] as? Int == width)
    #expect(found["over"] as? Int == 0)
  }

  @Test func onPaperNoTableLosesItsLastColumns() async throws {
    let scratch = try Scratch()
    let page = try await DrawnSet.shared().page(in: scratch)
    let text = try String(contentsOfFile: page, encoding: .utf8)
    try text.replacing("@media print", with: "@media all").write(toFile: page, atomically: true, encoding: .utf8)
    let found = try Probe.ask(
      page, on: .init(width: 720, height: 900),
      """
      const tables = [...document.querySelectorAll('table')].filter((table) => table.offsetParent !== null);
      const cut = tables.filter((table) => table.getBoundingClientRect().right > innerWidth
        || (getComputedStyle(table.parentElement).overflowX !== 'visible' && table.offsetWidth > table.parentElement.clientWidth));
      const last = [...document.querySelectorAll('#all-rows tr')][0].querySelector('.codes').getBoundingClientRect();
      return {
        tables: tables.length, cut: cut.map((table) => table.closest('section').id).join(' '), issues: last.right <= innerWidth && last.width > 0,
      };
      """)
    #expect(found["tables"] as? Int ?? 0 >= 4)
    #expect(found["cut"] as? String == "" && found["issues"] as? Bool == true)
  }

  @Test func theMapMarksNothingUntilSomebodyLooks() async throws {
    let scratch = try Scratch()
    let found = try Probe.ask(
      try await DrawnSet.shared().page(in: scratch),
      """
      const focus = document.getElementById('map-focus');
      const map = document.getElementById('map-chart');
      const before = getComputedStyle(focus).visibility;
      map.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight', bubbles: true}));
      const [mark, chart] = [focus.getBoundingClientRect(), map.getBoundingClientRect()];
      return {before, after: getComputedStyle(focus).visibility,
        inside: mark.left >= chart.left - 20 && mark.right <= chart.right + 20};
      """)
    #expect(found["before"] as? String == "hidden" && found["after"] as? String == "visible")
    #expect(found["inside"] as? Bool == true)
  }

  @Test func everyMarkedImageHasATileOnDemand() throws {
    let scratch = try Scratch()
    try SyntheticRun(at: scratch.path + "/many.db", count: 30_000)
    let store = try Store(reading: scratch.path + "/many.db")
    let page = scratch.path + "/many.html"
    try ReportWriter(store, run: nil).write([try ReportFile(path: page)])
    let found = try Probe.ask(
      page,
      """
      const seen = {};
      for (const kind of ['drop', 'review']) {
        const gallery = document.getElementById(`gallery-${kind}`);
        const button = gallery.querySelector('.more');
        for (let turn = 0; turn < 40 && !button.hidden; turn += 1) button.click();
        const tiles = [...gallery.querySelectorAll('.tile')].filter((tile) => tile.offsetParent !== null);
        seen[kind] = new Set(tiles.map((tile) => tile.dataset.id)).size;
        tiles.at(-1).click();
        seen[`${kind}Open`] = document.getElementById('viewer-name').textContent;
        document.getElementById('viewer').close();
      }
      seen.rule = document.querySelector('#all .about').textContent;
      seen.rows = document.getElementById('all-place').textContent;
      return seen;
      """)
    for kind in ["drop", "review"] {
      let marked =
        try store.rows("SELECT count(*) FROM samples WHERE verdict = ?", .text(kind))[0].values[0].integer ?? 0
      #expect(found[kind] as? Int == marked && marked > 30, "\(kind)")
      #expect(!(found[kind + "Open"] as? String ?? "").isEmpty)
    }
    let rule = found["rule"] as? String ?? ""
    #expect(rule.contains(" of 29,970 images: ") && rule.contains("then those marked drop or review"), "\(rule)")
    #expect(!(found["rows"] as? String ?? "").hasSuffix("of 29,970"))
    let size = try #require(try FileManager.default.attributesOfItem(atPath: page)[.size] as? Int)
    #expect(size < 5_000_000)
  }

  @Test func whereNothingIsMarkedTheHighestSkewIsShownCalmly() throws {
    let scratch = try Scratch()
    try SyntheticRun(at: scratch.path + "/calm.db", count: 60, seed: 5, unreadable: 0)
    let store = try Store(reading: scratch.path + "/calm.db")
    let marked = try store.rows("SELECT count(*) FROM samples WHERE verdict IN ('drop', 'review')")[0].values[0].integer
    try #require(marked == 0)
    let page = scratch.path + "/calm.html"
    try ReportWriter(store, run: nil).write([try ReportFile(path: page)])
    let dom = try Browser.open(page).dom
    #expect(dom.contains("nothing is marked: in a sound set some image is always first"))
    #expect(
      dom.matches(of: /<figure class="thumb" data-id="[0-9]+" tabindex="0" role="button"><p class="none">/).count >= 6)
  }

  @Test func theTableSortsAndItsFacetsLeaveWhatTheyName() async throws {
    let scratch = try Scratch()
    let set = try await DrawnSet.shared()
    let found = try Probe.ask(
      try set.page(in: scratch),
      """
      const names = () => [...document.querySelectorAll('#all-rows th')].map((cell) => cell.textContent);
      const head = (name) => document.querySelector(`th[data-sort="${name}"]`);
      const press = (name) => head(name).querySelector('button').click();
      const place = () => document.getElementById('all-place').textContent;
      const choose = (facet, value) => {
        const box = document.getElementById(`facet-${facet}`);
        box.value = value; box.dispatchEvent(new Event('change'));
      };
      const seen = {all: place()};
      press('mse'); seen.down = names()[0]; seen.sorted = head('mse').getAttribute('aria-sort');
      press('mse'); seen.up = names()[0];
      press('path'); seen.path = names()[0]; await new Promise((done) => setTimeout(done, 400)); seen.hash = location.hash;
      document.getElementById('all-next').click(); seen.second = names()[0]; seen.secondPlace = place();
      choose('verdict', 'drop'); seen.drop = place(); seen.tiles = [...document.querySelectorAll('.tile')]
        .filter((tile) => tile.offsetParent !== null && !tile.classList.contains('drop')).length;
      choose('verdict', ''); choose('folder', 'id2/'); seen.folder = place();
      choose('folder', '');
      const filter = document.getElementById('filter');
      filter.value = 'id3 CLIP1'; filter.dispatchEvent(new Event('input')); seen.words = place();
      return seen;
      """)
    func ask(_ sql: String) throws -> String {
      let value = try set.store().rows(sql)[0].values[0]
      return value.text ?? value.integer.map(String.init) ?? ""
    }
    let all = try ask("SELECT count(*) FROM samples WHERE status = 'ok'")
    #expect(found["all"] as? String == "1 to 50 of \(all)")
    #expect(
      found["down"] as? String
        == (try ask("SELECT path FROM samples WHERE mse NOTNULL ORDER BY round(mse, 4) DESC, skew DESC LIMIT 1")))
    #expect(found["sorted"] as? String == "descending")
    #expect(found["up"] as? String != found["down"] as? String)
    #expect(found["path"] as? String == (try ask("SELECT path FROM samples WHERE status = 'ok' ORDER BY path LIMIT 1")))
    #expect(found["hash"] as? String == "#sort=path.up")
    #expect(
      found["second"] as? String
        == (try ask("SELECT path FROM samples WHERE status = 'ok' ORDER BY path LIMIT 1 OFFSET 50")))
    #expect((found["secondPlace"] as? String ?? "").hasPrefix("51 to 100 of "))
    let drops = try ask("SELECT count(*) FROM samples WHERE verdict = 'drop'")
    #expect((found["drop"] as? String ?? "").hasSuffix(" of \(drops)") && found["tiles"] as? Int == 0)
    let folder = try ask("SELECT count(*) FROM samples WHERE status = 'ok' AND path GLOB 'id2/*'")
    #expect((found["folder"] as? String ?? "").hasSuffix(" of \(folder)"))
    let words = try ask(
      "SELECT count(*) FROM samples WHERE status = 'ok' AND path LIKE '%id3%' AND path LIKE '%clip1%'")
    #expect((found["words"] as? String ?? "").hasSuffix(" of \(words)"))
  }

  @Test func decisionsMadeByKeysAreUndoneAndGoIntoTheAddress() async throws {
    let scratch = try Scratch()
    let set = try await DrawnSet.shared()
    let page = try set.page(in: scratch)
    let found = try Probe.ask(
      page,
      """
      const press = (key) => (document.activeElement || document.body)
        .dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true}));
      const lines = () => document.getElementById('decided-lines').textContent;
      const bar = document.getElementById('decided');
      const seen = {before: bar.hidden};
      const [one, two, three] = document.querySelectorAll('#gallery-drop .tile');
      one.focus(); press('k');
      press('l'); press('r'); seen.two = document.activeElement === two;
      three.click(); press('d'); seen.open = document.getElementById('viewer').open;
      seen.pressed = document.querySelector('#viewer-decide [aria-pressed="true"]').textContent;
      press('u'); press('d');
      document.getElementById('viewer').close();
      seen.count = document.getElementById('decided-count').textContent;
      seen.badge = one.querySelector('.decision').textContent;
      const reason = document.getElementById('decided-reason');
      reason.focus(); press('d'); reason.value = 'two "faces"'; reason.dispatchEvent(new Event('input'));
      seen.lines = lines(); seen.shown = !bar.hidden;
      await new Promise((done) => setTimeout(done, 400)); seen.hash = location.hash;
      one.focus(); press('k'); seen.again = document.getElementById('decided-count').textContent;
      return seen;
      """)
    #expect(found["before"] as? Bool == true && found["shown"] as? Bool == true)
    #expect(found["two"] as? Bool == true && found["open"] as? Bool == true && found["pressed"] as? String == "✕ drop")
    #expect(found["count"] as? String == "3 decided: 1 drop, 1 review, 1 keep")
    #expect(found["badge"] as? String == "✓ keep ")
    #expect(found["again"] as? String == "2 decided: 1 drop, 1 review", "the same key again takes it back")
    let lines = try #require(found["lines"] as? String)
    let verdicts = try lines.split(separator: "\n").map { line in
      let json = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String]
      #expect(json?["reason"] == "two \"faces\"" && json?["path"] != nil)
      return json?["verdict"]
    }
    #expect(verdicts == ["keep", "review", "drop"])
    let hash = try #require(found["hash"] as? String)
    let back = try Probe.ask(
      page, fragment: hash, "return {lines: document.getElementById('decided-count').textContent};")
    #expect(back["lines"] as? String == "3 decided: 1 drop, 1 review, 1 keep", "the link leads to it")
  }

  @Test func whatIsCopiedIsWhatDecideTakesWhateverTheNames() throws {
    let scratch = try Scratch()
    let page = try HostileNames.page(in: scratch)
    let found = try Probe.ask(
      page,
      """
      for (let turn = 0; turn < 9; turn += 1) {
        for (const button of document.querySelectorAll('#all-rows .decide [data-verdict="review"]')) button.click();
        document.getElementById('all-next').click();
      }
      return {lines: document.getElementById('decided-lines').textContent};
      """)
    let lines = try #require(found["lines"] as? String)
    let file = scratch.path + "/decisions.jsonl"
    try lines.write(toFile: file, atomically: true, encoding: .utf8)
    let store = try Store(deciding: scratch.path + "/hostile.db")
    let scored = try store.rows("SELECT count(*) FROM samples WHERE status = 'ok'")[0].values[0].integer ?? 0
    let (counts, unknown) = try DecisionBook(store, run: nil, who: "test").take(file)
    #expect(counts == [.review: scored] && unknown == 0 && scored > 100)
    let others = try store.rows("SELECT count(*) FROM samples WHERE status = 'ok' AND verdict IS NOT 'review'")
    #expect(others[0].values[0].integer == 0)
  }

  @Test func aLinkLeadsToTheFilterTheOrderAndTheImage() async throws {
    let scratch = try Scratch()
    let set = try await DrawnSet.shared()
    let id = try set.store().rows("SELECT id FROM samples WHERE verdict = 'keep' ORDER BY path LIMIT 1")[0].values[0]
    let found = try Probe.ask(
      try set.page(in: scratch), fragment: "#image=\(id.integer ?? 0)&q=id2&sort=mse.up&verdict=keep&page=2&cut=0.05",
      """
      return {
        open: document.getElementById('viewer').open, name: document.getElementById('viewer-name').textContent,
        q: document.getElementById('filter').value, verdict: document.getElementById('facet-verdict').value,
        sort: document.querySelector('th[data-sort="mse"]').getAttribute('aria-sort'),
        cut: document.getElementById('cut-line').getAttribute('aria-valuenow'),
        alien: document.getElementById('facet-issue').value,
      };
      """)
    #expect(found["open"] as? Bool == true && !(found["name"] as? String ?? "").isEmpty)
    #expect(found["q"] as? String == "id2" && found["verdict"] as? String == "keep")
    #expect(found["sort"] as? String == "ascending" && found["cut"] as? String == "8")
    let broken = try Probe.ask(
      try set.page(in: scratch),
      fragment: "#image=999999&sort=nothing.up&verdict=none&q=%zz&decided=7x.k.99999k&page=-3&cut=x",
      "return {ready: document.documentElement.dataset.ready, rows: document.querySelectorAll('#all-rows tr').length};")
    #expect(broken["ready"] as? String == "true")
  }

  /// What judges the pages of the server judges this one.
  private static let contrast = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("AuditServeTests/Fixtures/contrast.js")

  /// Every text that is drawn, against what it is drawn on, as the browser has worked both out.
  @Test(arguments: [false, true]) func everyTextStandsOutFromItsGround(isDark: Bool) async throws {
    let scratch = try Scratch()
    let found = try Probe.ask(
      try await DrawnSet.shared().page(in: scratch), on: .init(isDark: isDark),
      String(contentsOf: LookingTests.contrast, encoding: .utf8) + """
        document.querySelector('.tile').dispatchEvent(new KeyboardEvent('keydown', {key: 'd', bubbles: true}));
        const texts = textsOf([...document.querySelectorAll('body *')].filter((node) => node.offsetParent !== null));
        return {texts: texts.length, weak: paleOf(texts).slice(0, 4).map(String).join(' '), dark: isDark()};
        """)
    #expect(found["weak"] as? String == "" && (found["texts"] as? Int ?? 0) > 300)
    #expect(found["dark"] as? Bool == isDark)
  }

  @Test func everythingThatIsPressedHasANameAndKeysReachIt() async throws {
    let scratch = try Scratch()
    let found = try Probe.ask(
      try await DrawnSet.shared().page(in: scratch),
      """
      const name = (node) => (node.getAttribute('aria-label') || node.textContent || '').trim()
        || [...node.querySelectorAll('img')].map((image) => image.alt).join('') || (node.labels && node.labels[0] || {}).textContent;
      const pressed = [...document.querySelectorAll('button, [role="button"], [role="slider"], a, input, select, summary')];
      const ids = [...document.querySelectorAll('[id]')].map((node) => node.id);
      return {
        nameless: pressed.filter((node) => !name(node)).map((node) => node.outerHTML.slice(0, 90)).join(' '),
        unreached: pressed.filter((node) => node.tabIndex < 0).map((node) => node.outerHTML.slice(0, 90)).join(' '),
        twice: ids.filter((id, place) => ids.indexOf(id) !== place).join(' '),
        mute: [...document.querySelectorAll('img')].filter((image) => !image.hasAttribute('alt')).length,
        dead: [...document.querySelectorAll('a[href^="#"]')].filter((link) => !document.querySelector(link.hash)).length,
        explained: [...document.querySelectorAll('#all th[data-sort]')].filter((head) => !head.title).length,
        words: document.querySelectorAll('#words dt').length,
      };
      """)
    #expect(
      found["nameless"] as? String == "" && found["unreached"] as? String == "" && found["twice"] as? String == "")
    #expect(found["mute"] as? Int == 0 && found["dead"] as? Int == 0 && found["explained"] as? Int == 0)
    #expect((found["words"] as? Int ?? 0) >= 14)
  }
}
