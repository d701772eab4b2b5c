import AuditCore
import AuditDemo
import AuditStore
import Foundation
import Testing

/// The same command after an end of any kind, and the same results by any way.
@Suite struct ResumeTests {
  private static let count = 1100

  /// A dataset, and the digest of a scan that nothing disturbed.
  private final class Undisturbed: Sendable {
    let scratch: Scratch
    let digest: String

    private init() throws {
      scratch = try Scratch()
      scratch.removeAtExit()
      try Files.writePictures(ResumeTests.count, to: scratch.path + "/faces")
      let scan = try RunningScan(scratch.path + "/faces", slow: false, in: scratch.path)
      #expect(try scan.wait().status == 0)
      digest = try Store.digest(scan.database)
    }

    static let shared = Result { try Undisturbed() }
  }

  @Test(arguments: [1, 2, 3] as [UInt64]) func killsAtRandomMomentsDoNotChangeTheResult(seed: UInt64) throws {
    let whole = try Undisturbed.shared.get()
    let scratch = try Scratch()
    let faces = whole.scratch.path + "/faces"
    let database = scratch.path + "/own.db"
    var generator = SplitMix64(seed: seed, keys: 5)
    var kept = 0
    for _ in 0..<4 {
      let scan = try RunningScan(faces, slow: false, ["--db", database], in: scratch.path)
      usleep(UInt32(5_000 + generator.integer(below: 500_000)))
      scan.kill()
      _ = try scan.wait()
      let now =
        FileManager.default.fileExists(atPath: database)
        ? (try? Store.value("SELECT count(*) FROM sample", in: database)).flatMap { Int($0) } ?? 0 : 0
      #expect(now >= kept, "seed \(seed): rows were lost")
      kept = now
    }
    let last = try RunningScan(faces, slow: false, ["--db", database], in: scratch.path)
    let end = try last.wait()
    #expect(end.status == 0, "seed \(seed): \(end.err)")
    if kept > 0 {
      let left = ResumeTests.count - kept
      #expect(
        end.err.contains("continuing run \"first\": \(kept.described) done, \(left.described) left"),
        "seed \(seed): \(end.err)")
    }
    #expect(try Store.digest(database) == whole.digest, "seed \(seed)")
    #expect(try Store.value("SELECT count(*) FROM sample", in: database) == "\(ResumeTests.count)")
    #expect(try Store.value("SELECT count(*) FROM score", in: database) == "\(ResumeTests.count)")
    #expect(try Store.value("PRAGMA integrity_check", in: database) == "ok")
  }

  @Test func afterAKillOnlyWhatIsMissingIsScored() throws {
    let scratch = try Scratch()
    let faces = scratch.path + "/faces"
    try Files.writePictures(ResumeTests.count, to: faces)
    let scan = try RunningScan(faces, slow: true, in: scratch.path)
    try scan.waitForRows(500)
    scan.kill()
    _ = try scan.wait()
    let kept = try Store.column("SELECT id FROM sample ORDER BY id", in: scan.database)
    #expect(kept.count >= 500 && kept.count < ResumeTests.count)
    #expect(try Store.value("SELECT status FROM run", in: scan.database) == "running")
    let next = try RunningScan(faces, slow: true, in: scratch.path)
    let end = try next.wait()
    #expect(end.status == 0)
    let left = ResumeTests.count - kept.count
    #expect(
      end.err.hasPrefix("audit: continuing run \"first\": \(kept.count.described) done, \(left.described) left\n"),
      "\(end.err)")
    // At most one file was in work: the kill may have come between two.
    #expect(end.err.split(separator: "\n").dropFirst().allSatisfy { $0.hasPrefix("audit: 1 file was in work when ") })
    #expect(
      try Store.column("SELECT id FROM sample ORDER BY id LIMIT \(kept.count)", in: scan.database) == kept,
      "kept rows are the same rows")
    #expect(try Store.value("SELECT status FROM run", in: scan.database) == "complete")
  }

  @Test(arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
  func anInterruptKeepsWhatIsDoneAndSaysHowToGoOn(signal: Int32, status: Int32) throws {
    let scratch = try Scratch()
    let faces = scratch.path + "/faces"
    try Files.writePictures(ResumeTests.count, to: faces)
    let scan = try RunningScan(faces, slow: true, ["--progress", "plain"], in: scratch.path)
    try scan.waitForProgress("score", done: 112)
    scan.signal(signal)
    let end = try scan.wait()
    #expect(end.status == status)
    let done = scan.rows
    #expect(done >= 112 && done < ResumeTests.count)
    #expect(
      end.err.hasSuffix("audit: stopped at \(done.described)/1,100; run the same command to continue\n"), "\(end.err)")
    #expect(try Store.value("SELECT status FROM run", in: scan.database) == "interrupted")
    let next = try RunningScan(faces, slow: true, in: scratch.path)
    let rest = try next.wait()
    #expect(rest.status == 0)
    let left = ResumeTests.count - done
    #expect(rest.err == "audit: continuing run \"first\": \(done.described) done, \(left.described) left\n")
    #expect(try Store.value("SELECT status FROM run", in: scan.database) == "complete")
  }

  /// While a list is waited for there is nothing to finish.
  @Test(arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
  func oneSignalEndsTheWaitForAList(signal: Int32, status: Int32) throws {
    let scratch = try Scratch()
    let faces = scratch.path + "/faces"
    try Files.writePictures(2, to: faces)
    let silent = Pipe()
    let scan = try RunningScan(faces, slow: false, ["--files0-from", "-"], input: silent, in: scratch.path)
    try scan.waitForHandlers()
    scan.signal(signal)
    try #require(scan.ends(within: 10), "it still waits")
    let end = try scan.wait()
    #expect(end.status == status && end.err == "audit: stopped before anything was begun\n", "\(end)")
    #expect(!FileManager.default.fileExists(atPath: scan.database))
    withExtendedLifetime(silent) {}
  }

  @Test(
    arguments: [
      (["--jobs", "1"], [:]), (["--jobs", "2"], [:]), (["--jobs", "8"], [:]),
      (["--jobs", "2"], ["AUDIT_KERNELS": "scalar"]),
    ] as [([String], [String: String])])
  func jobsAndInstructionSetsDoNotChangeTheResult(options: [String], environment: [String: String]) throws {
    let set = try SharedScan.get()
    let scratch = try Scratch()
    let run = try Command.audit(
      ["scan", set.faces, "--db", scratch.path + "/own.db", "--size", "64", "-q"] + options, environment: environment)
    #expect(run.status == 0 && run.out == "" && run.err == "")
    #expect(try Store.digest(scratch.path + "/own.db") == set.digest)
  }

  @Test func theOrderOfCreationDoesNotChangeTheResult() throws {
    let set = try SharedScan.get()
    let scratch = try Scratch()
    let paths = try Store.column("SELECT path FROM sample WHERE run_id = 1 ORDER BY path DESC", in: set.database)
    for path in paths {
      try Files.write(
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: set.faces + "/" + path))), to: scratch.path + "/other/" + path
      )
    }
    let run = try Command.audit(["scan", scratch.path + "/other", "--size", "64", "-q"])
    #expect(run.status == 0)
    #expect(try Store.digest(scratch.path + "/other.audit.db") == set.digest)
  }

  @Test func changedFilesAreScoredAgainNewOnesAddedAndRemovedOnesLeave() throws {
    let scratch = try Scratch()
    let faces = scratch.path + "/faces"
    let database = scratch.path + "/faces.audit.db"
    try Files.writePictures(40, to: faces)
    #expect(try Command.scan(faces).status == 0)
    let model = try Store.value("SELECT digest FROM model", in: database)
    let untouched = try Store.column(
      "SELECT id FROM sample WHERE path NOT IN ('0001.ppm', '0002.ppm') ORDER BY path", in: database)
    let before = try Store.column("SELECT mse || ' ' || od FROM samples WHERE path = '0003.ppm'", in: database)

    try Files.write(Picture.ppm(Picture.noise(4)), to: faces + "/0001.ppm")
    try FileManager.default.removeItem(atPath: faces + "/0002.ppm")
    // The same picture under a new name: the stored model gives it the values that the first has.
    try FileManager.default.copyItem(atPath: faces + "/0003.ppm", toPath: faces + "/new.ppm")
    let run = try Command.scan(faces)
    #expect(run.status == 0)
    #expect(
      run.err.hasSuffix(
        "audit: continuing run \"first\": 38 done, 2 left, 1 changed since (scored again), 1 no longer there\n"),
      "\(run.err)")
    #expect(run.out.contains("40 scored (2 of them now), in "), "\(run.out)")
    #expect(try Store.column("SELECT digest FROM model", in: database) == [model])
    #expect(try Store.value("SELECT path FROM samples ORDER BY od DESC", in: database) == "0001.ppm")
    #expect(try Store.value("SELECT count(*) FROM samples WHERE path = '0002.ppm'", in: database) == "0")
    #expect(
      try Store.column("SELECT id FROM sample WHERE path NOT IN ('0001.ppm', 'new.ppm') ORDER BY path", in: database)
        == untouched)
    #expect(try Store.column("SELECT mse || ' ' || od FROM samples WHERE path = '0003.ppm'", in: database) == before)
    #expect(try Store.column("SELECT mse || ' ' || od FROM samples WHERE path = 'new.ppm'", in: database) == before)
  }

  /// Size and modification time as they were: only the change time tells.
  @Test func aPictureThatWasEditedUnderItsOldSizeAndTimeIsScoredAgain() throws {
    let scratch = try Scratch()
    let faces = scratch.path + "/faces"
    try Files.writePictures(30, to: faces)
    let database = scratch.path + "/faces.audit.db"
    #expect(try Command.scan(faces).status == 0)
    try Files.write(Picture.ppm(0), to: scratch.path + "/stamp")
    #expect(try Command.run("/usr/bin/touch", ["-r", faces + "/0007.ppm", scratch.path + "/stamp"]).status == 0)
    let noise = Picture.ppm(Picture.noise(7))
    try #require(noise.count == Picture.ppm(7).count)
    try Files.write(noise, to: faces + "/0007.ppm")
    #expect(try Command.run("/usr/bin/touch", ["-r", scratch.path + "/stamp", faces + "/0007.ppm"]).status == 0)
    let run = try Command.scan(faces)
    #expect(
      run.err == "audit: continuing run \"first\": 29 done, 1 left, 1 changed since (scored again)\n", "\(run.err)")
    #expect(try Store.value("SELECT path FROM samples ORDER BY od DESC", in: database) == "0007.ppm")
  }

  /// A new owner, mode or hard link moves the change time and leaves the picture.
  @Test func aChangeTimeThatMovesWithoutTheContentCostsNoScore() throws {
    let scratch = try Scratch()
    let faces = scratch.path + "/faces"
    try Files.writePictures(30, to: faces)
    let database = scratch.path + "/faces.audit.db"
    #expect(try Command.scan(faces).status == 0)
    let rows = try Store.column("SELECT id FROM sample ORDER BY path", in: database)
    let times = try Store.column("SELECT changed_ns FROM sample ORDER BY path", in: database)
    for number in 0..<30 { chmod(faces + "/" + Files.name(number), 0o600) }
    link(faces + "/0003.ppm", scratch.path + "/another name")
    let run = try Command.scan(faces)
    #expect(run.err == "audit: continuing run \"first\": 30 done, 0 left\n")
    #expect(try Store.column("SELECT id FROM sample ORDER BY path", in: database) == rows)
    let now = try Store.column("SELECT changed_ns FROM sample ORDER BY path", in: database)
    #expect(zip(times, now).allSatisfy { $0 != $1 }, "and the new times are noted")
  }

  @Test(.enabled(if: Command.nobodyIsMissing == nil, "\(Command.nobodyIsMissing ?? "")"))
  func rowsUnderAFolderThatCannotBeListedAreKeptAndNamed() throws {
    let scratch = try Scratch()
    chmod(scratch.path, 0o777)
    let faces = scratch.path + "/faces"
    try Files.writePictures(20, to: faces + "/id1")
    try Files.writePictures(12, to: faces + "/id2/deep", from: 50)
    let database = scratch.path + "/own.db"
    let command = ["scan", faces, "--db", database] + Command.quick
    #expect(try Command.asNobody(command, in: "/").status == 0)
    chmod(faces + "/id2", 0)
    defer { chmod(faces + "/id2", 0o755) }
    try FileManager.default.removeItem(atPath: faces + "/id1/0003.ppm")
    let run = try Command.asNobody(command, in: "/")
    #expect(run.status == 0, "\(run.err)")
    #expect(
      run.err == "audit: continuing run \"first\": 31 done, 0 left, 1 no longer there\n"
        + "audit: 12 images keep their results although their folder cannot be listed now: 'id2' (Permission denied)\n",
      "\(run.err)")
    #expect(try Store.value("SELECT count(*) FROM samples WHERE path LIKE 'id2/%'", in: database) == "12")
    #expect(try Store.value("SELECT planned || ' ' || status FROM run", in: database) == "31 complete")
    chmod(faces + "/id2", 0o755)
    let back = try Command.asNobody(command, in: "/")
    #expect(back.err == "audit: continuing run \"first\": 31 done, 0 left\n", "\(back.err)")
  }

  @Test func nothingToDoIsDoneQuietlyAndGivesTheSameDigest() throws {
    let scratch = try Scratch()
    let faces = scratch.path + "/faces"
    try Files.writePictures(30, to: faces)
    let database = scratch.path + "/faces.audit.db"
    #expect(try Command.scan(faces).status == 0)
    let digest = try Store.digest(database)
    let again = try Command.scan(faces)
    #expect(again.status == 0)
    #expect(again.err == "audit: continuing run \"first\": 30 done, 0 left\n")
    #expect(try Store.digest(database) == digest)
  }

  @Test func aModelComesAsSoonAsThereAreImagesForOne() throws {
    let scratch = try Scratch()
    let faces = scratch.path + "/faces"
    try Files.writePictures(10, to: faces)
    #expect(try Command.scan(faces).status == 0)
    try Files.writePictures(30, to: faces)
    #expect(try Command.scan(faces).status == 0)
    let database = scratch.path + "/faces.audit.db"
    #expect(try Store.value("SELECT count(*) FROM samples WHERE skew IS NOT NULL", in: database) == "30")
  }

  @Test func freshAndNamedRunsStandBesideTheFirst() throws {
    let scratch = try Scratch()
    let faces = scratch.path + "/faces"
    try Files.writePictures(30, to: faces)
    let database = scratch.path + "/faces.audit.db"
    for options in [[], ["--fresh"], ["--name", "clean"]] { #expect(try Command.scan(faces, options).status == 0) }
    #expect(
      try Store.column("SELECT name || ' ' || status FROM run ORDER BY id", in: database)
        == ["first complete", "second complete", "clean complete"])
    #expect(try Store.column("SELECT DISTINCT digest FROM run", in: database).count == 1)
    #expect(try Store.value("SELECT count(*) FROM samples", in: database) == "30", "one run at a time")
    let named = try Command.scan(faces, ["--name", "second"])
    #expect(named.err == "audit: continuing run \"second\": 30 done, 0 left\n")
    let anew = try Command.scan(faces, ["--name", "second", "--fresh"])
    #expect(anew.status == 0 && !anew.err.contains("continuing"))
    #expect(try Store.value("SELECT count(*) FROM run", in: database) == "3", "the run of that name is replaced")
  }

  @Test func otherSettingsAreRefusedWithWhatIsDifferent() throws {
    let scratch = try Scratch()
    let faces = scratch.path + "/faces"
    try Files.writePictures(30, to: faces)
    #expect(try Command.scan(faces).status == 0)
    func refusal(_ options: [String]) throws -> String {
      let run = try Command.audit(["scan", faces] + options)
      #expect(run.status == 2 && run.out == "")
      return run.err
    }
    let ending = "); use --name for a second run, or --fresh to start anew\n"
    #expect(
      try refusal(["--size", "96", "--metrics", "mse,mae", "--rank", "8", "--seed", "9"])
        == "audit: run \"first\" used other settings (size 64, now 96; rank 32, now 8; seed 7, now 9" + ending)
    #expect(
      try refusal(["--size", "64", "--metrics", "mse,ssim"])
        == "audit: run \"first\" used other settings (metrics -mae@1 +ssim@1" + ending)
    #expect(try Command.scan(faces, ["--rank", "8", "--name", "other"]).status == 0)
  }

  @Test func linesOfVerdictsMayMoveWithoutScoringAgain() throws {
    let scratch = try Scratch()
    let faces = scratch.path + "/faces"
    try Files.writePictures(30, to: faces)
    let database = scratch.path + "/faces.audit.db"
    #expect(try Command.scan(faces).status == 0)
    let highest = try #require(Double(try Store.value("SELECT max(ratio) FROM samples", in: database)))
    try #require(highest > 1.01)
    let run = try Command.scan(faces, ["--review-above", "\((1 + highest) / 2)"])
    #expect(run.status == 0)
    #expect(run.out.contains("(0 of them now)"), "\(run.out)")
    #expect(try Store.value("SELECT count(*) > 0 FROM samples WHERE verdict = 'review'", in: database) == "1")
  }
}
