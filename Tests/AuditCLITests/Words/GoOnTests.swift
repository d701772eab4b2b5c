import AuditCore
@testable import AuditStore
import Foundation
import Testing

/// What is taught to go on with a run: the scan that it was, or words where no command would be that.
@Suite struct GoOnTests {
  private static let sameList = "the same scan command, with the same list"

  /// A run as a stop leaves it.
  private static func stop(_ database: String) throws {
    try Store(deciding: database).finish(OpenRun(id: 1, name: "first", isContinued: true), digest: nil)
  }

  private static func taught(_ database: String) throws -> String {
    let show = try Command.audit(["show", database])
    return String(try #require(show.out.firstMatch(of: /to go on: audit (scan [^\n]*)/), "\(show.out)").1)
  }

  /// Everything that a person may read of a run.
  private static func outputs(_ database: String, in scratch: Scratch) throws -> [(place: String, text: String)] {
    let page = scratch.path + "/a.html"
    try #require(try Command.audit(["report", database, "-q", "-o", page, "-o", scratch.path + "/a.md"]).status == 0)
    return [
      ("show", try Command.audit(["show", database]).out.replacing(/\n +/, with: " ")), ("page", try Taught.file(page)),
      ("Markdown", try Taught.file(scratch.path + "/a.md")),
      ("JSON", try Command.audit(["show", database, "--json"]).out),
    ]
  }

  /// The list is not kept: a scan of the folder would be one of other files.
  @Test(arguments: ["list", "-"]) func aRunOfAListIsGoneOnWithByTheListAlone(source: String) throws {
    let (scratch, faces) = try Scratch.withFaces(60)
    let list = (0..<40).map { faces + "/" + Files.name($0) + "\0" }.joined()
    try Files.write(Array(list.utf8), to: scratch.path + "/list")
    let database = scratch.path + "/faces.audit.db"
    func scan() throws -> Command {
      try Command.audit(
        ["scan", "--files0-from", source, "--db", database] + Command.quick, in: scratch.path,
        input: source == "-" ? list : nil)
    }
    #expect(try scan().status == 0)
    let digest = try Store.digest(database)
    #expect(try Command.audit(["decide", database, Files.name(3), "--verdict", "keep"]).status == 0)
    for isStopped in [false, true] {
      if isStopped { try Self.stop(database) }
      for (place, text) in try Self.outputs(database, in: scratch) {
        #expect(!text.contains("audit scan"), "\(place): \(text)")
        let words = isStopped ? "To go on: " : "For one that holds: "
        #expect(
          text.localizedCaseInsensitiveContains((place == "JSON" ? "" : words) + Self.sameList), "\(place): \(text)")
      }
    }
    let again = try scan()
    #expect(again.status == 0 && again.err.contains("continuing run \"first\": 40 done, 0 left\n"), "\(again.err)")
    #expect(try Store.digest(database) == digest)
    #expect(try Store.value("SELECT count(*) FROM sample", in: database) == "40")
    let moved = try Command.audit(
      ["apply", database, "--move-to", scratch.path + "/x", "--verdict", "keep", "--yes"])
    #expect(moved.status == 0 && !moved.out.contains("audit scan"), "\(moved.out)\(moved.err)")
    #expect(moved.out.contains("the results are still of all files; bring them up to date with \(Self.sameList)"))
  }

  /// A plan knows of its samples only that they are not those of the folder.
  @Test func whatIsMergedOfAListIsNoScanOfTheFolder() throws {
    let (scratch, faces) = try Scratch.withFaces(60)
    let list = (0..<40).map { faces + "/" + Files.name($0) + "\0" }.joined()
    try Files.write(Array(list.utf8), to: scratch.path + "/list")
    for step in [
      ["plan", "--files0-from", "list", "-o", "a.plan.db", "--no-quality"] + Command.quick,
      ["fit", "--plan", "a.plan.db"], ["score", "--plan", "a.plan.db", "--shard", "1/1"],
      ["merge", "--plan", "a.plan.db", "--db", "a.db"],
    ] {
      let run = try Command.audit(step + ["-q"], in: scratch.path)
      #expect(run.status == 0, "\(step): \(run.err)")
    }
    try Self.stop(scratch.path + "/a.db")
    let show = try Command.audit(["show", scratch.path + "/a.db"])
    #expect(!show.out.contains("audit scan") && show.out.contains(Self.sameList), "\(show.out)")
  }

