import AuditCore
import Foundation
import Testing

/// Commands in a folder that is no more.
struct WorkingFolderTests {
  private func audit(_ arguments: [String], in set: ExportSet) throws -> Command {
    try Command.shell(
      "mkdir gone && cd gone && rmdir ../gone && exec \"$audit\" \"$@\"", arguments, in: set.path)
  }

  @Test func whatIsNotNamedFromTheRootIsRefusedInASentence() throws {
    let set = try ExportSet([.init("a/1.png"), .init("a/2.png", .drop)])
    let commands = [
      ["scan", "../faces", "--db", "y.db"], ["scan", "."], ["scan", set.dataset, "--db", "y.db"],
      ["scan", set.dataset, "--db=y.db"], ["scan", set.dataset, "--labels", "l"], ["fit", ".", "-o", "m.audit"],
      ["plan", ".", "-o", "p.db"], ["report", set.database, "-o", "r.html"],
      ["export", set.database, "--keep", "-o", "k"], ["apply", set.database, "--move-to", "mv", "--verdict", "keep"],
      ["explain", set.database, "a/1.png"], ["decide", set.database, "a/1.png", "--verdict", "keep"],
      ["show", "y.db"], ["show", "../y.db"], ["scan", "set"], ["fit", set.dataset, "-o", "m.audit"],
      ["plan", set.dataset, "-o", "p.db"], ["probe", "y.db"], ["compare", "y.db", "first"],
      ["scan", set.dataset, "--model", "m.audit"], ["scan", set.dataset, "--model", "onnx:m.onnx"],
      ["scan", set.dataset, "--reference", "../faces"], ["scan", set.dataset, "--against", "y.db"],
      ["scan", set.dataset, "--files0-from", "list"], ["metric", "a.png", "b.png"], ["undo", "journal"],
      ["score", "--plan", "p.db", "--shard", "1/1"], ["merge", "--plan", "p.db", "--db", set.path + "/m.db"],
      ["decide", set.database, "--import", "list"], ["report", set.database, "--dataset", "../faces"],
      ["explain", set.database, set.dataset + "/a/1.png", "--save", "x.png"], ["demo"],
      ["demo", "../small", "--count", "25"],
    ]
    for command in commands {
      let run = try audit(command, in: set)
      #expect(run.status == 2 && run.out == "", "\(command): \(run.status)")
      #expect(run.err.hasPrefix("audit: the working folder '"), "\(command): \(run.err)")
      #expect(
        run.err.hasSuffix(
          "/gone' was removed, and what is not named from the root begins there; cd to a folder that is there\n"),
        "\(command): \(run.err)")
    }
  }

  @Test func whatNeedsNoWorkingFolderIsDone() throws {
    let set = try ExportSet([.init("a/1.png"), .init("a/2.png", .drop)])
    let commands = [
      ["--version"], ["--help"], ["scan", "--help"], ["help", "scan"], ["metrics"], ["show", set.database],
      ["report", set.database, "-o", set.path + "/r.html"], ["export", set.database, "--keep", "-o", set.path + "/k"],
      ["apply", set.database, "--move-to=" + set.path + "/mv"], ["show", set.database, "--color", "never"],
      ["export", set.database, "--keep", "--format", "csv", "-o", set.path + "/c"],
      ["sql", set.database, "SELECT count(*) FROM samples"], ["check", set.database, "--fail-on", "mse.top1%>100%"],
      ["explain", set.database, set.dataset + "/a/1.png"], ["explain", set.database, "truncated"], ["explain", "gmsd"],
      ["compare", set.database, set.database], ["help", "scan"], ["doctor"],
    ]
    for command in commands {
      let run = try audit(command, in: set)
      #expect(run.status == 0, "\(command): \(run.status) \(run.err)")
    }
    #expect(try set.text("k") == "a/1.png\n" && set.exists("r.html"))
  }

  @Test func aSetIsScannedByItsPathFromTheRoot() throws {
    let set = try ExportSet([.init("a/1.png")])
    for index in 0..<4 { try set.scratch.write(Picture.ppm(UInt64(index)), to: "new/\(index).ppm") }
    let run = try audit(["scan", "--no-quality", set.path + "/new"], in: set)
    #expect(run.status == 0, "\(run.status) \(run.err)")
    #expect(set.exists("new.audit.db"))
  }
}
