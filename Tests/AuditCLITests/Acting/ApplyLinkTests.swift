import AuditCore
import Foundation
import Testing

/// What goes together, what stays, and that the plan says what the deed does.
struct ApplyLinkTests {
  private func link(_ set: ExportSet, _ name: String, to target: String) throws {
    try? FileManager.default.removeItem(atPath: set.dataset + "/" + name)
    try FileManager.default.createSymbolicLink(atPath: set.dataset + "/" + name, withDestinationPath: target)
  }

  /// The lines under a heading of standard error.
  private func notes(_ run: Command, under title: String) -> [Substring] {
    let lines = run.err.split(separator: "\n")
    guard let start = lines.firstIndex(where: { $0.hasPrefix("audit: \(title): ") }) else { return [] }
    return Array(lines[(start + 1)...].prefix { $0.hasPrefix("  ") })
  }

  @Test func planAndDeedAgreeAboutLinksAndNameWhatWouldLeadNowhere() throws {
    let set = try ExportSet([
      .init("a.png", .drop), .init("b.png"), .init("c.png", .drop), .init("sub/d.png"), .init("e.png", .drop),
    ])
    try link(set, "b.png", to: "a.png")
    try link(set, "c.png", to: "a.png")
    try link(set, "sub/d.png", to: "../b.png")
    try link(set, "a.txt", to: "words.txt")
    try link(set, "other.lnk", to: "e.png")
    try set.write("words", to: "words.txt")
    let plan = try set.audit("apply", set.database, "--move-to", "out")
    #expect(plan.out.hasPrefix("would move 2 images, "), "\(plan.out)")
    let staying = ["  'c.png' is a link, not a file; left alone", "  'a.txt' is a link, not a file; left alone"]
    #expect(Set(notes(plan, under: "left alone")) == Set(staying.map { $0[...] }), "\(plan.err)")
    let dangling = [
      "  'b.png' is a link to 'a.png', which goes", "  'c.png' is a link to 'a.png', which goes",
      "  'other.lnk' is a link to 'e.png', which goes", "  'sub/d.png' is a link to 'a.png', which goes",
    ]
    #expect(notes(plan, under: "links that would lead nowhere") == dangling.map { $0[...] }, "\(plan.err)")
    let deed = try set.audit("apply", set.database, "--move-to", "out", "--yes")
    #expect(deed.out.hasPrefix("moved 2 images to"), "\(deed.out)")
    #expect(notes(deed, under: "left alone") == notes(plan, under: "left alone"))
    #expect(notes(deed, under: "links that lead nowhere now") == dangling.map { $0[...] })
  }

  @Test func aPlaceThatIsTakenIsInThePlanToo() throws {
    let set = try ExportSet([.init("a.png", .drop), .init("b.png", .drop)])
    try set.scratch.write(Array("older".utf8), to: "out/a.png")
    let plan = try set.audit("apply", set.database, "--move-to", "out")
    #expect(plan.out.hasPrefix("would move 1 image, ") && plan.err.contains("'a.png' stays: "), "\(plan.err)")
    try set.write("changed", to: "b.png")
    let changed = try set.audit("apply", set.database, "--move-to", "out")
    #expect(changed.err.contains("'b.png' has changed since the scan") && changed.out.contains("nothing to do"))
  }

  @Test func aSidecarStaysWithAnImageThatStays() throws {
    let set = try ExportSet([.init("a.png", .drop), .init("b.png", .drop)])
    for name in ["a.txt", "b.txt"] { try set.write("about \(name)", to: name) }
    // As long as the scanned one and with its time, so that only the last look at the content tells.
    try set.write("FACE a.png", to: "a.png")
    #expect(try Command.run("/usr/bin/touch", ["-d", "@0", set.dataset + "/a.png"]).status == 0)
    let run = try set.audit("apply", set.database, "--move-to", "out", "--yes")
    #expect(run.out.hasPrefix("moved 1 image and 1 sidecar to"), "\(run.out)")
    #expect(run.err.contains("'a.txt' stays with its image 'a.png'"), "\(run.err)")
    #expect(set.exists("faces/a.txt") && set.exists("out/b.txt"))
  }

  private static let beside = [
    "X_0512x0512_sdxl.npz", "X_te_outputs.npz", "X.TXT", "X-masklabel.png", "X.npz", "X_depth.webp", "X.mask.png",
    "X_Depth_debug.jpg",
  ]

