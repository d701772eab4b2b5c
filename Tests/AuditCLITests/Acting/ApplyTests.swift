import AuditCore
import Foundation
import Testing

struct ApplyTests {
  private static let latin = SamplePath(bytes: Array("b/caf".utf8) + [0xE9, 0x0A] + Array(".png".utf8))

  private func set() throws -> ExportSet {
    let set = try ExportSet([
      .init("a/1.png", .drop), .init("a/2.png"), .init("a/2.jpg", .drop), .init("b/3.png", .drop),
      .init("b/4.png", .review),
      .init(raw: ApplyTests.latin, .drop), .init("gone.png", .drop),
    ])
    for name in ["a/1.txt", "a/1_mask.png", "a/2.txt", "b/4.txt"] { try set.write("about \(name)", to: name) }
    try FileManager.default.removeItem(atPath: set.dataset + "/gone.png")
    return set
  }

  @Test func thePlanIsPrintedAndNothingIsChanged() throws {
    let set = try set()
    let before = try set.snapshot()
    let run = try set.audit("apply", set.database, "--move-to", "out")
    #expect(run.status == 0)
    #expect(run.out.hasPrefix("would move 4 images and 2 sidecars, "))
    #expect(run.out.hasSuffix("nothing was changed; the same command with --yes does it\n"))
    #expect(run.out.contains("    with it     a/1_mask.png\n") && run.out.contains("b/caf\\xE9\\n.png"))
    #expect(run.err.contains("'gone.png' is gone since the scan"))
    #expect(run.err.contains("'a/2.txt' stays: it belongs to 'a/2.png' as well"))
    #expect(try set.snapshot() == before)
    #expect(!set.exists("out") && !set.exists("out.journal"))
  }

  @Test func movedFilesComeBackByteForByte() throws {
    let set = try set()
    let before = try set.snapshot()
    let run = try set.audit("apply", set.database, "--move-to", "new/out", "--yes")
    #expect(run.status == 0, "\(run.err)")
    #expect(run.out.hasPrefix("moved 4 images and 2 sidecars to '"))
    #expect(run.out.contains("\nthe results are still of all files; bring them up to date with:  audit scan "))
    let show = try set.audit("show", set.database)
    let said = "of the 7 images listed are no longer in '\(set.dataset)' (first: "
    #expect(show.status == 0 && show.err.contains("audit: 5 \(said)"), "\(show.err)")
    #expect(show.err.contains("moved, as by audit apply, or removed; the results are still of all files"))
    #expect(show.err.contains("bring them up to date with: audit scan \(set.dataset)"), "\(show.err)")
    #expect(try set.text("new/out/a/1_mask.png") == "about a/1_mask.png")
    #expect(try set.text("new/out/a/2.jpg") == "face a/2.jpg")
    #expect(!set.exists("faces/a/1.png") && !set.exists("faces/a/1.txt") && set.exists("faces/a/2.txt"))
    #expect(set.exists("faces/b/4.png") && set.exists("faces/b/4.txt"))
    let lines = try set.text("new/out.journal").split(separator: "\n")
    #expect(lines.count == 1 + 6 + 3, "a head, six files, three new folders")
    let undo = try set.audit("undo", "new/out.journal")
    #expect(undo.status == 0 && undo.out == "put back 6 files\n" && undo.err == "")
    let back = try set.audit("show", set.database)
    #expect(back.err.contains("1 of the 7 images listed is no longer in '\(set.dataset)' (first: gone.png)"))
    #expect(try set.snapshot() == before)
    #expect(!set.exists("new/out"), "the folders that apply made go as well")
    #expect(try set.audit("undo", "new/out.journal").out == "put back 0 files; 6 back already\n")
    #expect(try set.snapshot() == before)
  }