  @Test(arguments: [true, false]) func aRunIsGoneOnWithAsItLookedAtThePictures(measures: Bool) throws {
    let (scratch, faces) = try Scratch.withFaces(40)
    let options = measures ? ["--issue-threshold", "0.25"] : []
    #expect(try Command.scan(faces, options, in: scratch.path).status == 0)
    try Self.stop(faces + ".audit.db")
    let command = try Self.taught(faces + ".audit.db")
    #expect(command.contains(" --no-quality") != measures, "\(command)")
    let run = try Command.shell("\"$audit\" " + command, in: scratch.path)
    #expect(
      run.status == 0 && run.err == "audit: continuing run \"first\": 40 done, 0 left\n", "\(command)\n\(run.err)")
  }

  /// Lines and choices are known from the beginning on, and not first when the verdicts are made.
  @Test func aRunThatWasKilledTeachesAllThatWasAskedOfIt() throws {
    let (scratch, faces) = try Scratch.withFaces(60)
    try Files.writePictures(2, to: scratch.path + "/aside", from: 900)
    try FileManager.default.createSymbolicLink(atPath: faces + "/more", withDestinationPath: scratch.path + "/aside")
    #expect(try Command.scan(scratch.path + "/aside", ["--issue-threshold", "0.3"]).status == 0)
    let asked = [
      "--review-above", "1.25", "--drop-above", "3", "--least-gain", "7", "--issue-threshold", "0.4", "--profile",
      "restoration", "--drop-issues", "dark,clipped", "--review-issues", "text", "--drop-duplicates", "--against",
      "aside.audit.db", "--max-bytes", "3M", "--timeout", "7.5", "-L", "--exclude", "no *",
    ]
    let scan = try RunningScan(faces, slow: true, ["--progress", "plain"] + asked, in: scratch.path)
    try scan.waitForProgress("read", done: 0)
    scan.kill()
    _ = try scan.wait()
    let command = try Self.taught(scan.database)
    #expect(try Store.value("SELECT count(*) FROM figure", in: scan.database) == "0", "nothing was ranked")
    // From another folder than that of the first call.
    let run = try Command.shell("\"$audit\" " + command)
    #expect(run.status == 0 && run.err.contains("continuing run \"first\""), "\(command)\n\(run.err)")
    let whole = try Command.audit(
      ["scan", faces, "--sample", "30", "--db", "w.db"] + RunningScan.slow + asked, in: scratch.path)
    #expect(whole.status == 0, "\(whole.err)")
    for question in [
      "SELECT digest FROM run", "SELECT json_remove(settings, '$.schema') FROM run",
      "SELECT group_concat(name || value) FROM (SELECT * FROM figure ORDER BY name)",
      "SELECT group_concat(path || verdict || coalesce(why, '')) FROM (SELECT * FROM samples ORDER BY path)",
    ] {
      #expect(
        try Store.value(question, in: scan.database) == Store.value(question, in: scratch.path + "/w.db"), "\(question)"
      )
    }
    #expect(try Store.value("SELECT count(*) FROM sample", in: scan.database) == "62")
  }

  /// A new model is one of the files of the run, not of the whole folder.
  @Test func aModelIsFittedAnewToTheFilesOfTheRun() throws {
    let (scratch, faces) = try Scratch.withFaces(40)
    #expect(try Command.audit(["fit", faces, "-o", "m.audit", "-q"], in: scratch.path).status == 0)
    let noises = try scratch.folder("noises")
    for seed in 0..<34 { try Files.write(Picture.ppm(Picture.noise(UInt64(seed))), to: "\(noises)/\(100 + seed).ppm") }
    let list = (0..<30).map { "noises/\(100 + $0).ppm\0" }.joined()
    try Files.write(Array(list.utf8), to: scratch.path + "/list")
    for (name, chosen) in [("rules", ["noises", "--exclude", "13*"]), ("list", ["--files0-from", "list"])] {
      let database = scratch.path + "/\(name).db"
      let run = try Command.audit(
        ["scan"] + chosen + ["--model", "m.audit", "--db", database] + Command.quick, in: scratch.path)
      #expect(run.status == 0 && run.out.contains("This model does not fit this set:"), "\(run.out)\(run.err)")
      let next = run.out.firstMatch(of: /audit (scan .* --fresh[^\n]*)/).map { String($0.1) }
      guard let next else {
        #expect(name == "list", "\(run.out)")
        #expect(run.out.contains("the same list"), "\(run.out)")
        continue
      }
      let anew = try Command.shell("\"$audit\" " + next, in: scratch.path)
      #expect(anew.status == 0, "\(next): \(anew.err)")
      #expect(try Store.value("SELECT count(*) FROM samples", in: database) == "30", "\(next)")
    }
  }

  /// An older audit did not say what was asked of its runs.
  @Test func whatAnOlderAuditDidNotKeepIsNotGuessed() throws {
    let (scratch, faces) = try Scratch.withFaces(40)
    #expect(try Command.scan(faces, ["--review-above", "1.25"], in: scratch.path).status == 0)
    let database = faces + ".audit.db"
    for settings in ["json_remove(settings, '$.choices')", "json_set(settings, '$.choices', 3)"] {
      try Command.sqlite(database, "UPDATE run SET status = 'interrupted', digest = NULL, settings = \(settings)")
      let show = try Command.audit(["show", database])
      #expect(show.out.contains("to go on: the same scan command\n") && !show.out.contains("audit scan"), "\(show.out)")
      let run = try Command.scan(faces, ["--review-above", "1.25"], in: scratch.path)
      #expect(run.err.contains("continuing run \"first\": 40 done, 0 left\n"), "\(run.err)")
      #expect(try Store.value("SELECT settings LIKE '%choices%' FROM run", in: database) == "1")
    }
  }
}
