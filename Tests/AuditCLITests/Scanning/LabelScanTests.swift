import Foundation
import Testing

/// A scan of pictures that lists label.
struct LabelScanTests {
  private let scratch: Scratch

  /// Sixty drawn faces without folders of people, as CelebA has them, with its lists beside them.
  init() throws {
    scratch = try Scratch()
    let drawn = try Command.audit(["demo", "drawn", "--count", "60", "-q"], in: scratch.path)
    try #require(drawn.status == 0, "\(drawn.err)")
    let faces = scratch.path + "/img_align_celeba"
    try FileManager.default.createDirectory(atPath: faces, withIntermediateDirectories: true)
    var (people, parts) = ("", "")
    for folder in try Files.names(scratch.path + "/drawn").sorted() where folder.hasPrefix("id") {
      for name in try Files.names(scratch.path + "/drawn/" + folder).sorted() where name.hasSuffix(".png") {
        try FileManager.default.moveItem(
          atPath: scratch.path + "/drawn/\(folder)/\(name)", toPath: "\(faces)/\(folder)_\(name)")
        people += "\(folder)_\(name) \(folder)\n"
        parts += "\(folder)_\(name) \(name.contains("copy") ? 2 : 0)\n"
      }
    }
    try scratch.write(Array(people.utf8), to: "identity_CelebA.txt")
    try scratch.write(Array(parts.utf8), to: "list_eval_partition.txt")
  }

  private func audit(_ arguments: String...) throws -> Command {
    let run = try Command.audit(arguments, in: scratch.path)
    try #require(run.status == 0, "\(run.err)")
    return run
  }

  private func ask(_ database: String, _ question: String) throws -> String {
    try Command.sqlite(scratch.path + "/" + database, question)
  }

  @Test func listsGivePeopleAndPartsToEverythingThatAsksForThem() throws {
    let scan = try audit("scan", "img_align_celeba", "--db", "one.db", "--profile", "recognition")
    #expect(scan.err.contains("'identity_CelebA.txt' says who is in") && scan.out.contains(" people"), "\(scan.out)")
    #expect(scan.out.contains("train "), "\(scan.out)")
    #expect(
      try ask("one.db", "SELECT count(*) FROM samples WHERE identity IS NOT substr(path, 1, 3)") == "0\n")
    #expect(try ask("one.db", "SELECT DISTINCT split FROM samples ORDER BY 1") == "test\ntrain\n")
    // The copy is in another part than what it is a copy of.
    let leaks = "SELECT count(*) FROM q_leaks WHERE path LIKE '%copy%' OR copy_of LIKE '%copy%'"
    #expect(try ask("one.db", leaks) != "0\n")
    #expect(try audit("export", "one.db", "--format", "jsonl").out.contains("\"split\":\"train\""))
    let again = try audit("scan", "img_align_celeba", "--db", "one.db", "--profile", "recognition")
    #expect(again.err.contains(" 0 left"), "\(again.err)")
    // Without its lists it is another run, and says so.
    let none = try Command.audit(
      ["scan", "img_align_celeba", "--db", "one.db", "--profile", "recognition", "--labels", "none"], in: scratch.path)
    #expect(none.status == 2 && none.err.contains("labels identity_CelebA.txt"), "\(none.err)")
  }

  @Test func aModelForEachPersonIsMadeByAList() throws {
    _ = try audit("scan", "img_align_celeba", "--db", "one.db", "--labels", "identity_CelebA.txt", "--no-quality")
    let shown = try audit("show", "one.db", "--json").out
    #expect(shown.contains("--labels") && shown.contains("identity_CelebA.txt"), "\(shown)")
    #expect(try ask("one.db", "SELECT count(DISTINCT identity) > 1 FROM samples") == "1\n")
  }

  /// Parts are scored where the lists need not lie, and by workers as well.
  @Test func aPlanKeepsWhatListsSaidOfItsPictures() throws {
    _ = try audit("scan", "img_align_celeba", "--db", "one.db", "--no-quality")
    _ = try audit("plan", "img_align_celeba", "-o", "set.plan.db", "--no-quality")
    for list in ["identity_CelebA.txt", "list_eval_partition.txt"] {
      try FileManager.default.removeItem(atPath: scratch.path + "/" + list)
    }
    _ = try audit("fit", "--plan", "set.plan.db")
    _ = try audit("score", "--plan", "set.plan.db", "--shard", "1/2")
    let worker = try Command.run(
      "/bin/sh",
      ["-c", "ls img_align_celeba | '\(Command.binary)' worker --stdio --in paths --plan set.plan.db > part.ndjson"],
      in: scratch.path)
    try #require(worker.status == 0, "\(worker.err)")
    _ = try audit("merge", "--plan", "set.plan.db", "set.plan.shard-1-of-2.db", "part.ndjson", "--db", "whole.db")
    let question = "SELECT path, identity, split FROM sample ORDER BY path"
    let whole = try ask("whole.db", question)
    #expect(try whole == ask("one.db", question) && whole.contains("|id1|train"))
  }
}
