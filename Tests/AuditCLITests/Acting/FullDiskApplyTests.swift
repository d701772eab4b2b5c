import AuditCore
import Foundation
import Testing

/// An apply whose journal can grow no further, as on a disk that is full.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/prlimit"), "no prlimit here"))
struct FullDiskApplyTests {
  /// No file may grow past a number of bytes that holds SQLite's shared memory and one batch of steps.
  private func apply(_ set: ExportSet) throws -> Command {
    try Command.run(
      "/usr/bin/prlimit",
      ["--fsize=40000", Command.binary, "apply", set.database, "--move-to", "out", "--yes"], in: set.path)
  }

  private static func long(_ number: Int) -> String { String(repeating: "x", count: 180) + "\(number)" }

  @Test func whatWentIsToldAndComesBack() throws {
    let set = try ExportSet((0..<200).map { .init("a/\(FullDiskApplyTests.long($0)).png", .drop) })
    let before = try set.snapshot()
    let stopped = try apply(set)
    #expect(stopped.status == 2)
    #expect(stopped.out.hasPrefix("moved 64 images to '"), "\(stopped.out)")
    #expect(stopped.out.contains("/out.journal") && stopped.out.contains("\nundo with:  audit undo "))
    #expect(stopped.err.hasPrefix("audit: cannot write the journal '"), "\(stopped.err)")
    #expect(
      stopped.err.hasSuffix(
        "/out.journal': File too large; free space and run the same command for the rest, or undo\n"),
      "\(stopped.err)")
    let journal = try set.text("out.journal")
    #expect(journal.hasSuffix("}\n") && journal.split(separator: "\n").count == 1 + 2 + 64, "whole steps, as done")

    let rest = try set.audit("apply", set.database, "--move-to", "out", "--yes")
    #expect(rest.status == 0, "\(rest.err)")
    #expect(rest.out.hasPrefix("moved 136 images to '") && rest.out.contains("/out.2.journal"), "\(rest.out)")
    let earlier = rest.out.split(separator: "\n").filter {
      $0.hasPrefix("files of an earlier call lie there too; undo that with:  audit undo ")
    }
    #expect(earlier.count == 1 && earlier[0].contains("/out.journal"), "\(rest.out)")
    let nothing = try set.audit("apply", set.database, "--move-to", "out", "--yes")
    #expect(nothing.out.hasPrefix("nothing to do\nfiles of an earlier call lie there too"), "\(nothing.out)")

    #expect(try set.audit("undo", "out.2.journal").out == "put back 136 files\n")
    #expect(try set.audit("undo", "out.journal").out == "put back 64 files\n")
    #expect(try set.snapshot() == before)
    let again = try set.audit("apply", set.database, "--move-to", "out", "--yes")
    #expect(again.out.hasPrefix("moved 200 images") && !again.out.contains("earlier call"), "\(again.out)")
  }

  @Test func aJournalWithoutAStepIsNotLeft() throws {
    let folder = String(repeating: "f", count: 60)
    let set = try ExportSet(
      (0..<64).map { .init("\(folder)\(FullDiskApplyTests.long($0))/\(FullDiskApplyTests.long($0)).png", .drop) })
    let before = try set.snapshot()
    let stopped = try apply(set)
    #expect(stopped.status == 2 && stopped.out == "")
    #expect(
      stopped.err.hasSuffix("': File too large; nothing was moved; free space and run the same command\n"),
      "\(stopped.err)")
    #expect(!set.exists("out") && !set.exists("out.journal"))
    #expect(try set.snapshot() == before)
  }
}
