import AuditCore
import AuditDemo
import AuditQuality
import AuditReport
import AuditStore
import Foundation
import Testing

/// `audit explain` as a user runs it.
struct ExplainTests {
  private func worst(_ set: ReportedSet) throws -> String {
    let run = try Command.audit([
      "sql", set.database, "SELECT path FROM samples ORDER BY skew DESC LIMIT 1", "--no-header",
    ])
    return run.out.trimmingCharacters(in: .newlines)
  }

  @Test func anImageIsExplainedWithoutColourInAPipe() async throws {
    let set = try await ReportedSet.shared()
    let path = try worst(set)
    let run = try Command.audit(["explain", set.database, path])
    #expect(run.status == 0 && run.err == "" && run.out.hasPrefix(path + "  ✕ drop\n"))
    #expect(!run.out.contains("\u{1B}"))
    for part in ["rule    skew above 2.0", "distances", "loss shares", "where the squared residual sits", "▓"] {
      #expect(run.out.contains(part), "\(part) is missing")
    }
    let coloured = try Command.audit(["explain", set.database, path, "--color", "always"])
    #expect(coloured.out.contains("▀") && coloured.out.contains("\u{1B}["))
  }

  @Test func theJSONHoldsEveryMetricAndTheRegions() async throws {
    let set = try await ReportedSet.shared()
    let path = try worst(set)
    let run = try Command.audit(["explain", set.database, path, "--json"])
    let json = try #require(try JSONSerialization.jsonObject(with: Data(run.out.utf8)) as? [String: Any])
    #expect(json["path"] as? String == path && json["verdict"] as? String == "drop")
    #expect((json["regions"] as? [Double])?.count == 16)
    let metrics = try #require(json["metrics"] as? [[String: Any]])
    #expect(metrics.contains { $0["name"] as? String == "mse" && $0["rank"] is Int })
  }

