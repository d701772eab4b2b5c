import AuditCore
import AuditStore
import Foundation
import Testing

/// A dataset or a database that lies elsewhere than when it was scanned.
struct MovedDatasetTests {
  private func set() throws -> ExportSet {
    try ExportSet([.init("a/1.png"), .init("a/2.png", .drop), .init("b/3.png")])
  }

  @Test func filesThatMovedWithTheirDatabaseAreFoundBesideIt() throws {
    let set = try set()
    let moved = try set.scratch.folder("elsewhere")
    for name in ["faces", "faces.audit.db"] {
      try FileManager.default.moveItem(atPath: set.path + "/" + name, toPath: moved + "/" + name)
    }
    let run = try set.audit("export", moved + "/faces.audit.db", "--format", "symlinks", "-o", "tree")
    #expect(run.status == 0, "\(run.err)")
    #expect(try set.text("tree/keep/a/1.png") == "face a/1.png" && set.text("tree/drop/a/2.png") == "face a/2.png")
    let plan = try set.audit("apply", moved + "/faces.audit.db", "--move-to", "aside")
    #expect(plan.status == 0 && plan.out.contains("from  \(moved)/faces\n"), "\(plan.out)\(plan.err)")
  }

  @Test func aFolderOfAnotherNameIsNamedByHand() throws {
    let set = try set()
    let moved = set.path + "/renamed"
    try FileManager.default.moveItem(atPath: set.dataset, toPath: moved)
    let lost = try set.audit("export", set.database, "--format", "symlinks", "-o", "tree")
    #expect(lost.status == 2 && !set.exists("tree"))
    #expect(
      lost.err
        == "audit: --format symlinks needs the run's files, and they are not in '\(set.dataset)' any more; say where they "
        + "lie with --dataset FOLDER\n")
    let apply = try set.audit("apply", set.database, "--move-to", "aside", "--yes")
    #expect(apply.status == 2 && apply.err.contains("--dataset FOLDER") && !set.exists("aside"))
    let found = try set.audit("export", set.database, "--dataset", moved, "--format", "symlinks", "-o", "tree")
    #expect(found.status == 0, "\(found.err)")
    #expect(try set.text("tree/keep/b/3.png") == "face b/3.png")
    #expect(try set.audit("apply", set.database, "--move-to", "aside", "--dataset", moved, "--yes").status == 0)
    #expect(try set.text("aside/a/2.png") == "face a/2.png" && !set.exists("renamed/a/2.png"))
  }

  @Test func aFolderWithoutTheFilesIsRefused() throws {
    let set = try set()
    let other = try set.scratch.folder("other")
    let run = try set.audit("export", set.database, "--dataset", other, "--format", "symlinks", "-o", "tree")
    #expect(run.status == 2 && run.err.contains("'\(other)' does not hold the run's files, such as 'a/1.png',"))
    let none = try set.audit("report", set.database, "--dataset", "nowhere")
    #expect(none.status == 2 && none.err.contains("'nowhere' is no folder that can be read"))
  }

  @Test func filesThatAreGoneAreNoDanglingLinks() throws {
    let set = try set()
    try FileManager.default.removeItem(atPath: set.dataset + "/a/1.png")
    let run = try set.audit("export", set.database, "--keep", "--format", "symlinks", "-o", "tree")
    #expect(run.status == 0 && run.err.contains("'a/1.png' is gone since the scan; left out"), "\(run.err)")
    #expect(run.err.contains("wrote 1 image to 'tree'"))
    let none = try set.audit(
      "export", set.database, "--where", "path = 'a/1.png'", "--format", "symlinks", "-o", "empty")
    #expect(
      none.status == 2
        && none.err == "audit: the one selected image cannot be put into 'empty': 'a/1.png' is gone since the scan; "
          + "left out; nothing was made\n",
      "\(none.err)")
    #expect(!set.exists("empty"))
  }

  private func scan(_ folder: String, _ database: String, _ more: [String] = []) throws -> Command {
    let run = try Command.scan(folder, ["--db", database] + more)
    #expect(run.status == 0, "\(run.err)")
    return run
  }

  @Test(arguments: [[], ["--name", "first"]])
  func aRunGoesOnWhereItsFolderLiesNow(more: [String]) throws {
    let (scratch, faces) = try Scratch.withFaces(30)
    let database = scratch.path + "/x.db"
    _ = try scan(faces, database)
    let digest = try Store.digest(database)
    let moved = scratch.path + "/moved"
    try FileManager.default.moveItem(atPath: faces, toPath: moved)
    let run = try scan(moved, database, more)
    let words = "run \"first\" is of '\(faces)', which has become '\(moved)': it goes on here"
    #expect(run.err.contains(words), "\(run.err)")
    #expect(run.err.contains("continuing run \"first\": 30 done, 0 left"), "\(run.err)")
    #expect(try Store.column("SELECT name || ' ' || dataset FROM run", in: database) == ["first \(moved)"])
    #expect(try Store.digest(database) == digest)
    try Files.write(Picture.ppm(77), to: moved + "/new.ppm")
    try FileManager.default.moveItem(atPath: moved, toPath: faces)
    #expect(try scan(faces, database).err.contains("continuing run \"first\": 30 done, 1 left"))
  }

  /// A copy is another dataset while the original is there; so is a folder of other pictures under the same names.
  @Test func aCopyAndASetOfTheSameNamesAreRunsOfTheirOwn() throws {
    let (scratch, faces) = try Scratch.withFaces(30)
    let database = scratch.path + "/x.db"
    _ = try scan(faces, database)
    let copy = scratch.path + "/copy"
    try FileManager.default.copyItem(atPath: faces, toPath: copy)
    #expect(try !scan(copy, database).err.contains("goes on here"))
    let refused = try Command.scan(copy, ["--db", database, "--name", "first"])
    #expect(refused.status == 2 && refused.err.contains("dataset '\(faces)'"), "\(refused.err)")
    for folder in [faces, copy] { try FileManager.default.removeItem(atPath: folder) }
    let other = try scratch.folder("other")
    try Files.writePictures(30, to: other, from: 500)
    for number in 0..<30 {
      let name = other + "/" + Files.name(number)
      try Files.write(Array(try Data(contentsOf: URL(fileURLWithPath: name))) + [0], to: name)
    }
    #expect(try !scan(other, database).err.contains("goes on here"))
    #expect(try Store.column("SELECT name FROM run ORDER BY id", in: database) == ["first", "second", "third"])
  }

  @Test func aPageWithoutPicturesSaysSo() throws {
    let set = try set()
    try FileManager.default.moveItem(atPath: set.dataset, toPath: set.path + "/renamed")
    let run = try set.audit("report", set.database, "-o", "page.html")
    #expect(run.status == 0)
    #expect(
      run.err
        == "audit: 'page.html' has no pictures: the files are not in '\(set.dataset)' any more; say where they lie with "
        + "--dataset FOLDER\n")
    #expect(try set.text("page.html").contains("This page has no pictures: the files are not in"))
  }
}
