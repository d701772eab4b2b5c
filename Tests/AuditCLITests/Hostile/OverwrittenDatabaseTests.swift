import AuditCore
import Foundation
import Testing

/// What a command writes never takes the place of a database, which holds what people decided.
struct OverwrittenDatabaseTests {
  @Test func noOutputTakesThePlaceOfADatabase() throws {
    let set = try ExportSet([.init("a/1.png"), .init("a/2.png", .drop)])
    #expect(try set.audit("decide", set.database, "a/2.png", "--verdict", "keep").status == 0)
    let other = try ExportSet([.init("b/1.png")])
    for link in ["x.html", "x.png", "w.txt"] {
      try FileManager.default.createSymbolicLink(
        atPath: set.path + "/" + link, withDestinationPath: "faces.audit.db")
    }
    let before = try (set.file("faces.audit.db"), other.file("faces.audit.db"))
    let formats = ["csv", "jsonl", "card", "sarif"].map {
      ["export", set.database, "--format", $0, "-o", set.database]
    }
    let commands =
      formats + [
        ["export", set.database, "--keep", "-o", set.database],
        ["export", set.database, "--keep", "-o", other.database],
        ["export", set.database, "--format", "weights", "-o", "w.npy"],
        ["fit", "faces", "-o", set.database], ["report", set.database, "-o", "new.html", "-o", "x.html"],
        ["explain", set.database, "a/1.png", "--save", "x.png"],
      ]
    for command in commands {
      let run = try Command.audit(command, in: set.path)
      #expect(run.status == 2, "\(command): \(run.status)")
      #expect(
        run.err.contains(
          "holds a database, and nothing else is written over one; nothing was written; give another place"),
        "\(command): \(run.err)")
    }
    let after = try (set.file("faces.audit.db"), other.file("faces.audit.db"))
    #expect(after == before)
    #expect(!set.exists("new.html") && !set.exists("w.npy"), "nothing beside the refused output is written either")
  }
}