  @Test func aFolderThatIsGoneIsSaid() throws {
    let set = try set()
    try FileManager.default.moveItem(atPath: set.dataset, toPath: set.path + "/kept")
    let show = try set.audit("show", set.database)
    #expect(show.status == 0)
    #expect(
      show.err
        == "audit: '\(set.dataset)' is not there: the results are of what lay there; where it lies elsewhere now, "
        + "go on with: audit scan FOLDER --db \(set.database)\n", "\(show.err)")
  }

  @Test func aFileThatChangedSinceTheScanIsLeftAlone() throws {
    let set = try set()
    // The same length, so that only the content tells.
    try set.write("FACE a/1.png", to: "a/1.png")
    let run = try set.audit("apply", set.database, "--move-to", "out", "--yes", "--sidecars", "none")
    #expect(run.status == 0)
    #expect(run.err.contains("'a/1.png' has changed since the scan; left alone, scan again"))
    #expect(try set.text("faces/a/1.png") == "FACE a/1.png")
    #expect(!set.exists("out/a/1.png") && set.exists("out/b/3.png"))
  }

  @Test func nothingIsOverwrittenOnTheWayOutNorOnTheWayBack() throws {
    let set = try set()
    try set.scratch.write(Array("older".utf8), to: "out/a/1.png")
    let run = try set.audit("apply", set.database, "--move-to", "out", "--yes")
    #expect(
      run.err.contains(
        "'a/1.png' stays: '\(URL(fileURLWithPath: set.path).resolvingSymlinksInPath().path)/out' has a file of that name"
      ))
    #expect(try set.text("out/a/1.png") == "older" && set.text("faces/a/1.png") == "face a/1.png")
    try set.write("newer", to: "b/3.png")
    let undo = try set.audit("undo", "out.journal")
    #expect(undo.status == 2)
    #expect(undo.err.contains("'b/3.png' stays in '") && undo.err.contains("another file has its name in the dataset"))
    #expect(try set.text("faces/b/3.png") == "newer" && set.text("out/b/3.png") == "face b/3.png")
    #expect(try set.text("out/a/1.png") == "older")
    #expect(try set.text("faces/a/2.jpg") == "face a/2.jpg")
  }

  @Test func aSecondApplyHasAJournalOfItsOwn() throws {
    let set = try set()
    #expect(try set.audit("apply", set.database, "--move-to", "out", "--yes", "--where", "folder = 'a'").status == 0)
    let second = try set.audit("apply", set.database, "--move-to", "out", "--yes", "--where", "folder = 'b'")
    #expect(second.out.contains("out.2.journal"))
    #expect(try set.audit("undo", "out.journal").out == "put back 4 files\n")
    #expect(set.exists("out/b/3.png"))
  }

  @Test func linksLeaveTheDatasetAsItIs() throws {
    let set = try set()
    let before = try set.snapshot()
    #expect(try set.audit("apply", set.database, "--symlink-to", "soft", "--yes").status == 0)
    #expect(
      try FileManager.default.destinationOfSymbolicLink(atPath: set.path + "/soft/a/1.png") == "../../faces/a/1.png")
    #expect(try set.audit("apply", set.database, "--hardlink-to", "hard", "--verdict", "keep", "--yes").status == 0)
    #expect(try set.text("hard/a/2.png") == "face a/2.png")
    #expect(try set.snapshot() == before)
    #expect(try set.audit("undo", "soft.journal").out == "removed 6 links\n")
    #expect(try set.audit("undo", "hard.journal").out == "removed 1 link\n")
    #expect(!set.exists("soft") && !set.exists("hard"))
    #expect(try set.snapshot() == before)
  }

  @Test func aTargetInTheDatasetOrAboveItIsRefused() throws {
    let set = try set()
    let before = try set.snapshot()
    for target in ["faces/out", "faces", ".", "faces/../faces/x", "none/../faces/x", "faces/\u{301}x"] {
      let run = try set.audit("apply", set.database, "--move-to", target, "--yes")
      #expect(run.status == 2)
      #expect(run.err.contains("audit never writes there") || run.err.contains("holds the dataset"), "\(run.err)")
    }
    #expect(try set.snapshot() == before)
  }

  @Test func anotherFileIsNoJournal() throws {
    let set = try set()
    let run = try set.audit("undo", set.database)
    #expect(
      run.status == 2
        && run.err == "audit: '\(set.database)' is not a journal of `audit apply`; nothing was changed\n", "\(run.err)")
  }

  @Test func aMoveToAnotherDiskIsCopiedAndChecked() throws {
    let set = try set()
    let other = "/dev/shm/audit-test-\(UUID().uuidString)"
    var (here, there) = (stat(), stat())
    guard stat(set.path, &here) == 0, stat("/dev/shm", &there) == 0, here.st_dev != there.st_dev,
      (try? FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)) != nil
    else { return print("skipped: /dev/shm is no second disk here") }
    defer { try? FileManager.default.removeItem(atPath: other) }
    let before = try set.snapshot()
    let run = try set.audit("apply", set.database, "--move-to", other + "/out", "--yes")
    #expect(run.out.hasPrefix("moved 4 images and 2 sidecars"), "\(run.err)")
    #expect(try Data(contentsOf: URL(fileURLWithPath: other + "/out/b/3.png")) == Data("face b/3.png".utf8))
    #expect(!set.exists("faces/b/3.png"))
    let hard = try set.audit("apply", set.database, "--hardlink-to", other + "/hard", "--verdict", "keep", "--yes")
    #expect(hard.status == 2 && hard.err.contains("cannot be hard-linked to another disk; use --symlink-to"))
    #expect(try set.audit("undo", other + "/out.journal").status == 0)
    #expect(try set.snapshot() == before)
  }
}