  private func setWithSidecars() throws -> ExportSet {
    let set = try ExportSet([.init("d/X.png", .drop), .init("d/X_flux.png"), .init("d/X.b.png"), .init("d/Y.png")])
    let others = ["X_flux.npz", "X_flux_te.npz", "X_flux.txt", "X.b.txt", "X_2.npz", "Xa.txt", "X_flux-masklabel.png"]
    for name in ApplyLinkTests.beside + others { try set.write("about \(name)", to: "d/" + name) }
    return set
  }

  @Test func sidecarsAreMovedByRuleAndALongerStemKeepsItsOwn() throws {
    let set = try setWithSidecars()
    let before = try set.snapshot()
    let run = try set.audit("apply", set.database, "--move-to", "out", "--yes")
    #expect(run.out.hasPrefix("moved 1 image and 8 sidecars to"), "\(run.out)\(run.err)")
    let moved = try FileManager.default.contentsOfDirectory(atPath: set.path + "/out/d").sorted()
    #expect(moved == (["X.png"] + ApplyLinkTests.beside).sorted())
    #expect(try set.audit("undo", "out.journal").status == 0)
    #expect(try set.snapshot() == before)
  }

  @Test func sidecarsAreExportedByTheSameRule() throws {
    let set = try setWithSidecars()
    let run = try set.audit("export", set.database, "--format", "kohya-toml", "--verdict", "drop", "-o", "lora")
    #expect(run.status == 0, "\(run.err)")
    let linked = try FileManager.default.contentsOfDirectory(atPath: set.path + "/lora/drop/d").sorted()
    #expect(linked == (["X.png"] + ApplyLinkTests.beside).sorted())
    #expect(try set.text("lora/dataset.toml").contains("caption_extension = \".TXT\""))
    let kept = try set.audit("export", set.database, "--keep", "--sidecars", "usual")
    #expect(
      kept.out == """
        d/X.b.png
        d/X.b.txt
        d/X_flux.png
        d/X_flux-masklabel.png
        d/X_flux.npz
        d/X_flux.txt
        d/X_flux_te.npz
        d/Y.png

        """)
  }

  /// The scan could not read it, so that there is no hash: size and time tell.
  @Test func aFileThatWasNeverHashedHasNotChanged() throws {
    let set = try ExportSet([
      .init("a.png"), .init("b.png", failure: SampleIssue(.permission)),
      .init("c.png", failure: SampleIssue(.permission)),
    ])
    #expect(try Command.run("/usr/bin/touch", ["-d", "@0", set.dataset + "/b.png"]).status == 0)
    let tree = try set.audit("export", set.database, "--format", "dfl", "--verdict", "unreadable", "-o", "tree")
    #expect(!tree.err.contains("has changed"), "\(tree.err)")
    #expect(try set.text("tree/b.png") == "face b.png" && set.text("tree/c.png") == "face c.png")
    let run = try set.audit("apply", set.database, "--move-to", "out", "--verdict", "unreadable", "--yes")
    #expect(run.out.hasPrefix("moved 1 image to"), "\(run.err)")
    #expect(run.err.contains("'c.png' has changed since the scan") && !run.err.contains("b.png"), "\(run.err)")
  }

  @Test func aFileOfAnyDateIsMovedAndComesBack() throws {
    let set = try ExportSet([.init("a.png", .drop), .init("b.png", .drop)])
    for (name, time) in [("a.png", "@11000000000"), ("b.png", "@-11000000000")] {
      #expect(try Command.run("/usr/bin/touch", ["-d", time, set.dataset + "/" + name]).status == 0)
    }
    let before = try set.snapshot()
    #expect(try set.audit("apply", set.database, "--move-to", "out", "--yes").out.hasPrefix("moved 2 images"))
    #expect(try set.audit("undo", "out.journal").out == "put back 2 files\n")
    #expect(try set.snapshot() == before)
  }

  @Test func aNameOf255BytesCrossesDisks() throws {
    let name = String(repeating: "n", count: 251) + ".png"
    let set = try ExportSet([.init(name, .drop)])
    let other = "/dev/shm/audit-test-\(UUID().uuidString)"
    var (here, there) = (stat(), stat())
    guard stat(set.path, &here) == 0, stat("/dev/shm", &there) == 0, here.st_dev != there.st_dev,
      (try? FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)) != nil
    else { return print("skipped: /dev/shm is no second disk here") }
    defer { try? FileManager.default.removeItem(atPath: other) }
    let before = try set.snapshot()
    let run = try set.audit("apply", set.database, "--move-to", other + "/out", "--yes")
    #expect(run.out.hasPrefix("moved 1 image to"), "\(run.err)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: other + "/out") == [name])
    #expect(try set.audit("undo", other + "/out.journal").status == 0)
    #expect(try set.snapshot() == before)
  }

  @Test func aLinkedPictureIsCopiedAndABrokenOneIsNamed() throws {
    let set = try ExportSet([.init("1.jpg"), .init("2.jpg"), .init("3.jpg"), .init("4.jpg")])
    try set.scratch.write(Array("face 2.jpg".utf8), to: "elsewhere/2.jpg")
    try link(set, "2.jpg", to: "../elsewhere/2.jpg")
    try link(set, "3.jpg", to: "nowhere.jpg")
    try FileManager.default.removeItem(atPath: set.dataset + "/4.jpg")
    for format in ["dfl", "symlinks"] {
      let run = try set.audit("export", set.database, "--format", format, "--keep", "-o", format)
      #expect(run.status == 0, "\(run.err)")
      #expect(run.err.contains("'3.jpg' is a link that leads nowhere; left out"), "\(run.err)")
      #expect(run.err.contains("'4.jpg' is gone since the scan; left out"))
      let folder = format == "dfl" ? "dfl" : "symlinks/keep"
      let names = try FileManager.default.contentsOfDirectory(atPath: set.path + "/" + folder)
      #expect(names.sorted() == ["1.jpg", "2.jpg"])
      #expect(try set.text(folder + "/2.jpg") == "face 2.jpg")
    }
  }

  /// None of the files is where the run found them: a tree of nothing is no success.
  @Test func aTreeThatNothingCouldBePutIntoFails() throws {
    let set = try ExportSet([.init("1.jpg"), .init("2.jpg")])
    for name in ["1.jpg", "2.jpg"] { try FileManager.default.removeItem(atPath: set.dataset + "/" + name) }
    let run = try set.audit("export", set.database, "--format", "symlinks", "-o", "tree")
    #expect(run.status == 2 && run.err.contains("'1.jpg' is gone since the scan"), "\(run.err)")
    #expect(!set.exists("tree"))
  }
}