  @Test func thePictureIsSavedAsPNG() async throws {
    let set = try await ReportedSet.shared()
    let scratch = try Scratch()
    let file = scratch.path + "/map.png"
    let run = try Command.audit(["explain", set.database, try worst(set), "--save", file])
    #expect(run.status == 0)
    let bytes = [UInt8](try #require(FileManager.default.contents(atPath: file)))
    #expect(bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]))
    // IHDR: three pictures of 256 pixels with 4 between them.
    #expect(Array(bytes[16..<24]) == [0, 0, 3, 8, 0, 0, 1, 0])
    let inside = try Command.audit(["explain", set.database, try worst(set), "--save", set.folder + "/map.png"])
    #expect(inside.status == 2 && !FileManager.default.fileExists(atPath: set.folder + "/map.png"))
  }

  @Test func aMisspeltPathNamesTheNearest() async throws {
    let set = try await ReportedSet.shared()
    let path = try worst(set)
    let run = try Command.audit(["explain", set.database, path.replacing("clip", with: "clap")])
    #expect(run.status == 2 && run.out == "")
    #expect(run.err.hasPrefix("audit: no sample '") && run.err.contains("did you mean '\(path)'"))
  }

  @Test func aWordIsExplainedWithoutADatabase() throws {
    let truncated = try Command.audit(["explain", "truncated"])
    #expect(truncated.status == 0 && truncated.out.hasPrefix("truncated  error\n  means  the file ends early"))
    let skew = try Command.audit(["explain", "skew"])
    #expect(skew.out.hasPrefix("SKEW: which images") && skew.out.contains("WHAT IT DOES NOT SEE"))
    let json = try Command.audit(["explain", "drop", "--json"])
    let topic = try #require(try JSONSerialization.jsonObject(with: Data(json.out.utf8)) as? [String: Any])
    #expect(topic["kind"] as? String == "verdict" && topic["remedy"] is String)
  }

  @Test func anUnknownWordGetsTheNearest() throws {
    let run = try Command.audit(["explain", "trunkated"])
    #expect(run.status == 2 && run.err == "audit: no word 'trunkated' to explain; did you mean truncated?\n")
  }

  /// Where a line ends early, its next word would not have fitted.
  @Test(arguments: [60, 80, 120]) func explanationsFillTheLinesOfTheTerminal(width: Int) throws {
    for topic in ["blurred", "dark", "letterbox", "odd", "skew", "damage", "profile-face-swap"] {
      let word = topic.hasPrefix("profile-") ? ["profile", String(topic.dropFirst(8))] : [topic]
      let text = try Command.audit(["explain"] + word, environment: ["COLUMNS": "\(width)"]).out
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      for (line, next) in zip(lines, lines.dropFirst()) where !line.isEmpty && !next.isEmpty {
        #expect(line.count <= width || line.contains("audit "), "\(topic): \(line)")
        let indent = next.prefix { $0 == " " }.count
        guard let first = next.dropFirst(indent).split(separator: " ").first, first.first?.isLowercase == true,
          first != "audit", !next.dropFirst(indent).contains("  "), indent == line.prefix(while: { $0 == " " }).count
        else { continue }
        #expect(line.count + 1 + first.count > min(width, 88), "\(topic): '\(line)' ends before '\(first)'")
      }
    }
  }

  @Test func theCodeOfEveryIssueOfAPictureSaysWhatToDoAndWhatItCountsFor() throws {
    for rule in IssueRules.all {
      let page = try #require(ExplainTopic(rule.info.code)?.page)
      #expect(page.contains("WHAT TO DO") && page.contains(rule.info.remedy), "\(rule.info.code)")
      #expect(page.contains("COUNTS AS"), "\(rule.info.code)")
      #expect(page.contains("SEEN FROM"), "\(rule.info.code)")
    }
    let blurred = try #require(ExplainTopic("blurred")?.page)
    #expect(blurred.contains("drop with --profile generative, restoration"))
  }

  @Test func aCodeAndADatabaseTellTheLineAndTheUsualValuesOfThatSet() throws {
    let scratch = try Scratch()
    let faces = scratch.path + "/faces"
    try DemoSet.write(to: faces, count: 130, size: 48, seed: 3)
    #expect(try Command.audit(["scan", faces, "--issue-threshold", "0.4", "-q"]).status == 0)
    let database = faces + ".audit.db"
    let store = try Store(reading: database)
    let count = try store.rows("SELECT count(*) FROM issue WHERE code = 'odd'")[0].values[0].integer ?? 0
    let run = try Command.audit(["explain", database, "blurred"])
    #expect(run.status == 0 && run.out.contains("SEEN FROM"), "\(run.err)")
    #expect(run.out.contains("IN THIS SET") && run.out.contains("0.40") && run.out.contains("log_sharpness"))
    #expect(run.out.contains("held out"), "how well it is found here")
    let odd = try Command.audit(["explain", database, "ODD", "--run", "first"])
    #expect(odd.out.contains("\(count) of "), "\(odd.out)")
    let json = try Command.audit(["explain", database, "blurred", "--json"])
    let topic = try #require(try JSONSerialization.jsonObject(with: Data(json.out.utf8)) as? [String: Any])
    #expect((topic["in_set"] as? [String: Any])?["threshold"] as? Double == 0.4)
    let image = try #require(try store.rows("SELECT path FROM sample WHERE status = 'ok' LIMIT 1").first?["path"].text)
    #expect(try Command.audit(["explain", database, image]).out.hasPrefix(image), "a path is still a path")
  }

  @Test func aCodeOfARunThatNobodyLookedAtSaysSo() throws {
    let (scratch, faces) = try Scratch.withFaces(30)
    #expect(try Command.scan(faces, ["-q"], in: scratch.path).status == 0)
    let run = try Command.audit(["explain", faces + ".audit.db", "blurred"])
    #expect(run.status == 0 && run.out.contains("--no-quality"), "\(run.out)\(run.err)")
  }
}