/// kill -9 at any moment of apply and of undo loses nothing, and the journal brings everything back.
@Suite(.serialized) struct ApplyKillTests {
  private static let count = 3_000

  /// Starts a command and kills it as soon as `isUnderWay` holds.
  private func kill(_ arguments: [String], in folder: String, when isUnderWay: () -> Bool) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Command.binary)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    while process.isRunning, !isUnderWay() { usleep(200) }
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  private func files(_ folder: String) -> Int {
    (try? FileManager.default.contentsOfDirectory(atPath: folder).count) ?? 0
  }

  /// Kills apply once it has moved `after` files. On a busy machine it may end before the kill; then all goes back first
  /// and it is tried again.
  ///
  /// - Returns: how many were moved.
  private func killApply(_ set: ExportSet, after: Int) throws -> Int {
    for _ in 0..<8 {
      try kill(moving(set), in: set.path) { files(set.path + "/out/a") >= after }
      let moved = files(set.path + "/out/a")
      if moved < ApplyKillTests.count { return moved }
      try set.audit("undo", "out.journal")
      try FileManager.default.removeItem(atPath: set.path + "/out.journal")
    }
    return ApplyKillTests.count
  }

  /// Kills the undo of a second apply in the middle.
  ///
  /// - Returns: whether there was anything left to put back.
  private func killUndo(_ set: ExportSet) throws -> Bool {
    for _ in 0..<8 {
      // It goes on where the first apply was killed, with a journal of its own.
      #expect(try Command.audit(moving(set) + ["--where", "id % 2 = 0"], in: set.path).status == 0)
      let there = files(set.path + "/out/a")
      try kill(["undo", "out.2.journal"], in: set.path) { files(set.path + "/out/a") < there - 20 }
      #expect(files(set.path + "/out/a") < there)
      let rest = try set.audit("undo", "out.2.journal")
      #expect(rest.status == 0)
      if !rest.out.hasPrefix("put back 0 files") { return true }
      try FileManager.default.removeItem(atPath: set.path + "/out.2.journal")
    }
    return false
  }

  private func moving(_ set: ExportSet) -> [String] {
    ["apply", set.database, "--move-to", "out", "--yes", "--sidecars", "none"]
  }

  @Test(arguments: [1, 700, 2_000]) func killedInTheMiddleEverythingComesBack(after: Int) throws {
    let count = ApplyKillTests.count
    let set = try ExportSet((0..<count).map { .init("a/\($0).png", .drop, content: "content \($0)") })
    let before = try set.snapshot()
    let moved = try killApply(set, after: after)
    #expect(moved >= after && moved < count, "killed with \(moved) of \(count) moved")
    #expect(files(set.dataset + "/a") + moved - count <= 1, "at most the one under way has both names")
    #expect(files(set.dataset + "/a") + moved >= count, "no file is lost")
    #expect(try killUndo(set), "undo was killed in the middle")
    for _ in 0..<2 { #expect(try set.audit("undo", "out.journal").status == 0) }
    #expect(try set.snapshot() == before)
    #expect(files(set.path + "/out") == 0)
  }
}
