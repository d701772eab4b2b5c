import Foundation
import Testing

/// What a person does with `audit serve`, in a real browser: keys and the mouse go in, what is seen comes out.
@Suite(.enabled(if: Chromium.isInstalled, Chromium.reason), .serialized)
struct BrowserTests {
  @Test func whatIsDecidedByKeysIsWhatIsExported() throws {
    let set = try ReviewedSet()
    let before = try set.exported()
    let proposed = try Set(set.column("SELECT path FROM samples WHERE proposal IN ('keep', 'review')"))
    try #require(before == proposed)
    let server = try RunningServer(set.database)
    let seen = try Chromium.run("deciding.py", [server.address])

    var stored = try #require(seen["above"] as? [String: String])
    func text(_ name: String) throws -> String { try #require(seen[name] as? String, "\(name)") }
    let made = try ["first", "second", "third", "takenBack", "twice"].map { stored[try text($0)] }
    #expect(made == ["keep", "drop", "review", "drop", "drop"] && stored.count >= 8)
    let question = try text("question")
    #expect(question.hasSuffix("3 decisions of yours stay."), "\(question)")
    stored[try text("opened")] = "keep"
    let undone = stored[try text("undone")]
    #expect(undone == nil, "what was undone is decided by nobody")
    #expect(seen["complaints"] as? [String] == [])
    let effect = try text("effect")
    #expect(effect.contains("cross-validated gain now"), "\(effect)")
    #expect((seen["commands"] as? [String])?.count == 3)
    // Counts in the rail follow; what was proposed for a drop or a review was kept, and one that was undone is as before.
    let rail = try #require(seen["rail"] as? [[String: Int]])
    #expect(rail.map { $0["keep", default: 0] - rail[0]["keep", default: 0] } == [0, 1, 1], "\(rail)")
    #expect(rail.map { $0.values.reduce(0, +) } == rail.map { _ in rail[0].values.reduce(0, +) }, "\(rail)")

    let rows = try #require(try server.get("/decisions.json").json()["decisions"] as? [[String: Any]])
    // The newest comes first, and what it took the place of further below.
    let inForce = Dictionary(rows.map { ($0["path"] as? String ?? "", $0["verdict"] as? String ?? "") }) { newest, _ in
      newest
    }
    #expect(inForce == stored)
    let dropped = Set(stored.filter { $0.value == "drop" }.keys)
    let after = before.subtracting(dropped).union(stored.filter { $0.value != "drop" }.keys)
    #expect(try set.exported() == after && after != before)
  }

  @Test func twoWindowsSeeEachOtherAndLoseNothing() throws {
    let set = try ReviewedSet()
    let server = try RunningServer(set.database)
    let seen = try Chromium.run("windows.py", [server.address])
    #expect((seen["seen"] as? [String: String])?.values.sorted() == ["drop"])
    let (left, right) = (try #require(seen["left"] as? [String]), try #require(seen["right"] as? [String]))
    #expect(left.count == 12 && right.count == 12 && Set(left).isDisjoint(with: right))
    #expect(try set.column("SELECT path FROM q_decisions WHERE verdict = 'review'") == [seen["late"] as? String])
    #expect(try Set(set.column("SELECT path FROM q_decisions WHERE verdict = 'drop'")) == Set(left))
    #expect(try Set(set.column("SELECT path FROM q_decisions WHERE verdict = 'keep'")) == Set(right))
    #expect(seen["complaints"] as? [String] == [])
  }

  @Test func rangesTheLargeViewAndTheBestOfAGroupAreDecidedAtOnce() throws {
    let set = try ReviewedSet()
    let server = try RunningServer(set.database)
    let seen = try Chromium.run("choosing.py", [server.address])
    let order = try set.column("SELECT path FROM samples ORDER BY skew IS NULL, skew DESC, path LIMIT 9")
    #expect(seen["byKeys"] as? [String] == Array(order[0...2]) && seen["left"] as? [String] == [])
    #expect(seen["byMouse"] as? [String] == [4, 5, 6, 8].map { order[$0] })
    #expect(seen["large"] as? String == order[1])
    let group = try #require(seen["group"] as? [[String]])
    for member in group { #expect(member[1] == (member[0] == seen["best"] as? String ? "✓ keep" : "✕ drop")) }
    #expect(group.count > 1 && seen["complaints"] as? [String] == [])
    // What was undone is gone: a range, and a whole group in one step. What a newer decision outranks is still listed.
    #expect(
      try Set(set.column("SELECT path || ' ' || verdict FROM q_decisions"))
        == ["\(order[0]) drop", "\(order[1]) drop", "\(order[1]) review", "\(order[2]) drop"])
  }

  @Test func whatIsAskedAndLookedIntoIsToldOnceAndInOneSpelling() throws {
    let set = try ReviewedSet()
    let server = try RunningServer(set.database)
    let seen = try Chromium.run("asking.py", [server.address])
    func texts(_ name: String) throws -> [String] { try #require(seen[name] as? [String], "\(name)") }
    let codes = try Set(set.column("SELECT DISTINCT code FROM issue"))
    #expect(codes.contains { $0.contains("_") })
    for place in ["overview", "rail", "tiles", "image"] {
      let told = Set(try texts(place))
      #expect(!told.isEmpty && told.isSubset(of: codes), "\(place): \(told.subtracting(codes))")
    }
    // A browser asks again by itself where a server says that a request was slow (408).
    let late = try #require(seen["late"] as? String)
    #expect(late.contains("longer than 5 s"), "\(late)")
    let seconds = try #require(seen["seconds"] as? Double)
    #expect(seconds < 9.5 && seen["waiting"] as? String == "Asking …", "asked once: \(seconds) s")
    // Own, reconstruction and residual lie one over the other.
    let sizes = try #require(seen["sizes"] as? [[Int]])
    #expect(sizes.count == 3 && Set(sizes).count == 1, "\(sizes)")
    #expect(seen["outside"] as? [String] == [])
    #expect((seen["complaints"] as? [String])?.filter { !$0.contains("504") } == [])
  }

  /// 1,000,000 tiles are 30 million pixels high; browsers draw less.
  @Test func everyOfAMillionTilesIsReached() throws {
    let set = try ReviewedSet()
    let server = try RunningServer(set.database)
    let seen = try Chromium.run("reach.py", [server.address])
    func number(_ step: String, _ name: String) throws -> Double {
      try #require((seen[step] as? [String: Any])?[name] as? Double, "\(step) \(name)")
    }
    for step in ["begin", "middle", "wheel", "back", "end", "reveal", "top"] {
      let (made, height) = (try number(step, "made"), try number(step, "height"))
      #expect((seen[step] as? [String: Any])?["whole"] as? Bool == true, "\(step)")
      #expect(made > 0 && made < 200 && height < 10_000_000, "\(step): \(made) tiles, \(height) pixels")
    }
    let last = try number("end", "last")
    #expect(last == 999_999)
    let (begin, top) = (try number("begin", "first"), try number("top", "first"))
    #expect(begin == 0 && top == 0)
    let middle = try number("middle", "first")
    #expect(abs(middle - 500_000) < 1_000)
    let wheel = try number("wheel", "first")
    #expect(wheel > middle && wheel - middle < 30, "a wheel moves by pixels: \(middle) \(wheel)")
    let (back, first) = (try number("back", "first"), try number("reveal", "first"))
    #expect(back == middle)
    let shown = try number("reveal", "last")
    #expect(first <= 123_456 && shown >= 123_456)
  }

  @Test func picturesOutOfSightAreAskedForNoMore() throws {
    let set = try ReviewedSet()
    let server = try RunningServer(set.database)
    let seen = try Chromium.run("hurry.py", [server.address])
    let (gone, open) = (try #require(seen["gone"] as? Int), try #require(seen["open"] as? Int))
    let givenUp = try #require(seen["givenUp"] as? Int)
    #expect(gone > 0 && open == 0 && givenUp > 0, "\(seen)")
  }

  @Test func everyViewIsReadableOnDeskAndPhoneInBothThemes() throws {
    let set = try ReviewedSet(runs: 2)
    let server = try RunningServer(set.database)
    let folder =
      ProcessInfo.processInfo.environment["AUDIT_SCREENSHOTS"]
      ?? FileManager.default.temporaryDirectory.path + "/audit-looks-\(ProcessInfo.processInfo.processIdentifier)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    print("screenshots of every view: \(folder)")
    let worst = try #require(try set.column("SELECT id FROM samples ORDER BY skew DESC, path LIMIT 1").first)
    let seen = try Chromium.run("looks.py", [server.address, folder, worst])
    #expect(seen.count == 4 * 9 + 4 + 8)
    for (view, found) in seen {
      #expect((found as? [String: Any])?.isEmpty ?? ((found as? [String])?.isEmpty == true), "\(view): \(found)")
    }
    let shots = Set(try FileManager.default.contentsOfDirectory(atPath: folder))
    for view in seen.keys where !view.hasPrefix("complaints") { #expect(shots.contains("\(view).png")) }
  }

  @Test func namesOfFilesAreTextAndNothingElse() throws {
    let set = try ReviewedSet(named: HostileName.all)
    let server = try RunningServer(set.database)
    let seen = try Chromium.run("names.py", [server.address])
    let shown = Set(try #require(seen["names"] as? [String]))
    for (name, words) in HostileName.all { #expect(shown.contains(words), "\(name.debugDescription)") }
    #expect(seen["injected"] as? Int == 0 && seen["title"] as? String == "Images - audit")
    #expect(seen["marks"] as? Bool == false, "no control character or mark of direction stands in the page")
    #expect(seen["decided"] as? String == HostileName.all[0].words)
    #expect(seen["complaints"] as? [String] == [])
  }
}

/// File names that are meant to be something else, and as what they are shown.
private enum HostileName {
  static let all: [(name: String, words: String)] = [
    ("\" onload=document.title=1 x.png", "\" onload=document.title=1 x.png"),
    ("<img src=x onerror=document.title=1>.png", "<img src=x onerror=document.title=1>.png"),
    ("a\u{202e}gnp.exe.png", "a\\u{202e}gnp.exe.png"), ("bell\u{7}new\nline.png", "bell\\u{7}new\\nline.png"),
    ("&amp;&lt;.png", "&amp;&lt;.png"), ("${1}`%2e%2f.png", "${1}`%2e%2f.png"),
    ("zero\u{200b}width\u{2066}.png", "zero\\u{200b}width\\u{2066}.png"),
    ("\u{645}\u{631}\u{62d}\u{628}\u{627}.png", "\u{645}\u{631}\u{62d}\u{628}\u{627}.png"),
  ]
}
