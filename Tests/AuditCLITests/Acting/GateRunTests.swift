import AuditCore
import Foundation
import Testing

/// A gate judges the run that was just scanned, whatever else the database holds.
struct GateRunTests {
  @Test func aScanIsGatedByItsOwnRun() throws {
    let (scratch, faces) = try Scratch.withFaces(30)
    #expect(try Command.scan(faces, ["--name", "first"], in: scratch.path).status == 0)
    // The second run has one file that cannot be read; the first has none.
    try Files.write(Array("no picture".utf8), to: faces + "/bad.png")
    let second = try Command.scan(faces, ["--name", "second", "--fail-on", "errors>0"], in: scratch.path)
    #expect(second.status == 1, "\(second.err)")
    try FileManager.default.removeItem(atPath: faces + "/bad.png")
    let first = try Command.scan(faces, ["--name", "first", "--fail-on", "errors>0"], in: scratch.path)
    #expect(first.status == 0 && first.err.contains("not readable: 0 of 30"), "\(first.err)")
  }

  @Test func theDemoCountsInItsOwnRun() throws {
    let scratch = try Scratch()
    let demo = ["demo", "set", "--count", "40", "--seed", "3"]
    let first = try Command.audit(demo, in: scratch.path)
    #expect(first.status == 0, "\(first.err)")
    // A newer run of another folder in the same database.
    try Files.writePictures(30, to: scratch.path + "/other")
    let other = ["--name", "other", "--db", scratch.path + "/set.audit.db"]
    #expect(try Command.scan(scratch.path + "/other", other, in: scratch.path).status == 0)
    let again = try Command.audit(demo, in: scratch.path)
    #expect(again.status == 0, "\(again.err)")
    func findings(_ text: String) -> [Substring] { text.split(separator: "\n").filter { $0.hasPrefix("Of ") } }
    #expect(findings(again.out).count == 2 && findings(again.out) == findings(first.out), "\(again.out)")
  }

  @Test func unpairedListsNothingWhereThereAreNoPairs() throws {
    let (scratch, faces) = try Scratch.withFaces(30)
    #expect(try Command.scan(faces, in: scratch.path).status == 0)
    let ask = ["sql", faces + ".audit.db", "--saved", "unpaired", "--no-header"]
    #expect(try Command.audit(ask, in: scratch.path).out == "")
    try Files.writePictures(29, to: scratch.path + "/partners")
    let pairs = ["--reference", "partners", "--name", "pairs"]
    #expect(try Command.scan(faces, pairs, in: scratch.path).status == 0)
    #expect(try Command.audit(ask, in: scratch.path).out == Files.name(29) + "\n")
    let before = try Command.audit(ask + ["--run", "first"], in: scratch.path)
    #expect(before.status == 0 && before.out == "", "a saved question speaks of the run that is named: \(before.err)")
  }

  @Test func aConditionAloneSelectsWhateverTheVerdict() throws {
    let set = try ExportSet([.init("a.png", .drop, skew: 9), .init("b.png", .keep), .init("c.png", .review, skew: 3)])
    let odd = try set.audit("export", set.database, "--where", "skew > 2")
    #expect(odd.status == 0 && odd.out == "a.png\nc.png\n" && odd.err == "")
    #expect(try set.audit("export", set.database, "--where", "skew > 2", "--keep").out == "c.png\n")
    let tree = try set.audit("export", set.database, "--where", "skew > 2", "--format", "dfl", "-o", "tree")
    #expect(tree.status == 0 && tree.err.contains("the condition holds for others too (drop 1)"), "\(tree.err)")
    #expect(set.exists("tree/c.png") && !set.exists("tree/a.png"))
  }

  @Test func aFlatFolderGetsWeightsInTheOrderOfItsPaths() throws {
    let set = try ExportSet([.init("b.png", weight: 0.5), .init("a.png", weight: 0.25), .init("c.png", weight: 1)])
    let run = try set.audit("export", set.database, "--format", "weights", "-o", "w.npy")
    #expect(run.status == 0 && run.err.contains("no class folders, which ImageFolder needs"), "\(run.err)")
    #expect(try set.text("w.txt") == "a.png\nb.png\nc.png\n")
    // The last 24 bytes of the .npy are the three numbers.
    let numbers = try set.file("w.npy").suffix(24)
    let weights = stride(from: 0, to: 24, by: 8).map { start in
      Double(bitPattern: numbers.dropFirst(start).prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) })
    }
    #expect(weights == [0.25, 0.5, 1])
  }
}
