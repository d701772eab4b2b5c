import AuditCore
import Foundation
import Testing

/// Paths of a database and of a journal may be anything: nothing outside their folders is written, moved or removed.
struct HostilePathTests {
  /// A set whose database says that a face to drop lies elsewhere.
  private func set(with path: String) throws -> ExportSet {
    let set = try ExportSet([.init("1.jpg"), .init("2.jpg", .drop), .init("3.jpg", .drop)])
    // The same content, so that the hash does not tell.
    try set.scratch.write(Array("face 2.jpg".utf8), to: "outside.jpg")
    try FileManager.default.removeItem(atPath: set.dataset + "/2.jpg")
    try Command.sqlite(set.database, "UPDATE sample SET path = '\(path)' WHERE path = '2.jpg'")
    return set
  }

  private func paths(_ set: ExportSet) -> [String] {
    ["../outside.jpg", set.path + "/outside.jpg", "x/../../outside.jpg", "./../outside.jpg", "..//outside.jpg"]
  }

  @Test func applyAndUndoLeaveFilesOutsideTheDatasetAlone() throws {
    for number in 0..<5 {
      var set = try ExportSet([.init("1.jpg")])
      set = try self.set(with: paths(set)[number])
      for option in ["--move-to", "--symlink-to", "--hardlink-to"] {
        let run = try set.audit("apply", set.database, option, "deep/down/out", "--yes")
        #expect(run.err.contains("leads out of"), "\(run.err)")
        #expect(run.out.contains(" 1 image to"), "only 3.jpg: \(run.out)")
        #expect(try set.text("outside.jpg") == "face 2.jpg")
        #expect(try set.audit("undo", "deep/down/out.journal").status == 0)
        #expect(try set.text("outside.jpg") == "face 2.jpg" && set.exists("faces/3.jpg"))
        try FileManager.default.removeItem(atPath: set.path + "/deep")
      }
    }
  }

  @Test(arguments: ["dfl", "symlinks", "kohya-toml"]) func treesStayInTheirFolder(format: String) throws {
    let set = try set(with: "../outside.jpg")
    let run = try set.audit(
      "export", set.database, "--format", format, "--verdict", "all", "-o", "a/b/c/tree", "--sidecars", "usual")
    #expect(run.status == 0, "\(run.err)")
    #expect(run.err.contains("1 path in the database that would lead out of the dataset"), "\(run.err)")
    let found = try Command.run("/usr/bin/find", [set.path, "-name", "outside.jpg"])
    #expect(found.out == "\(set.path)/outside.jpg\n")
  }

  @Test(arguments: ["paths", "faceswap-delete", "csv", "jsonl"]) func listsDoNotNameFilesOutside(format: String) throws
  {
    let set = try set(with: "../outside.png")
    let run = try set.audit("export", set.database, "--format", format, "--verdict", "all")
    #expect(run.status == 0 && !run.out.contains("outside.png"), "\(run.out)")
    #expect(run.err.contains("1 path in the database that would lead out of the dataset; left out"))
  }

  /// An image and a folder of one name, as only a forged database has them: a link to the folder would lead the next
  /// file into the dataset.
  @Test func aTreeDoesNotWriteThroughItsOwnLinks() throws {
    let set = try ExportSet([.init("1.jpg"), .init("sub/2.jpg"), .init("sub/3.jpg")])
    try Command.sqlite(set.database, "UPDATE sample SET path = 'sub' WHERE path = '1.jpg'")
    let before = try set.snapshot()
    let run = try set.audit("export", set.database, "--format", "symlinks", "-o", "tree")
    #expect(run.err.contains("'sub' is not a file; left out"), "\(run.err)")
    #expect(try set.snapshot() == before)
  }

  @Test func aFileBehindALinkOutOfTheDatasetIsNotMoved() throws {
    let set = try ExportSet([.init("1.jpg", .drop), .init("sub/2.jpg", .drop)])
    try FileManager.default.moveItem(atPath: set.dataset + "/sub", toPath: set.path + "/elsewhere")
    try FileManager.default.createSymbolicLink(atPath: set.dataset + "/sub", withDestinationPath: "../elsewhere")
    let run = try set.audit("apply", set.database, "--move-to", "out", "--yes")
    #expect(run.out.hasPrefix("moved 1 image to"))
    #expect(run.err.contains("'sub/2.jpg' lies behind a link that leads out of"))
    #expect(try set.text("elsewhere/2.jpg") == "face sub/2.jpg" && !set.exists("out/sub"))
    // To read it is another matter: the scan followed the link as it was told to.
    let tree = try set.audit("export", set.database, "--format", "dfl", "--verdict", "all", "-o", "tree")
    #expect(tree.status == 0)
    #expect(try set.text("tree/sub/2.jpg") == "face sub/2.jpg")
  }

