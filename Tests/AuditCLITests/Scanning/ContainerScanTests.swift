import AuditDemo
import Foundation
import Testing

/// Drawn faces in a folder, and the same files in tars that the system's own tar made.
private struct PackedFaces {
  let scratch: Scratch

  init(count: Int = 60) throws {
    scratch = try Scratch()
    let drawn = try Command.audit(["demo", "faces", "--count", "\(count)", "-q"], in: scratch.path)
    try #require(drawn.status == 0, "\(drawn.err)")
    // What demo scanned is not wanted.
    for name in try Files.names(scratch.path) where name.contains(".db") {
      try FileManager.default.removeItem(atPath: scratch.path + "/" + name)
    }
  }

  func tar(_ name: String, _ what: String..., from folder: String = "faces") throws {
    let run = try Command.run(
      "/usr/bin/env", ["tar", "-C", folder, "--exclude=.audit*", "-cf", name] + what, in: scratch.path)
    try #require(run.status == 0, "\(run.err)")
  }

  func audit(_ arguments: String...) throws -> Command { try Command.audit(arguments, in: scratch.path) }

  func digest(_ arguments: String...) throws -> String {
    let run = try Command.audit(["scan"] + arguments, in: scratch.path)
    let digest = run.out.firstMatch(of: /digest ([0-9a-f]{16})/).map { String($0.1) }
    return try #require(digest, "\(run.err)")
  }

  func lines(_ arguments: String...) throws -> [String] {
    let run = try Command.audit(arguments, in: scratch.path)
    try #require(run.status == 0, "\(run.err)")
    return run.out.split(separator: "\n").map(String.init)
  }
}

