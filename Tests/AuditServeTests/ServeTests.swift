import AuditStore
import Foundation
import Synchronization
import Testing

/// The built server, asked as a browser asks it, and as nobody should.
@Suite(.serialized) struct ServeTests {
  private func samples(_ server: RunningServer, _ query: String = "") throws -> [[String: Any]] {
    try server.get("/samples.json?limit=500" + query).rows
  }

  private func ids(_ rows: [[String: Any]]) -> [Int] { rows.compactMap { $0["id"] as? Int } }

  private func decided(_ set: ServedSet) throws -> [(path: String, verdict: String)] {
    try Store(reading: set.database).standingDecisions(from: 0, most: 100_000).map {
      ($0["path"].text ?? "", $0["verdict"].text ?? "")
    }
  }

  // The whole way of a person: the address, the wall, keys, undo, the list that is trained on.
  @Test func whatIsDecidedInTheBrowserIsExported() throws {
    let set = try ServedSet()
    let server = try RunningServer(set.database)
    let welcome = try WebClient(port: server.port).ask("GET", "/?token=\(server.token)", [("Host", server.host)])
    #expect(welcome.status == 303 && welcome.headers["location"] == "/")
    #expect(
      welcome.headers["set-cookie"] == "audit_\(server.port)=\(server.token); HttpOnly; SameSite=Strict; Path=/")
    let shell = try server.get("/samples?verdict=drop")
    #expect(shell.status == 200 && shell.text.contains("/app/main.js"))
    for name in try AppNames.inSources() { #expect(try server.get("/app/" + name).status == 200, "\(name)") }

    let rows = try samples(server)
    let skews = rows.compactMap { $0["skew"] as? Double }
    #expect(rows.count >= 120 && skews == skews.sorted(by: >) && skews.count > 100)
    let keepers = ids(try samples(server, "&verdict=keep"))
    let stored = try server.post(
      "/decide", #"{"ids":[\#(keepers[0]),\#(keepers[1])],"verdict":"drop","reason":"seen"}"#)
    #expect(try stored.json()["stored"] as? Int == 2, "\(stored.text)")
    // All above the line, in the order that is looked at.
    let above = #"{"above":{"sort":"path","verdict":"keep"},"count":3,"verdict":"drop","reason":null}"#
    let firstByPath = ids(try samples(server, "&sort=path&verdict=keep")).prefix(3)
    #expect(try server.post("/decide", above).json()["stored"] as? Int == 3)
    let undone = try server.post("/undo", "{}").json()
    #expect(undone["undone"] as? Int == 3 && (undone["ids"] as? [Int]) == Array(firstByPath))
    let released = try server.post("/decide", #"{"ids":[\#(keepers[1])],"verdict":null}"#).json()
    #expect(released["stored"] as? Int == 1)
    #expect(try decided(set).count == 1)
    // To take back what took a decision away puts it there again.
    #expect(try server.post("/undo", "{}").json()["undone"] as? Int == 1)
    #expect(try decided(set).map(\.verdict) == ["drop", "drop"])
    let list = try Program.run(["export", "faces.audit.db", "--keep"], in: set.folder).out.split(separator: "\n")
    let dropped = Set(
      rows.filter { keepers.prefix(2).contains($0["id"] as? Int ?? 0) }.compactMap { $0["path"] as? String })
    #expect(dropped.count == 2 && dropped.isDisjoint(with: list.map(String.init)))
    let proposed = rows.filter { $0["verdict"] as? String == "drop" }.compactMap { $0["path"] as? String }
    let expected = Set(rows.filter { $0["status"] as? String == "ok" }.compactMap { $0["path"] as? String })
      .subtracting(proposed).subtracting(dropped)
    #expect(Set(list.map(String.init)) == expected)
    let row = try Store(reading: set.database).standingDecisions(from: 0, most: 1)[0]
    #expect(row["by"].text == "tester" && row["reason"].text == "seen")
    #expect(server.end(by: SIGINT) == (0, false))
  }

  @Test func decisionsOfOneTransactionAreOneStepBack() throws {
    let set = try ServedSet()
    let server = try RunningServer(set.database)
    let ids = ids(try samples(server)).prefix(3)
    let body = #"{"decisions":[{"id":\#(ids[0]),"verdict":"keep"},{"id":\#(ids[1]),"verdict":"drop"}],"reason":"best"}"#
    let answer = try server.post("/decide", body).json()
    #expect(
      answer["stored"] as? Int == 2 && (answer["counts"] as? [String: Int]) == ["drop": 1, "review": 0, "keep": 1])
    // A sample that is not there: none is decided.
    let wrong = try server.post("/decide", #"{"ids":[\#(ids[2]),999999],"verdict":"drop"}"#)
    #expect(wrong.status == 404 && wrong.text.contains("999999"))
    #expect(try decided(set).count == 2)
    #expect(try server.post("/undo", "{}").json()["undone"] as? Int == 2)
    #expect(try decided(set).isEmpty)
    #expect(try server.post("/undo", "{}").json()["undone"] as? Int == 0)
    for body in [
      "", "[]", "{}", #"{"ids":[1]}"#, #"{"ids":[1],"verdict":"maybe"}"#, #"{"ids":["x"],"verdict":"drop"}"#,
    ] {
      #expect(try server.post("/decide", body).status == 400, "\(body)")
    }
  }

  @Test func nobodyIsLetInWithoutTheKeyOrFromElsewhere() throws {
    let set = try ServedSet()
    let server = try RunningServer(set.database)
    let (host, cookie, origin) = (("Host", server.host), server.cookie, server.origin)
    func status(_ path: String, _ headers: [(String, String)]) throws -> Int {
      let answer = try WebClient(port: server.port).ask("GET", path, headers)
      #expect(answer.headers["access-control-allow-origin"] == nil)
      #expect(answer.headers["content-security-policy"]?.hasPrefix("default-src 'none'; script-src 'self'") == true)
      #expect(answer.headers["x-content-type-options"] == "nosniff")
      return answer.status
    }
    for path in ["/", "/samples.json", "/picture/1", "/app/main.js", "/nothing"] {
      #expect(try status(path, [host]) == 403)
      #expect(try status(path + "?token=" + String(repeating: "0", count: 32), [host]) == 403)
      #expect(try status(path, [("Host", "evil.example:\(server.port)"), cookie]) == 403)
      #expect(try status(path, [cookie]) == 403)
    }
    let deed = #"{"ids":[1],"verdict":"drop"}"#
    #expect(try server.post("/decide", deed, [host, cookie]).status == 403)
    #expect(try server.post("/decide", deed, [host, cookie, ("Origin", "http://evil.example")]).status == 403)
    #expect(try server.post("/decide", deed, [host, origin]).status == 403)
    #expect(try decided(set).isEmpty)
    #expect(try WebClient(port: server.port).ask("GET", "/decide", [host, cookie]).status == 405)
    #expect(try WebClient(port: server.port).ask("DELETE", "/", [host, cookie]).status == 405)
    for path in ["/..%2fetc/passwd", "/app/..%2f..%2fmain.js", "/app/../main.js", "/picture/..%2f1", "/picture/1/../2"]
    {
      #expect(try server.get(path).status == 404, "\(path)")
    }
    #expect(try server.get("/picture/1?kind=..%2f..").status == 400)
    let head = try WebClient(port: server.port).ask("HEAD", "/samples.json", [host, cookie])
    #expect(head.status == 200 && head.body.isEmpty && (Int(head.headers["content-length"] ?? "") ?? 0) > 1_000)
  }

  @Test func whatIsTooLargeIsRefusedAndHeldNowhere() throws {
    let set = try ServedSet()
    let server = try RunningServer(set.database)
    while try server.get("/overview.json").json()["state"] as? String != "ready" { usleep(50_000) }
    let before = server.residentMegabytes
    let piece = [UInt8](repeating: UInt8(ascii: "a"), count: 1 << 20)
    let query = try WebClient(port: server.port)
    query.send(Array("GET /?a=".utf8))
    for _ in 0..<100 where query.send(piece) {}
    #expect((try? query.answer().status) ?? 414 == 414)
    let body = try WebClient(port: server.port)
    body.send(
      Array("POST /decide HTTP/1.1\r\nHost: \(server.host)\r\nContent-Length: \(100 << 20)\r\n\r\n".utf8))
    for _ in 0..<100 where body.send(piece) {}
    #expect((try? body.answer().status) ?? 413 == 413)
    let long = try server.get("/samples.json?text=" + String(repeating: "x", count: 65_600))
    #expect(long.status == 414)
    // Half of what was sent each time.
    #expect(server.residentMegabytes < before + 50, "\(before) to \(server.residentMegabytes) MB")
    #expect(try server.get("/samples.json").status == 200)
  }

  @Test func picturesComeFromTheDatasetAlone() throws {
    let set = try ServedSet()
    let outside = set.folder + "/outside.png"
    let rows = try samples(try RunningServer(set.database))
    let readable = rows.filter { $0["status"] as? String == "ok" }
    let (linked, plain, gone) = (readable[0], readable[1], readable[2])
    func file(_ row: [String: Any]) throws -> String { set.faces + "/" + (try #require(row["path"] as? String)) }
    try FileManager.default.moveItem(atPath: try file(linked), toPath: outside)
    try FileManager.default.createSymbolicLink(atPath: try file(linked), withDestinationPath: outside)
    try FileManager.default.removeItem(atPath: try file(gone))
    let server = try RunningServer(set.database, ["--dataset", set.faces])
    for kind in ["thumb", "own", "reconstruction", "residual"] {
      func picture(_ row: [String: Any], _ headers: [(String, String)] = []) throws -> WebAnswer {
        try server.get("/picture/\(row["id"] ?? 0)?kind=\(kind)", headers)
      }
      let found = try picture(plain)
      #expect(
        found.status == 200 && found.headers["content-type"]?.hasPrefix("image/") == true, "\(kind): \(found.text)")
      let tag = try #require(found.headers["etag"])
      #expect(found.headers["cache-control"] == "private, no-cache")
      #expect(try picture(plain, [("If-None-Match", tag)]).status == 304)
      let out = try picture(linked)
      #expect(out.status == 404 && out.text.contains("leads out of the dataset"), "\(kind): \(out.text)")
      #expect(try picture(gone).status == 404)
    }
    #expect(try server.get("/picture/999999").status == 404)
    // What lies there now is shown as what it is: another one, that no cache takes for the old.
    try FileManager.default.removeItem(atPath: try file(plain))
    try FileManager.default.copyItem(atPath: try file(readable[3]), toPath: try file(plain))
    let fresh = try RunningServer(set.database, ["--dataset", set.faces])
    let other = try fresh.get("/picture/\(plain["id"] ?? 0)")
    #expect(other.status == 200 && other.headers["x-audit-changed"] == "yes" && other.headers["etag"] == nil)
  }

  @Test func aPathOfADoctoredDatabaseLeadsNowhere() throws {
    let set = try ServedSet()
    try FileManager.default.copyItem(
      atPath: set.faces + "/" + (try #require(samples(RunningServer(set.database))[0]["path"] as? String)),
      toPath: set.folder + "/secret.png")
    let doctored = try Program.python(
      "import sqlite3,sys; d=sqlite3.connect(sys.argv[1]); d.execute(\"UPDATE sample SET path='../secret.png' WHERE id=1\"); d.commit()",
      [set.database])
    try #require(doctored == 0)
    let server = try RunningServer(set.database, ["--dataset", set.faces])
    for kind in ["thumb", "own", "residual"] { #expect(try server.get("/picture/1?kind=\(kind)").status == 404) }
  }

  @Test func twoPagesAndTwoServersWorkSideBySide() throws {
    let set = try ServedSet()
    let (one, two) = (try RunningServer(set.database), try RunningServer(set.database))
    #expect(one.port != two.port && one.token != two.token)
    let ids = ids(try samples(one))
    // The key of one is none to the other.
    #expect(try WebClient(port: two.port).ask("GET", "/samples.json", [("Host", two.host), one.cookie]).status == 403)
    let statuses = Mutex<[Int]>([])
    DispatchQueue.concurrentPerform(iterations: 8) { place in
      let server = place % 2 == 0 ? one : two
      for turn in 0..<5 {
        let body = #"{"ids":[\#(ids[5 * place + turn])],"verdict":"review"}"#
        let status = (try? server.post("/decide", body).status) ?? 0
        statuses.withLock { $0.append(status) }
      }
    }
    // Two servers may meet at the one writer's lock: then it is said, and nothing was stored.
    let answers = statuses.withLock { $0 }
    #expect(answers.allSatisfy { $0 == 200 || $0 == 409 }, "\(answers)")
    #expect(try decided(set).count == answers.count { $0 == 200 })
    #expect(ids.count == Set(self.ids(try samples(two))).count)
  }

  @Test func aKilledServerLosesNothingThatItShowedAsStored() throws {
    let set = try ServedSet()
    let server = try RunningServer(set.database)
    let ids = Array(ids(try samples(server)).prefix(100))
    let shown = Mutex(0)
    let deciding = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      for id in ids {
        guard (try? server.post("/decide", #"{"ids":[\#(id)],"verdict":"drop"}"#))?.status == 200 else { break }
        shown.withLock { $0 += 1 }
      }
      deciding.signal()
    }
    while shown.withLock({ $0 }) < 40 { usleep(500) }
    #expect(server.end(by: SIGKILL).isBySignal)
    deciding.wait()
    let count = shown.withLock { $0 }
    let stored = try decided(set).count
    #expect(count >= 40 && count < 100, "\(count): it was killed too late")
    #expect(stored == count || stored == count + 1, "\(count) shown, \(stored) stored")
    // And the next one goes on.
    #expect(try RunningServer(set.database).post("/decide", #"{"ids":[\#(ids[99])],"verdict":"keep"}"#).status == 200)
  }

  @Test func whileAScanWritesNothingIsDecidedAndEverythingIsShown() throws {
    let set = try ServedSet()
    let server = try RunningServer(set.database)
    let writer = try Store(deciding: set.database)
    let answer = try server.post("/decide", #"{"ids":[1],"verdict":"drop"}"#)
    #expect(answer.status == 409 && answer.text.contains("is writing"), "\(answer.text)")
    #expect(try server.get("/samples.json").status == 200)
    withExtendedLifetime(writer) {}
    let other = try RunningServer(set.database, ["--read-only"])
    #expect(try other.post("/decide", #"{"ids":[1],"verdict":"drop"}"#).status == 409)
    #expect(try other.get("/overview.json").json()["writable"] as? Bool == false)
  }

  @Test func anotherFileAtThePathIsNotDecidedAbout() throws {
    let set = try ServedSet()
    let server = try RunningServer(set.database)
    try FileManager.default.copyItem(atPath: set.database, toPath: set.folder + "/other.db")
    #expect(rename(set.folder + "/other.db", set.database) == 0)
    let answer = try server.post("/decide", #"{"ids":[1],"verdict":"drop"}"#)
    #expect(answer.status == 409 && answer.text.contains("another one by now"), "\(answer.text)")
    #expect(try decided(set).isEmpty)
  }

  @Test func everyViewHasItsDataAndItsTable() throws {
    let set = try ServedSet()
    let server = try RunningServer(set.database)
    let first = ids(try samples(server))[0]
    var overview = try server.get("/overview.json").json()
    for name in ["run", "columns", "runs", "facets", "ranges", "questions"] {
      #expect(overview[name] != nil, "\(name) is there at once")
    }
    while overview["state"] as? String == "computing" {
      usleep(50_000)
      overview = try server.get("/overview.json").json()
    }
    for name in [
      "run", "banner", "verdicts", "remedies", "sentences", "issues", "columns", "facets", "ranges", "questions",
      "runs",
      "commands",
    ] {
      #expect(overview[name] != nil, "\(name)")
    }
    #expect((overview["commands"] as? [Any])?.count == 3 && overview["state"] as? String == "ready")
    let cards = try #require(overview["remedies"] as? [[String: Any]])
    #expect(cards.map { $0["name"] as? String } == ["both", "drop", "weights"], "as the report has them")
    #expect(cards.map { $0["recommended"] as? Bool } == [true, false, false])
    let ranges = try #require(overview["ranges"] as? [String: [String: Any]])
    for name in ["skew", "damage", "mse"] {
      let quantiles = try #require(ranges[name]?["quantiles"] as? [Double], "\(name)")
      #expect(
        quantiles.count == 11 && quantiles == quantiles.sorted() && quantiles[0] == ranges[name]?["min"] as? Double)
    }
    let sample = try server.get("/sample.json?id=\(first)").json()
    #expect(sample["path"] != nil && (sample["metrics"] as? [Any])?.isEmpty == false)
    #expect((sample["regions"] as? [Any])?.count == 17 && (sample["history"] as? [Any])?.count == 1)
    #expect(sample["pictures"] as? [String] == ["own", "reconstruction", "residual"])
    let groups = try server.get("/groups.json").json()
    #expect((groups["groups"] as? [Any])?.count == min(50, groups["total"] as? Int ?? 0))
    let failed = try server.get("/failed.json").json()
    #expect((failed["rows"] as? [Any])?.count == failed["total"] as? Int)
    let compared = try server.get("/compare.json?with=1").json()
    #expect(compared["total"] as? Int == 0 && (compared["sentences"] as? [String])?.isEmpty == false)
    let sql = try server.get("/sql.json?query=SELECT%20path,%20skew%20FROM%20samples%20ORDER%20BY%20skew%20DESC").json()
    #expect(sql["columns"] as? [String] == ["path", "skew"] && (sql["rows"] as? [Any])?.isEmpty == false)
    #expect(try server.post("/decide", #"{"ids":[\#(first)],"verdict":"keep","reason":"=1+1"}"#).status == 200)
    let queries = ["compare": "?with=1", "sql": "?query=SELECT%201%20AS%20one", "sample": "?id=\(first)"]
    for name in ["overview", "samples", "sample", "groups", "failed", "decisions", "compare", "sql"] {
      let csv = try server.get("/\(name).csv\(queries[name] ?? "")")
      #expect(csv.status == 200 && csv.headers["content-type"]?.hasPrefix("text/csv") == true, "\(name): \(csv.text)")
      #expect(csv.text.hasSuffix("\r\n"), "\(name)")
    }
    #expect(try server.get("/samples.csv").text.split(separator: "\r\n").count == 1 + samples(server).count)
    #expect(try server.get("/decisions.csv").text.contains(",'=1+1,1\r\n"))
    let whole = try server.get("/overview.csv").text
    for part in ["marked,drop,", "issue,", "remedy,both,"] { #expect(whole.contains("\r\n" + part), "\(whole)") }
    #expect(try server.get("/sample.csv?id=\(first)").text.contains(",mse,"))
    for _ in 0..<300 {
      let effect = try server.get("/effect.json?after=1").json()
      if effect["state"] as? String == "computing" {
        usleep(100_000)
        continue
      }
      #expect(effect["state"] as? String == "ready" && (effect["sentence"] as? String)?.contains("dropped") == true)
      #expect((effect["counts"] as? [String: Int]) == ["drop": 0, "review": 0, "keep": 1])
      return
    }
    Issue.record("the effect was never worked out")
  }

  @Test func aListStaysWhileSomebodyGoesOnInIt() throws {
    let set = try ServedSet()
    let server = try RunningServer(set.database)
    func list(_ part: String) throws -> (total: Int, ids: [Int]) {
      let answer = try server.get("/samples.json?verdict=keep&sort=path&limit=5" + part)
      return (try #require(try answer.json()["total"] as? Int), ids(answer.rows))
    }
    let (begun, next) = (try list(""), try list("&offset=5"))
    #expect(try server.post("/decide", #"{"ids":[\#(begun.ids[0]),\#(next.ids[0])],"verdict":"drop"}"#).status == 200)
    let goingOn = try list("&offset=5")
    #expect(goingOn.total == begun.total && goingOn.ids == next.ids, "nothing moves under the eyes of who goes on")
    let anew = try list("")
    #expect(anew.total == begun.total - 2 && anew.ids == Array(begun.ids.dropFirst()) + [next.ids[1]])
    #expect(try list("&offset=5").ids.first == next.ids[2])
  }

  @Test func ofManyTheFirstPageIsThatOfTheWholeOrder() throws {
    let set = try ServedSet()
    try set.multiply(by: 500)
    let server = try RunningServer(set.database)
    let first = try server.get("/samples.json?sort=-skew&limit=200").json()
    let store = try Store(reading: set.database)
    func count(_ sql: String) throws -> Int { try #require(try store.rows(sql)[0].values[0].integer) }
    let all = try count("SELECT count(*) FROM sample")
    #expect(all > 50_000)
    #expect(first["total"] as? Int == all)
    let expected = try store.rows("SELECT id FROM samples ORDER BY skew DESC NULLS LAST, path LIMIT 400")
      .compactMap { $0["id"].integer }
    #expect(ids(first["rows"] as? [[String: Any]] ?? []) == Array(expected.prefix(200)))
    #expect(ids(try server.get("/samples.json?sort=-skew&limit=200&offset=200").rows) == Array(expected.dropFirst(200)))
    #expect(ids(try server.get("/samples.json?sort=-skew&limit=200").rows) == Array(expected.prefix(200)))
    // A database that an older audit left has no such index, and what facets there are belongs to no complete run.
    withExtendedLifetime(store) {}
    try set.change("DROP INDEX standing_by_skew; UPDATE run SET status = 'interrupted'")
    let older = try RunningServer(set.database)
    #expect(ids(try older.get("/samples.json?sort=-skew&limit=200").rows) == Array(expected.prefix(200)))
  }

  @Test func whatARunIsNarrowedByIsKeptWithIt() throws {
    let set = try ServedSet()
    var store = try Store(reading: set.database)
    let stored = try #require(try store.storedFacets(of: 1))
    let counted = try store.countedFacets(of: 1)
    #expect(stored == counted)
    let all = try #require(try store.rows("SELECT count(*) FROM sample")[0].values[0].integer)
    #expect(stored.images == all && stored.counts[.folder]?.reduce(0) { $0 + $1.images } == all)
    #expect(stored.spreads.keys.sorted() == ["damage", "mse", "skew"])
    let least = try store.rows("SELECT min(skew), max(skew) FROM samples")[0].values
    #expect(stored.spreads["skew"]?.first == least[0].real && stored.spreads["skew"]?.last == least[1].real)
    #expect(stored.counts[.proposal]?.contains { $0.value == "keep" } == true)
    try set.change("UPDATE run SET status = 'running'")
    store = try Store(reading: set.database)
    #expect(try store.storedFacets(of: 1) == nil, "while a scan writes, they are of what was there before")
  }

  /// A model holds the rows that it was fitted on: 25 MB of 2,000 images.
  /// A model of 1,400 images is a value of 17 MB. One of a hundred that has 340 components is as large, and fitted sooner: those
  /// that are added draw nothing.
  @Test func withALargeModelPicturesAndDecisionsAreWorkedOutToo() throws {
    let set = try ServedSet()
    let widen = """
      import hashlib, sqlite3, struct, sys
      database = sqlite3.connect(sys.argv[1])
      number, content = database.execute("SELECT id, content FROM model WHERE kind = 'low-rank'").fetchone()
      rank, = struct.unpack_from("<I", content, 20)
      more, length = 340 - rank, 12288
      values = 28 + 8 + 6 * 8 + 8 * rank
      components = values + 4 * length * (1 + rank)
      content = (content[:20] + struct.pack("<I", 340) + content[24:values] + struct.pack("<d", 1e-9) * more
                 + content[values:components] + bytes(4 * length * more) + content[components:-32])
      content += hashlib.sha256(content).digest()
      with database:
          database.execute("UPDATE model SET content = ?, digest = ? WHERE id = ?",
                           (content, hashlib.sha256(content).hexdigest(), number))
      """
    #expect(try Program.python(widen, [set.database]) == 0)
    let bytes = try Store(reading: set.database).rows("SELECT length(content) FROM model WHERE kind = 'low-rank'")
    #expect(try #require(bytes.first?.values[0].integer) > 16 << 20)
    let server = try RunningServer(set.database)
    let id = try #require(ids(try samples(server)).first)
    let sample = try server.get("/sample.json?id=\(id)")
    #expect(sample.status == 200, "\(sample.text)")
    #expect(try server.get("/picture/\(id)?kind=reconstruction").status == 200)
    #expect(try server.post("/decide", #"{"ids":[\#(id)],"verdict":"drop"}"#).status == 200)
    var effect = try server.get("/effect.json").json()
    while effect["state"] as? String == "computing" {
      usleep(100_000)
      effect = try server.get("/effect.json").json()
    }
    #expect(effect["state"] as? String == "ready", "\(effect)")
    #expect((effect["sentence"] as? String)?.contains("is not estimated") == false, "\(effect)")
  }

  /// Counts beside a list follow each decision, whoever made it and in whichever run it is looked at.
  @Test func whatIsMarkedIsToldWithEachDecision() throws {
    let set = try ServedSet()
    let scan = ["scan", "faces", "--db", "faces.audit.db", "--no-quality", "--name", "second", "-q"]
    #expect(try Program.run(scan, in: set.folder).status == 0)
    let server = try RunningServer(set.database)
    let runs = try Store(reading: set.database).rows("SELECT id FROM run ORDER BY id").compactMap { $0["id"].integer }
    try #require(runs.count == 2)
    func marked(_ answer: WebAnswer) throws -> [String: Int] {
      try #require(try answer.json()["verdicts"] as? [String: Int], "\(answer.text)")
    }
    func counted(_ run: Int) throws -> [String: Int] {
      var overview = try server.get("/overview.json?run=\(run)").json()
      while overview["state"] as? String != "ready" {
        usleep(50_000)
        overview = try server.get("/overview.json?run=\(run)").json()
      }
      return try #require(overview["verdicts"] as? [String: Int]).filter { $0.key != "failed" }
    }
    for run in runs {
      let before = try counted(run)
      let keepers = ids(try samples(server, "&run=\(run)&verdict=keep&decided=no"))
      let body = #"{"ids":[\#(keepers[0]),\#(keepers[1])],"verdict":"drop"}"#
      let after = try marked(try server.post("/decide?run=\(run)", body))
      #expect(after["drop", default: 0] > before["drop", default: 0])
      #expect(try counted(run) == after)
      #expect(try marked(try server.get("/effect.json?run=\(run)")) == after)
      #expect(try marked(try server.post("/undo?run=\(run)", "{}")) == before)
    }
  }

  @Test func ofPairsThePartnerIsNamedAndWhatNobodyEstimatedIsNotCalledCalm() throws {
    let set = try ServedSet()
    let files = FileManager.default
    for person in ["id1", "id2"] {
      let names = try files.contentsOfDirectory(atPath: "\(set.faces)/\(person)").sorted()
      try files.linkItem(
        atPath: "\(set.faces)/\(person)/\(try #require(names.first { $0.hasSuffix(".png") }))",
        toPath: "\(set.faces)/\(person)/link.png")
    }
    let scan = ["scan", "faces/id1", "--reference", "faces/id2", "--db", "pairs.db", "--name", "pairs", "-q"]
    #expect(try Program.run(scan, in: set.folder).status == 0)
    let server = try RunningServer(set.folder + "/pairs.db")
    let link = try #require(try samples(server, "&text=link.png").first?["id"] as? Int)
    let sample = try server.get("/sample.json?id=\(link)").json()
    #expect(sample["partner"] as? String == "link.png")
    let copies = try #require(sample["duplicates"] as? [[String: Any]])
    #expect(copies.map { $0["why"] as? String } == ["same_file"])
    var overview = try server.get("/overview.json").json()
    while overview["state"] as? String != "ready" {
      usleep(50_000)
      overview = try server.get("/overview.json").json()
    }
    #expect((overview["banner"] as? [String: Any])?["tone"] as? String == "open", "\(overview["banner"] ?? "")")
  }

  @Test func ofTwoDecisionsAboutOneImageTheNewerHolds() throws {
    let set = try ServedSet()
    let server = try RunningServer(set.database)
    let ids = ids(try samples(server))
    for verdict in ["drop", "keep"] {
      #expect(try server.post("/decide", #"{"ids":[\#(ids[0])],"verdict":"\#(verdict)"}"#).status == 200)
    }
    func held() throws -> [String] {
      try #require(try server.get("/decisions.json").json()["decisions"] as? [[String: Any]])
        .map { "\($0["verdict"] ?? "") \($0["holds"] ?? "")" }
    }
    #expect(try held() == ["keep 1", "drop 0"] || held() == ["keep true", "drop false"])
    let store = try Store(reading: set.database)
    #expect(
      try store.rows("SELECT verdict FROM q_decisions WHERE holds").map { $0["verdict"].text ?? "" } == ["keep"])
    let lines = try server.get("/decisions.csv").text.split(separator: "\r\n")
    #expect(lines.map { $0.last } == ["s", "1", "0"])
    #expect(try server.post("/undo", "{}").status == 200)
    #expect(try held() == ["drop 1"] || held() == ["drop true"])
  }

  @Test func questionsOfAPersonOnlyReadAndEnd() throws {
    let set = try ServedSet()
    let server = try RunningServer(set.database)
    func ask(_ sql: String) throws -> WebAnswer {
      let text = try #require(sql.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
      return try server.get("/sql.json?query=" + text)
    }
    for sql in [
      "DELETE FROM decision", "SELECT skw FROM samples", "SELECT 1; SELECT 2", "ATTACH 'x' AS y", "", "SELECT ?1",
    ] {
      #expect(try ask(sql).status == 400, "\(sql)")
    }
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    let started = ContinuousClock.now
    #expect(try ask(endless).status == 504)
    #expect(ContinuousClock.now - started < .seconds(8))
    let filter = try #require("1 = (\(endless))".addingPercentEncoding(withAllowedCharacters: .alphanumerics))
    #expect(try server.get("/samples.json?where=" + filter).status == 504)
    let many = try ask("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 5000) SELECT i FROM n")
      .json()
    #expect((many["rows"] as? [Any])?.count == 1_000 && many["truncated"] as? Bool == true)
    #expect(try ask("SELECT zeroblob(100000000)").status == 400)
    #expect(try server.get("/samples.json?where=skew%20%3E%202").rows.allSatisfy { ($0["skew"] as? Double ?? 0) > 2 })
  }

  @Test func twoHundredAtOnceAreAllAnswered() throws {
    let set = try ServedSet()
    let server = try RunningServer(set.database)
    let ids = ids(try samples(server))
    let (host, cookie) = (("Host", server.host), server.cookie)
    let times = Mutex<[Double]>([])
    let wrong = Mutex<[String]>([])
    let ready = DispatchGroup()
    let seconds = ProcessInfo.processInfo.environment["AUDIT_LOAD_SECONDS"].flatMap { Double($0) } ?? 4
    let end = ContinuousClock.now + .seconds(seconds)
    for place in 0..<200 {
      ready.enter()
      Thread.detachNewThread {
        defer { ready.leave() }
        do {
          let client = try WebClient(port: server.port)
          var turn = place
          while ContinuousClock.now < end {
            turn += 1
            let path =
              turn % 4 == 0
              ? "/samples.json?limit=50&offset=\(turn % 60)"
              : turn % 4 == 1 ? "/app/main.js" : "/picture/\(ids[turn % ids.count])"
            let begun = ContinuousClock.now
            let answer = try client.ask("GET", path, [host, cookie])
            let isFine = answer.status == 200 || answer.status == 404 && path.hasPrefix("/picture")
            times.withLock { $0.append((ContinuousClock.now - begun) / .milliseconds(1)) }
            if !isFine { wrong.withLock { $0.append("\(path): \(answer.status)") } }
          }
        } catch {
          wrong.withLock { $0.append("\(error)") }
        }
      }
    }
    ready.wait()
    let found = times.withLock { $0.sorted() }
    #expect(wrong.withLock { $0 } == [])
    try #require(found.count >= 200)
    print(
      "200 at once: \(found.count) answers in \(seconds) s; median \(Int(found[found.count / 2])) ms, 95 % "
        + "\(Int(found[found.count * 95 / 100])) ms, longest \(Int(found[found.count - 1])) ms, \(server.residentMegabytes) MB"
    )
  }

  @Test func aTakenPortIsSaidAndSIGTERMIsNoFailure() throws {
    let set = try ServedSet()
    let server = try RunningServer(set.database)
    let second = try Program.run(["serve", "faces.audit.db", "--port", "\(server.port)"], in: set.folder)
    #expect(second.status == 2 && second.out.isEmpty)
    #expect(try Program.run(["serve", "nothing.db"], in: set.folder).status == 2)
    #expect(try Program.run(["serve", "faces.audit.db", "--run", "no"], in: set.folder).status == 2)
    #expect(server.end(by: SIGTERM) == (0, false))
  }
}

extension ServedSet {
  /// Changes the database behind the back of every audit.
  func change(_ sql: String) throws {
    let script =
      "import sqlite3,sys; d=sqlite3.connect(sys.argv[1]); d.executescript(sys.argv[2]); d.commit(); d.close()"
    try #require(try Program.python(script, [database, sql]) == 0)
  }

  /// So many times as many samples, of equal numbers under other names.
  func multiply(by count: Int) throws {
    let copies = """
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(count - 1)),
        k AS (SELECT i * (SELECT max(id) FROM sample) AS shift FROM n)
      """
    try change(
      """
      CREATE TEMP TABLE base AS SELECT * FROM sample;
      CREATE TEMP TABLE places AS SELECT * FROM standing;
      CREATE TEMP TABLE shifts AS \(copies) SELECT shift FROM k;
      INSERT INTO sample (id, run_id, path, folder, bytes, modified_ns, sha256, status, width, height)
        SELECT id + shift, run_id, 'z' || shift || path, folder, bytes, modified_ns, randomblob(32), status, width, height
        FROM shifts, base;
      INSERT INTO standing (sample_id, skew, verdict) SELECT sample_id + shift, skew, verdict FROM shifts, places;
      DELETE FROM facet;
      """)
  }
}

/// The files of the app as they lie in the sources.
enum AppNames {
  static func inSources() throws -> [String] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Sources/AuditServe/App").path
    let all = try #require(FileManager.default.enumerator(atPath: root))
    return all.compactMap { $0 as? String }.filter { $0.contains(".") }.map {
      String($0.split(separator: "/").last ?? "")
    }
      + ["report.css"]
  }
}
