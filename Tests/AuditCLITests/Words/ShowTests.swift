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

  /// Rows stay one a file; a person is told each folder once.
  @Test func aFolderThatVanishedIsToldInOneLine() throws {
    let scratch = try Scratch()
    for folder in ["a/x", "a/y", "b"] { try Files.writePictures(14, to: scratch.path + "/faces/" + folder) }
    #expect(try Command.scan("faces", ["-q"], in: scratch.path).status == 0)
    let database = scratch.path + "/faces.audit.db"
    try Command.sqlite(
      database,
      """
      UPDATE sample SET status = 'error', error_code = 'gone' WHERE path LIKE 'a/%' OR path IN ('b/0003.ppm', 'b/0004.ppm')
      """)
    func told() throws -> [String] {
      let lines = try Command.audit(["show", database]).out.split(separator: "\n").map(String.init)
      let head = try #require(lines.firstIndex { $0.contains("could not be scored") }, "\(lines)")
      return lines[(head + 1)...].prefix { $0.hasPrefix("  gone") || $0.contains("...") }.map {
        $0.replacing(/\ +/, with: " ")
      }
    }
    #expect(try told().count == 6, "the folders are there: files are told")
    try FileManager.default.removeItem(atPath: scratch.path + "/faces/a")
    let rest = " ... all of them: audit sql \(database) --saved errors"
    #expect(try told() == [" gone a/ is gone: 28 files could not be read", rest])
    try FileManager.default.removeItem(atPath: scratch.path + "/faces")
    #expect(try told() == [" gone \(scratch.path)/faces/ is gone: 30 files could not be read"])
    #expect(try Store.value("SELECT count(*) FROM sample WHERE error_code = 'gone'", in: database) == "30")
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

  /// What goes on with a run is the scan that it was, not one with the usual settings.
  @Test func theCommandThatGoesOnHasTheSettingsOfTheRun() throws {
    let scratch = try Scratch()
    try Files.writePictures(40, to: scratch.path + "/faces")
    let own = [
      "scan", "faces", "--size", "64", "--rank", "3", "--sample", "30", "--seed", "9", "--metrics", "mse,mae",
      "--exclude",
      "no *", "--review-above", "1.25", "--drop-above", "3", "--least-gain", "7", "-q",
    ]
    let database = scratch.path + "/faces.audit.db"
    #expect(try Command.audit(own + ["--name", "mine"], in: scratch.path).status == 0)
    #expect(try Command.scan("faces", ["-q", "--name", "other"], in: scratch.path).status == 0)
    try Store(deciding: database).finish(OpenRun(id: 1, name: "mine", isContinued: true), digest: nil)
    let stopped = try Command.audit(["show", database, "--run", "mine"])
    let command =
      "\"$audit\" " + (try #require(stopped.out.firstMatch(of: /to go on: audit (scan [^\n]*)/), "\(stopped.out)").1)
    let run = try Command.shell(command, in: scratch.path)
    #expect(run.status == 0 && run.err.contains("continuing run \"mine\": 40 done, 0 left"), "\(command)\n\(run.err)")
    #expect(
      try Store.column("SELECT name || ' ' || status FROM run ORDER BY id", in: database)
        == ["mine complete", "other complete"])
    #expect(
      try Store.column(
        "SELECT printf('%g', value) FROM figure WHERE run_id = 1 AND name IN ('review_above', 'drop_above', 'least_gain') "
          + "ORDER BY name", in: database) == ["3", "0.07", "1.25"])
  }

  /// Nobody can tell from a run which file its model came from: then no command is taught that is another scan.
  @Test func whereTheRunDoesNotTellAllNoCommandIsTaught() throws {
    let scratch = try Scratch()
    try Files.writePictures(40, to: scratch.path + "/faces")
    #expect(try Command.audit(["fit", "faces", "-o", "m.audit", "-q"], in: scratch.path).status == 0)
    #expect(try Command.scan("faces", ["--model", "m.audit", "-q"], in: scratch.path).status == 0)
    let database = scratch.path + "/faces.audit.db"
    try Store(deciding: database).finish(OpenRun(id: 1, name: "first", isContinued: true), digest: nil)
    let show = try Command.audit(["show", database])
    #expect(show.out.contains("to go on: the same scan command\n") && !show.out.contains("audit scan"), "\(show.out)")
    #expect(try Command.audit(["report", database, "-q", "-o", scratch.path + "/a.html"]).status == 0)
    #expect(try !Taught.text(ofPage: scratch.path + "/a.html").contains("audit scan"))
  }

  /// Where nothing is said about remedies, summary, Markdown and page say why, in the same words.
  @Test(
    arguments: [
      (8, [], "Too few images for a model: each was compared with the median picture of the others"),
      (
        30, ["--reference", "others"],
        "What a remedy is worth is estimated with a low-rank model alone: the pictures decide."
      ),
      (30, ["--model", "none.audit"], "This model does not fit this set:"),
    ] as [(Int, [String], String)])
  func everyOutputSaysWhyNothingIsSaidOfRemedies(images: Int, options: [String], words: String) throws {
    let scratch = try Scratch()
    try Files.writePictures(images, to: scratch.path + "/faces")
    try Files.writePictures(images, to: scratch.path + "/others", from: 500)
    if options.first == "--model" {
      #expect(try Command.audit(["fit", "others", "-o", "none.audit", "-q"], in: scratch.path).status == 0)
      for number in 0..<images {
        let noise = Picture.ppm(Picture.noise(UInt64(number)))
        try Files.write(noise, to: scratch.path + "/faces/" + Files.name(number))
      }
    }
    let scan = try Command.scan("faces", options, in: scratch.path)
    #expect(scan.status == 0 && scan.out.contains("\n  " + words), "\(scan.out)\(scan.err)")
    for file in ["a.html", "a.md"] {
      let database = scratch.path + "/faces.audit.db"
      #expect(try Command.audit(["report", database, "-q", "-o", scratch.path + "/" + file]).status == 0)
      let text = try String(contentsOfFile: scratch.path + "/" + file, encoding: .utf8)
      let plain = text.replacing(/<\/?strong>|\*\*/, with: "")
      #expect(plain.contains(words), "\(file)")
    }
  }

  /// What was asked of issues stays with the run, and the command that goes on with it asks for it again.
  @Test func theTaughtScanKeepsWhatWasAskedOfIssues() throws {
    let (scratch, faces) = try Scratch.withFaces(40)
    let other = scratch.path + "/other's.db"
    try Files.writePictures(30, to: scratch.path + "/other", from: 100)
    #expect(
      try Command.audit([
        "scan", scratch.path + "/other", "--size", "64", "--db", other, "--issue-threshold", "0.5", "-q",
      ]).status == 0)
    let asked = [
      "--issue-threshold", "0.4", "--profile", "face-swap", "--drop-issues", "dark,clipped", "--review-issues", "text",
      "--drop-duplicates", "--against", other,
    ]
    #expect(try Command.audit(["scan", faces, "--size", "64", "-q"] + asked).status == 0)
    let database = faces + ".audit.db"
    let decide = ["decide", database, Files.name(3), "--verdict", "drop"]
    #expect(try Command.audit(decide).status == 0)
    let shown = try Command.audit(["show", database]).out
    let words =
      "--issue-threshold 0.4 --profile face-swap --drop-issues dark,clipped --review-issues text --drop-duplicates --against "
    #expect(
      shown.contains(words + "'" + other.replacing("'", with: "'\\''") + "'")
        || shown.contains(words + "\"" + other + "\""), "\(shown)")
    #expect(shown.contains("Issues count as drop or review by profile face-swap, as asked for"), "\(shown)")
    let command = try #require(shown.split(separator: "\n").first { $0.contains("audit scan ") })
    let again = try Command.shell("audit() { \"$audit\" \"$@\"; }; " + command, in: scratch.path)
    #expect(again.status == 0 && again.out.contains("(0 of them now)"), "\(again.out)\(again.err)")
    #expect(again.out.contains("by profile face-swap"), "\(again.out)")
    #expect(try Command.audit(["scan", faces, "--size", "64", "-q", "--no-quality"]).status == 0)
    #expect(try Command.audit(decide + ["--reason", "once more"]).status == 0)
    #expect(try Command.audit(["show", database]).out.contains(" --no-quality"))
  }
}