struct ContainerScanTests {
  @Test func theSamePicturesInAFolderAndInATarGiveTheSameDigest() throws {
    let set = try PackedFaces()
    try set.tar("faces.tar", ".")
    let folder = try set.digest("faces")
    #expect(try set.digest("faces.tar") == folder)
    #expect(try set.digest("faces.tar", "--db", "one.db", "--jobs", "0") == folder)
    #expect(try set.digest("faces.tar", "--db", "three.db", "--jobs", "3") == folder)
    let again = try set.audit("scan", "faces.tar")
    #expect(again.err.contains(" 0 left") && again.out.contains(folder), "\(again.err)")
    let pairs = try set.audit("scan", "faces", "--reference", "faces.tar", "--db", "pairs.db")
    #expect(pairs.status == 0 && pairs.err.contains("paired: 63 of 63 have a reference"), "\(pairs.err)")
    #expect(
      try Command.sqlite(set.scratch.path + "/pairs.db", "SELECT count(*), max(mse) FROM samples WHERE status = 'ok'")
        .hasPrefix("61|0.0"))
  }

  @Test func whatAScanOfATarPrintsCanBeRunAndShowsItsPictures() throws {
    let set = try PackedFaces()
    try set.tar("faces.tar", ".")
    let scan = try set.audit("scan", "faces.tar")
    let commands = Taught.commands(in: scan.out)
    #expect(commands.count >= 3)
    for command in commands {
      let run = try Command.run(
        "/bin/sh", ["-c", command.replacing("audit ", with: "'\(Command.binary)' ", maxReplacements: 1)],
        in: set.scratch.path)
      #expect(run.status == 0, "\(command): \(run.err)")
    }
    #expect(try set.audit("report", "faces.tar.audit.db", "-o", "page.html").status == 0)
    let page = try String(contentsOfFile: set.scratch.path + "/page.html", encoding: .utf8)
    #expect(page.contains("data:image/"))
    let explained = try set.audit("explain", "faces.tar.audit.db", "id1/clip1_00001.png")
    #expect(explained.status == 0 && !explained.out.contains("gone"), "\(explained.out)")
  }

  @Test func shardsAreWrittenAgainWithoutWhatIsLeftOut() throws {
    let set = try PackedFaces()
    try FileManager.default.createDirectory(atPath: set.scratch.path + "/shards", withIntermediateDirectories: true)
    try set.scratch.write(Array("a caption".utf8), to: "faces/id1/clip1_00001.txt")
    try set.scratch.write(Array("another".utf8), to: "faces/id2/clip1_00001.txt")
    try set.tar("shards/00000.tar", "id1")
    try set.tar("shards/00001.tar", "id2")
    _ = try set.digest("shards")
    let decided = try set.audit(
      "decide", "shards.audit.db", "00000.tar/id1/clip1_00001.png", "--verdict", "drop", "--reason", "eyes")
    #expect(decided.status == 0, "\(decided.err)")
    let stays = try set.lines("export", "shards.audit.db", "--keep")
    #expect(!stays.contains("00000.tar/id1/clip1_00001.png"))
    #expect(try set.audit("export", "shards.audit.db", "--format", "shards", "-o", "kept").status == 0)
    // Unpacked, both are the files of the set but for what is left out, caption and all.
    var names: [String] = []
    for shard in ["00000", "00001"] {
      let list = try Command.run("/usr/bin/env", ["tar", "-tf", "kept/\(shard).tar"], in: set.scratch.path)
      #expect(list.status == 0 && list.err.isEmpty, "\(list.err)")
      names += list.out.split(separator: "\n").filter { !$0.hasSuffix("/") }.map { "\(shard).tar/\($0)" }
    }
    #expect(names.filter { !$0.hasSuffix(".txt") }.sorted() == stays)
    #expect(names.filter { $0.hasSuffix(".txt") } == ["00001.tar/id2/clip1_00001.txt"])
    let compared = try Command.run(
      "/usr/bin/env", ["tar", "-C", "faces", "-df", "kept/00001.tar"], in: set.scratch.path)
    #expect(compared.status == 0, "bytes or times differ: \(compared.out)\(compared.err)")
    let keys = try set.lines("export", "shards.audit.db", "--format", "wds-keys")
    #expect(keys.sorted() == stays.map { String($0.dropFirst("00000.tar/".count).dropLast(".png".count)) }.sorted())
  }

  @Test func aContainerThatIsNotTheScannedOneIsNotWrittenAgain() throws {
    let set = try PackedFaces(count: 30)
    try set.tar("faces.tar", ".")
    _ = try set.digest("faces.tar")
    try set.tar("faces.tar", ".")
    for format in ["shards", "wds-keys"] {
      let run = try set.audit("export", "faces.tar.audit.db", "--format", format, "-o", "again")
      #expect(run.status == 2 && run.err.contains("has changed since the scan"), "\(run.err)")
    }
    try FileManager.default.removeItem(atPath: set.scratch.path + "/faces.tar")
    for format in ["shards", "wds-keys"] {
      let run = try set.audit("export", "faces.tar.audit.db", "--format", format, "-o", "again")
      #expect(run.status == 2 && run.err.contains("--dataset"), "\(run.err)")
    }
    #expect(!FileManager.default.fileExists(atPath: set.scratch.path + "/again"))
  }

  @Test func dotsInNamesMasksAndLinksDoNotTakeOthersAlong() throws {
    let set = try PackedFaces(count: 30)
    let folder = set.scratch.path + "/faces/id1"
    for name in try Files.names(folder) where name.hasSuffix(".png") {
      try FileManager.default.moveItem(atPath: folder + "/" + name, toPath: folder + "/clip." + name)
    }
    let names = try Files.names(folder).filter { $0.hasSuffix(".png") }.sorted()
    try FileManager.default.linkItem(atPath: folder + "/" + names[0], toPath: folder + "/zz.png")
    try set.scratch.write(Array("P5 1 1 255\n0".utf8), to: "faces/id1/" + names[0].dropLast(4) + "_mask.pgm")
    let bytes = try #require(FileManager.default.contents(atPath: folder + "/" + names[0]))
    try set.tar("faces.tar", ".")
    _ = try set.digest("faces.tar")
    let condition = "path <> 'id1/\(names[0])'"
    let made = try set.audit(
      "export", "faces.tar.audit.db", "--format", "shards", "--verdict", "keep,review,drop,unreadable", "--where",
      condition, "-o", "kept")
    #expect(made.status == 0, "\(made.err)")
    #expect(made.err.contains("wrote \(names.count + 1) images"), "\(made.err)")
    let unpacked = try Command.run(
      "/bin/sh", ["-c", "mkdir out && tar -C out -xf kept/faces.tar && ls out/id1"], in: set.scratch.path)
    #expect(unpacked.status == 0, "\(unpacked.err)")
    let left = unpacked.out.split(separator: "\n").map(String.init)
    #expect(!left.contains(names[0]) && !left.contains { $0.hasSuffix("_mask.pgm") })
    #expect(left.contains(names[1]) && left.contains("zz.png"))
    // It was a link to what is left out.
    #expect(FileManager.default.contents(atPath: set.scratch.path + "/out/id1/zz.png") == bytes)
  }

  @Test func webDatasetFindsTheSamplesByTheKeys() throws {
    let set = try PackedFaces(count: 30)
    try set.tar("faces.tar", ".")
    _ = try set.digest("faces.tar")
    let keys = try set.lines("export", "faces.tar.audit.db", "--format", "wds-keys")
    let stays = try set.lines("export", "faces.tar.audit.db", "--keep")
    // As tar was asked for the folder `.`, and as WebDataset takes names from it.
    #expect(keys.sorted() == stays.map { "./" + $0.dropLast(".png".count) }.sorted())
    let script = """
      import sys, webdataset
      keys = set(open(sys.argv[2]).read().split("\\n")[:-1])
      samples = webdataset.WebDataset(sys.argv[1], shardshuffle=False)
      print(len(keys), sum(1 for s in samples.select(lambda s: s["__key__"] in keys)))
      """
    try set.scratch.write(Array((keys.joined(separator: "\n") + "\n").utf8), to: "keys.txt")
    let files = [set.scratch.path + "/faces.tar", set.scratch.path + "/keys.txt"]
    guard let read = try Command.python(script, needs: ["webdataset"], arguments: files) else { return }
    #expect(read.out == "\(stays.count) \(stays.count)\n", "\(read.err)")
  }

  @Test func filesInATarAreCopiedAndNeverMovedOrLinked() throws {
    let set = try PackedFaces(count: 30)
    try set.tar("faces.tar", ".")
    _ = try set.digest("faces.tar")
    for refused in [
      ["apply", "faces.tar.audit.db", "--move-to", "aside", "--yes"],
      ["export", "faces.tar.audit.db", "--format", "symlinks", "-o", "aside"],
    ] {
      let run = try Command.audit(refused, in: set.scratch.path)
      #expect(run.status == 2 && run.err.contains("--format shards"), "\(run.err)")
      #expect(!FileManager.default.fileExists(atPath: set.scratch.path + "/aside"))
    }
    #expect(try set.audit("export", "faces.tar.audit.db", "--format", "dfl", "-o", "copies").status == 0)
    for path in try set.lines("export", "faces.tar.audit.db", "--keep") {
      #expect(
        FileManager.default.contentsEqual(
          atPath: set.scratch.path + "/faces/" + path, andPath: set.scratch.path + "/copies/" + path), "\(path)")
    }
  }

  @Test func whatIsNoContainerSaysSo() throws {
    let scratch = try Scratch()
    try scratch.write(Array("not a tar".utf8), to: "a.tar")
    try scratch.write(Array("not a zip".utf8), to: "a.zip")
    try scratch.write([0x1F, 0x8B], to: "a.tar.gz")
    for (name, words) in [("a.tar", "no tar"), ("a.zip", "no zip"), ("a.tar.gz", "give a .tar or a .zip")] {
      let run = try Command.audit(["scan", name], in: scratch.path)
      #expect(run.status == 2 && run.err.contains(words), "\(run.err)")
    }
  }
}