  @Test func aLinkInTheTargetDoesNotLeadFilesElsewhere() throws {
    let set = try ExportSet([.init("sub/2.jpg", .drop)])
    for folder in ["out", "elsewhere"] { _ = try set.scratch.folder(folder) }
    try FileManager.default.createSymbolicLink(atPath: set.path + "/out/sub", withDestinationPath: "../elsewhere")
    let run = try set.audit("apply", set.database, "--move-to", "out", "--yes")
    #expect(run.err.contains("'sub/2.jpg' lies behind a link that leads out of"), "\(run.err)")
    #expect(set.exists("faces/sub/2.jpg") && !set.exists("elsewhere/2.jpg"))
  }

  /// What is not whole yet has a name that can be guessed: the process's number is in it.
  @Test(arguments: [
    "export faces.audit.db --format csv --verdict all -o out", "export faces.audit.db --format weights -o out.npy",
    "report faces.audit.db -o out.csv", "report faces.audit.db -o out.html", "fit pictures --size 64 -o out",
    "explain pictures.audit.db 0003.ppm --save out.png",
  ]) func aLinkThatWaitsForAnUnfinishedFileIsNotFollowed(command: String) throws {
    let set = try ExportSet([.init("a/1.png"), .init("a/2.png")])
    try Files.writePictures(30, to: set.path + "/pictures")
    #expect(try Command.scan("pictures", in: set.path).status == 0)
    let words = command.split(separator: " ").map(String.init)
    let run = try Command.shell(
      """
      out=$1; shift; echo mine > victim
      for end in .partial .partial-$$ .audit-partial; do ln -s victim "$out$end"; done
      exec "$audit" "$@"
      """, [try #require(words.last)] + words, in: set.path)
    #expect(run.status == 0, "\(run.err)")
    #expect(try set.text("victim") == "mine\n")
    #expect(try !set.file(words[words.count - 1]).isEmpty)
    #expect(FilePath.target(ofLink: set.path + "/" + words[words.count - 1]) == nil)
  }

  @Test(arguments: ["dfl", "symlinks", "hf-metadata"]) func aLinkThatWaitsForAnUnfinishedFolderIsNotFollowed(
    format: String
  ) throws {
    let set = try ExportSet([.init("a/1.png"), .init("a/2.png")])
    try set.write("{\"file_name\":\"1.png\"}\n", to: "a/metadata.jsonl")
    let run = try Command.shell(
      "mkdir elsewhere; ln -s elsewhere tree.partial-$$; exec \"$audit\" export faces.audit.db --format \(format) -o tree",
      in: set.path)
    #expect(run.status == 0, "\(run.err)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: set.path + "/elsewhere").isEmpty)
    #expect(FilePath.target(ofLink: set.path + "/tree") == nil && set.exists("tree"))
  }

  @Test func aForgedJournalMovesAndRemovesNothingElsewhere() throws {
    let set = try ExportSet([.init("1.jpg")])
    for (name, content) in [("victim", "mine"), ("out/x", "mine")] {
      try set.scratch.write(Array(content.utf8), to: name)
    }
    _ = try set.scratch.folder("empty")
    let digest = try Command.run("/usr/bin/sha256sum", [set.path + "/victim"]).out.prefix(64)
    let root = FilePath.resolved(set.path)
    func journal(_ dataset: String, _ target: String, _ path: String) throws -> Command {
      let lines = """
        {"audit":"journal","schema":1,"action":"move","dataset":"\(dataset)","target":"\(target)","run":"r","at":"t"}
        {"t":"folder","path":"\(root)/empty"}
        {"t":"file","path":"\(path)","bytes":4,"modified_ns":0,"sha256":"\(digest)"}

        """
      try set.scratch.write(Array(lines.utf8), to: "forged.journal")
      return try set.audit("undo", "forged.journal")
    }
    for path in ["../victim", "../../\(set.path.dropFirst())/victim", "\(root)/victim", "a/../../victim"] {
      let run = try journal(root + "/faces", root + "/out", path)
      #expect(run.status == 2 && run.err.contains("leads out of"), "\(run.err)")
    }
    for (dataset, target) in [("\(root)/faces", "\(root)"), ("\(root)/faces/../..", "\(root)/out"), ("faces", "out")] {
      let run = try journal(dataset, target, "victim")
      #expect(run.status == 2 && run.err.contains("cannot have used"), "\(run.err)")
    }
    #expect(try set.text("victim") == "mine" && set.exists("empty") && set.exists("faces/1.jpg"))
  }

  @Test func undoRemovesNothingThatItDidNotPutThere() throws {
    let set = try ExportSet([.init("a/1.png", .drop), .init("a/2.png", .drop)])
    #expect(try set.audit("apply", set.database, "--move-to", "out", "--yes").status == 0)
    // A person puts one back and makes a copy of their own at the place; and has files that look like pieces.
    try FileManager.default.moveItem(atPath: set.path + "/out/a/1.png", toPath: set.dataset + "/a/1.png")
    try set.scratch.write(Array("face a/1.png".utf8), to: "out/a/1.png")
    for name in ["faces/a/1.png.audit-partial", "out/a/2.png.audit-partial", "faces/a/.audit-partial"] {
      try set.scratch.write(Array("mine".utf8), to: name)
    }
    let undo = try set.audit("undo", "out.journal")
    #expect(undo.status == 0 && undo.out == "put back 1 file; 1 back already\n", "\(undo.out)\(undo.err)")
    #expect(try set.text("out/a/1.png") == "face a/1.png")
    for name in ["faces/a/1.png.audit-partial", "out/a/2.png.audit-partial", "faces/a/.audit-partial"] {
      #expect(set.exists(name), "\(name)")
    }
  }

  @Test func aDamagedLineOfAJournalIsNamedAndTheRestIsUndone() throws {
    let set = try ExportSet([.init("1.png", .drop), .init("2.png", .drop), .init("3.png", .drop)])
    let before = try set.snapshot()
    #expect(try set.audit("apply", set.database, "--move-to", "out", "--yes").status == 0)
    var lines = try set.text("out.journal").split(separator: "\n").map(String.init)
    let whole = lines
    let damaged = try #require(lines.firstIndex { $0.contains("2.png") })
    lines[damaged] = lines[damaged].replacing("\"bytes\":", with: "\"bytes\":99999999999999999999")
    try set.scratch.write(Array((lines.joined(separator: "\n") + "\n{\"t\":\"fi").utf8), to: "out.journal")
    let undo = try set.audit("undo", "out.journal")
    #expect(undo.status == 2 && undo.err.contains("line \(damaged + 1) of the journal is damaged"), "\(undo.err)")
    #expect(set.exists("faces/1.png") && set.exists("faces/3.png") && set.exists("out/2.png"))
    try set.scratch.write(Array((whole.joined(separator: "\n") + "\n").utf8), to: "out.journal")
    #expect(try set.audit("undo", "out.journal").status == 0)
    #expect(try set.snapshot() == before)
  }

  /// A slash with a combining mark behind it is one `Character`.
  @Test func aDatabaseBehindACombiningMarkIsStillInTheDataset() throws {
    let set = try ExportSet([.init("1.png")])
    let before = try set.snapshot()
    for mark in ["\u{301}", "\u{600}", "\u{FE0F}"] {
      let run = try set.audit("scan", "faces", "--db", "faces/\(mark)x.db")
      #expect(run.status == 2 && run.err.contains("would lie inside the dataset"), "\(run.err)")
      let list = try set.audit("export", set.database, "-o", "faces/\(mark)x.txt")
      #expect(list.status == 2 && list.err.contains("audit never writes there"), "\(list.err)")
    }
    #expect(try set.snapshot() == before)
  }

  /// A row's number is from the database as well: memory must not follow it.
  @Test func anEnormousRowNumberCostsNothing() throws {
    let set = try ExportSet([.init("1.png"), .init("2.png")])
    try set.write("{\"file_name\":\"1.png\",\"text\":\"a face\"}\n", to: "metadata.jsonl")
    try Command.sqlite(set.database, "UPDATE sample SET id = 9223372036854775807 WHERE path = '1.png'")
    let run = try set.audit("export", set.database, "--format", "hf-metadata")
    #expect(run.status == 0 && run.out.contains("\"text\":\"a face\""), "\(run.err)")
  }
}
