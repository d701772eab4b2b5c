import AuditCore
import AuditImages
import AuditStore
import Foundation
import Testing

/// Scans that are killed while they work on certain files, in their own process.
@Suite struct KilledScanTests {
  /// What the file of the lock says about files in work: state and path of each place that was ever used.
  private static func marks(beside database: String) -> [(state: Character, path: String)] {
    let bytes = [UInt8](FileManager.default.contents(atPath: database + "-lock") ?? Data())
    return stride(from: 8192, to: bytes.count, by: 8192).compactMap { start in
      guard start + 19 <= bytes.count, bytes[start] != 0 else { return nil }
      let end = start + 19 + Int(bytes[start + 17]) + Int(bytes[start + 18]) << 8
      guard end <= bytes.count else { return nil }
      return (Character(UnicodeScalar(bytes[start])), String(decoding: bytes[(start + 19)..<end], as: UTF8.self))
    }
  }

  /// A picture that takes long to read although its file is small, and long to make.
  private static let slowPicture = Result { try encodePNG(RGBImage(width: 5000, height: 5000)) }

  /// Waits until the marks are as wanted; fails where the scan ends before.
  private static func wait(
    for scan: RunningScan, _ what: String, _ condition: ([(state: Character, path: String)]) -> Bool
  ) throws {
    for _ in 0..<60_000 {
      if condition(marks(beside: scan.database)) { return }
      try #require(scan.isRunning, "the scan ended before \(what)")
      usleep(1_000)
    }
    #expect(Bool(false), "never: \(what)")
  }

  @Test func largeFilesAheadOfManySmallOnesCostAKillAtMostOneBatch() throws {
    let scratch = try Scratch()
    let faces = scratch.path + "/faces"
    try Files.write(try Self.slowPicture.get(), to: faces + "/a/00.png")
    for number in 1..<16 {
      link(faces + "/a/00.png", faces + "/a/" + (number < 10 ? "0" : "") + "\(number).png")
    }
    try Files.writePictures(1500, to: faces + "/b")
    func farthest(_ marks: [(state: Character, path: String)]) -> Int {
      marks.compactMap { $0.path.hasPrefix("b/") ? Int($0.path.dropFirst(2).prefix(4)).map { 17 + $0 } : nil }.max()
        ?? 0
    }
    let scan = try RunningScan(faces, slow: false, ["--no-isolate", "--jobs", "2"], in: scratch.path)
    // The fit looks at thirty files only; from then on every small file that is in work is being scored.
    try Self.wait(for: scan, "scoring") { marks in marks.contains { $0.state == "s" && $0.path.hasPrefix("a/0") } }
    usleep(1_500_000)
    scan.kill()
    _ = try scan.wait()
    let begun = farthest(Self.marks(beside: scan.database))
    #expect(begun - scan.rows <= 500, "\(begun) were begun and \(scan.rows) kept")

    let second = try RunningScan(faces, slow: false, ["--no-isolate", "--jobs", "2"], in: scratch.path)
    try second.waitForRows(16)
    second.kill()
    _ = try second.wait()
    #expect(second.rows >= 16, "what was slow is kept without waiting for a whole batch")
    let later = farthest(Self.marks(beside: scan.database))
    #expect(later - second.rows <= 500, "\(later) were begun and \(second.rows) kept")

    let kept = second.rows
    let last = try Command.audit(["scan", faces, "--sample", "30"] + Command.quick, in: scratch.path)
    #expect(last.status == 0, "\(last.err)")
    #expect(last.err.contains("\(kept.described) done, \((1516 - kept).described) left"), "\(last.err)")
    #expect(try Store.value("SELECT count(*) FROM score", in: scan.database) == "1516")
    #expect(!FileManager.default.fileExists(atPath: scan.database + "-lock"), "nothing is left behind")
  }

