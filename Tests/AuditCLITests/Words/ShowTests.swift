@testable import AuditStore
import Foundation
import Testing

/// `audit show`: what a scan printed, from the database alone.
struct ShowTests {
  @Test func itPrintsWhatTheScanPrinted() throws {
    let set = try SharedScan.get()
    let run = try Command.audit(["show", set.database])
    #expect(run.status == 0 && run.err == "")
    // The time that the scan took is not kept.
    #expect(run.out == set.first.out.replacing(/, in \d+\.\d s/, with: ""))
    let json = try Command.audit(["show", set.database, "--json"])
    let summary = try #require(try JSONSerialization.jsonObject(with: Data(json.out.utf8)) as? [String: Any])
    #expect(summary["run"] as? String == "first" && summary["scored"] as? Int == 122)
    let advice = try #require(summary["advice"] as? [String: Any])
    #expect(
      (advice["remedies"] as? [[String: Any]])?.compactMap { $0["name"] as? String } == ["drop", "weights", "both"])
    #expect(advice["least_gain"] as? Double == 0.03)
  }

  @Test func anUnknownRunIsNamed() throws {
    let set = try SharedScan.get()
    let run = try Command.audit(["show", set.database, "--run", "ninth"])
    #expect(run.status == 2 && run.err.hasPrefix("audit: no run \"ninth\" in '\(set.database)'; there are first"))
  }

  @Test func aDecisionIsSaidWhereverAFigureStands() throws {
    let set = try SharedScan.get()
    let scratch = try Scratch()
    let database = scratch.path + "/a.db"
    try FileManager.default.copyItem(atPath: set.database, toPath: database)
    #expect(try Command.audit(["decide", database, SharedScan.notAFace, "--verdict", "keep"]).status == 0)
    let show = try Command.audit(["show", database])
    let words = "out of date: people have decided since"
    #expect(show.out.contains(words) && !show.out.contains("Recommended"), "\(show.out)")
    #expect(show.out.contains("audit scan \(set.faces) --db \(database)"))
    for file in ["a.html", "a.md", "a.json"] {
      #expect(try Command.audit(["report", database, "-q", "-o", scratch.path + "/" + file]).status == 0)
      let text = try String(contentsOfFile: scratch.path + "/" + file, encoding: .utf8)
      #expect(text.contains("people have decided since"), "\(file)")
      #expect(!text.contains("Recommended:"), "\(file)")
    }
    let view = try Command.audit(["sql", database, "SELECT DISTINCT why FROM remedies", "--no-header"])
    #expect(view.out == "people have decided since\n")
  }

  @Test func aRunThatStoppedSaysWhere() throws {
    let scratch = try Scratch()
    try Files.writePictures(40, to: scratch.path + "/faces")
    #expect(try Command.scan("faces", ["-q"], in: scratch.path).status == 0)
    let database = scratch.path + "/faces.audit.db"
    let store = try Store(deciding: database)
    let rows = try store.rows("SELECT id FROM sample ORDER BY id LIMIT 10").compactMap { $0["id"].integer }
    try store.remove(rows.map { Int64($0) })
    try store.finish(OpenRun(id: 1, name: "first", isContinued: true), digest: nil)
    let show = try Command.audit(["show", database])
    #expect(show.status == 0 && show.out.contains("stopped at 30 of 40"), "\(show.out)")
    for file in ["a.html", "a.md"] {
      #expect(try Command.audit(["report", database, "-q", "-o", scratch.path + "/" + file]).status == 0)
      let text = try String(contentsOfFile: scratch.path + "/" + file, encoding: .utf8)
      #expect(text.localizedCaseInsensitiveContains("stopped at 30 of 40"), "\(file)")
    }
    let name = try Store(reading: database).rows("SELECT path FROM sample LIMIT 1")[0]["path"].text ?? ""
    #expect(try Command.audit(["explain", database, name]).out.contains("stopped at 30 of 40"))
  }
}
