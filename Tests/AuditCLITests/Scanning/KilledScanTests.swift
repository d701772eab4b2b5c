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

  /// A picture that takes long to read although its file is small.
  private static func slowPicture(side: Int) throws -> [UInt8] { try encodePNG(RGBImage(width: side, height: side)) }

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
    try Files.write(try Self.slowPicture(side: 5000), to: faces + "/a/00.png")
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
    try Files.write(try Self.slowPicture(side: 7000), to: faces + "/0000-slow.png")
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
    let third = try Command.scan(faces, ["--sample", "30"])
    #expect(third.status == 0, "\(third.err)")
    #expect(third.err.contains("1 file ended audit twice and is not opened: '0000-slow.png'\n"), "\(third.err)")
    #expect(
      try Store.column("SELECT path || ' ' || error_code FROM q_errors", in: database) == ["0000-slow.png crash"])
    #expect(try Store.value("SELECT count(mse) FROM samples", in: database) == "40")
    for more in [[], ["--fresh"], ["--name", "other"]] {
      let again = try Command.scan(faces, ["--sample", "30"] + more)
      #expect(again.status == 0 && again.err.contains("ended audit twice"), "\(more): \(again.err)")
      #expect(try Store.value("SELECT count(*) FROM q_errors WHERE error_code = 'crash'", in: database) == "1")
    }
    // Another file under that name.
    try Files.write(Picture.ppm(99), to: faces + "/0000-slow.png")
    let mended = try Command.scan(faces, ["--sample", "30", "--name", "other"])
    #expect(mended.status == 0 && !mended.err.contains("twice"), "\(mended.err)")
    #expect(try Store.value("SELECT count(mse) FROM samples", in: database) == "41")
  }

  @Test func aFileThatWasOnlyInWorkWhenItEndedIsTriedAloneAndForgotten() throws {
    let scratch = try Scratch()
    let faces = scratch.path + "/faces"
    try Files.writePictures(40, to: faces)
    try Files.write(try Self.slowPicture(side: 5000), to: faces + "/0000-slow.png")
    let scan = try RunningScan(faces, slow: false, ["--no-isolate", "--jobs", "1"], in: scratch.path)
    try Self.wait(for: scan, "the slow file is in work") { marks in marks.contains { $0.path == "0000-slow.png" } }
    scan.kill()
    _ = try scan.wait()
    let next = try Command.scan(faces, ["--sample", "30"])
    #expect(next.status == 0)
    #expect(
      next.err.contains("1 file was in work when audit ended last time, and tried alone now: '0000-slow.png'\n"),
      "\(next.err)")
    #expect(try Store.value("SELECT count(mse) FROM samples", in: scan.database) == "41")
    let last = try Command.scan(faces, ["--sample", "30"])
    #expect(last.err == "audit: continuing run \"first\": 41 done, 0 left\n")
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
