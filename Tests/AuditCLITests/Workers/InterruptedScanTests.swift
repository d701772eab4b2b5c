import AuditCore
import AuditStore
import Foundation
import Testing

/// Scans that end early at any moment: the next one goes on to the same end, and nothing is left behind.
@Suite(.serialized) struct InterruptedScanTests {
  private static let count = 300
  private static let learning = ["--issue-threshold", "0.3"]

  /// The digests of scans that nothing disturbs.
  private static let (plain, learnt) = (Result { try whole([]) }, Result { try whole(learning) })

  private static func whole(_ more: [String]) throws -> String {
    let (scratch, faces) = try Scratch.withFaces(count)
    let database = scratch.path + "/whole.db"
    let run = try Command.audit(
      ["scan", faces, "--db", database, "--sample", "30", "--no-isolate"] + Command.quick + more)
    try #require(run.status == 0, "\(run.err)")
    return try Store.digest(database)
  }

  /// Scans again what was left, and looks at what there is then.
  private static func expectTheSameEnd(
    _ digest: String, _ more: [String], after moment: String, in scratch: Scratch, _ faces: String
  ) throws {
    let run = try Command.audit(["scan", faces, "--sample", "30"] + Command.quick + more)
    #expect(run.status == 0, "\(moment): \(run.err)")
    let database = faces + ".audit.db"
    #expect(try Store.digest(database) == digest, "\(moment)")
    #expect(
      try Store.value("SELECT count(*) || ' ' || count(DISTINCT path) FROM sample", in: database)
        == "\(count) \(count)", "\(moment)")
    #expect(
      try Files.names(scratch.path).filter { !$0.hasPrefix(".") } == ["faces", "faces.audit.db"],
      "\(moment): nothing is left behind")
    try FileManager.default.removeItem(atPath: database)
  }

  @Test func killedAtAnyMomentItGoesOn() throws {
    let (scratch, faces) = try Scratch.withFaces(Self.count)
    let digest = try Self.plain.get()
    var random = SplitMix64(seed: 16, keys: 9)
    for round in 0..<6 {
      let scan = try RunningScan(faces, slow: false, ["--jobs", "2"], in: scratch.path)
      let moment = 30_000 + random.integer(below: 900_000)
      usleep(UInt32(moment))
      let children = Processes.children(of: scan.process)
      scan.kill()
      _ = try scan.wait()
      for child in children { #expect(Processes.isGone(child), "round \(round)") }
      try Self.expectTheSameEnd(digest, [], after: "killed after \(moment) us", in: scratch, faces)
    }
  }

  /// The estimate of remedies is the end of `rank`, which begins with one step of its own.
  @Test(
    arguments: [
      ("read", 0), ("fit", 0), ("learn", 0), ("score", 0), ("rank", 0), ("rank", 7),
    ]) func interruptedOnceOrTwiceInAnyPhaseItGoesOn(phase: String, done: Int) throws
  {
    let (scratch, faces) = try Scratch.withFaces(Self.count)
    let digest = try Self.learnt.get()
    for signals in [[SIGINT], [SIGINT, SIGINT], [SIGTERM]] {
      let scan = try RunningScan(
        faces, slow: false, ["--jobs", "2", "--progress", "plain"] + Self.learning, in: scratch.path)
      try scan.waitForProgress(phase, done: done)
      let children = Processes.children(of: scan.process)
      for signal in signals {
        scan.signal(signal)
        usleep(20_000)
      }
      let end = try scan.wait()
      // What has nearly ended may end well.
      #expect([0, signals == [SIGTERM] ? 143 : 130].contains(end.status), "\(signals): \(end.status) \(end.err)")
      for child in children { #expect(Processes.isGone(child), "\(signals)") }
      try Self.expectTheSameEnd(digest, Self.learning, after: "\(signals) in \(phase)", in: scratch, faces)
    }
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/prlimit"), "no prlimit here"))
  func aDiskThatIsFullAtAnySizeCostsNothingThatWasKept() throws {
    let (scratch, faces) = try Scratch.withFaces(Self.count)
    let digest = try Self.plain.get()
    for kilobytes in [4, 60, 150, 300, 700, 1_000] {
      let limited = try Command.run(
        "/usr/bin/prlimit",
        ["--fsize=\(kilobytes << 10)", Command.binary, "scan", "--no-quality", faces, "--sample", "30", "-q"]
          + Command.quick, in: scratch.path)
      #expect([0, 2].contains(limited.status), "\(kilobytes) kB: \(limited.status) \(limited.err)")
      #expect(limited.err.isEmpty == (limited.status == 0), "\(kilobytes) kB says why: \(limited.err)")
      #expect(!limited.err.contains("no memory"), "\(kilobytes) kB: \(limited.err)")
      try Self.expectTheSameEnd(digest, [], after: "\(kilobytes) kB", in: scratch, faces)
    }
  }

  /// The models are in the database already: what is too large is the file in memory that children read them from.
  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/prlimit"), "no prlimit here"))
  func modelsThatAreLargerThanAFileMayBeAreNoMatterOfMemory() throws {
    let (scratch, faces) = try Scratch.withFaces(60)
    let options = ["--no-quality", "--sample", "60"] + Command.quick
    #expect(try Command.audit(["scan", faces] + options, in: scratch.path).status == 0)
    #expect(try Store.value("SELECT max(length(content)) > 600000 FROM model", in: faces + ".audit.db") == "1")
    try Files.write(Picture.ppm(77), to: faces + "/new.ppm")
    let limited = try Command.run(
      "/usr/bin/prlimit", ["--fsize=600000", Command.binary, "scan", faces] + options, in: scratch.path)
    #expect(limited.status == 2 && limited.err.contains("(ulimit -f)"), "\(limited.status) \(limited.err)")
    let next = try Command.audit(["scan", faces] + options, in: scratch.path)
    #expect(next.status == 0 && next.err.contains("60 done, 1 left"), "\(next.err)")
  }

  /// SQLite wants shared memory beside a database; where there is no room for it a finished one is read without.
  @Test(
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/prlimit"), "no prlimit here"),
    arguments: [["show", "DB"], ["sql", "DB", "SELECT count(*) FROM samples"], ["export", "DB", "--keep"]])
  func aFinishedDatabaseIsReadWhereThereIsNoRoom(arguments: [String]) throws {
    let (scratch, faces) = try Scratch.withFaces(30)
    #expect(try Command.scan(faces, in: scratch.path).status == 0)
    let words = arguments.map { $0 == "DB" ? faces + ".audit.db" : $0 }
    // What is printed is a file here as well.
    let limited = try Command.run(
      "/usr/bin/prlimit", ["--fsize=9000", Command.binary] + words, in: scratch.path)
    let usual = try Command.audit(words)
    #expect(limited.status == 0 && limited.out == usual.out, "\(limited.status) \(limited.err)")
    #expect(try Files.names(scratch.path).filter { !$0.hasPrefix(".") } == ["faces", "faces.audit.db"])
  }

  @Test func filesThatVanishAndChangeWhileItRunsAreRowsLikeAnyOther() throws {
    let (scratch, faces) = try Scratch.withFaces(2000)
    let scan = try RunningScan(faces, slow: true, ["--jobs", "2"], in: scratch.path)
    try scan.hold(atRows: 20, before: 1800)
    for number in stride(from: 1800, to: 2000, by: 4) {
      try FileManager.default.removeItem(atPath: faces + "/" + Files.name(number))
      try Files.write(Array("P6 24 24 255\nshort".utf8), to: faces + "/" + Files.name(number + 1))
      try Files.write(Picture.ppm(UInt64(9000 + number)), to: faces + "/" + Files.name(number + 2))
    }
    scan.release()
    let end = try scan.wait()
    #expect(end.status == 0, "\(end.err)")
    #expect(try Store.value("SELECT count(*) FROM sample", in: scan.database) == "2000")
    #expect(
      try Store.column("SELECT DISTINCT error_code FROM q_errors ORDER BY 1", in: scan.database)
        == ["gone", "truncated"])
    // What is there now is what a scan of it says.
    let again = try Command.audit(["scan", faces, "--sample", "30"] + RunningScan.slow)
    #expect(again.status == 0, "\(again.err)")
    #expect(try Store.value("SELECT count(mse) FROM samples", in: scan.database) == "1900")
  }
}