  @Test func aFileThatEndsTheProcessTwiceIsNamedAndNotOpenedAgain() throws {
    let scratch = try Scratch()
    let faces = scratch.path + "/faces"
    try Files.writePictures(40, to: faces)
    try Files.write(try Self.slowPicture.get(), to: faces + "/0000-slow.png")
    for state in ["s", "a"] as [Character] {
      let scan = try RunningScan(faces, slow: false, ["--no-isolate", "--jobs", "2"], in: scratch.path)
      try Self.wait(for: scan, "the slow file is in work (\(state))") { marks in
        marks.contains { $0.state == state && $0.path == "0000-slow.png" }
      }
      if state == "a" {
        let others = Self.marks(beside: scan.database).filter { "sa".contains($0.state) }
        #expect(others.count == 1, "nothing is in work beside it: \(others)")
      }
      scan.kill()
      _ = try scan.wait()
    }
    let database = scratch.path + "/faces.audit.db"
    func scan(_ more: [String]) throws -> Command { try Command.scan(faces, ["--sample", "30"] + more) }
    let third = try scan(["--no-isolate"])
    #expect(third.status == 0, "\(third.err)")
    #expect(third.err.contains("1 file ended audit twice and is not opened: '0000-slow.png'\n"), "\(third.err)")
    #expect(
      try Store.column("SELECT path || ' ' || error_code FROM q_errors", in: database) == ["0000-slow.png crash"])
    #expect(try Store.value("SELECT count(mse) FROM samples", in: database) == "40")
    for more in [[], ["--fresh"], ["--name", "other"]] {
      let again = try scan(["--no-isolate"] + more)
      #expect(again.status == 0 && again.err.contains("ended audit twice"), "\(more): \(again.err)")
      #expect(try Store.value("SELECT count(*) FROM q_errors WHERE error_code = 'crash'", in: database) == "1")
    }
    // Another file under that name.
    try Files.write(Picture.ppm(99), to: faces + "/0000-slow.png")
    let mended = try scan(["--no-isolate", "--name", "other"])
    #expect(mended.status == 0 && !mended.err.contains("twice"), "\(mended.err)")
    #expect(try Store.value("SELECT count(mse) FROM samples", in: database) == "41")
  }

  @Test func aFileThatWasOnlyInWorkWhenItEndedIsTriedAloneAndForgotten() throws {
    let scratch = try Scratch()
    let faces = scratch.path + "/faces"
    try Files.writePictures(40, to: faces)
    try Files.write(try Self.slowPicture.get(), to: faces + "/0000-slow.png")
    let scan = try RunningScan(faces, slow: false, ["--no-isolate", "--jobs", "1"], in: scratch.path)
    try Self.wait(for: scan, "the slow file is in work") { marks in marks.contains { $0.path == "0000-slow.png" } }
    scan.kill()
    _ = try scan.wait()
    let next = try Command.scan(faces, ["--no-isolate", "--sample", "30"])
    #expect(next.status == 0)
    #expect(
      next.err.contains("1 file was in work when audit ended last time, and tried alone now: '0000-slow.png'\n"),
      "\(next.err)")
    #expect(try Store.value("SELECT count(mse) FROM samples", in: scan.database) == "41")
    let last = try Command.scan(faces, ["--sample", "30"])
    #expect(last.err == "audit: continuing run \"first\": 41 done, 0 left\n")
  }

  /// What ends a process ends a child, and costs one row: so nothing is banned there, nor tried alone.
  @Test(arguments: [1, 2]) func whereFilesAreReadInChildrenTheOneThatEndedAProcessIsTriedThere(deaths: Int) throws {
    let (scratch, faces) = try Scratch.withFaces(40)
    try Files.write(try Self.slowPicture.get(), to: faces + "/0000-slow.png")
    for state in (["s", "a"] as [Character]).prefix(deaths) {
      let scan = try RunningScan(faces, slow: false, ["--no-isolate", "--jobs", "1"], in: scratch.path)
      try Self.wait(for: scan, "the slow file is in work (\(state))") { marks in
        marks.contains { $0.state == state && $0.path == "0000-slow.png" }
      }
      scan.kill()
      _ = try scan.wait()
    }
    let database = faces + ".audit.db"
    if deaths == 2 {
      let banned = try Command.scan(faces, ["--no-isolate", "--sample", "30"])
      #expect(banned.err.contains("1 file ended audit twice and is not opened"), "\(banned.err)")
    }
    let next = try Command.scan(faces, ["--sample", "30"])
    #expect(next.status == 0)
    #expect(
      next.err.contains(
        "1 file was in work when audit ended, and is read in a process of its own now: '0000-slow.png'\n"),
      "\(next.err)")
    #expect(try Store.value("SELECT count(mse) FROM samples", in: database) == "41", "\(next.err)")
    let last = try Command.scan(faces, ["--no-isolate", "--sample", "30"])
    #expect(last.err == "audit: continuing run \"first\": 41 done, 0 left\n", "it is forgotten")
  }

  /// Files that were in work are tried alone, and are pictures of the set like any other then.
  @Test func whatIsLearntDoesNotHangOnAKill() throws {
    let (scratch, faces) = try Scratch.withFaces(130)
    let options = ["--no-isolate", "--jobs", "2", "--issue-threshold", "0.3"]
    let whole = try Command.scan(faces, ["--sample", "30", "--db", "whole.db"] + options, in: scratch.path)
    #expect(whole.status == 0, "\(whole.err)")
    let scan = try RunningScan(faces, slow: false, ["--progress", "plain"] + options, in: scratch.path)
    try scan.waitForProgress("learn", done: 0)
    try Self.wait(for: scan, "files are in work") { marks in marks.contains { $0.state == "s" } }
    scan.kill()
    _ = try scan.wait()
    let next = try Command.scan(faces, ["--sample", "30"] + options, in: scratch.path)
    #expect(next.status == 0 && next.err.contains("tried alone now"), "\(next.err)")
    let learnt =
      "SELECT digest || (SELECT group_concat(damage) FROM (SELECT damage FROM samples ORDER BY path)) FROM run"
    #expect(try Store.value(learnt, in: scan.database) == Store.value(learnt, in: scratch.path + "/whole.db"))
  }

  /// A child that a file ends says that it is the file: who reads in one process must not open it.
  @Test func aFileThatEndsAChildTooIsStillKnown() throws {
    let (scratch, faces) = try Scratch.withFaces(40)
    try Files.write(PlantedPicture.ppm("crash", 99), to: faces + "/0010-crash.ppm")
    let database = faces + ".audit.db"
    #expect(try Command.scan(faces, ["--no-isolate", "--sample", "41"], in: scratch.path).status == 0)
    // As two kills would have left it: what is planted acts in a child alone.
    try Command.sqlite(
      database,
      """
      INSERT INTO suspect (dataset, path, bytes, modified_ns, deaths, is_alone, version)
      SELECT dataset, CAST(path AS BLOB), bytes, modified_ns, 2, 1, version FROM sample JOIN run ON run.id = run_id
      WHERE path = '0010-crash.ppm';
      DELETE FROM sample WHERE path = '0010-crash.ppm';
      """)
    for more in [[], ["--no-isolate"], [], ["--no-isolate"]] {
      let scan = try Command.scan(faces, ["--sample", "41"] + more)
      #expect(scan.status == 0, "\(more): \(scan.err)")
      #expect(
        try Store.column("SELECT path || ' ' || error_code FROM q_errors", in: database) == ["0010-crash.ppm crash"],
        "\(more)")
    }
  }

  /// A scan that was killed when it had kept some rows.
  private struct KilledScan {
    let scratch: Scratch
    let faces: String
    /// Names of the database and of what lies beside it.
    let left: [String]

    static let shared = Result { try KilledScan() }

    private init() throws {
      (scratch, faces) = try Scratch.withFaces(600)
      scratch.removeAtExit()
      let scan = try RunningScan(faces, slow: true, in: scratch.path)
      try scan.hold(atRows: 2, before: 600)
      scan.kill()
      _ = try scan.wait()
      left = try Files.names(scratch.path).filter { $0.hasPrefix("faces.audit.db") }
    }
  }

  /// What a kill leaves beside the database goes with whatever command comes next.
  @Test(
    arguments: [
      ["show", "DB"], ["report", "DB", "-q", "-o", "r.html"], ["explain", "DB", "0001.ppm"], ["sql", "DB", "SELECT 1"],
      ["check", "DB", "--fail-on", "errors>90%", "--allow-partial"], ["compare", "DB", "DB"],
      ["decide", "DB", "0001.ppm", "--verdict", "keep"],
      ["scan", "FACES", "--db", "DB", "--sample", "30"] + RunningScan.slow,
    ]) func theLogOfAKilledScanGoesWithTheNextCommand(arguments: [String]) throws
  {
    let killed = try KilledScan.shared.get()
    let scratch = try Scratch()
    let database = "faces.audit.db"
    for name in killed.left {
      try FileManager.default.copyItem(atPath: killed.scratch.path + "/" + name, toPath: scratch.path + "/" + name)
    }
    #expect(try Files.names(scratch.path).contains(database + "-wal"), "there is nothing to take away")
    let run = try Command.audit(
      arguments.map { $0 == "DB" ? database : $0 == "FACES" ? killed.faces : $0 }, in: scratch.path)
    #expect(run.status == 0, "\(run.out)\(run.err)")
    #expect(try Files.names(scratch.path).filter { $0.hasSuffix("-wal") || $0.hasSuffix("-shm") } == [])
    #expect(try Store.value("SELECT count(*) >= 2 FROM sample", in: scratch.path + "/" + database) == "1")
  }

  @Test func ofAScanThatWasKilledBeforeItFittedNothingIsSaidToHaveBeenChecked() throws {
    let (scratch, faces) = try Scratch.withFaces(300)
    let scan = try RunningScan(faces, slow: false, ["--sample", "300", "--progress", "plain"], in: scratch.path)
    try scan.waitForProgress("read", done: 0)
    scan.kill()
    _ = try scan.wait()
    let words = "Nothing is ranked before the scan has ended."
    let shown = try Command.audit(["show", scan.database])
    #expect(shown.status == 0 && shown.out.contains(words) && !shown.out.contains("were checked"), "\(shown)")
    let report = try Command.audit(["report", scan.database, "-o", "r.md", "-o", "r.html"], in: scratch.path)
    #expect(report.status == 0, "\(report.err)")
    for name in ["r.md", "r.html"] {
      let text = try String(contentsOfFile: scratch.path + "/" + name, encoding: .utf8)
      #expect(text.contains(words) && !text.contains("were checked"), "\(name)")
    }
  }

  /// Many that write one after the other, and take the lock's file away each time.
  @Test func writersThatMeetEitherWriteOrSayWhoDoes() throws {
    let (scratch, faces) = try Scratch.withFaces(30)
    #expect(try Command.scan(faces).status == 0)
    let database = scratch.path + "/faces.audit.db"
    let run = try Command.shell(
      """
      for round in 1 2 3 4 5 6; do
        # Not with `wait`: the test process may have blocked the signal that a shell waits for.
        printf '%s\\n' 0 1 2 3 | xargs -P 4 -I{} sh -c '
          "$audit" decide "$1" "000{}.ppm" --verdict drop 2>>"$2" >/dev/null && echo done >>"$3"; true
        ' sh "$1" "$2" "$3"
      done
      """, [database, scratch.path + "/err", scratch.path + "/done"])
    #expect(run.status == 0)
    func lines(_ name: String) throws -> [String] {
      try String(contentsOfFile: scratch.path + "/" + name, encoding: .utf8).split(separator: "\n").map(String.init)
    }
    let written = try lines("done").count
    let refused = try lines("err").filter { $0.hasPrefix("audit: another audit (") }.count
    let said = try lines("err")
    #expect(written + refused == 24 && written >= 6, "\(said)")
    #expect(try Store.value("SELECT count(*) FROM decision", in: database) == "\(written)")
    #expect(try Files.names(scratch.path) == ["done", "err", "faces", "faces.audit.db"])
  }

  @Test(.enabled(if: Command.nobodyIsMissing == nil, "\(Command.nobodyIsMissing ?? "")"))
  func aLockThatAnotherUsersKillLeftBehindIsTakenOver() throws {
    let (scratch, faces) = try Scratch.withFaces(30)
    chmod(scratch.path, 0o777)
    try Files.write(Array("left".utf8), to: scratch.path + "/own.db-lock")
    chmod(scratch.path + "/own.db-lock", 0o644)
    let run = try Command.asNobody(["scan", faces, "--db", scratch.path + "/own.db"] + Command.quick, in: "/")
    #expect(run.status == 0, "\(run.err)")
    #expect(try Files.names(scratch.path).contains("own.db-lock") == false)
  }
}