/// A pipe in the place of a file ends with words instead of waiting for a writer.
struct PipeTests {
  private func hurried(_ arguments: [String], in folder: String) throws -> Command {
    try Command.run("/usr/bin/timeout", ["20", Command.binary] + arguments, in: folder)
  }

  @Test func pipesThatNobodyWritesIntoAreNotWaitedFor() throws {
    let set = try ExportSet([.init("1.png"), .init("2.png")])
    try #require(mkfifo(set.path + "/pipe", 0o644) == 0)
    for arguments in [
      ["undo", "pipe"], ["sql", "pipe", "SELECT 1"], ["report", "pipe"], ["scan", "faces", "--db", "pipe"],
      ["scan", "faces", "--model", "onnx:pipe", "--db", "x.db"], ["decide", set.database, "--import", "pipe"],
      ["scan", "faces", "--model", "pipe", "--db", "x.db"],
      ["export", set.database, "--format", "hf-metadata", "--merge", "pipe"],
    ] {
      let run = try hurried(arguments, in: set.path)
      #expect(run.status == 2, "\(arguments): \(run.status) \(run.err)")
      let words = ["not a regular file", "a pipe that nobody writes into"]
      #expect(words.contains(where: run.err.contains), "\(run.err)")
    }
  }

  @Test func aPipeWithAWriterIsRead() throws {
    let set = try ExportSet([.init("1.png"), .init("2.png")])
    let script = "\"$0\" decide \"$1\" --import <(sleep 0.2; echo '{\"path\":\"1.png\",\"verdict\":\"drop\"}')"
    let run = try Command.run("/bin/bash", ["-c", script, Command.binary, set.database], in: set.path)
    #expect(run.status == 0 && run.out.hasPrefix("1 decision taken over"), "\(run.err)")
  }
}

/// A folder of mode 0644, scanned by a user whom that stops.
struct HiddenFolderTests {
  @Test func aFolderThatMayNotBeEnteredIsNamedInTheSummary() throws {
    if let reason = Command.nobodyIsMissing { return print("skipped: \(reason)") }
    let scratch = try Scratch()
    try Files.writePictures(4, to: scratch.path + "/set")
    try Files.writePictures(3, to: scratch.path + "/set/half", from: 10)
    for (path, mode) in [("", 0o777), ("/set", 0o755), ("/set/half", 0o644)] {
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: scratch.path + path)
    }
    let run = try Command.asNobody(["scan", "set"] + Command.quick + ["--db", "x.db"], in: scratch.path)
    #expect(run.out.contains("4 scored"), "\(run.out)\(run.err)")
    #expect(run.out.contains("3 names in it cannot be looked at: Permission denied"), "\(run.out)\(run.err)")
  }
}
